"""The pages of the search among 100,000 offers (a million with `full`), in the server, as a browser asks for them."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock
from urllib.parse import quote

from flask import Flask
from sqlalchemy import TextClause, event, select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.benchmarks import invented_offers, scratch
from tests.benchmarks.invented_offers import Town
from tests.benchmarks.table import Row, print_table
from tests.pages import ApartClient
from traitdunion.core import db
from traitdunion.search.live import gathering
from traitdunion.territories.models import Commune

_COUNT, _FULL_COUNT = 100_000, 1_000_000
_TIMES = 100
_ASKED = {_COUNT: "≤ 50 ms", _FULL_COUNT: "≤ 150 ms"}
_TARGET = "/offres?q=boulanger&lieu=metz&rayon=30"
_OTHERS = (
    ("a typing error", "/offres?q=boulagner&lieu=metz&rayon=30"),
    ("all filters", "/offres?q=boulanger&lieu=metz&rayon=30&niveau=3&contrat=CDI&formation=1&tri=date"),
    ("one word, everywhere", "/offres?q=boulanger"),
    ("a place, no word", "/offres?lieu=metz&rayon=30"),
    ("a large city, no word", "/offres?lieu=paris&rayon=30"),
    ("a word of a third of the offers", "/offres?q=agent"),
    ("a frequent word in a large city, by distance", "/offres?q=agent&lieu=paris&tri=distance"),
    ("a large city, by date", "/offres?lieu=paris&rayon=30&tri=date"),
    ("a région", "/offres?lieu=grand+est"),
    ("an occupation", "/offres?metier=D1102&lieu=metz"),
    ("rare choices in a large city", "/offres?lieu=paris&contrat=SAI&diplome=sans"),
    ("nothing found", "/offres?q=boulanger&lieu=sarreguemines&rayon=1"),
    ("no criteria", "/offres"),
    ("home", "/"),
    ("trainings", "/formations?lieu=metz&rayon=50"),
    ("a job half typed", "/suggestions/metiers?q=boul"),
    ("a place half typed", "/suggestions/lieux?q=met"),
    ("the map", "/offres/carte.json?q=boulanger&lieu=metz&rayon=30"),
    ("the map at its fullest", "/offres/carte.json"),
)
_EXPLAINED = {"a large city, no word", "a word of a third of the offers", "no criteria"}
# What one would write first: every row is read.
_PLAIN = text(
    """
    SELECT id FROM offers
    WHERE withdrawn_at IS NULL AND duplicate_of_id IS NULL
        AND (title ILIKE '%boulanger%' OR description ILIKE '%boulanger%')
        AND 12742 * asin(sqrt(sin(radians(latitude - 49.1081) / 2) ^ 2
            + sin(radians(longitude - 6.196) / 2) ^ 2 * cos(radians(latitude)) * cos(radians(49.1081)))) <= 30
    ORDER BY updated_at DESC LIMIT 20
    """
)


def rows(*, full: bool = False) -> list[Row]:
    """p95 of each page over 100 requests, after ten that warm up; how the first grows, and how offers are found."""
    count = _FULL_COUNT if full else _COUNT
    smaller = []
    for fewer in (count // 100, count // 10):
        with scratch.application() as app:
            fill(fewer)
            took = _p95(_getter(ApartClient(app, TestResponse), _TARGET))
            smaller.append(Row(f"… the same among {fewer} offers, p95", f"{took:.1f} ms"))
    with scratch.application() as app:
        fill(count)
        client = ApartClient(app, TestResponse)
        plain = _p95(_plain, times=5)
        target = _p95(_getter(client, _TARGET))
        first = Row(
            f"search, {count} offers: {_TARGET}, p95",
            f"{target:.1f} ms",
            f"{plain:.0f} ms",
            f"{target / plain:.3f}",
            _ASKED[count],
        )
        measured = [first, *smaller]
        for what, path in (*_OTHERS, ("an offer", _first_offer(app))):
            measured.append(Row(f"… {what}, p95", f"{_p95(_getter(client, path)):.1f} ms"))
        size = len(client.get(_TARGET, headers={"Accept-Encoding": "br"}).data)
        measured.append(Row("… weight of the page, compressed", f"{size / 1000:.1f} kB"))
        for what, path in (
            ("boulanger, metz", _TARGET),
            *((what, path) for what, path in _OTHERS if what in _EXPLAINED),
        ):
            measured += [Row(f"… plan of {what}", plan) for plan in _plans(client, path)]
        return measured


def _plans(client: ApartClient, path: str) -> list[str]:
    """For each statement that finds or counts entries: the rows that each index and each step gave, and the time."""
    sent: list[tuple[str, Mapping[str, Any]]] = []
    asked = db.rows

    def note(_connection: object, _cursor: object, statement: str, values: dict[str, Any], *_: object) -> None:
        sent.append((statement, values))

    def ask(session: Session, statement: TextClause, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        sent.append((str(statement.compile(db.engine())), values))
        return asked(session, statement, values)

    event.listen(db.engine(), "before_cursor_execute", note)
    with mock.patch.object(db, "rows", ask):
        _getter(client, path)()
    event.remove(db.engine(), "before_cursor_execute", note)
    told = []
    with db.driver_connection(db.engine()) as connection:
        for statement, values in sent:
            if "FROM offer_entries" in statement:
                found = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}".encode(), values).fetchone()
                assert found is not None
                plan = found[0][0]
                told.append(f"{plan['Execution Time']:.1f} ms: {', '.join(_steps(plan['Plan']))}")
    return told


def _steps(node: dict[str, Any]) -> Iterator[str]:
    for child in node.get("Plans", ()):
        yield from _steps(child)
    if node.get("Relation Name") or node.get("Index Name"):
        name = node.get("Index Name", node["Node Type"]).removeprefix("ix_offer_entries_")
        yield f"{name} {node['Actual Rows']:.0f}"


def fill(count: int) -> None:
    """So many offers, with the trainings that they are matched with."""
    with db.transaction() as session:
        communes = session.scalars(select(Commune).where(Commune.kind == "commune", Commune.population > 0))
        towns = [
            Town(one.code, one.name, one.department, one.latitude, one.longitude, one.population) for one in communes
        ]
    with db.driver_connection(db.engine()) as connection:
        invented_offers.insert(connection, count, towns)
        invented_offers.match(connection, 300)
    gathering.gather(db.engine())
    with db.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))  # what autovacuum does in the minutes after an import


def _getter(client: ApartClient, path: str) -> Callable[[], None]:
    def get() -> None:
        response = client.get(path, headers={"Accept-Encoding": "br"})
        assert response.status_code == 200, f"{path}: {response.status_code}"

    return get


def _plain() -> None:
    with db.engine().connect() as connection:
        connection.execute(_PLAIN).all()


def _first_offer(app: Flask) -> str:
    with app.app_context(), db.transaction() as session:
        found = session.scalar(text("SELECT min(id) FROM offers WHERE title LIKE 'Boulanger%'"))
    return f"/offres/{found}?lieu={quote('metz')}"


def _p95(call: Callable[[], None], times: int = _TIMES) -> float:
    """The 95th of 100 durations, in ms."""
    for _ in range(min(10, times)):
        call()
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        durations.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(durations, n=20)[-1]


if __name__ == "__main__":
    print_table(rows())
