"""Organisations: asked for once, decided by an operator with a trace, told to who asked."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from traitdunion.accounts.models import AuditEntry, Person
from traitdunion.notifications.models import Message
from traitdunion.prescribers import caseload, consents, delegations, members, organisations
from traitdunion.prescribers.kinds import ConsentMeans, OrganisationKind, OrganisationState, Origin
from traitdunion.prescribers.models import Organisation
from traitdunion.prescribers.organisations import Details, OrganisationRefused


def ask(session: Session, by: Person, **fields: Any) -> Organisation:
    """A small association in Metz."""
    said: dict[str, Any] = {
        "name": "Asso Exemple",
        "kind": OrganisationKind.OTHER,
        "siret": None,
        "legal_form": None,
        "address": None,
        "postcode": "57000",
        "city": "Metz",
        "email": None,
        "phone": None,
        **fields,
    }
    return organisations.ask(session, Details(**said), proof="Convention jointe", by=by, now=NOW)


class TestAsk:
    def test_waits_with_its_administrator(self, session: Session) -> None:
        by = make.person(session)

        organisation = ask(session, by)

        assert organisation.state == OrganisationState.WAITING
        (member,) = members.of_waiting(session, by.id)
        assert member.is_administrator
        assert members.of(session, by.id) == []

    def test_twice_is_once(self, session: Session) -> None:
        by = make.person(session)

        assert ask(session, by) is ask(session, by)

    def test_sends_to_colleagues_where_it_is_known(self, session: Session) -> None:
        make.prescriber_organisation(session, name="ASSO EXEMPLE")

        with pytest.raises(OrganisationRefused, match="invitation"):
            ask(session, make.person(session))

    def test_refuses_a_flood(self, session: Session) -> None:
        by = make.person(session)
        for number in range(3):
            ask(session, by, name=f"Asso {number}")

        with pytest.raises(OrganisationRefused, match="attendent"):
            ask(session, by, name="Asso de trop")


class TestDecide:
    def test_approves_with_its_delegation_and_tells(self, session: Session) -> None:
        by = make.person(session)
        organisation = ask(session, by)
        delegations.declare(
            session,
            organisation,
            delegator=OrganisationKind.FRANCE_TRAVAIL,
            delegator_name="France Travail Exemple",
            number="D-1",
            starts_on=NOW.date(),
            ends_on=NOW.date() + timedelta(days=300),
            now=NOW,
        )
        session.flush()

        for _ in range(2):
            organisations.approve(session, organisation, word="Bienvenue", by=None, now=NOW)

        assert delegations.may_prescribe(organisation, on=NOW.date())
        assert members.is_member(session, organisation.id, by.id)
        assert session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)).all() == [
            "delegation.confirm",
            "organisation.approve",
        ]
        assert session.scalars(select(Message.kind)).all() == ["organisation_decided"]

    def test_refuses_and_says_why(self, session: Session) -> None:
        organisation = ask(session, make.person(session))

        organisations.refuse(session, organisation, word="La convention est illisible.", by=None, now=NOW)

        (message,) = session.scalars(select(Message)).all()
        assert "illisible" in message.text
        with pytest.raises(OrganisationRefused):
            organisations.refuse(session, make.prescriber_organisation(session), word="Non", by=None, now=NOW)

    def test_closes_and_lets_people_go(self, session: Session) -> None:
        member = make.prescriber(session, make.prescriber_organisation(session))
        entry = caseload.follow(
            session,
            organisation=member.organisation,
            person=make.person(session),
            origin=Origin.CREATED,
            by=member,
            now=NOW,
        )

        other = make.prescriber(session, make.prescriber_organisation(session, name="Agence Exemple"))
        next_one = caseload.follow(
            session,
            organisation=other.organisation,
            person=entry.person,
            origin=Origin.CREATED,
            by=other,
            now=NOW,
        )
        consents.record(
            session,
            entry,
            text="Oui",
            means=ConsentMeans.SPOKEN,
            given_on=NOW.date(),
            by=member,
            today=NOW.date(),
            now=NOW,
        )

        organisations.close(session, member.organisation, word="Fusion", by=None, now=NOW)

        session.refresh(entry)
        assert (entry.ended_at, entry.prescribes) == (NOW, False)
        assert next_one.prescribes
        assert consents.standing(session, entry.id) is None


class TestForget:
    def test_erases_what_closed_three_years_ago(self, session: Session) -> None:
        make.prescriber_organisation(session, state="closed")
        kept = make.prescriber_organisation(session)

        organisations.forget(session, now=NOW + timedelta(days=1_100))

        assert session.scalars(select(Organisation.id)).all() == [kept.id]
