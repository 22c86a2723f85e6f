"""Properties of the guard over random calendars, each against a plainer reading of its article."""

import itertools
from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agreements import samples
from tests.agreements.guard.circumstances import BOXING_DAY, GOOD_FRIDAY, around
from traitdunion.agreements.guard import judging
from traitdunion.agreements.guard.cases import Immersion
from traitdunion.agreements.snapshot import Day, Shift, Terms

FIRST = st.dates(date(2026, 11, 20), date(2028, 12, 31))
MINUTES = st.integers(0, 24 * 60 - 1)
ADULT, DAY = samples.terms(), timedelta(days=1)


@st.composite
def shifts(draw: st.DrawFn) -> tuple[Shift, ...]:
    """One to three, in order, none empty."""
    ends = sorted(draw(st.sets(MINUTES, min_size=2, max_size=6)))
    pairs = zip(ends[::2], ends[1::2], strict=False)
    return tuple(Shift(starts_at=_clock(one), ends_at=_clock(two)) for one, two in pairs)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Day, ...]:
    """Days in order, over five weeks, with their hours."""
    first = draw(FIRST)
    offsets = sorted(draw(st.sets(st.integers(0, 35), min_size=1, max_size=20)))
    hours = draw(st.lists(shifts(), min_size=1, max_size=3))
    return tuple(Day(on=first + timedelta(days=at), shifts=hours[at % len(hours)]) for at in offsets)


@st.composite
def births(draw: st.DrawFn) -> date:
    """Of somebody from 14 to 20 on the days of `calendars`."""
    return draw(st.dates(date(2006, 1, 1), date(2014, 12, 31)))


def _clock(minute: int) -> time:
    return time(*divmod(minute, 60))


def _found(terms: Terms, **fields: object) -> set[str]:
    return {finding.rule for finding in judging.judge(terms, around(**fields))}


def _age(birth_date: date, on: date) -> int:
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _presence(day: Day) -> set[int]:
    """Every minute of presence of the day."""
    return {
        minute
        for shift in day.shifts
        for minute in range(
            shift.starts_at.hour * 60 + shift.starts_at.minute, shift.ends_at.hour * 60 + shift.ends_at.minute
        )
    }


class TestEveryCalendar:
    @given(calendars(), births() | st.none())
    def test_is_judged_without_an_error_and_twice_alike(self, days: tuple[Day, ...], birth_date: date | None) -> None:
        terms = replace(ADULT, days=days, beneficiary=replace(ADULT.beneficiary, birth_date=birth_date))

        assert judging.judge(terms, around()) == judging.judge(terms, around())

    @given(calendars(), births())
    def test_allows_a_minor_nothing_that_an_adult_may_not(self, days: tuple[Day, ...], birth_date: date) -> None:
        adult = replace(ADULT, days=days)
        minor = samples.minor(adult, birth_date=birth_date)

        # A holiday and a night bear another name for them.
        assert _found(adult) - _found(minor) <= {"holiday", "night"}


class TestMonth:
    @given(FIRST, st.integers(0, 40))
    def test_ends_before_the_same_day_of_the_next_month(self, first: date, length: int) -> None:
        last = first + timedelta(days=length)
        terms = replace(ADULT, days=tuple({day.on: day for day in (samples.day(first), samples.day(last))}.values()))

        # Walked day by day: a month is over on the same day of the next one, or with that month where it has none.
        day, months = first, 0
        while day < last:
            day += DAY
            if day.day == first.day or (day.day == 1 and _has_no(first.day, day - DAY)):
                months += 1

        assert ("month" in _found(terms)) is (months > 0)


def _has_no(number: int, last: date) -> bool:
    """The month that ends that day has no day of that number."""
    return number > last.day


