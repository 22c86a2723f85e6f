"""What people read of days."""

from datetime import UTC, date, datetime

import pytest

from traitdunion.immersions import wording


class TestLongDay:
    @pytest.mark.parametrize(
        ("day", "written"),
        [
            (date(2026, 12, 1), "mardi 1er décembre 2026"),
            (date(2026, 12, 2), "mercredi 2 décembre 2026"),
            (date(2026, 12, 11), "vendredi 11 décembre 2026"),
        ],
    )
    def test_says_the_first_of_a_month_as_french_does(self, day: date, written: str) -> None:
        assert wording.long_day(day) == written


class TestInstant:
    def test_says_midnight_as_the_end_of_the_day_before(self) -> None:
        assert wording.instant(datetime(2026, 12, 1, 23, tzinfo=UTC)) == "mardi 1er décembre à minuit"
