"""The clock, read at the edges only: views, commands and jobs pass `now` or `today` on."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The instant, in UTC, aware."""
    return datetime.now(UTC)


def today() -> date:
    """The day in France, where every deadline of the service is counted."""
    return datetime.now(PARIS).date()
