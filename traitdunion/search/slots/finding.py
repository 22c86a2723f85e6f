"""The slots a search finds, those beside one that is gone, and the sessions that a slot comes before."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, select, true
from sqlalchemy.orm import Session, joinedload

from traitdunion.immersions import alternatives, places
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.pathways import trying
from traitdunion.search import trainings
from traitdunion.search.criteria import MOST, PAGE_SIZE, Circle, Criteria, Results
from traitdunion.search.trainings import FoundTraining
from traitdunion.territories import distances
from traitdunion.territories.distances import Point

_SESSIONS, _TRAININGS = 12, 3


_DEGREE_KM = 111.2
_RINGS = (0.1, 0.3, 0.6)
"""Shares of the radius from which the nearest are taken when they hold enough: within it, whatever the plane errs."""
_PLANE_ERROR = 0.08
"""More than a plane errs by within 200 km of a place in metropolitan France (5 % at 51° north)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What narrows a search of slots besides words and place; None or False asks for nothing."""

    kind: str | None = None
    since: date | None = None
    is_minor: bool = False
    is_free: bool = False
    is_nearest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSlot:
    """A slot in a list: `km` from the place asked for, None when none was; its places that are free."""

    slot: Slot
    km: float | None
    free: int


def find(session: Session, criteria: Criteria, wishes: Wishes, *, page: int, now: datetime) -> Results[FoundSlot]:
    """One page of the slots that can still be booked, or waited for; a page past the last one is the last one."""
    ids, count = _page(session, criteria, wishes, page=page, now=now)
    if not ids and page > 1:
        _, count = _page(session, criteria, wishes, page=1, now=now)
        page = max(1, -(-min(count, MOST) // PAGE_SIZE))
        ids, count = _page(session, criteria, wishes, page=page, now=now)
    loaded = session.scalars(select(Slot).options(joinedload(Slot.company)).where(Slot.id.in_(ids))) if ids else ()
    by_id = {slot.id: slot for slot in loaded}
    near = criteria.circle.centre if criteria.circle else None
    found = listed(session, [by_id[id_] for id_ in ids], near=near)
    return Results(found=found, count=min(count, MOST), is_more=count > MOST, page=page)


def listed(session: Session, slots: Sequence[Slot], *, near: Point | None) -> list[FoundSlot]:
    """The slots with what a list shows."""
    free = places.free_counts(session, [slot.id for slot in slots])
    return [
        FoundSlot(slot=each.slot, km=each.km, free=free.get(each.slot.id, 0))
        for each in alternatives.measured(slots, near)
    ]


def sessions_after(session: Session, slot: Slot, *, region_code: str, today: date) -> list[FoundTraining]:
    """The funded trainings of the slot's job that one can still enter once the slot is over, each by that session."""
    found: dict[int, FoundTraining] = {}
    for each in trying.sessions_after(session, slot, region_code=region_code, today=today, most=_SESSIONS):
        found.setdefault(each.action.training_id, trainings.through(each, near=point(slot), today=today))
    return list(found.values())[:_TRAININGS]


def alive(session: Session) -> list[tuple[int, datetime]]:
    """Ids of the slots that everybody may see, and when they last changed, for machines."""
    query = select(Slot.id, Slot.changed_at).join(Slot.company).where(alternatives.shown()).order_by(Slot.id)
    return [(id_, changed) for id_, changed in session.execute(query)]


def point(slot: Slot) -> Point:
    """Where the slot is."""
    return Point(slot.latitude, slot.longitude)


