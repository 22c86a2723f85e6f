"""Months date to date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.core import months

DAYS = st.dates(date(1940, 1, 1), date(2100, 1, 1))


class TestAfter:
    @pytest.mark.parametrize(
        ("day", "number", "then"),
        [
            (date(2026, 3, 10), 1, date(2026, 4, 10)),
            (date(2027, 1, 31), 1, date(2027, 2, 28)),
            (date(2028, 1, 31), 1, date(2028, 2, 29)),
            (date(2026, 11, 30), 3, date(2027, 2, 28)),
            (date(2026, 12, 15), 12, date(2027, 12, 15)),
            (date(2026, 1, 15), -1, date(2025, 12, 15)),
        ],
    )
    def test_steps_from_month_to_month(self, day: date, number: int, then: date) -> None:
        assert months.after(day, number) == then

    @given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 60))
    def test_never_leaves_the_month_it_aims_at(self, day: date, number: int) -> None:
        then = months.after(day, number)

        assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == number
        assert then.day == day.day or (then.day < day.day and then.day >= 28)


class TestMonthLater:
    @pytest.mark.parametrize(
        ("first_day", "last_day"),
        [
            (date(2027, 3, 10), date(2027, 4, 9)),
            (date(2027, 1, 31), date(2027, 2, 28)),
            (date(2028, 1, 31), date(2028, 2, 29)),
            (date(2027, 2, 1), date(2027, 2, 28)),
            (date(2026, 12, 15), date(2027, 1, 14)),
        ],
    )
    def test_goes_from_date_to_date(self, first_day: date, last_day: date) -> None:
        assert months.month_later(first_day) == last_day

    @given(DAYS)
    def test_is_the_day_before_the_same_number_or_the_last_of_the_next_month(self, day: date) -> None:
        found = months.month_later(day)

        after = found + timedelta(days=1)
        assert 27 <= (found - day).days <= 30
        assert after.day == day.day or (after.day == 1 and day.day > found.day)


class TestBirthday:
    @given(DAYS, st.integers(0, 90))
    def test_is_the_first_day_of_that_age(self, birth_date: date, age: int) -> None:
        found = months.birthday(birth_date, age)

        before = found - timedelta(days=1)
        assert found.year - birth_date.year == age
        assert (found.month, found.day) >= (birth_date.month, birth_date.day)
        assert (before.month, before.day) < (birth_date.month, birth_date.day) or before.year < found.year
