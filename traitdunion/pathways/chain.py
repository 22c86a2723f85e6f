"""The chain: a session and its deadline, and the immersion slots that are over before it.

What a person must see at a glance: how many days are left to try the job, where, and what to do when nowhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from traitdunion.core import clock
from traitdunion.immersions import alternatives
from traitdunion.immersions.alternatives import NearSlot
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.trainings import trainings
from traitdunion.trainings.models import TrainingSession

NEAR_KM = 50
"""How far one goes to try a job for some days."""
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What can be tried before which session; `deadline` None: the session can be entered at any time, or none is."""

    session: TrainingSession | None
    deadline: date | None
    days_left: int | None
    slots: Sequence[NearSlot]
    """With a place, over before the deadline, the earliest first."""
    count: int
    """How many there are in all."""
    waiting: Sequence[NearSlot]
    """Full ones, with a waiting list; only where no slot has a place."""
    later: Sequence[NearSlot]
    """Free, but too late for the deadline; only where there is nothing before."""

    @property
    def is_empty(self) -> bool:
        """Nothing can be tried before the deadline: what is left is to say where one would like to."""
        return not self.slots and not self.waiting


def of_training(
    session: Session, training_id: int, codes: Collection[str], *, near: Point | None, now: datetime
) -> Chain:
    """The chain of a training and its occupations, from its next open session; near a place, or anywhere."""
    found = trainings.next_sessions(session, [training_id], today=_day(now)).get(training_id)
    return before(session, found, codes, near=near, now=now)


def of_offer(
    session: Session, rome_code: str | None, training_ids: Sequence[int], *, near: Point | None, now: datetime
) -> Chain:
    """The chain of an offer: its job, and the next session of the first of its trainings that takes people."""
    sessions = trainings.next_sessions(session, training_ids, today=_day(now)) if training_ids else {}
    first = next((sessions[each] for each in training_ids if each in sessions), None)
    return before(session, first, [rome_code] if rome_code else [], near=near, now=now)


def before(
    session: Session,
    training_session: TrainingSession | None,
    codes: Collection[str],
    *,
    near: Point | None,
    now: datetime,
) -> Chain:
    """The slots of these occupations that end before the deadline of the session."""
    deadline = training_session.enrolment_deadline if training_session else None
    free, count = _find(session, codes, SlotState.PUBLISHED, until=deadline, near=near, now=now)
    waiting = [] if free else _find(session, codes, SlotState.FULL, until=deadline, near=near, now=now)[0]
    later: list[NearSlot] = []
    if not free and not waiting and deadline is not None:
        later = _find(session, codes, SlotState.PUBLISHED, until=None, near=near, now=now)[0]
    return Chain(
        session=training_session,
        deadline=deadline,
        days_left=(deadline - _day(now)).days if deadline else None,
        slots=free,
        count=count,
        waiting=waiting,
        later=later,
    )


def _find(
    session: Session,
    codes: Collection[str],
    state: SlotState,
    *,
    until: date | None,
    near: Point | None,
    now: datetime,
) -> tuple[list[NearSlot], int]:
    if not codes:
        return [], 0
    query = (
        select(Slot, func.count().over())
        .join(Slot.company)
        .options(contains_eager(Slot.company))
        .where(alternatives.shown(), Slot.state == state.value, alternatives.bookable(now))
        .where(alternatives.of_same_jobs(codes))
    )
    if until is not None:
        query = query.where(Slot.last_day < until)
    if near is not None:
        query = query.where(distances.within(Slot.latitude, Slot.longitude, near, NEAR_KM))
    rows = session.execute(query.order_by(Slot.first_day, Slot.starts_at, Slot.id).limit(_MOST)).all()
    return alternatives.measured([slot for slot, _ in rows], near), rows[0][1] if rows else 0


def _day(now: datetime) -> date:
    return now.astimezone(clock.PARIS).date()
