"""Where a person is 0, 3, 6 and 12 months after an immersion: in a training, in a job, elsewhere."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from traitdunion.core import months
from traitdunion.core.errors import Refused
from traitdunion.immersions.models import Booking
from traitdunion.impact import times
from traitdunion.impact.kinds import MONTHS, Obstacle, Situation, Speaker
from traitdunion.impact.models import Outcome
from traitdunion.pathways import trying
from traitdunion.trainings.models import Action, TrainingSession

LONGEST_TITLE = 200


class NotSaid(Refused):
    """The situation comes first."""


class UnknownSession(Refused):
    """It is none of those that were proposed."""


def get(session: Session, booking_id: int, month: int) -> Outcome | None:
    """What was said for that month; None while nothing was."""
    return session.get(Outcome, (booking_id, month))


def of_bookings(session: Session, booking_ids: Collection[int]) -> dict[int, list[Outcome]]:
    """What was said after those immersions, by the booking's id, the latest month first."""
    query = select(Outcome).where(Outcome.booking_id.in_(booking_ids)).order_by(Outcome.month.desc())
    found: dict[int, list[Outcome]] = {}
    for outcome in session.scalars(query):
        found.setdefault(outcome.booking_id, []).append(outcome)
    return found


def month_of(last_day: date, *, today: date) -> int:
    """Which of the four months an answer of today is for."""
    return max((month for month in MONTHS if months.after(last_day, month) <= today), default=0)


def say(
    session: Session, booking_id: int, month: int, situation: Situation, *, by: int | None = None, now: datetime
) -> Outcome:
    """Where the person is, said by them or by the prescriber `by`; another answer within 7 days takes its place.

    Raises Gone, NotYet, TooLate.
    """
    booking = times.lock(session, booking_id)
    times.check_begun(booking, now=now)
    outcome = session.get(Outcome, (booking_id, month))
    if outcome is None:
        outcome = Outcome(booking_id=booking_id, booking=booking, month=month, answered_at=now)
        session.add(outcome)
    times.check_correctable(outcome.answered_at, now=now)
    if outcome.situation != situation.value:
        outcome.training_session_id = outcome.training_title = outcome.obstacle = None
    outcome.situation, outcome.changed_at = situation.value, now
    outcome.speaker = (Speaker.PRESCRIBER if by else Speaker.PERSON).value
    outcome.by_id = by
    session.flush()
    return outcome


def enter(
    session: Session,
    booking_id: int,
    month: int,
    *,
    training_session: TrainingSession | None,
    title: str | None = None,
    now: datetime,
) -> None:
    """Which session is or will be entered: one of the catalogue, else its title as typed. Raises as `say`, NotSaid."""
    outcome = _said(session, booking_id, month, now=now)
    if not Situation(outcome.situation).is_training:
        raise NotSaid("Dites d’abord que vous entrez en formation.")
    outcome.training_session_id = training_session.id if training_session else None
    known = training_session.action.training.title if training_session else title
    outcome.training_title, outcome.changed_at = (known or "")[:LONGEST_TITLE] or None, now


def hinder(session: Session, booking_id: int, month: int, obstacle: Obstacle, *, now: datetime) -> None:
    """Why no training is entered. Raises as `say`, NotSaid."""
    outcome = _said(session, booking_id, month, now=now)
    if Situation(outcome.situation).is_training:
        raise NotSaid("Cette question ne se pose pas à qui entre en formation.")
    outcome.obstacle, outcome.changed_at = obstacle.value, now


def orient(session: Session, booking_id: int, month: int, *, well: bool, now: datetime) -> None:
    """Whether the person finds that they were well oriented. Raises as `say`, NotSaid."""
    outcome = _said(session, booking_id, month, now=now)
    outcome.well_oriented, outcome.changed_at = well, now


def sessions(
    session: Session, booking: Booking, *, region_code: str, since: date, most: int = 8
) -> Sequence[TrainingSession]:
    """The funded sessions that may have been entered since the immersion, for its job or its kin, the first first."""
    return trying.sessions_from(session, booking.slot.occupation_code, region_code=region_code, since=since, most=most)


def session_of(session: Session, session_id: int) -> TrainingSession:
    """A session of the catalogue, with its training. Raises UnknownSession."""
    whole = joinedload(TrainingSession.action).joinedload(Action.training)
    found = session.get(TrainingSession, session_id, options=[whole])
    if found is None:
        raise UnknownSession("Cette session n’est plus au catalogue\u00a0: écrivez son nom.")
    return found


def _said(session: Session, booking_id: int, month: int, *, now: datetime) -> Outcome:
    times.lock(session, booking_id)
    outcome = session.get(Outcome, (booking_id, month))
    if outcome is None:
        raise NotSaid("Dites d’abord où vous en êtes.")
    times.check_correctable(outcome.answered_at, now=now)
    return outcome
