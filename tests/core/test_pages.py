"""The filters for what people read."""

from datetime import date, timedelta

import pytest

from traitdunion.core import clock, pages


class TestDay:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (date(2027, 2, 3), "3 février 2027"),
            (date(2027, 3, 1), "1er mars 2027"),
            (date(2027, 3, 21), "21 mars 2027"),
        ],
    )
    def test_is_written_as_the_french_write_it(self, value: date, written: str) -> None:
        assert pages.day(value) == written


class TestSince:
    @pytest.mark.parametrize(
        ("passed", "written"),
        [
            (timedelta(hours=3, minutes=5), "il y a 3 heures"),
            (timedelta(minutes=2), "il y a 2 minutes"),
            (timedelta(minutes=1), "il y a 1 minute"),
            (timedelta(minutes=59, seconds=59), "il y a 1 heure"),
            (timedelta(days=3, hours=14), "il y a 4 jours"),
            (timedelta(seconds=59), "à l’instant"),
            (timedelta(seconds=20), "à l’instant"),
            (timedelta(hours=-1), "à l’instant"),
        ],
    )
    def test_tells_how_long_ago(self, passed: timedelta, written: str) -> None:
        assert pages.since(clock.now() - passed) == written
