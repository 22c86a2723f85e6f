"""Months and years from date to date."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.core import months

DAYS = st.dates(date(1940, 1, 1), date(2100, 1, 1))


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
