"""Time passes at will in the demonstration: an immersion that is confirmed is over at once, and what follows is asked.

Nobody waits three weeks to try what comes after an immersion. The person's booking goes to a slot of its own, in the
past, so that nobody else's is moved.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from traitdunion.agreements.models import Agreement
from traitdunion.core.clock import PARIS
from traitdunion.immersions import places
from traitdunion.immersions.models import Booking, BookingState, Slot, SlotPlace, SlotState
from traitdunion.impact import jobs

_OWN = ("id", "first_day", "last_day", "book_by", "places", "state", "series")


def to_come(session: Session, person_id: int, *, today: date) -> Sequence[Booking]:
    """The person's confirmed immersions that are not over, the first first."""
    query = (
        select(Booking)
        .options(joinedload(Booking.slot).joinedload(Slot.company), joinedload(Booking.person))
        .where(Booking.person_id == person_id, Booking.state == BookingState.ACCEPTED.value, Booking.last_day >= today)
        .order_by(Booking.first_day, Booking.id)
    )
    return session.scalars(query).all()


def end(session: Session, booking: Booking, *, now: datetime) -> None:
    """The immersion ended yesterday: company and person are asked what they make of it. Raises Overlaps."""
    places.lock_days(session, booking.person_id)
    slot = places.lock(session, booking.slot_id)
    days = slot.last_day - (now.astimezone(PARIS).date() - timedelta(days=1))
    past = _moved(slot, days)
    session.add(past)
    session.flush()
    session.add(SlotPlace(slot_id=past.id, number=1))
    session.flush()
    with places.constrained(session):
        booking.slot, booking.slot_id, booking.place_number = past, past.id, 1
        booking.first_day, booking.last_day = past.first_day, past.last_day
        booking.sequence, booking.changed_at = booking.sequence + 1, now
    for agreement in session.scalars(select(Agreement).where(Agreement.booking_id == booking.id)):
        agreement.first_day, agreement.last_day = agreement.first_day - days, agreement.last_day - days
    session.flush()
    places.settle(session, slot, now=now)
    jobs.ask_one(session, booking, now=now)


def _moved(slot: Slot, days: timedelta) -> Slot:
    """The same slot for one person, that many days before, closed."""
    names = {column.key for column in Slot.__mapper__.column_attrs} - set(_OWN)
    first_day = slot.first_day - days
    return Slot(
        **{name: getattr(slot, name) for name in names},
        first_day=first_day,
        last_day=slot.last_day - days,
        book_by=first_day,
        places=1,
        state=SlotState.CLOSED.value,
    )
