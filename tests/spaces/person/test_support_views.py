"""« Qui vous accompagne ? »: the organisation proposed and why, chosen, changed, or none."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.core import clock
from traitdunion.immersions import bookings
from traitdunion.prescribers import areas, caseload, readings
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import Organisation

SPACE, PAGE = "/mon-espace", "/mon-espace/accompagnement"


@pytest.fixture
def person(session: Session, pages: PageClient) -> Person:
    """Who is signed in, and lives in 57000."""
    made = make.person(session, "Ada", postcode="57000", status="mission_locale", birth_date=date(1986, 1, 1))
    pages.sign_in(made)
    return made


@pytest.fixture
def mission(session: Session) -> Organisation:
    """The Mission locale of 57000."""
    made = make.prescriber_organisation(session)
    areas.add(session, made.id, communes=(), postcodes=("57000",))
    return made


@pytest.fixture
def agency(session: Session) -> Organisation:
    """The agency of 57000."""
    made = make.prescriber_organisation(session, name="Agence Exemple", kind="france_travail")
    areas.add(session, made.id, communes=(), postcodes=("57000",))
    return made


class TestSupport:
    def test_is_proposed_with_its_reason(self, pages: PageClient, person: Person, mission: Organisation) -> None:
        for address in (SPACE, PAGE):
            page = pages.get(address, is_form=True).main
            assert "Nous vous proposons Mission locale Exemple" in page
            assert "Vous êtes suivi par une Mission locale." in page

    def test_is_changed(
        self, session: Session, pages: PageClient, person: Person, mission: Organisation, agency: Organisation
    ) -> None:
        assert pages.post(PAGE, {"organisme": str(agency.id)}).status_code == 303

        signing = caseload.prescribing(session, person.id)
        assert signing is not None
        assert (signing.organisation_id, signing.origin) == (agency.id, Origin.CHOSEN)
        assert "Agence Exemple signera" in pages.get(SPACE, is_form=True).main

    def test_may_be_nobody(
        self, session: Session, pages: PageClient, person: Person, mission: Organisation, agency: Organisation
    ) -> None:
        pages.post(PAGE, {"organisme": str(agency.id)})

        assert pages.post(PAGE, {"organisme": "0"}).status_code == 303

        assert caseload.prescribing(session, person.id) is None
        assert "Aucun organisme pour le moment." in pages.get(SPACE, is_form=True).main

    def test_refuses_an_organisation_of_elsewhere(
        self, session: Session, pages: PageClient, person: Person, mission: Organisation
    ) -> None:
        elsewhere = make.prescriber_organisation(session, name="Ailleurs")

        assert pages.post(PAGE, {"organisme": str(elsewhere.id)}).status_code == 422
        assert pages.post(PAGE, {}).status_code == 422

    def test_asks_for_the_postcode(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session, "Ada"))

        assert "Indiquez votre code postal" in pages.get(PAGE, is_form=True).main


class TestBooking:
    def test_gives_whoever_books_an_organisation(self, session: Session, person: Person, mission: Organisation) -> None:
        slot = make.slot(session, first_day=clock.today().replace(year=clock.today().year + 1, day=10))

        bookings.book(session, slot, person, now=clock.now())

        signing = caseload.prescribing(session, person.id)
        assert signing is not None
        assert (signing.organisation, signing.origin) == (mission, Origin.ROUTED)


class TestReadings:
    def test_are_shown_with_organisation_and_day(
        self, session: Session, pages: PageClient, person: Person, mission: Organisation
    ) -> None:
        member = make.prescriber(session, mission)
        nobody = pages.get("/mon-espace/accompagnement", is_form=True)
        readings.record(person.id, by=member, now=make.NOW)
        session.flush()

        page = pages.get("/mon-espace/accompagnement", is_form=True)

        assert "Personne, depuis un an." in nobody.main
        assert f"{mission.name}, le 20 novembre 2026" in " ".join(page.select_one("#lectures").get_text().split())  # type: ignore[union-attr]

    def test_are_kept_when_a_prescriber_opens_the_file(
        self, session: Session, pages: PageClient, person: Person, mission: Organisation
    ) -> None:
        member = make.prescriber(session, mission)
        make.caseload_entry(session, mission, person)
        assert member.person

        pages.sign_in(member.person)
        pages.get(f"/prescripteur/{mission.id}/personnes/{person.id}", is_form=True)
        pages.sign_in(person)

        assert mission.name in pages.get("/mon-espace/accompagnement", is_form=True).select_one("#lectures").get_text()  # type: ignore[union-attr]


class TestProject:
    def test_is_told_with_what_could_be_tried(
        self, session: Session, pages: PageClient, person: Person, mission: Organisation
    ) -> None:
        make.caseload_entry(
            session, mission, person, prescribes=True, project="boulangère", occupation_code="D1102", radius_km=30
        )
        slot = make.slot(session, first_day=clock.today() + timedelta(days=10))

        home, support = pages.get("/mon-espace", is_form=True), pages.get("/mon-espace/accompagnement", is_form=True)

        assert home.find("a", href=f"/immersions/{slot.id}")
        assert "C’est le métier visé." in home.main
        assert "boulangère" in support.main
