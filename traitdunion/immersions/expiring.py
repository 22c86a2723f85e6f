"""Bookings in the background: what was not answered in time ends, people are reminded, the old is forgotten.

Each booking in a transaction of its own; each act looks again at what is true, so that a second run changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from traitdunion.core import clock, db, jobs
from traitdunion.immersions import bookings, letters, waiting
from traitdunion.immersions.models import Booking, BookingState, Slot

QUEUE = "immersions"
_LATE = timedelta(hours=12)
"""Who booked so lately needs no reminder."""
_KEPT = timedelta(days=731)
"""24 months, as the register of privacy says."""


@jobs.task(queue=QUEUE, every="*/5 * * * *")
def end_what_is_due(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Ends requests without answer, offers that were not taken, and lists that stop; freed places are offered."""
    now = clock.now()
    with db.transaction() as session:
        unanswered = [booking.id for booking in due_requests(session, now=now)]
        waiting_ones = [
            booking.id for booking in [*waiting.lapsed(session, now=now), *waiting.stopped(session, now=now)]
        ]
    _each(unanswered, bookings.expire, now=now)
    _each(waiting_ones, waiting.end, now=now)


@jobs.task(queue=QUEUE, every="30 8-18 * * *")
def remind(timestamp: int) -> None:  # noqa: ARG001
    """Reminds those who are expected tomorrow; several times a day, since a worker may be down at one of them."""
    now = clock.now()
    with db.transaction() as session:
        found = [booking.id for booking in due_reminders(session, now=now)]
    _each(found, letters.reminded, now=now)


@jobs.task(queue=QUEUE, every="53 3 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Erases, each night, the slots that were over 24 months ago, and their bookings."""
    with db.transaction() as session:
        erase_over(session, before=clock.today() - _KEPT)


def erase_over(session: Session, *, before: date) -> None:
    """Erases the slots whose last day is before that day, with their places and bookings."""
    over = select(Slot.id).where(Slot.last_day < before)
    session.execute(delete(Booking).where(Booking.slot_id.in_(over)))
    session.execute(delete(Slot).where(Slot.last_day < before))


def due_requests(session: Session, *, now: datetime) -> Iterable[Booking]:
    """The requests whose company had its time."""
    return session.scalars(select(Booking).where(Booking.expires_at <= now).order_by(Booking.id))


def due_reminders(session: Session, *, now: datetime) -> Iterable[Booking]:
    """Those that begin tomorrow, in France, and were not made in the last hours."""
    tomorrow = now.astimezone(clock.PARIS).date() + timedelta(days=1)
    accepted = Booking.state == BookingState.ACCEPTED.value, Booking.first_day == tomorrow
    return session.scalars(select(Booking).where(*accepted, Booking.changed_at < now - _LATE).order_by(Booking.id))


def _each(ids: Iterable[int], act: Callable[..., None], *, now: datetime) -> None:
    for booking_id in ids:
        with db.transaction() as session:
            booking = bookings.get(session, booking_id)
            if booking is not None:
                act(session, booking, now=now)
