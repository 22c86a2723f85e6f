"""The same slot again: once, or every week, on days that are neither past nor holidays."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from traitdunion.immersions import slots
from traitdunion.immersions.details import FURTHEST
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.territories import working_days

MOST_WEEKS = 26
_COPIED = (
    *("company_id", "occupation_code", "title", "kind", "starts_at", "ends_at"),
    *("address", "postcode", "city", "commune_code", "department", "latitude", "longitude", "is_place_approximate"),
    *("tutor_name", "tutor_role", "tasks", "equipment", "carries_loads", "stands_long", "minors_welcome"),
    *("accessibility", "transport", "accepts_at_once"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The days of one more slot; `why_not` says, in French, why there will be none."""

    first_day: date
    last_day: date
    why_not: str | None = None


def preview(slot: Slot, *, weeks: int, today: date) -> list[Week]:
    """The weeks after the slot, at most MOST_WEEKS of them, those to be skipped too."""
    local = working_days.subdivision(slot.department)
    return [_week(slot, number, local, today) for number in range(1, min(weeks, MOST_WEEKS) + 1)]


def _week(slot: Slot, number: int, local: str | None, today: date) -> Week:
    moved = timedelta(weeks=number)
    first_day, last_day = slot.first_day + moved, slot.last_day + moved
    why_not = None
    if first_day <= today:
        why_not = "passé"
    elif first_day > today + FURTHEST:
        why_not = "plus d’un an"
    elif working_days.is_holiday(first_day, local=local) or working_days.is_holiday(last_day, local=local):
        why_not = "jour férié"
    return Week(first_day=first_day, last_day=last_day, why_not=why_not)


def repeat(session: Session, slot: Slot, *, weeks: int, by: int, now: datetime, today: date) -> list[Slot]:
    """A slot for each week that `preview` keeps, published when this one is, else a draft; all bear one series.

    Repeated twice, the weeks that the series has already are left as they are.
    """
    slot.series = slot.series or uuid.uuid4()
    known = slots.days_of_series(session, slot.series)
    is_published = slot.state in {SlotState.PUBLISHED, SlotState.FULL, SlotState.FROZEN}
    found = []
    for week in preview(slot, weeks=weeks, today=today):
        if week.why_not or week.first_day in known:
            continue
        copied = copy(session, slot, week, by=by, now=now, today=today)
        copied.series = slot.series
        if is_published:
            slots.publish(session, copied, now=now, today=today)
        found.append(copied)
    return found


def duplicate(session: Session, slot: Slot, *, by: int, now: datetime, today: date) -> Slot:
    """A draft that says the same, on the first week from tomorrow on that is not a holiday; its days are to change."""
    weeks = (week for number in range(1, 200) if (week := _coming(slot, number, today)) is not None)
    return copy(session, slot, next(weeks), by=by, now=now, today=today)


def _coming(slot: Slot, number: int, today: date) -> Week | None:
    week = _week(slot, number, working_days.subdivision(slot.department), today)
    return None if week.why_not in {"passé", "jour férié"} else week


def copy(session: Session, slot: Slot, week: Week, *, by: int, now: datetime, today: date) -> Slot:
    """A draft that says the same on these days, to come, to be booked as long before, or until today."""
    copied = Slot(
        **{name: getattr(slot, name) for name in _COPIED},
        first_day=week.first_day,
        last_day=week.last_day,
        book_by=max(week.first_day - (slot.first_day - slot.book_by), today),
        places=slot.places,
        state=SlotState.DRAFT.value,
        created_by_id=by,
        created_at=now,
        changed_at=now,
    )
    slots.add(session, copied)
    return copied
