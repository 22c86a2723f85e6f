"""What one asks about trainings: one with its places and sessions, its next session, the facts that matching reads."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, contains_eager, selectinload, undefer

from traitdunion.trainings.drafts import Enrolment
from traitdunion.trainings.models import NOT_TAKING, Action, Training, TrainingSession

_BATCH = 2_000


class Facts(NamedTuple):
    """What matching knows of a training; levels are values of `levels.Level`, None when unsaid."""

    id: int
    title: str
    rome_codes: list[str]
    entry_level: int | None
    exit_level: int | None
    region_code: str | None


def get(session: Session, training_id: int) -> Training | None:
    """The training, withdrawn or not, with its texts, organisation, actions and their sessions; None when unknown."""
    return session.scalar(
        select(Training)
        .where(Training.id == training_id)
        .options(
            undefer(Training.content),
            undefer(Training.results),
            selectinload(Training.organisation),
            selectinload(Training.actions).selectinload(Action.sessions),
        )
    )


def next_session(training: Training, *, today: date) -> TrainingSession | None:
    """The session to aim at among those still open, whatever the place; None when there is none.

    The first that starts; where none has a day, a permanent entry; else one whose catalogue says "open" without days.
    """
    open_ones = (
        session for action in training.living_actions for session in action.sessions if session.is_open(today=today)
    )
    return min(open_ones, key=_turn, default=None)


def next_sessions(session: Session, training_ids: Collection[int], *, today: date) -> dict[int, TrainingSession]:
    """The next session of each of these trainings that has one, by training, with its action, in one query."""
    turn = case((TrainingSession.is_permanent, 1), (_first_day().is_(None), 2), else_=0)
    found = session.execute(
        select(Action.training_id, TrainingSession)
        .join(TrainingSession.action)
        .options(contains_eager(TrainingSession.action))
        .where(Action.training_id.in_(training_ids), Action.withdrawn_at.is_(None), is_open(today))
        .order_by(Action.training_id, turn, _first_day(), TrainingSession.id)
        .ext(distinct_on(Action.training_id))
    )
    return dict(found.all())


def is_open(today: date) -> ColumnElement[bool]:
    """SQL: `TrainingSession.is_open`."""
    deadline = TrainingSession.enrolment_deadline
    return and_(
        TrainingSession.withdrawn_at.is_(None),
        TrainingSession.enrolment.not_in(NOT_TAKING),
        or_(TrainingSession.ends_on.is_(None), TrainingSession.ends_on >= today),
        # Never NULL, so that it can be negated.
        func.coalesce(
            deadline >= today, or_(TrainingSession.is_permanent, TrainingSession.enrolment == Enrolment.OPEN.value)
        ),
    )


def facts(session: Session, *, funded_only: bool) -> Iterator[Facts]:
    """The facts of every training that is not withdrawn, by id; streamed."""
    columns = [getattr(Training, name) for name in Facts._fields]
    query = select(*columns).where(Training.withdrawn_at.is_(None)).order_by(Training.id)
    if funded_only:
        query = query.where(Training.is_funded)
    return (Facts(*row) for row in session.execute(query.execution_options(yield_per=_BATCH)))


def last_change(session: Session) -> datetime | None:
    """When facts of a training last changed, None when there is no training: what is matched may be matched again."""
    return session.scalar(select(func.max(Training.updated_at)))


def _turn(session: TrainingSession) -> tuple[int, date, int]:
    first_day = session.starts_on or session.closes_on
    rank = 1 if session.is_permanent else 2 if first_day is None else 0
    return rank, first_day or date.max, session.id


def _first_day() -> ColumnElement[date | None]:
    return func.coalesce(TrainingSession.starts_on, TrainingSession.closes_on)
