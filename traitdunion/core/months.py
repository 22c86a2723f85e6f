"""Months and years counted from date to date, as the law counts them; pure."""

from calendar import monthrange
from datetime import date, timedelta


def month_later(day: date) -> date:
    """The last day of a month that begins that day, date to date: from 10 March to 9 April, from 31 January to the
    last day of February (Code du travail, D. 5135-4, as the administration reads it)."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    length = monthrange(year, month)[1]
    return date(year, month, length) if day.day > length else date(year, month, day.day) - timedelta(days=1)


def birthday(birth_date: date, age: int) -> date:
    """The day somebody reaches that age; who is born on 29 February does on 1 March in common years."""
    year = birth_date.year + age
    if (birth_date.month, birth_date.day) == (2, 29) and monthrange(year, 2)[1] == 28:
        return date(year, 3, 1)
    return birth_date.replace(year=year)
