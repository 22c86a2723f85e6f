"""Pages a second that the service gives: gunicorn with four processes, asked over connections that stay open.

The client and PostgreSQL share the machine's processors with the service: what a machine of its own would give is more.
Rates are the median of five rounds, and the best one, since other work on the machine only takes away.
"""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from flask import current_app

from tests.benchmarks import bench_search, scratch
from tests.benchmarks.table import Row, print_table
from traitdunion.core import db

_ROOT = Path(__file__).resolve().parents[2]
_COUNT = 100_000
_PROCESSES = 4
_CONNECTIONS = 8
_SECONDS = 4.0
_ROUNDS = 5
_TARGET = "/offres?q=boulanger&lieu=metz&rayon=30"
_JOBS = ("boulanger", "vendeuse", "maçon", "cuisinier", "agent", "infirmière", "soudeur", "comptable", "chauffeur")
_PLACES = ("metz", "thionville", "nancy", "57000", "épinal", "strasbourg", "sarreguemines", "verdun", "forbach")
_VARIED = [
    f"/offres?q={quote(job)}&lieu={quote(place)}&rayon={km}" for job in _JOBS for place in _PLACES for km in (10, 30)
]


@dataclass(slots=True)
class _Round:
    """What one round of a few seconds saw; durations in ms."""

    seconds: float
    durations: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.durations) / self.seconds


def rows(*, full: bool = False) -> list[Row]:
    """Rates of the page that the issue names, of many different ones, and of the smallest page there is."""
    with scratch.application() as app:
        bench_search.fill(_COUNT)
        url = db.database().url
        secret = current_app.config["SECRET_KEY"]
        with _served(url, str(secret), str(app.config["VAR_DIR"])) as port:
            for paths in ([_TARGET], _VARIED, ["/robots.txt"]):
                _ask(port, paths, seconds=2.0)  # opens connections, fills what is kept a minute
            rounds = [
                [_ask(port, paths, seconds=_SECONDS) for paths in ([_TARGET], _VARIED, ["/robots.txt"])]
                for _ in range(_ROUNDS)
            ]
    target, varied, smallest = zip(*rounds, strict=True)
    trivial = statistics.median(each.rate for each in smallest)
    return [
        _row(f"pages a second, {_PROCESSES} processes: {_TARGET}", target, trivial, "≥ 150 pages/s, all < 500 ms"),
        _row(f"… {len(_VARIED)} different searches", varied, trivial, "–"),
    ]


def _row(what: str, rounds: Sequence[_Round], trivial: float, asked: str) -> Row:
    rates = [each.rate for each in rounds]
    durations = sorted(duration for each in rounds for duration in each.durations)
    p95 = durations[int(0.95 * len(durations))]
    rate = f"{statistics.median(rates):.0f} (best {max(rates):.0f}) pages/s"
    figure = f"{rate}, p95 {p95:.0f} ms, slowest {durations[-1]:.0f} ms"
    return Row(what, figure, f"{trivial:.0f}/s (/robots.txt)", f"{statistics.median(rates) / trivial:.2f}", asked)


@contextmanager
def _served(url: str, secret: str, var_dir: str) -> Iterator[int]:
    """The port of a service of its own, as `make run` starts it, without worker."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    environment = os.environ | {
        "DATABASE_URL": url.replace("postgresql+psycopg://", "postgresql://"),
        "SECRET_KEY": secret,
        "VAR_DIR": var_dir or tempfile.mkdtemp(),
        "PORT": str(port),
        "WEB_PROCESSES": str(_PROCESSES),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "traitdunion", "serve", "--without-worker"],
        cwd=_ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if process.poll() is not None:
                raise RuntimeError("the service did not start") from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the service did not open")


def _ask(port: int, paths: Sequence[str], *, seconds: float) -> _Round:
    """Asks for the paths in turn, over several connections at once, for so long."""
    seen = _Round(seconds=seconds)
    deadline = time.perf_counter() + seconds
    failures: list[str] = []

    def visit(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        turn = number * len(paths) // _CONNECTIONS
        while time.perf_counter() < deadline:
            started = time.perf_counter()
            connection.request("GET", paths[turn % len(paths)], headers={"Accept-Encoding": "br"})
            answer = connection.getresponse()
            answer.read()
            seen.durations.append((time.perf_counter() - started) * 1000)
            if answer.status != 200:
                failures.append(f"{paths[turn % len(paths)]}: {answer.status}")
                return
            turn += 1

    visitors = [threading.Thread(target=visit, args=(number,)) for number in range(_CONNECTIONS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    if failures:
        raise RuntimeError(failures[0])
    return seen


if __name__ == "__main__":
    print_table(rows())