class TestHours:
    @given(calendars())
    def test_of_a_week_are_counted_from_monday(self, days: tuple[Day, ...]) -> None:
        weeks: dict[tuple[int, int], int] = {}
        for day in days:
            year, week, _ = day.on.isocalendar()
            weeks[year, week] = weeks.get((year, week), 0) + len(_presence(day))

        assert ("week" in _found(replace(ADULT, days=days))) is any(minutes > 48 * 60 for minutes in weeks.values())

    @given(calendars())
    def test_of_a_day_are_its_minutes_of_presence(self, days: tuple[Day, ...]) -> None:
        found = _found(replace(ADULT, days=days))

        lengths = [len(_presence(day)) / 60 for day in days]
        assert ("day_ever" in found) is any(length > 12 for length in lengths)
        assert ("day" in found) is any(10 < length <= 12 for length in lengths)

    @given(calendars())
    def test_without_a_break_are_the_longest_run_of_minutes(self, days: tuple[Day, ...]) -> None:
        longest = 0
        for day in days:
            run = 0
            present = _presence(day)
            for minute in range(24 * 60):
                run = run + 1 if minute in present else 0
                longest = max(longest, run)

        assert ("break" in _found(replace(ADULT, days=days))) is (longest > 6 * 60)

    @given(calendars())
    def test_of_rest_part_two_days(self, days: tuple[Day, ...]) -> None:
        instants = sorted(
            (day.on - days[0].on).days * 24 * 60 + minute for day in days for minute in (*_presence(day),)
        )
        gaps = [
            after - before - 1
            for before, after in itertools.pairwise(instants)
            if after // (24 * 60) != before // (24 * 60)
        ]

        assert ("rest" in _found(replace(ADULT, days=days))) is any(gap < 11 * 60 for gap in gaps)


class TestMinors:
    @given(calendars(), births())
    @settings(max_examples=200)
    def test_are_bound_until_their_birthday(self, days: tuple[Day, ...], birth_date: date) -> None:
        terms = samples.minor(replace(ADULT, days=days), birth_date=birth_date)
        young = [day for day in days if _age(birth_date, day.on) < 18]

        found = _found(terms)

        assert ("youngest" in found) is (_age(birth_date, days[0].on) < 16)
        assert ("minor_day" in found) is any(len(_presence(day)) > 8 * 60 for day in young)
        assert ("minor_night" in found) is any(
            minute < 6 * 60 or minute >= 22 * 60 for day in young for minute in _presence(day)
        )
        assert ("representative" in _found(replace(terms, representative=None))) is (_age(birth_date, days[0].on) < 18)

    @given(calendars(), births())
    def test_have_two_days_of_rest_in_each_week(self, days: tuple[Day, ...], birth_date: date) -> None:
        terms = samples.minor(replace(ADULT, days=days), birth_date=birth_date)
        present = {day.on for day in days}
        mondays = {day.on - timedelta(days=day.on.weekday()) for day in days if _age(birth_date, day.on) < 18}

        def has_rest(monday: date) -> bool:
            free = "".join(" " if monday + timedelta(days=number) in present else "f" for number in range(7))
            return "ff" in free

        assert ("minor_two_days" in _found(terms)) is any(not has_rest(monday) for monday in mondays)


class TestDays:
    @given(calendars(), st.sets(FIRST, max_size=40))
    def test_of_the_places_calendar_are_told(self, days: tuple[Day, ...], holidays: set[date]) -> None:
        holidays |= {BOXING_DAY, GOOD_FRIDAY}

        found = _found(replace(ADULT, days=days), holidays=frozenset(holidays))

        assert ("sunday" in found) is any(day.on.isoweekday() == 7 for day in days)
        assert ("holiday" in found) is any(day.on in holidays for day in days)

    @given(calendars(), FIRST, st.integers(0, 40))
    def test_of_another_immersion_overlap_or_do_not(self, days: tuple[Day, ...], first: date, length: int) -> None:
        other = Immersion(first_day=first, last_day=first + timedelta(days=length), company="Garage Léo")
        whole = {days[0].on + timedelta(days=at) for at in range((days[-1].on - days[0].on).days + 1)}
        theirs = {first + timedelta(days=at) for at in range(length + 1)}

        assert ("overlap" in _found(replace(ADULT, days=days), others=(other,))) is bool(whole & theirs)

    @given(calendars(), FIRST, st.integers(0, 9))
    def test_before_today_block_and_before_the_notice_warn(
        self, days: tuple[Day, ...], today: date, notice: int
    ) -> None:
        earliest = today + timedelta(days=notice)

        found = _found(replace(ADULT, days=days), today=today, earliest=earliest)

        assert ("past" in found) is (days[0].on < today)
        assert ("notice" in found) is (today <= days[0].on < earliest)
