"""Bookings in the background: what was not answered in time ends, and people are reminded the day before.

Each booking in a transaction of its own; each act looks again at what is true, so that a second run changes nothing.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.core import clock, db, jobs
from traitdunion.immersions import bookings, letters, waiting
from traitdunion.immersions.models import Booking, BookingState

QUEUE = "immersions"
_LATE = timedelta(hours=12)
"""Who booked so lately needs no reminder."""


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
