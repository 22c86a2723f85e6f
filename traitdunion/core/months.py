"""Months and years counted from date to date, as the law counts them, whatever the length of the months; pure."""

from calendar import monthrange
from datetime import date, timedelta


def after(day: date, months: int) -> date:
    """The same day some months later (earlier where negative), or the last of a month that has no such day.

    31 January and one month: 28 or 29 February.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_later(day: date) -> date:
    """The last day of a month that begins that day, date to date: from 10 March to 9 April, from 31 January to the
    last day of February (Code du travail, D. 5135-4, as the administration reads it)."""
    same = after(day, 1)
    return same if same.day < day.day else same - timedelta(days=1)


def birthday(birth_date: date, age: int) -> date:
    """The day somebody reaches that age; who is born on 29 February does on 1 March in common years."""
    same = after(birth_date, 12 * age)
    return same if same.day == birth_date.day else same + timedelta(days=1)
