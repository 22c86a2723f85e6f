"""What an organisation is: who may change it, members who come and go, its delegation and its area."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from tests.pages import PageClient
from traitdunion.core import clock
from traitdunion.notifications.models import Message
from traitdunion.prescribers import areas, caseload, members
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import Delegation, Prescriber


@pytest.fixture
def me(session: Session, pages: PageClient) -> Prescriber:
    """Who is signed in, and administers an association without delegation."""
    organisation = make.prescriber_organisation(session, name="Asso Exemple", kind="other")
    made = make.prescriber(session, organisation, is_administrator=True)
    assert made.person is not None
    pages.sign_in(made.person)
    return made


@pytest.fixture
def own(me: Prescriber) -> str:
    """The path of the organisation."""
    return f"/prescripteur/{me.organisation_id}"


class TestPage:
    def test_says_first_whether_it_may_prescribe(self, pages: PageClient, own: str) -> None:
        page = pages.get(f"{own}/organisme", is_form=True)

        assert "Sans délégation" in page.main
        assert page.select_one(f'a[href="{own}/organisme/delegation"]')

    def test_offers_nothing_to_change_to_the_others(self, session: Session, pages: PageClient) -> None:
        member = make.prescriber(session, make.prescriber_organisation(session))
        assert member.person is not None
        pages.sign_in(member.person)

        page = pages.get(f"/prescripteur/{member.organisation_id}/organisme")

        assert page.select("main form") == []
        assert "de plein droit" in page.main
        for path in ("organisme/presentation", "organisme/delegation"):
            pages.get(f"/prescripteur/{member.organisation_id}/{path}", 403)


class TestMembers:
    def test_are_invited_and_withdrawn(self, session: Session, pages: PageClient, me: Prescriber, own: str) -> None:
        form = {"email": "Nouvelle@Exemple.fr", "fonction": "conseillère"}

        assert pages.post(f"{own}/membres", form, form=f"{own}/organisme").status_code == 303

        (invited,) = members.invited(session, me.organisation_id)
        assert (invited.email, invited.role) == ("nouvelle@exemple.fr", "conseillère")
        assert session.scalars(select(Message.kind)).all() == ["prescriber_invitation"]
        pages.post(f"{own}/invitations/{invited.id}/retirer", form=f"{own}/organisme")
        assert members.invited(session, me.organisation_id) == []

    def test_are_not_invited_twice(self, pages: PageClient, me: Prescriber, own: str) -> None:
        assert me.person is not None

        answer = pages.post(f"{own}/membres", {"email": me.person.email}, form=f"{own}/organisme")

        assert answer.status_code == 422
        assert "déjà membre" in answer.text

    def test_administer(self, session: Session, pages: PageClient, me: Prescriber, own: str) -> None:
        other = make.prescriber(session, me.organisation)
        address = f"{own}/membres/{other.id}/administrer"

        assert pages.post(address, {"oui": "oui"}, form=f"{own}/organisme").status_code == 303
        session.refresh(other)
        assert other.is_administrator
        pages.post(f"{own}/membres/{me.id}/administrer", {"oui": "non"}, form=f"{own}/organisme")
        assert pages.client.get(f"{own}/organisme/presentation").status_code == 403

    def test_hand_their_people_over_when_they_leave(
        self, session: Session, pages: PageClient, me: Prescriber, own: str
    ) -> None:
        leaving = make.prescriber(session, me.organisation)
        person = make.person(session, "Ada")
        entry = caseload.follow(
            session, organisation=me.organisation, person=person, origin=Origin.CREATED, by=leaving, now=NOW
        )
        address = f"{own}/membres/{leaving.id}/depart"
        assert "Personnes suivies\u00a0: 1" in pages.get(address, is_form=True).text

        assert pages.post(address, {}).status_code == 422
        assert pages.post(address, {"reprise": str(me.id)}).status_code == 303

        session.refresh(entry)
        assert entry.prescriber_id == me.id
        assert pages.client.get(address).status_code == 404


class TestDetails:
    def test_are_kept_with_the_area(self, session: Session, pages: PageClient, me: Prescriber, own: str) -> None:
        make.commune(session)
        address = f"{own}/organisme/presentation"
        form = {
            "nom": "Asso Neuve",
            "genre": "france_travail",
            "code_postal": "57000",
            "ville": "Metz",
            "email": "asso@exemple.fr",
            "zone": "Metz",
        }
        pages.get(address, is_form=True)

        assert pages.post(address, form).status_code == 303

        session.refresh(me.organisation)
        assert (me.organisation.name, me.organisation.kind) == ("Asso Neuve", "other")
        assert areas.written(session, me.organisation_id) == ["Metz (57)"]
        assert pages.post(address, {**form, "zone": "Trifouillis"}).status_code == 422
        assert areas.written(session, me.organisation_id) == ["Metz (57)"]


class TestDelegation:
    def test_waits_for_an_operator(self, session: Session, pages: PageClient, me: Prescriber, own: str) -> None:
        address, today = f"{own}/organisme/delegation", clock.today()
        form = {
            "delegant": "cap_emploi",
            "delegant_nom": "Cap emploi Exemple",
            "numero": "D-7",
            "debut": today.isoformat(),
            "fin": (today + timedelta(days=365)).isoformat(),
        }
        pages.get(address, is_form=True)

        assert pages.post(address, {**form, "numero": ""}).status_code == 422
        assert pages.post(address, {**form, "fin": "2020-01-01"}).status_code == 422
        assert pages.post(address, form).status_code == 303

        (kept,) = session.scalars(select(Delegation)).all()
        assert kept.confirmed_at is None
        assert "Notre équipe vérifie" in pages.get(f"{own}/organisme", is_form=True).main
