"""Days and instants of a slot."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.immersions import dates
from traitdunion.immersions.models import Slot


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def slot(first: date, last: date | None = None, *, department: str = "57") -> Slot:
    return Slot(
        first_day=first,
        last_day=last or first,
        starts_at=time(9),
        ends_at=time(12, 30),
        department=department,
        book_by=first,
    )


class TestStarts:
    def test_is_on_the_clock_of_france(self) -> None:
        assert dates.starts(slot(date(2026, 7, 6))) == datetime(2026, 7, 6, 7, tzinfo=UTC)
        assert dates.starts(slot(date(2026, 12, 7))) == datetime(2026, 12, 7, 8, tzinfo=UTC)


class TestPresence:
    def test_leaves_out_weekends_and_local_holidays(self) -> None:
        found = dates.presence(slot(date(2028, 12, 22), date(2028, 12, 27)))

        assert found == [date(2028, 12, 22), date(2028, 12, 27)]

    def test_counts_saint_stephen_elsewhere(self) -> None:
        assert date(2028, 12, 26) in dates.presence(slot(date(2028, 12, 22), date(2028, 12, 27), department="54"))

    def test_keeps_a_saturday_that_is_the_only_day(self) -> None:
        assert dates.presence(slot(date(2026, 11, 21))) == [date(2026, 11, 21)]


class TestAnswerBy:
    def test_is_the_end_of_the_third_working_day(self) -> None:
        found = dates.answer_by(slot(date(2026, 12, 15)), now=datetime(2026, 11, 20, 9, tzinfo=UTC))

        assert found == datetime(2026, 11, 25, 23, tzinfo=UTC)  # Wednesday, midnight in France

    def test_is_never_after_the_start(self) -> None:
        asked = slot(date(2026, 11, 24))

        assert dates.answer_by(asked, now=datetime(2026, 11, 23, 9, tzinfo=UTC)) == dates.starts(asked)


class TestWaitingEnds:
    def test_is_two_working_days_before(self) -> None:
        assert dates.waiting_ends(slot(date(2026, 11, 30))) == datetime(2026, 11, 25, 23, tzinfo=UTC)


class TestIsShortNotice:
    @pytest.mark.parametrize(("hour", "expected"), [(4, False), (5, True)])
    def test_begins_four_hours_before(self, hour: int, expected: bool) -> None:
        now = datetime(2026, 12, 7, hour - 1, 0, 1, tzinfo=UTC)  # the slot is at 8 UTC

        assert dates.is_short_notice(slot(date(2026, 12, 7)), now=now) is expected


class TestAgeOn:
    @pytest.mark.parametrize(
        ("born", "day", "age"),
        [
            (date(2010, 11, 30), date(2026, 11, 29), 15),
            (date(2010, 11, 30), date(2026, 11, 30), 16),
            (date(2008, 2, 29), date(2026, 2, 28), 17),
            (date(2008, 2, 29), date(2026, 3, 1), 18),
        ],
    )
    def test_is_in_whole_years(self, born: date, day: date, age: int) -> None:
        assert dates.age_on(born, day) == age

    @given(st.dates(date(1920, 1, 1), date(2020, 12, 31)), st.integers(0, 40_000))
    def test_never_falls(self, born: date, days: int) -> None:
        day = date.fromordinal(min(born.toordinal() + days, date.max.toordinal() - 1))

        assert 0 <= dates.age_on(born, day) <= dates.age_on(born, date.fromordinal(day.toordinal() + 1))
