"""The calendar of a company: the weeks of a month, each day with its slots."""

import re
from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date

from traitdunion.immersions.models import Slot

_WRITTEN = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the table; those of the months around are empty."""

    date: date
    is_within: bool
    is_today: bool
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The table of a month; `previous` and `next` as the address writes them."""

    first_day: date
    last_day: date
    weeks: list[list[Day]]

    @property
    def name(self) -> str:
        """« décembre 2026 »."""
        return format_date(self.first_day, "MMMM y", locale="fr")

    @property
    def previous(self) -> str:
        """The month before, as the address writes it."""
        return f"{self.first_day - timedelta(days=1):%Y-%m}"

    @property
    def next(self) -> str:
        """The month after, as the address writes it."""
        return f"{self.last_day + timedelta(days=1):%Y-%m}"


def read(written: str | None, *, default: date) -> date:
    """The first day of « 2026-12 »; of the default's month when that cannot be read."""
    found = _WRITTEN.fullmatch(written or "")
    return date(int(found[1]), int(found[2]), 1) if found else default.replace(day=1)


def end(first_day: date) -> date:
    """The last day of the month."""
    return (first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def month(first_day: date, found: Sequence[Slot], *, today: date) -> Month:
    """The table, each slot on each of its days."""

    def day(each: date) -> Day:
        is_within = each.month == first_day.month
        there = tuple(slot for slot in found if slot.first_day <= each <= slot.last_day) if is_within else ()
        return Day(date=each, is_within=is_within, is_today=each == today, slots=there)

    weeks = Calendar().monthdatescalendar(first_day.year, first_day.month)
    return Month(first_day=first_day, last_day=end(first_day), weeks=[[day(each) for each in week] for week in weeks])
