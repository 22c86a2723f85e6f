"""`offers import`: offers stored and searchable per second, against plain COPY with a French text index; memory."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson
from sqlalchemy import text

from tests.benchmarks import scratch
from tests.benchmarks.table import Row, print_table
from traitdunion.core import clock, db
from traitdunion.offers import ingestion
from traitdunion.territories.communes.index import Index

OFFERS = scratch.REAL_DATA / "offers" / "offers.jsonl"
_LINES, _FULL_LINES = 30_000, 1_000_000


def rows(*, full: bool = False) -> list[Row]:
    """The measures on the real offers; with `full`, on a million lines made by varying them."""
    with scratch.application():
        plain = _plain()
        first, again = _import(OFFERS), _import(OFFERS)
    lines = _FULL_LINES if full else _LINES
    small, large = _peak(lines // 10), _peak(lines)
    return [
        Row("offers import, 4 553 real offers", f"{first:.0f}/s", f"{plain:.0f}/s", f"{first / plain:.2f}", "≥ 800/s"),
        Row("the same again, all unchanged", f"{again:.0f}/s", f"{plain:.0f}/s", f"{again / plain:.2f}"),
        Row(
            f"offers import, {lines} lines, peak memory",
            f"{large} MB",
            f"{small} MB",
            f"{large / small:.2f}",
            "≤ 400 MB",
        ),
    ]


def _import(path: Path) -> float:
    with db.transaction() as session:
        ingestion.declare_source(session, "bench", label="bench", is_crawled=False)
    started = time.perf_counter()
    with db.transaction() as session:
        communes = Index.load(session)
    counts = ingestion.import_file(db.engine(), path, source="bench", communes=communes, clock=clock.now)
    return counts.seen / (time.perf_counter() - started)


def _plain() -> float:
    """What one backend does with COPY and PostgreSQL's French text index, and nothing else."""
    with db.driver_connection(db.engine()) as connection, OFFERS.open("rb") as file:
        connection.execute(
            "CREATE TABLE plain (id text PRIMARY KEY, title text, description text, record jsonb,"
            " search tsvector GENERATED ALWAYS AS (to_tsvector('french', title || ' ' || description)) STORED)"
        )
        connection.execute("CREATE INDEX ON plain USING gin (search)")
        started, count = time.perf_counter(), 0
        with connection.cursor().copy("COPY plain (id, title, description, record) FROM STDIN") as copy:
            for line in file:
                record = orjson.loads(line)
                copy.write_row((record["id"], record["intitule"], record["description"], line.decode()))
                count += 1
        return count / (time.perf_counter() - started)


def _peak(lines: int) -> int:
    """Peak memory, in MB, of a process that imports so many lines."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_offers", str(lines)], capture_output=True, check=True, text=True
    )
    return int(json.loads(done.stdout.splitlines()[-1])["peak"])


def _import_many(lines: int) -> None:
    import resource

    with tempfile.TemporaryDirectory() as folder, scratch.application():
        path = Path(folder) / "offers.jsonl"
        real = [orjson.loads(line) for line in OFFERS.open("rb")]
        with path.open("wb") as file:
            for number in range(lines):
                record = real[number % len(real)]
                company = {**(record.get("entreprise") or {}), "nom": f"Entreprise {number // 3}"}
                file.write(orjson.dumps({**record, "id": f"{number:09}", "entreprise": company}) + b"\n")
        del real
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        rate = _import(path)
        assert db.engine().connect().scalar(text("SELECT count(*) FROM offers")) == lines
        print(
            json.dumps(
                {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "base": base // 1024, "rate": rate}
            )
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _import_many(int(sys.argv[1]))
    else:
        print_table(rows())
