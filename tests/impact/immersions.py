"""Immersions that are over, or under way, for these tests."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.core import clock
from traitdunion.immersions.models import Booking


def tried(session: Session, *, ended: int = 0, **fields: Any) -> Booking:
    """An immersion of one morning that was `ended` days ago (yesterday's is 1; the future is negative)."""
    company = make.company(session)
    make.member(session, company, make.person(session, "Ada", family_name="Martin"))
    day = clock.today() - timedelta(days=ended)
    slot = make.slot(session, company=company, first_day=day, book_by=day)
    person = make.person(session, "Camille", family_name="Exemple")
    row = {"state": "accepted", "expires_at": None, **fields}
    return make.booking(session, slot, person, **row)


def followed(session: Session, booking: Booking) -> str:
    """A prescriber who signs for the person of the booking; returns the e-mail address."""
    organisation = make.prescriber_organisation(session)
    prescriber = make.prescriber(session, organisation)
    make.caseload_entry(session, organisation, booking.person, prescriber_id=prescriber.id, prescribes=True)
    session.flush()
    assert prescriber.person is not None
    return prescriber.person.email or ""
