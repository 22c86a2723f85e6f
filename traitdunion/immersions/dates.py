"""The days and instants of a slot: when it begins, until when one answers, waits, cancels; and how old one is then.

Hours are those of the clock of the place; working days are those of its département.
"""

from datetime import date, datetime, timedelta

from traitdunion.core import clock
from traitdunion.immersions.models import Slot
from traitdunion.territories import working_days

ANSWER_DAYS = 3
"""Working days that a company has to answer a request."""
WAITING_DAYS = 2
"""Working days before the slot when its waiting list stops."""
OFFER = timedelta(hours=24)
"""How long a freed place is kept for whoever waits."""
NOTICE = timedelta(hours=4)
"""Before the start, from when one cancels only with a word."""


def starts(slot: Slot) -> datetime:
    """When the slot begins."""
    return datetime.combine(slot.first_day, slot.starts_at, tzinfo=clock.PARIS)


def ends(slot: Slot) -> datetime:
    """When its last day ends."""
    return datetime.combine(slot.last_day, slot.ends_at, tzinfo=clock.PARIS)


def presence(slot: Slot) -> list[date]:
    """The days when one is expected: its working days, with the first and the last whatever they are."""
    return days_between(slot.first_day, slot.last_day, local=working_days.subdivision(slot.department))


def days_between(first: date, last: date, *, local: str | None) -> list[date]:
    """The working days of a place from one day to another, with both of these whatever they are."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day in {first, last} or working_days.is_working_day(day, local=local)]


def answer_by(slot: Slot, *, now: datetime) -> datetime:
    """Until when the company may answer what is asked now: the end of the third working day, or the slot's start."""
    local = working_days.subdivision(slot.department)
    last = working_days.after(_day(now), ANSWER_DAYS, local=local)
    return min(working_days.end_of(last), starts(slot))


def waiting_ends(slot: Slot) -> datetime:
    """From when no freed place is offered any more: the company must know who comes."""
    local = working_days.subdivision(slot.department)
    return working_days.start_of(working_days.before(slot.first_day, WAITING_DAYS, local=local))


def is_short_notice(slot: Slot, *, now: datetime) -> bool:
    """The slot begins in less than four hours."""
    return now > starts(slot) - NOTICE


def has_started(slot: Slot, *, now: datetime) -> bool:
    """The slot has begun."""
    return now >= starts(slot)


def takes_bookings(slot: Slot, *, now: datetime) -> bool:
    """The last day to book is not over, and the slot has not begun."""
    return _day(now) <= slot.book_by and not has_started(slot, now=now)


def age_on(birth_date: date, day: date) -> int:
    """Age in whole years on a day; who is born on 29 February is a year older on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def _day(instant: datetime) -> date:
    return instant.astimezone(clock.PARIS).date()
