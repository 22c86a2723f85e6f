"""The document of an agreement as a PDF, one after the other and twenty at once, and as a page."""

import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from flask import Flask
from werkzeug.test import TestResponse

from tests.agreements import samples
from tests.agreements.document.samples import state
from tests.benchmarks import scratch
from tests.benchmarks.table import Row, print_table
from tests.pages import ApartClient
from traitdunion.accounts import sign_ins
from traitdunion.agreements.document import printing, sections
from traitdunion.agreements.document.sheet import Sheet
from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.signing import letters
from traitdunion.agreements.snapshot import Terms
from traitdunion.core import clock, db

_AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
_TIMES, _AT_ONCE = 100, 20


def rows(*, full: bool = False) -> list[Row]:
    """The measures: a month of presence, each sheet another."""
    sheets = [_sheet(number) for number in range(_TIMES + _AT_ONCE + 5)]
    empty = [replace(sheet, sections=()) for sheet in sheets]
    for sheet in sheets[-5:]:
        printing.pdf(sheet, at=_AT)
    plain = _p95([_printer(sheet) for sheet in empty[:_TIMES]])
    each = _p95([_printer(sheet) for sheet in sheets[:_TIMES]])
    started = time.perf_counter()
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda sheet: printing.pdf(sheet, at=_AT), sheets[_TIMES : _TIMES + _AT_ONCE]))
    together = time.perf_counter() - started
    printed = [
        Row(
            "PDF of an agreement, p95 (without its sections beside)",
            f"{each:.0f} ms",
            f"{plain:.0f} ms",
            f"{each / plain:.2f}",
            "≤ 80 ms",
        ),
        Row(f"{_AT_ONCE} PDFs asked for at once, all of them", f"{together:.2f} s", asked="≤ 1 s"),
    ]
    with scratch.application(with_communes=False) as app:
        return [*printed, *_pages(app)]


def _pages(app: Flask) -> list[Row]:
    client = ApartClient(app, TestResponse)
    with db.transaction() as session:
        agreement = samples.agreement(session, _terms(0))
        assert agreement.person is not None
        client.set_cookie(sign_ins.COOKIE, sign_ins.start(session, agreement.person, device="banc", now=clock.now()))
        company = next(one for one in agreement.parties if one.role == PartyRole.COMPANY)
        paths = {f"/conventions/{agreement.id}": "≤ 60 ms", letters.path(company): "≤ 60 ms"}
    text = _p95([_getter(client, "/aide")] * _TIMES)
    measured = []
    for (path, asked), what in zip(paths.items(), ("page of an agreement", "page of a link to sign"), strict=True):
        figure = _p95([_getter(client, path)] * _TIMES)
        measured.append(
            Row(
                f"{what}, p95 (a page of text beside)",
                f"{figure:.1f} ms",
                f"{text:.1f} ms",
                f"{figure / text:.2f}",
                asked,
            )
        )
    return measured


def _sheet(number: int) -> Sheet:
    return sections.sheet(_terms(number), state(code=f"K7Q2X-{number:05d}"))


def _terms(number: int) -> Terms:
    return replace(samples.terms(tasks=f"Pétrir, façonner, cuire. {number}"), days=samples.week(length=28))


def _printer(sheet: Sheet) -> Callable[[], None]:
    def print_it() -> None:
        printing.pdf(sheet, at=_AT)

    return print_it


def _getter(client: ApartClient, path: str) -> Callable[[], None]:
    def get() -> None:
        response = client.get(path, headers={"Accept-Encoding": "br"})
        assert response.status_code == 200, f"{path}: {response.status_code}"

    return get


def _p95(calls: list[Callable[[], None]]) -> float:
    durations = []
    for call in calls:
        started = time.perf_counter()
        call()
        durations.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(durations, n=20)[-1]


if __name__ == "__main__":
    print_table(rows())
