"""Coming in: one's organisations, asking for a new one, invitations that open to their address alone, the rhythm."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.core import clock, tokens
from traitdunion.notifications import addresses
from traitdunion.prescribers import members
from traitdunion.prescribers.models import Area, Delegation, Organisation, Prescriber

REQUEST: dict[str, Any] = {
    "nom": "Mission locale Exemple",
    "genre": "mission_locale",
    "code_postal": "57 000",
    "ville": "Metz",
    "email": "contact@exemple.fr",
    "zone": "Metz",
    "preuve": "Agrément 12",
    "delegant": "france_travail",
}
DELEGATION: dict[str, Any] = {
    "genre": "other",
    "delegant_nom": "France Travail Exemple",
    "numero": "D-1",
    "debut": "01/01/2026",
    "fin": f"31/12/{clock.today().year + 1}",
}


@pytest.fixture
def person(session: Session, pages: PageClient) -> Person:
    """Who is signed in."""
    made = make.person(session, "Paula")
    pages.sign_in(made)
    return made


class TestHome:
    def test_welcomes_who_has_none(self, pages: PageClient, person: Person) -> None:
        assert "Accompagnez" in pages.get("/prescripteur").main

    def test_opens_the_only_one(self, session: Session, pages: PageClient, person: Person) -> None:
        member = make.prescriber(session, make.prescriber_organisation(session), person)

        response = pages.client.get("/prescripteur")

        assert (response.status_code, response.location) == (303, f"/prescripteur/{member.organisation_id}")

    def test_lets_choose_among_several(self, session: Session, pages: PageClient, person: Person) -> None:
        for name in ("Cap emploi Exemple", "Mission locale Exemple"):
            make.prescriber(session, make.prescriber_organisation(session, name=name), person)

        page = pages.get("/prescripteur").main

        assert "Cap emploi Exemple" in page
        assert "Mission locale Exemple" in page


class TestAsk:
    @pytest.fixture(autouse=True)
    def metz(self, session: Session) -> None:
        """The one commune."""
        make.commune(session)

    def send(self, pages: PageClient, **fields: Any) -> Any:
        """The answer to the form."""
        return pages.post("/prescripteur/inscription", {**REQUEST, **fields})

    def test_keeps_the_request(self, session: Session, pages: PageClient, person: Person) -> None:
        assert self.send(pages).status_code == 303

        (organisation,) = session.scalars(select(Organisation)).all()
        assert (organisation.state, organisation.postcode) == ("waiting", "57000")
        assert session.scalars(select(Area.code)).all() == ["57463"]
        assert "réponse arrive par e-mail" in pages.get("/prescripteur", is_form=True).main

    def test_keeps_the_delegation(self, session: Session, pages: PageClient, person: Person) -> None:
        assert self.send(pages, **DELEGATION).status_code == 303

        (delegation,) = session.scalars(select(Delegation)).all()
        assert delegation.confirmed_at is None

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"zone": "Trifouillis"}, "Nous ne connaissons pas"),
            ({"genre": "other"}, "numéro de la convention"),
            ({**DELEGATION, "fin": "31/12/2020"}, "finit avant"),
            ({"preuve": ""}, "Dites en une phrase"),
            ({"siret": "123"}, "SIRET"),
            ({"code_postal": "57"}, "5\u00a0chiffres"),
        ],
    )
    def test_says_what_to_correct(
        self, session: Session, pages: PageClient, person: Person, fields: dict[str, Any], told: str
    ) -> None:
        answer = self.send(pages, **fields)

        assert answer.status_code == 422
        assert told in answer.text
        assert session.scalars(select(Organisation)).all() == []

    def test_leaves_robots_alone(self, session: Session, pages: PageClient, person: Person) -> None:
        assert self.send(pages, website="https://exemple.fr").status_code == 303

        assert session.scalars(select(Organisation)).all() == []


class TestInvitation:
    @pytest.fixture
    def address(self, session: Session) -> str:
        """The path of the invitation of paula@exemple.fr."""
        organisation = make.prescriber_organisation(session)
        members.invite(session, organisation, "paula@exemple.fr", by=make.person(session), now=clock.now())
        (invited,) = members.invited(session, organisation.id)
        session.commit()
        return f"/prescripteur/invitation/{tokens.sign(members.INVITATION, [invited.id])}"

    def test_makes_a_member_of_its_address(self, session: Session, pages: PageClient, address: str) -> None:
        assert pages.get(address, is_form=True).select_one("main form")

        assert pages.post(address).status_code == 303

        member = session.scalars(select(Prescriber)).one()
        assert member.person is not None
        assert member.person.email == "paula@exemple.fr"

    def test_opens_nothing_to_whom_it_was_forwarded(
        self, session: Session, pages: PageClient, person: Person, address: str
    ) -> None:
        answer = pages.post(address)

        assert "connectez-vous avec l’adresse" in answer.text
        assert members.of(session, person.id) == []

    def test_works_once(self, pages: PageClient, address: str) -> None:
        pages.post(address)

        assert "déjà servi" in pages.get(address, 410).main


class TestMessages:
    def test_keeps_the_rhythm(self, session: Session, pages: PageClient, person: Person) -> None:
        member = make.prescriber(session, make.prescriber_organisation(session), person)
        address = f"/prescripteur/{member.organisation_id}/messages"
        pages.get(address, is_form=True)

        assert pages.post(address, {"rythme": "week"}).status_code == 303

        assert person.email is not None
        known = addresses.find(session, person.email)
        assert known is not None
        assert known.frequency == "week"
        assert pages.post(address, {"rythme": "toujours"}).status_code == 422


def test_what_left_is_shut(session: Session, pages: PageClient, person: Person) -> None:
    member = make.prescriber(session, make.prescriber_organisation(session), person, state="left", left_at=NOW)

    pages.get(f"/prescripteur/{member.organisation_id}/organisme", 404)
