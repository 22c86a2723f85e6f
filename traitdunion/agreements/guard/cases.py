"""What the guard judges: the terms of an agreement, and what is true around them; frozen values, no look elsewhere."""

from dataclasses import dataclass
from datetime import date, time
from functools import cache, cached_property
from typing import NamedTuple

from babel.dates import format_date

from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.snapshot import Shift, Terms
from traitdunion.core import months

ADULT = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Immersion:
    """Another immersion of the same person."""

    first_day: date
    last_day: date
    company: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A party with the addresses that it signs at."""

    role: PartyRole
    name: str
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolonged:
    """What is known of the agreement that this one renews."""

    is_renewal: bool
    """It was itself the renewal of another."""
    is_objective_reached: bool | None
    """As its end was told; None: not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the terms do not say."""

    today: date
    holidays: frozenset[date]
    """Public holidays of the place, for every year of the terms."""
    notice_days: int
    """Working days that the prescriber asks for before the start."""
    earliest: date
    """The first day that leaves them."""
    others: tuple[Immersion, ...] = ()
    """Those of the same person that are booked or agreed, this one left out."""
    days_in_company: int = 0
    """Days of presence in the same company over the 12 months before, this agreement left out."""
    most_days_in_company: int
    """Above which the prescriber is asked."""
    parties: tuple[Named, ...] = ()
    prolonged: Prolonged | None = None
    may_prescribe: bool = True
    """The organisation has the right to prescribe today; always, once the parties were asked to sign."""
    is_employed: bool = False
    """The beneficiary has an employer, who is then a party too (D. 5135-3, 2°)."""


class Presence(NamedTuple):
    """A day of presence, in minutes from midnight."""

    on: date
    minutes: int
    starts: int
    ends: int
    longest: int
    """The longest time without a break."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """The terms and what is around them, with what several rules read, worked out once."""

    terms: Terms
    around: Around

    @cached_property
    def days(self) -> tuple[Presence, ...]:
        """Only where `duration.TIMETABLE` finds nothing: the days in order, none twice, their hours too."""
        found = list[Presence]()
        shifts: tuple[Shift, ...] = ()
        hours = _Hours(0, 0, 0, 0)
        for day in self.terms.days:
            if day.shifts != shifts:  # most days are like the one before
                shifts = day.shifts
                hours = _read(shifts)
            found.append(Presence(day.on, *hours))
        return tuple(found)

    @cached_property
    def minor_days(self) -> tuple[Presence, ...]:
        """Those before the 18th birthday."""
        return tuple(day for day in self.days if day.on < self.adult_on) if self.is_minor else ()

    @cached_property
    def weeks(self) -> dict[date, list[Presence]]:
        """The days of presence by the Monday of their week (a week begins on Monday: L. 3121-35)."""
        found: dict[int, list[Presence]] = {}
        for day in self.days:
            found.setdefault(day.on.toordinal() - day.on.weekday(), []).append(day)
        return {date.fromordinal(monday): days for monday, days in found.items()}

    @cached_property
    def adult_on(self) -> date:
        """The 18th birthday; a person whose birth date is not known is judged as an adult."""
        birth_date = self.terms.beneficiary.birth_date
        return months.birthday(birth_date, ADULT) if birth_date else date.min

    @property
    def is_minor(self) -> bool:
        """Under 18 on the first day."""
        return self.terms.first_day < self.adult_on

    def is_minor_on(self, day: date) -> bool:
        """Under 18 that day."""
        return day < self.adult_on


@cache
def written(day: date) -> str:
    """« 9 avril 2027 », « 1er mars 2027 »."""
    return format_date(day, "'1er' MMMM y" if day.day == 1 else "d MMMM y", locale="fr")


def hours(minutes: int) -> str:
    """« 7 h », « 7 h 30 »."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}\u00a0h" + (f"\u00a0{rest:02d}" if rest else "")


class _Hours(NamedTuple):
    """Of a day, as `Presence` says them."""

    minutes: int
    starts: int
    ends: int
    longest: int


def _read(shifts: tuple[Shift, ...]) -> _Hours:
    """Shifts without a break between them are one stretch."""
    minutes = longest = stretch = 0
    starts = ends = _minute(shifts[0].starts_at)
    for shift in shifts:
        begins, stops = _minute(shift.starts_at), _minute(shift.ends_at)
        stretch = stretch + stops - begins if begins == ends else stops - begins
        longest, ends, minutes = max(longest, stretch), stops, minutes + stops - begins
    return _Hours(minutes, starts, ends, longest)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
