"""After an immersion, in the background: bilans, verdicts and outcomes are asked for, and asked for again.

Each immersion in a transaction of its own. What is asked is named by its stage, so that a second run asks nothing
twice, and a worker that was down asks the stage that holds when it is back, not those that went by.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.core import clock, db, jobs, months
from traitdunion.immersions import bookings, dates, expiring
from traitdunion.immersions.models import Booking, BookingState
from traitdunion.impact import letters, outcomes, times
from traitdunion.impact.kinds import MONTHS
from traitdunion.impact.models import Bilan, Outcome, Verdict

QUEUE = "immersions"
STAGES = (0, 3, 10)
"""Days after the end when a bilan and a verdict are asked for, while nothing was said."""
OUTCOME_STAGES = (0, 14)
"""Days after the month is over."""
_FIRST_OUTCOME = 10
"""Days after the end when « where are you » is asked of who did not say it with the verdict."""
_LATEST = timedelta(days=45)
"""A renewal may end a month after the booking; then the last stage."""
_HELD = (BookingState.ACCEPTED.value, BookingState.DONE.value)


@jobs.task(queue=QUEUE, every="40 8-18 * * *")
def remind_hosts(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Tells companies and prescribers who is expected tomorrow."""
    now = clock.now()
    with db.transaction() as session:
        found = [booking.id for booking in expiring.due_reminders(session, now=now)]
    _each(found, partial(letters.host_reminded, now=now))


@jobs.task(queue=QUEUE, every="50 16-20 * * *")
def ask(timestamp: int) -> None:  # noqa: ARG001
    """Asks for bilans and verdicts, from the evening of the last day on."""
    now = clock.now()
    with db.transaction() as session:
        found = ended(session, today=clock.today())
    _each(found, partial(ask_one, now=now))


@jobs.task(queue=QUEUE, every="20 10-12 * * *")
def follow_up(timestamp: int) -> None:  # noqa: ARG001
    """Asks people where they are, 0, 3, 6 and 12 months after."""
    now, today = clock.now(), clock.today()
    with db.transaction() as session:
        found = [(month, booking_id) for month in MONTHS for booking_id in due_outcomes(session, month, today=today)]
    for month, booking_id in found:
        _each([booking_id], partial(follow_one, month=month, now=now))


def ended(session: Session, *, today: date) -> list[int]:
    """The immersions of the last weeks of which the company, or the person, has said nothing."""
    query = (
        select(Booking.id)
        .outerjoin(Bilan, Bilan.booking_id == Booking.id)
        .outerjoin(Verdict, Verdict.booking_id == Booking.id)
        .where(Booking.state.in_(_HELD), Booking.last_day.between(today - _LATEST, today))
        .where(Bilan.booking_id.is_(None) | Verdict.booking_id.is_(None))
        .order_by(Booking.id)
    )
    return list(session.scalars(query))


def ask_one(session: Session, booking: Booking, *, now: datetime) -> None:
    """Asks for what is missing of that immersion, if its last day is over."""
    last = times.last_day(session, booking)
    is_over = now >= dates.ends(booking.slot) and now.astimezone(clock.PARIS).date() >= last
    stage = _stage(STAGES, (now.astimezone(clock.PARIS).date() - last).days)
    if not is_over or stage is None:
        return
    if session.get(Bilan, booking.id) is None:
        letters.bilan_asked(session, booking, stage=stage, now=now)
    if session.get(Verdict, booking.id) is None:
        letters.verdict_asked(session, booking, stage=stage, now=now)


def due_outcomes(session: Session, month: int, *, today: date) -> list[int]:
    """The immersions that took place and of which nothing was said for that month, in the weeks when it is asked."""
    latest = months.after(today, -month)
    said = select(Outcome.booking_id).where(Outcome.month == month)
    query = select(Booking.id).where(
        Booking.state == BookingState.DONE.value,
        Booking.last_day.between(latest - _LATEST, latest),
        Booking.id.not_in(said),
    )
    return list(session.scalars(query.order_by(Booking.id)))


def follow_one(session: Session, booking: Booking, *, month: int, now: datetime) -> None:
    """Asks where the person is, if the time has come."""
    due = months.after(times.last_day(session, booking), month)
    if month == 0:
        due += timedelta(days=_FIRST_OUTCOME)
    stage = _stage(OUTCOME_STAGES, (now.astimezone(clock.PARIS).date() - due).days)
    if stage is not None and outcomes.get(session, booking.id, month) is None:
        letters.outcome_asked(session, booking, month, stage=stage, now=now)


def _stage(stages: tuple[int, ...], days: int) -> int | None:
    """The latest stage that has come; None before the first."""
    return max((stage for stage in stages if stage <= days), default=None)


def _each(ids: list[int], act: Callable[[Session, Booking], None]) -> None:
    for booking_id in ids:
        with db.transaction() as session:
            booking = bookings.get(session, booking_id)
            if booking is not None:
                act(session, booking)
