"""Agreements judged per second by the legal guard, over random ones; the baseline only reads what was stored."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from datetime import time as clock_time

from tests.agreements import samples
from tests.agreements.guard import circumstances
from tests.benchmarks.table import Row, print_table
from traitdunion.agreements import snapshot
from traitdunion.agreements.guard import judging
from traitdunion.agreements.snapshot import Day, Shift, Terms

_AGREEMENTS = 10_000
_SEED = 7


def rows(*, full: bool = False) -> list[Row]:
    """The measures."""
    made = random.Random(_SEED)
    terms = [_terms(made) for _ in range(_AGREEMENTS)]
    around = circumstances.around()
    found = sum(len(judging.judge(one, around)) for one in terms[:1_000])
    assert found > 1_000, "random agreements break rules"
    judged = _per_second(lambda: [judging.judge(one, around) for one in terms])
    stored = [snapshot.to_json(one) for one in terms]
    read = _per_second(lambda: [snapshot.from_json(one) for one in stored])
    return [
        Row(
            f"{_AGREEMENTS} random agreements judged, {len(judging.RULES)} rules",
            f"{judged:.0f}/s",
            f"{read:.0f}/s read",
            f"{judged / read:.2f}",
            "≥ 5 000/s",
        )
    ]


def _per_second(measured: Callable[[], object]) -> float:
    started = time.perf_counter()
    measured()
    return _AGREEMENTS / (time.perf_counter() - started)


def _terms(made: random.Random) -> Terms:
    first = date(2026, 11, 1) + timedelta(days=made.randrange(500))
    length = made.choice((1, 1, 3, 5, 10, 20, 30, 40))
    starts, stays = made.randrange(5, 10), made.randrange(2, 8)
    morning = Shift(starts_at=clock_time(starts), ends_at=clock_time(starts + stays // 2))
    afternoon = Shift(starts_at=clock_time(starts + stays // 2 + 1), ends_at=clock_time(starts + stays + 2))
    days = tuple(
        Day(on=day, shifts=(morning, afternoon))
        for day in (first + timedelta(days=number) for number in range(length))
        if day == first or day.weekday() < made.choice((5, 5, 6, 7))
    )
    terms = replace(samples.terms(), days=days, goals=made.choice((None, "Voir.")))
    born = date(1980, 1, 1) + timedelta(days=made.randrange(12_000))
    terms = replace(terms, beneficiary=replace(terms.beneficiary, birth_date=born))
    return (
        samples.minor(terms, date(2009, 6, 1) + timedelta(days=made.randrange(700))) if made.random() < 0.2 else terms
    )


if __name__ == "__main__":
    print_table(rows())
