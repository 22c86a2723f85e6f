"""Tests of the constraints that slots and their places keep."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.immersions.models import SlotPlace

DAY = make.NOW.date() + timedelta(days=10)


class TestSlot:
    def test_has_a_row_per_place(self, session: Session) -> None:
        slot = make.slot(session, places=3)

        assert session.scalar(select(func.count()).where(SlotPlace.slot_id == slot.id)) == 3

    @pytest.mark.parametrize(
        ("constraint", "fields"),
        [
            ("ck_slots_days", {"kind": "days", "last_day": DAY - timedelta(days=1)}),
            ("ck_slots_days", {"kind": "weeks", "last_day": DAY + timedelta(days=31)}),
            ("ck_slots_one_day", {"kind": "visit", "last_day": DAY + timedelta(days=1)}),
            ("ck_slots_hours", {"starts_at": "12:00", "ends_at": "12:00"}),
            ("ck_slots_places", {"places": 0}),
            ("ck_slots_places", {"places": 51}),
            ("ck_slots_book_by", {"book_by": DAY + timedelta(days=1)}),
            ("ck_slots_state", {"state": "open"}),
        ],
    )
    def test_refuses(self, session: Session, constraint: str, fields: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError, match=constraint):
            make.slot(session, **fields)
