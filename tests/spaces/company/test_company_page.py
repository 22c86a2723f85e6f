"""The home of an establishment: the next step, requests, who is expected, calendar and slots."""

from datetime import timedelta

import pytest
import sqlalchemy
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import Page, PageClient
from traitdunion.companies.models import Company
from traitdunion.core import clock, db
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications import addresses
from traitdunion.notifications.models import Channel

TODAY = clock.today()


@pytest.fixture
def company(session: Session, pages: PageClient) -> Company:
    """A verified company, whose member is signed in."""
    made, person = make.company(session), make.person(session, "Ada", email="ada@exemple.fr")
    make.member(session, made, person)
    pages.sign_in(person)
    return made


def slot(session: Session, company: Company, days: int = 20, **fields: object) -> Slot:
    """A slot of the company in so many days."""
    return make.slot(session, company=company, first_day=TODAY + timedelta(days=days), **fields)


def request(session: Session, company: Company) -> Booking:
    """Paul asks to come, with a word."""
    return make.booking(
        session,
        slot(session, company),
        make.person(session, "Paul"),
        word="Je découvre.",
        expires_at=clock.now() + timedelta(days=2),
    )


def opened(pages: PageClient, company: Company, query: str = "") -> Page:
    """The page."""
    return pages.get(f"/entreprise/{company.id}{query}", is_form=True)


class TestAddresses:
    def test_that_refuse_messages_are_said(self, session: Session, pages: PageClient, company: Company) -> None:
        guest = make.person(session, "Paul", email="paul@exemple.fr")
        make.booking(session, slot(session, company), guest, state="accepted", expires_at=None)
        assert "arrivent pas" not in opened(pages, company).main
        for email in ("paul@exemple.fr", "ada@exemple.fr"):
            address = addresses.find_or_add(session, Channel.EMAIL, email, now=clock.now())
            address.bounced_at = clock.now()
        session.flush()

        page = opened(pages, company)

        assert "Nos messages n’arrivent pas à ada@exemple.fr" in page.main
        assert "confirmez vous-même le rendez-vous" in page.main
        members = pages.get(f"/entreprise/{company.id}/membres", is_form=True)
        assert "Nos messages n’y arrivent pas" in members.main


class TestNextStep:
    def test_is_a_first_slot(self, pages: PageClient, company: Company) -> None:
        assert "Proposez une première immersion" in opened(pages, company).main

    def test_is_to_answer(self, session: Session, pages: PageClient, company: Company) -> None:
        request(session, company)

        page = opened(pages, company)

        assert "Répondez à une demande avant le" in page.main
        assert "Je découvre." in page.main

    @pytest.mark.parametrize(
        ("state", "words"),
        [("frozen", "dites si elle a toujours lieu"), ("draft", "brouillon"), ("published", "Rien ne vous attend")],
    )
    def test_is_what_keeps_a_slot_from_being_seen(
        self, session: Session, pages: PageClient, company: Company, state: str, words: str
    ) -> None:
        slot(session, company, state=state)

        assert words in opened(pages, company).main

    def test_is_the_verification(self, session: Session, pages: PageClient, company: Company) -> None:
        company.verified_at = company.verification = None
        slot(session, company)

        assert "Faites vérifier l’établissement" in opened(pages, company).main

    def test_is_another_number_once_closed(self, session: Session, pages: PageClient, company: Company) -> None:
        company.state = "closed"
        session.flush()

        assert "Inscrivez le nouveau SIRET" in opened(pages, company).main

    def test_is_to_wait_for_the_register(self, session: Session, pages: PageClient, company: Company) -> None:
        company.state = "unverified"
        slot(session, company)

        assert "Nous vérifions votre établissement" in opened(pages, company).main


class TestMonth:
    def test_shows_slots_on_their_days(self, session: Session, pages: PageClient, company: Company) -> None:
        shown = slot(session, company, kind="days", title="Maçon")
        shown.last_day = shown.first_day + timedelta(days=1)
        session.flush()

        page = opened(pages, company, f"?mois={shown.first_day:%Y-%m}")

        cells = [cell.get_text(" ", strip=True) for cell in page.select(".month td") if "Maçon" in cell.text]
        assert len(cells) == (2 if shown.last_day.month == shown.first_day.month else 1)
        assert cells[0].startswith(str(shown.first_day.day))

    @pytest.mark.parametrize("written", ["2026-13", "x", "", "1999-01", "2099-12"])
    def test_opens_whatever_the_address_says(
        self, session: Session, pages: PageClient, company: Company, written: str
    ) -> None:
        slot(session, company)

        opened(pages, company, f"?mois={written}")


class TestAnswer:
    def test_accepts(self, session: Session, pages: PageClient, company: Company) -> None:
        booking = request(session, company)
        path = f"/entreprise/{company.id}"

        response = pages.post(f"{path}/demandes/{booking.id}", {"reponse": "oui"}, form=path)

        assert response.status_code == 303
        session.refresh(booking)
        assert booking.state == "accepted"

    def test_refuses_with_a_reason(self, session: Session, pages: PageClient, company: Company) -> None:
        booking = request(session, company)
        path = f"/entreprise/{company.id}"

        pages.post(f"{path}/demandes/{booking.id}", {"reponse": "non", "raison": "no_time"}, form=path)

        session.refresh(booking)
        assert (booking.state, booking.reason) == ("refused", "no_time")

    def test_needs_an_answer(self, session: Session, pages: PageClient, company: Company) -> None:
        booking = request(session, company)
        path = f"/entreprise/{company.id}"

        assert pages.post(f"{path}/demandes/{booking.id}", {}, form=path).status_code == 422

    def test_leads_to_the_bilan_of_who_was_expected(
        self, session: Session, pages: PageClient, company: Company
    ) -> None:
        past = slot(session, company, days=-2)
        make.booking(session, past, make.person(session), state="accepted", expires_at=None)

        link = opened(pages, company).select_one("#attendues ~ ul a[href^='/bilan/']")

        assert link is not None
        assert "Trois questions" in pages.get(str(link["href"]), is_form=True).text


class TestCalendar:
    def test_has_a_secret_address_that_can_be_closed(self, pages: PageClient, company: Company) -> None:
        path = f"/entreprise/{company.id}"

        pages.post(f"{path}/calendrier", {"ouvert": "oui"}, form=path)
        shown = opened(pages, company).main
        pages.post(f"{path}/calendrier", {"ouvert": "non"}, form=path)

        assert ".ics" in shown
        assert ".ics" not in opened(pages, company).main


class TestSpeed:
    def test_asks_as_many_questions_for_thirty_slots_as_for_two(
        self, session: Session, pages: PageClient, company: Company
    ) -> None:
        def questions() -> int:
            count = 0

            def counted(*_: object) -> None:
                nonlocal count
                count += 1

            engine = db.engine()
            sqlalchemy.event.listen(engine, "before_cursor_execute", counted)
            opened(pages, company)
            sqlalchemy.event.remove(engine, "before_cursor_execute", counted)
            return count

        def fill(count: int) -> None:
            for number in range(count):
                made = slot(session, company, days=20 + number)
                for state in ("requested", "accepted"):
                    expires = clock.now() + timedelta(days=2) if state == "requested" else None
                    make.booking(
                        session,
                        slot(session, company, days=20 + number) if state == "accepted" else made,
                        make.person(session),
                        state=state,
                        expires_at=expires,
                    )

        fill(2)
        few = questions()
        fill(15)

        assert questions() == few
