"""Months date to date: one step of the calendar, whatever the length of the months."""

from calendar import monthrange
from datetime import date


def after(day: date, months: int) -> date:
    """The same day some months later (earlier where negative), or the last of a month that has no such day.

    31 January and one month: 28 or 29 February.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
