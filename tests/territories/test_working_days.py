"""Working days: what a counsellor would count on a calendar."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.territories import working_days

DAYS = st.dates(date(2000, 1, 1), date(2090, 12, 31))
PLACES = st.sampled_from([None, "57", "6AE"])


class TestSubdivision:
    @pytest.mark.parametrize(("department", "code"), [("57", "57"), ("67", "6AE"), ("68", "6AE"), ("54", None)])
    def test_is_the_one_of_whichever_territory_knows_the_department(
        self, app: Flask, department: str, code: str | None
    ) -> None:
        with app.app_context():
            assert working_days.subdivision(department) == code

    def test_is_national_where_no_place_is_known(self, app: Flask) -> None:
        with app.app_context():
            assert working_days.subdivision(None) is None


class TestIsWorkingDay:
    @pytest.mark.parametrize(
        ("day", "in_moselle", "elsewhere"),
        [
            (date(2026, 12, 25), False, False),  # Christmas, a Friday
            (date(2028, 12, 26), False, True),  # Saint-Étienne, a Tuesday
            (date(2027, 3, 26), False, True),  # Good Friday
            (date(2027, 5, 6), False, False),  # Ascension
            (date(2026, 11, 21), False, False),  # a Saturday
            (date(2026, 11, 22), False, False),  # a Sunday
            (date(2026, 11, 23), True, True),
        ],
    )
    def test_knows_the_calendar_of_the_place(self, day: date, in_moselle: bool, elsewhere: bool) -> None:
        assert working_days.is_working_day(day, local="57") is in_moselle
        assert working_days.is_working_day(day, local=None) is elsewhere


class TestAfter:
    @pytest.mark.parametrize(
        ("day", "count", "local", "expected"),
        [
            (date(2026, 11, 20), 1, None, date(2026, 11, 23)),  # over a week-end
            (date(2026, 11, 21), 1, None, date(2026, 11, 23)),  # from a Saturday
            (date(2026, 11, 18), 3, None, date(2026, 11, 23)),
            (date(2027, 3, 24), 2, None, date(2027, 3, 26)),  # Good Friday is worked
            (date(2027, 3, 24), 2, "57", date(2027, 3, 30)),  # it is not, nor is Easter Monday
            (date(2026, 11, 20), 0, None, date(2026, 11, 20)),
        ],
    )
    def test_counts_as_people_do(self, day: date, count: int, local: str | None, expected: date) -> None:
        assert working_days.after(day, count, local=local) == expected

    @given(DAYS, st.integers(1, 12), PLACES)
    def test_ends_on_a_working_day_with_just_as_many_between(self, day: date, count: int, local: str | None) -> None:
        found = working_days.after(day, count, local=local)

        passed = (day + timedelta(days=number) for number in range(1, (found - day).days + 1))
        assert working_days.is_working_day(found, local=local)
        assert sum(working_days.is_working_day(each, local=local) for each in passed) == count


class TestBefore:
    def test_counts_back_over_a_holiday(self) -> None:
        assert working_days.before(date(2028, 12, 27), 2, local="57") == date(2028, 12, 21)
        assert working_days.before(date(2028, 12, 27), 2, local=None) == date(2028, 12, 22)

    @given(DAYS, st.integers(0, 12), PLACES)
    def test_comes_back_from_after(self, day: date, count: int, local: str | None) -> None:
        start = working_days.after(day, 1, local=local)

        assert working_days.before(working_days.after(start, count, local=local), count, local=local) == start


class TestEndOf:
    def test_is_midnight_in_france_in_summer_and_in_winter(self) -> None:
        assert working_days.end_of(date(2026, 7, 1)).astimezone(UTC) == datetime(2026, 7, 1, 22, tzinfo=UTC)
        assert working_days.end_of(date(2026, 12, 1)).astimezone(UTC) == datetime(2026, 12, 1, 23, tzinfo=UTC)
