"""The same slot again."""

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.immersions.slot_fields import TODAY
from traitdunion.immersions import repeating
from traitdunion.immersions.models import Slot, SlotPlace


class TestPreview:
    def test_tells_which_weeks_are_skipped(self, session: Session) -> None:
        slot = make.slot(session, first_day=date(2026, 12, 11))  # a Friday

        found = repeating.preview(slot, weeks=3, today=TODAY)

        assert [(week.first_day.day, week.why_not) for week in found] == [
            (18, None),
            (25, "jour férié"),
            (1, "jour férié"),
        ]

    def test_knows_the_holidays_of_the_place(self, session: Session) -> None:
        saturday = {"first_day": date(2026, 12, 19)}
        here, elsewhere = make.slot(session, **saturday), make.slot(session, **saturday, department="54")

        told = [repeating.preview(slot, weeks=1, today=TODAY)[0].why_not for slot in (here, elsewhere)]

        assert told == ["jour férié", None]  # 26 December

    @pytest.mark.parametrize("weeks", [0, -3, 10_000])
    def test_has_bounds(self, session: Session, weeks: int) -> None:
        slot = make.slot(session)

        assert len(repeating.preview(slot, weeks=weeks, today=TODAY)) <= repeating.MOST_WEEKS


class TestRepeat:
    def test_writes_the_weeks_once(self, session: Session) -> None:
        slot = make.slot(session, first_day=date(2026, 12, 11), places=2, starts_at=time(9))
        by = make.person(session)

        first = repeating.repeat(session, slot, weeks=4, by=by.id, now=make.NOW, today=TODAY)
        second = repeating.repeat(session, slot, weeks=4, by=by.id, now=make.NOW, today=TODAY)

        assert [copied.first_day for copied in first] == [date(2026, 12, 18), date(2027, 1, 8)]
        assert second == []
        assert {copied.series for copied in first} == {slot.series}
        assert [(copied.starts_at, copied.state) for copied in first] == [(time(9), "published")] * 2
        assert first[0].book_by == first[0].first_day - timedelta(days=1)
        assert session.scalar(select(func.count()).where(SlotPlace.slot_id == first[0].id)) == 2

    def test_lets_the_first_week_be_booked_until_today_at_least(self, session: Session) -> None:
        slot = make.slot(session, first_day=TODAY + timedelta(days=4), book_by=TODAY - timedelta(days=10))

        (copied,) = repeating.repeat(session, slot, weeks=1, by=make.person(session).id, now=make.NOW, today=TODAY)

        assert (copied.state, copied.book_by) == ("published", TODAY)

    def test_repeats_a_draft_as_drafts(self, session: Session) -> None:
        slot = make.slot(session, state="draft")

        found = repeating.repeat(session, slot, weeks=1, by=make.person(session).id, now=make.NOW, today=TODAY)

        assert [copied.state for copied in found] == ["draft"]


class TestDuplicate:
    def test_makes_a_draft_on_a_day_to_come(self, session: Session) -> None:
        slot = make.slot(session, first_day=date(2026, 6, 1), state="closed")

        copied = repeating.duplicate(session, slot, by=make.person(session).id, now=make.NOW, today=TODAY)

        assert (copied.state, copied.series, copied.first_day) == ("draft", None, date(2026, 11, 23))
        assert session.get_one(Slot, copied.id).tasks == slot.tasks
