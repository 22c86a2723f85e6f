"""The rules of days and hours, for any days and hours."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from traitdunion.immersions import details
from traitdunion.immersions.details import Timetable
from traitdunion.immersions.models import LONGEST_DAYS, SlotKind

TODAY = date(2026, 11, 20)
DAYS = st.dates(TODAY - timedelta(days=400), TODAY + timedelta(days=800))
TIMETABLES = st.builds(
    Timetable,
    kind=st.sampled_from(SlotKind),
    first_day=DAYS,
    last_day=DAYS,
    starts_at=st.times(),
    ends_at=st.times(),
    book_by=DAYS,
    minors_welcome=st.booleans(),
)


class TestMistakes:
    @given(TIMETABLES)
    def test_leave_only_what_the_database_takes(self, when: Timetable) -> None:
        if details.mistakes(when, today=TODAY):
            return
        length = (when.last_day - when.first_day).days
        assert when.first_day > TODAY
        assert 0 <= length < LONGEST_DAYS
        assert when.starts_at < when.ends_at
        assert TODAY <= when.book_by <= when.first_day
        assert when.kind in {SlotKind.DAYS, SlotKind.WEEKS} or length == 0
        assert not when.minors_welcome or (when.starts_at >= time(6) and when.ends_at <= time(22))


class TestUsualBookBy:
    @given(st.integers(0, 30))
    def test_is_never_past_nor_after_the_first_day(self, days: int) -> None:
        first_day = TODAY + timedelta(days=days)

        assert TODAY <= details.usual_book_by(first_day, today=TODAY) <= first_day
