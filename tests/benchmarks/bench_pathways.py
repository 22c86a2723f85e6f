"""`pathways match --all`: seconds and memory against equality of ROME in SQL; one new offer matched and visible."""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import orjson
from flask import Flask
from sqlalchemy import text

from tests.benchmarks import matching_data, scratch
from tests.benchmarks.table import Row, print_table
from traitdunion import features  # noqa: F401 — commands import every model
from traitdunion.core import clock, db
from traitdunion.matching import titles
from traitdunion.offers import ingestion
from traitdunion.offers.reading import profile_key
from traitdunion.pathways import learning, matches, renewal
from traitdunion.rome import official, reference
from traitdunion.search import trainings
from traitdunion.territories.communes.index import Index

_SIZES, _FULL_SIZES = (20_000, 1_000), (100_000, 5_000)
_DISTINCT = 0.3
_REGIONS = ("44", "53")
_NOW = clock.now()
_PATIENCE = 60  # seconds


def rows(*, full: bool = False) -> list[Row]:
    """The measures, in a process of their own for its memory."""
    if not matching_data.is_there():
        return [Row("pathways match --all", "../shared/data is absent")]
    offers, offered = _FULL_SIZES if full else _SIZES
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_pathways", str(offers), str(offered)],
        capture_output=True,
        check=True,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    what = f"pathways match --all, {offers} offers × {offered} trainings"
    return [
        Row(
            f"{what} ({found['profiles']} profiles, {found['matches']} matches)",
            f"{found['all']:.1f} s",
            f"{found['plain']:.1f} s",
            f"{found['all'] / found['plain']:.1f}",
            "60 s" if full else "–",
        ),
        Row("the same, learning the model before", f"{found['learning']:.1f} s more"),
        Row("the same, peak memory", f"{found['peak']:.0f} MB", asked="< 2 GB"),
        Row("one training changed, what it touches matched again", f"{found['changed']:.1f} s"),
        Row(
            "one new offer, from its import to its trainings on its page",
            f"{found['one']:.2f} s, {found['cold']:.1f} s by a worker just started",
            asked="1 s, aim 0.2 s",
        ),
    ]


def _titles(count: int) -> list[tuple[str, str | None]]:
    """Distinct (title, code): real ones, then real ones with a word of another."""
    chance = random.Random(4)
    real = list({(offer["intitule"], offer.get("romeCode")): None for offer in matching_data.offers()})
    chance.shuffle(real)
    found = dict.fromkeys(real[:count])
    while len(found) < count:
        (title, code), (other, _) = chance.choice(real), chance.choice(real)
        found[f"{title} {chance.choice(other.split())}", code] = None
    return list(found)


def _store_offers(count: int) -> None:
    chance = random.Random(5)
    distinct = _titles(int(count * _DISTINCT))
    known = {title: titles.normalise(title) for title, _ in distinct}
    columns = (
        "source, source_id, title, title_key, description, rome_code, profile_key, is_work_study,"
        " is_place_approximate, positions, first_seen_at, changed_at, content_hash, record, search"
    )
    with db.driver_connection(db.engine()) as connection:
        connection.execute(
            "INSERT INTO offer_sources (name, label, is_crawled, is_fictitious) VALUES ('bench', 'bench', false, false)"
        )
        with connection.transaction(), connection.cursor().copy(f"COPY offers ({columns}) FROM STDIN") as copy:
            for number in range(count):
                title, code = distinct[number] if number < len(distinct) else chance.choice(distinct)
                copy.write_row(_offer(number, title, known[title], code))
        connection.execute("ANALYZE offers")


def _offer(number: int, title: str, key: str, code: str | None) -> Sequence[object]:
    profile = profile_key(key, code, None)
    return ("bench", str(number), title, key, "", code, profile, False, False, 1, _NOW, _NOW, b"", "{}", "")


