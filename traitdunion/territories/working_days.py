"""Working days: Monday to Friday, without the public holidays of the place.

Local law adds days in some départements (decree of 16 August 1892 in Alsace-Moselle); a territory's file names, for
each of them, the subdivision of python-holidays that knows them. Good Friday is a holiday there only in communes that
have a Protestant church or a mixed one: it is counted as one everywhere, so that nobody is held to answer that day.
"""

from datetime import date, datetime, timedelta
from functools import cache

import holidays

from traitdunion.core import clock
from traitdunion.territories import territories

_DAY = timedelta(days=1)
_SATURDAY = 5


def subdivision(department: str | None) -> str | None:
    """The code of python-holidays whose holidays hold in the département, by any known territory; None: national."""
    if department is None:
        return None
    found = (territory.holiday_subdivision(department) for territory in territories.known().values())
    return next((code for code in found if code), None)


def is_holiday(day: date, *, local: str | None) -> bool:
    """Whether the day is a public holiday; `local` is a `subdivision`."""
    return day in _holidays(local, day.year)


def is_working_day(day: date, *, local: str | None) -> bool:
    """Neither Saturday, nor Sunday, nor public holiday."""
    return day.weekday() < _SATURDAY and not is_holiday(day, local=local)


def after(day: date, count: int, *, local: str | None) -> date:
    """The `count`-th working day after the day, which is not counted; the day itself for 0."""
    for _ in range(count):
        day += _DAY
        while not is_working_day(day, local=local):
            day += _DAY
    return day


def before(day: date, count: int, *, local: str | None) -> date:
    """The `count`-th working day before the day, which is not counted; the day itself for 0."""
    for _ in range(count):
        day -= _DAY
        while not is_working_day(day, local=local):
            day -= _DAY
    return day


def end_of(day: date) -> datetime:
    """Midnight, in France, at the end of the day."""
    return start_of(day + _DAY)


def start_of(day: date) -> datetime:
    """Midnight, in France, at the beginning of the day."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.PARIS)


@cache
def _holidays(local: str | None, year: int) -> frozenset[date]:
    # Whole years, computed once: the library fills its own tables while it is asked, which threads must not share.
    return frozenset(holidays.country_holidays("FR", subdiv=local, years=year, language="fr"))
