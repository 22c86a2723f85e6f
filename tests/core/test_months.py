"""Months date to date."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.core import months


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