def _store_trainings(count: int) -> None:
    read = matching_data.rows("trainings/certifications.jsonl")
    columns = (
        "source, source_id, title, rome_codes, formacodes, certifications, is_entry_level_required, is_funded,"
        " region_code, first_seen_at, updated_at, content_hash, search"
    )
    with db.driver_connection(db.engine()) as connection:
        with connection.transaction(), connection.cursor().copy(f"COPY trainings ({columns}) FROM STDIN") as copy:
            for number in range(count):
                row = read[number % len(read)]
                region = _REGIONS[number // len(read) % 2]
                codes = list(row.get("rome_codes") or [])
                copy.write_row(
                    ("bench", str(number), row["title"], codes, [], [], False, True, region, _NOW, _NOW, b"", "")
                )
        connection.execute("ANALYZE trainings")


def _plain() -> float:
    """Seconds of the original's rule, in SQL: equal codes, ten trainings a profile."""
    started = time.perf_counter()
    with db.transaction() as session:
        session.execute(
            text(
                "CREATE TABLE plain AS SELECT * FROM (SELECT profile_key, trainings.id,"
                " row_number() OVER (PARTITION BY profile_key, region_code ORDER BY trainings.id) AS rank"
                " FROM (SELECT DISTINCT profile_key, rome_code FROM offers) AS profiles"
                " JOIN trainings ON rome_codes @> ARRAY[rome_code]) AS ranked WHERE rank <= 10"
            )
        )
    return time.perf_counter() - started


def _one(app: Flask) -> tuple[float, float]:
    """Seconds from the import of a new offer to its trainings on its page, by a worker process: the first time, which
    finds the worker cold, and the median of the following ones."""
    environ = {"DATABASE_URL": db.database().url, "SECRET_KEY": "bench", "VAR_DIR": str(app.config["VAR_DIR"])}
    command = [sys.executable, "-m", "flask", "--app", "traitdunion", "worker"]
    worker = subprocess.Popen(command, env={**os.environ, **environ}, stderr=subprocess.DEVNULL)
    try:
        found = [_visible(place) for place in ("au levain", "de nuit", "bio", "du dimanche", "de gare", "traiteur")]
    finally:
        worker.terminate()
        worker.wait()
    return found[0], statistics.median(found[1:])


def _visible(place: str) -> float:
    title = f"Fournier tourier {place}"
    offer = {"id": f"one-{place}", "intitule": title, "romeCode": "D1102", "description": title}
    profile = profile_key(titles.normalise(title), "D1102", None)
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(orjson.dumps(offer))
        file.flush()
        started = time.perf_counter()
        ingestion.import_file(db.engine(), Path(file.name), source="bench", communes=Index([]), clock=clock.now)
    while time.perf_counter() - started < _PATIENCE:
        with db.transaction() as session:
            if trainings.with_offer(session, profile, region_code=_REGIONS[0], near=None, today=clock.today()):
                return time.perf_counter() - started
        time.sleep(0.002)
    raise AssertionError(f"{title}: nothing after {_PATIENCE} s")


def _changed() -> float:
    """Seconds to match again what one training touches, once its title changed."""
    with db.transaction() as session:
        session.execute(
            text("UPDATE trainings SET title = title || ' en alternance' WHERE id = (SELECT min(id) FROM trainings)")
        )
    started = time.perf_counter()
    with db.transaction() as session:
        ready = renewal.matcher(session, now=_NOW)
    matches.renew(db.engine(), ready, now=clock.now())
    return time.perf_counter() - started


def _measure(offers: int, offered: int) -> None:
    with scratch.application(with_communes=False) as app:
        with db.transaction() as session:
            release = official.read(matching_data.SHARED / "rome" / "official")
            reference.replace(session, release, source="official", now=_NOW)
        _store_offers(offers)
        _store_trainings(offered)
        plain = _plain()
        started = time.perf_counter()
        with db.transaction() as session:
            learning.learn(session, now=_NOW)
        learned = time.perf_counter() - started
        started = time.perf_counter()
        with db.transaction() as session:
            ready = renewal.matcher(session, now=_NOW)
        done = matches.renew(db.engine(), ready, now=clock.now())
        spent = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        (cold, one), changed = _one(app), _changed()
    figures = {"profiles": done.profiles, "matches": done.matches, "plain": plain, "learning": learned}
    print(orjson.dumps({**figures, "all": spent, "peak": peak, "one": one, "cold": cold, "changed": changed}).decode())


if __name__ == "__main__":
    if len(sys.argv) > 2:
        _measure(int(sys.argv[1]), int(sys.argv[2]))
    else:
        print_table(rows())
