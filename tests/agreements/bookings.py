"""Accepted bookings whose agreement follows them, and drafts that are complete."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from traitdunion.accounts.models import Person
from traitdunion.agreements import agreements, drafting
from traitdunion.agreements.kinds import Actor, Objective, PartyRole
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.parties import Reach
from traitdunion.agreements.snapshot import Emergency
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications.models import Message

NOW = make.NOW
FIRST_DAY = samples.FIRST_DAY


def slot(session: Session, **fields: Any) -> Slot:
    """Three days at a baker's who speaks for herself, from 8 to 16, taken without asking."""
    company = fields.pop("company", None)
    if company is None:
        company = make.company(session)
        make.member(session, company, make.person(session, "Ada", family_name="Martin"))
    row: dict[str, Any] = {
        "company": company,
        "kind": "days",
        "first_day": FIRST_DAY,
        "last_day": FIRST_DAY + timedelta(days=2),
        "starts_at": time(8),
        "ends_at": time(16),
        "tutor_name": "Rachid Pétrin",
        "tutor_role": "Boulanger",
        "accepts_at_once": True,
        **fields,
    }
    return make.slot(session, **row)


def person(session: Session, **fields: Any) -> Person:
    """Somebody whom a Mission locale follows, with a referent."""
    row = {"birth_date": date(1998, 5, 4), "postcode": "57000", "status": "mission_locale", **fields}
    found = make.person(session, "Camille", **row)
    body = make.prescriber_organisation(session)
    referent = make.prescriber(session, body, make.person(session, "Lou", family_name="Conseil"), role="Conseillère")
    make.caseload_entry(session, body, found, prescriber=referent, prescribes=True)
    return found


def booked(session: Session, of: Slot | None = None, by: Person | None = None) -> Booking:
    """An accepted booking."""
    return bookings.book(session, of or slot(session), by or person(session), now=NOW)


def draft(session: Session, of: Slot | None = None, by: Person | None = None) -> Agreement:
    """The draft that an accepted booking led to."""
    booking = booked(session, of, by)
    found = agreements.of_booking(session, booking.id)
    assert found is not None
    return found


def complete(session: Session, agreement: Agreement) -> Agreement:
    """The same with what only the person knows."""
    terms = agreements.terms_of(agreement)
    told = replace(
        terms,
        beneficiary=replace(terms.beneficiary, address="5 rue du Test, 57000 Metz", receives_rsa=False),
        objective=Objective.DISCOVER,
        goals="Voir une journée de fournil.",
        emergency=Emergency(name="Sam Exemple", phone="+33639980009"),
    )
    drafting.fill(session, agreement, told, actor=Actor.BENEFICIARY, by=agreement.person_id, now=NOW)
    return agreement


def ready(session: Session, of: Slot | None = None, by: Person | None = None) -> Agreement:
    """Complete, and out to be signed."""
    agreement = complete(session, draft(session, of, by))
    drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=agreement.person_id, now=NOW)
    return agreement


def reach(agreement: Agreement, role: PartyRole) -> Reach:
    """Where the party signs."""
    party = agreements.party(agreement, role)
    assert party is not None
    return Reach(email=party.email, phone=party.phone, person_id=party.person_id)


def written(session: Session, kind: str) -> set[str]:
    """The addresses that a message of that kind went to."""
    return {one.address.value for one in session.scalars(select(Message).where(Message.kind == kind))}