def _page(
    session: Session, criteria: Criteria, wishes: Wishes, *, page: int, now: datetime
) -> tuple[Sequence[int], int]:
    """The ids of one page, in order, and how many slots there are; no further than MOST + 1 where that saves time.

    Ids alone: what is sorted stays narrow, and only a page of it is read whole.
    """
    where = _where(criteria, wishes, now)
    page = min(page, MOST // PAGE_SIZE)
    wanted = _ids(*where).order_by(*_order(criteria, wishes)).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    if not criteria.wanted.is_empty:
        # Few have the words, and sorting has to meet each of them: counting them costs nothing more.
        rows = session.execute(wanted.where(_place(criteria)).add_columns(func.count().over())).all()
        return [id_ for id_, _ in rows], rows[0][1] if rows else 0
    count = _count(session, *where, _place(criteria))
    if criteria.circle is None:
        return session.scalars(wanted.where(_place(criteria))).all(), count
    if not wishes.is_nearest_first:
        return session.scalars(wanted.where(_within_degrees(criteria.circle))).all(), count
    last = min(page * PAGE_SIZE, count)
    for share in _RINGS:
        ring = _ring(criteria.circle, share)
        if _count(session, *where, ring) >= last:
            return session.scalars(wanted.where(ring)).all(), count
    return session.scalars(wanted.where(_place(criteria))).all(), count


def _ids(*conditions: ColumnElement[bool]) -> Select[int]:
    return select(Slot.id).join(Slot.company).where(*conditions)


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    """How many there are, MOST + 1 where there are more."""
    return session.scalar(select(func.count()).select_from(_ids(*conditions).limit(MOST + 1).subquery())) or 0


def _where(criteria: Criteria, wishes: Wishes, now: datetime) -> list[ColumnElement[bool]]:
    """All that is asked, but for the place."""
    conditions = [alternatives.shown(), alternatives.bookable(now)]
    if not criteria.wanted.is_empty:
        conditions.append(Slot.stems.contains(list(criteria.wanted.stems)))
    if wishes.kind:
        conditions.append(Slot.kind == wishes.kind)
    if wishes.since:
        conditions.append(Slot.first_day >= wishes.since)
    if wishes.is_minor:
        conditions.append(Slot.minors_welcome.is_(True))
    if wishes.is_free:
        conditions.append(Slot.state == SlotState.PUBLISHED.value)
    return conditions


def _place(criteria: Criteria) -> ColumnElement[bool]:
    if criteria.circle is not None:
        return and_(_square(criteria.circle, criteria.circle.km), _is_within(criteria.circle))
    return Slot.department.in_(criteria.departments) if criteria.departments else true()


def _within_degrees(circle: Circle) -> ColumnElement[bool]:
    """Within the circle, in words of which PostgreSQL knows how many slots they leave.

    It then goes from day to day until a page is full where they are many; of the box, it believes that they are few.
    """
    around = distances.box(circle.centre, circle.km)
    if around.west > around.east:
        return and_(_square(circle, circle.km), _is_within(circle))
    return and_(
        Slot.latitude.between(around.south, around.north),
        Slot.longitude.between(around.west, around.east),
        _is_within(circle),
    )


def _ring(circle: Circle, share: float) -> ColumnElement[bool]:
    """Nearer than a share of the radius, by what the nearest are sorted by: they come before all others."""
    km = circle.km * share
    near = _squared(circle.centre) < (km / _DEGREE_KM) ** 2
    return and_(_square(circle, km * (1 + _PLANE_ERROR)), near)


def _square(circle: Circle, km: float) -> ColumnElement[bool]:
    """In the box around the circle's centre, by the GiST index on the place."""
    box = distances.box(circle.centre, km)
    west, east = (box.west, box.east) if box.west <= box.east else (-180.0, 180.0)
    square = func.box(func.point(west, box.south), func.point(east, box.north))
    return func.point(Slot.longitude, Slot.latitude).op("<@", is_comparison=True)(square)


def _is_within(circle: Circle) -> ColumnElement[bool]:
    """No further than the radius, on a sphere."""
    near, km = _squared(circle.centre), circle.km / _DEGREE_KM
    # The exact distance costs ten times the plane's: it is asked only of those about on the edge.
    return case(
        (near < (km * (1 - _PLANE_ERROR)) ** 2, true()),
        (near > (km * (1 + _PLANE_ERROR)) ** 2, false()),
        else_=distances.haversine(Slot.latitude, Slot.longitude, circle.centre) <= circle.km,
    )


def _order(criteria: Criteria, wishes: Wishes) -> list[ColumnElement[Any]]:
    by_day: list[ColumnElement[Any]] = [Slot.first_day.asc(), Slot.starts_at.asc(), Slot.id.asc()]
    if wishes.is_nearest_first and criteria.circle:
        return [_squared(criteria.circle.centre).asc(), *by_day]
    return by_day


def _squared(centre: Point) -> ColumnElement[float]:
    """The square of the distance in degrees, as on a plane: it sorts, at a tenth of the cost of the exact one."""
    north = Slot.latitude - centre.latitude
    east = (Slot.longitude - centre.longitude) * math.cos(math.radians(centre.latitude))
    return north * north + east * east
