"""The chain: a session and its deadline, and the immersion slots that are over before it.

What a person must see at a glance: how many days are left to try the job, where, and what to do when nowhere.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, select, true
from sqlalchemy.orm import Session, contains_eager

from traitdunion.core import clock
from traitdunion.immersions import alternatives
from traitdunion.immersions.alternatives import NearSlot
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.trainings.models import TrainingSession

NEAR_KM = 50
"""How far one goes to try a job for some days."""
_MOST = 3
_FREE, _FULL, _LATER = range(3)


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


def before(
    session: Session,
    training_session: TrainingSession | None,
    codes: Collection[str],
    *,
    near: Point | None,
    now: datetime,
) -> Chain:
    """The slots of these occupations that end before the deadline of the session to aim at; near a place, or anywhere.

    Without session, or where it has no deadline, all that can be booked.
    """
    deadline = training_session.enrolment_deadline if training_session else None
    found, counts = _find(session, codes, until=deadline, near=near, now=now) if codes else ({}, {})
    free, waiting = found.get(_FREE, []), found.get(_FULL, [])
    return Chain(
        session=training_session,
        deadline=deadline,
        days_left=(deadline - _day(now)).days if deadline else None,
        slots=alternatives.measured(free, near),
        count=counts.get(_FREE, 0),
        waiting=alternatives.measured([] if free else waiting, near),
        later=alternatives.measured([] if free or waiting else found.get(_LATER, []), near),
    )


def _find(
    session: Session, codes: Collection[str], *, until: date | None, near: Point | None, now: datetime
) -> tuple[dict[int, list[Slot]], dict[int, int]]:
    """The first slots of each kind, and how many there are of it, in one query."""
    is_before = Slot.last_day < until if until else true()
    kind = case(
        (and_(is_before, Slot.state == SlotState.PUBLISHED.value), _FREE),
        (and_(is_before, Slot.state == SlotState.FULL.value), _FULL),
        (Slot.state == SlotState.PUBLISHED.value, _LATER),
    )
    turn = Slot.first_day, Slot.starts_at, Slot.id
    ranked = (
        select(
            Slot.id,
            kind.label("kind"),
            func.row_number().over(partition_by=kind, order_by=turn).label("rank"),
            func.count().over(partition_by=kind).label("count"),
        )
        .join(Slot.company)
        .where(alternatives.shown(), alternatives.bookable(now), alternatives.of_same_jobs(codes), kind.is_not(None))
    )
    if near is not None:
        ranked = ranked.where(distances.within(Slot.latitude, Slot.longitude, near, NEAR_KM))
    each = ranked.subquery()
    rows = session.execute(
        select(Slot, each.c.kind, each.c.count)
        .join(each, each.c.id == Slot.id)
        .join(Slot.company)
        .options(contains_eager(Slot.company))
        .where(each.c.rank <= _MOST)
        .order_by(*turn)
    )
    found: dict[int, list[Slot]] = {}
    counts: dict[int, int] = {}
    for slot, which, count in rows:
        found.setdefault(which, []).append(slot)
        counts[which] = count
    return found, counts


def _day(now: datetime) -> date:
    return now.astimezone(clock.PARIS).date()
