"""Pages a second that the service gives: gunicorn with four processes, asked over connections that stay open.

The client and PostgreSQL share the machine's processors with the service: what a machine of its own would give is more.
Rates are the median of five rounds, and the best one, since other work on the machine only takes away.
"""

import re
import socket
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.benchmarks import bench_search, scratch, serving
from tests.benchmarks.table import Row, print_table

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
    with scratch.application():
        bench_search.fill(_COUNT)
        with serving.beside(WEB_PROCESSES=str(_PROCESSES)) as address:
            port = int(address.rpartition(":")[2])
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


def _ask(port: int, paths: Sequence[str], *, seconds: float) -> _Round:
    """Asks for the paths in turn, over several connections at once, for so long."""
    seen = _Round(seconds=seconds)
    deadline = time.perf_counter() + seconds
    failures: list[str] = []

    def visit(number: int) -> None:
        turn = number * len(paths) // _CONNECTIONS
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            while time.perf_counter() < deadline:
                started = time.perf_counter()
                status = _answer(connection, paths[turn % len(paths)])
                seen.durations.append((time.perf_counter() - started) * 1000)
                if status != 200:
                    failures.append(f"{paths[turn % len(paths)]}: {status}")
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


def _answer(connection: socket.socket, path: str) -> int:
    """The status of the page, read whole. By hand: http.client takes as long as a thirtieth of what it measures."""
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: br\r\n\r\n".encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += _received(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
    assert length is not None, head
    missing = int(length[1]) - len(body)
    while missing > 0:
        missing -= len(_received(connection))
    return int(head.split(b" ", 2)[1])


def _received(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    if not received:
        raise RuntimeError("the service closed the connection")
    return received


if __name__ == "__main__":
    print_table(rows())
