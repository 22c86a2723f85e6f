"""Operators accept, refuse and close prescriber organisations, and confirm delegations: once, on the record."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import AuditEntry, Person
from traitdunion.core import clock
from traitdunion.notifications.models import Message
from traitdunion.prescribers import delegations
from traitdunion.prescribers.models import Delegation, Organisation


@pytest.fixture(autouse=True)
def operator(session: Session, pages: PageClient) -> Person:
    """Somebody who runs the service, signed in."""
    found = make.person(session, "Alix", is_operator=True)
    pages.sign_in(found)
    session.commit()
    return found


@pytest.fixture
def asking(session: Session) -> Organisation:
    """An association that asks, with its delegation and its administrator."""
    made = make.prescriber_organisation(session, name="Asso Exemple", kind="other", state="waiting", proof="Page 3")
    make.prescriber(session, made, is_administrator=True)
    today = clock.today()
    delegation = Delegation(
        organisation=made,
        delegator_kind="france_travail",
        delegator_name="Agence Exemple",
        number="D-4",
        starts_on=today - timedelta(days=1),
        ends_on=today + timedelta(days=200),
        created_at=make.NOW,
    )
    session.add(delegation)
    session.flush()
    return made


def acts(session: Session) -> list[str]:
    """What is on the record."""
    return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


class TestOrganisations:
    def test_wait_on_the_home_and_on_top_of_the_list(self, pages: PageClient, asking: Organisation) -> None:
        assert "Organismes prescripteurs à examiner 1" in pages.get("/admin").main

        assert "Asso Exemple à examiner" in pages.get("/admin/organismes").main

    def test_are_read_with_their_proof(self, pages: PageClient, asking: Organisation) -> None:
        page = pages.get(f"/admin/organismes/{asking.id}", is_form=True).main

        assert "Page 3" in page
        assert "D-4" in page

    def test_are_accepted(self, session: Session, pages: PageClient, asking: Organisation) -> None:
        for _ in range(2):
            answer = pages.post(f"/admin/organismes/{asking.id}", {"acte": "accepter"})
            assert answer.status_code == 303

        session.refresh(asking)
        assert delegations.may_prescribe(asking, on=clock.today())
        assert acts(session) == ["delegation.confirm", "organisation.approve"]
        assert session.scalars(select(Message.kind)).all() == ["organisation_decided"]
        assert "a accepté" in pages.get("/admin/journal", is_form=True).main

    @pytest.mark.parametrize(("act", "state"), [("refuser", "waiting"), ("fermer", "active")])
    def test_are_told_why_not(self, session: Session, pages: PageClient, act: str, state: str) -> None:
        organisation = make.prescriber_organisation(session, state=state)
        address = f"/admin/organismes/{organisation.id}"

        assert pages.post(address, {"acte": act}).status_code == 422
        assert pages.post(address, {"acte": act, "mot": "La preuve manque."}).status_code == 303

        session.refresh(organisation)
        assert organisation.state in {"refused", "closed"}
        assert organisation.decision_word == "La preuve manque."

    def test_are_decided_by_known_words_alone(self, pages: PageClient, asking: Organisation) -> None:
        assert pages.post(f"/admin/organismes/{asking.id}", {"acte": "brûler"}).status_code == 422


class TestDelegations:
    def test_are_confirmed_once(self, session: Session, pages: PageClient, asking: Organisation) -> None:
        asking.state, asking.decided_at = "active", clock.now()
        session.flush()
        (delegation,) = asking.delegations
        address = f"/admin/organismes/{asking.id}"
        assert "Délégations à vérifier" in pages.get("/admin/organismes").main

        for _ in range(2):
            pages.post(f"{address}/delegations/{delegation.id}/confirmer", form=address)

        session.refresh(delegation)
        assert delegation.confirmed_at is not None
        assert acts(session) == ["delegation.confirm"]
