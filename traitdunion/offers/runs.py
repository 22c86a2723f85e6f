"""A run: takes records one by one, stores them in batches, and keeps its counts in its row, batch by batch.

Each batch is one transaction with the counts so far: a run that is killed leaves good offers, a true row, and no
double when it is started again. One run at a time per slice: a second one is refused.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import psycopg
import sqlalchemy
import structlog

from traitdunion.core import db
from traitdunion.core.errors import Refused
from traitdunion.offers import reading, storing
from traitdunion.offers.models import RunState
from traitdunion.territories.communes.index import Index

_BATCH = 1000
_LARGEST_RECORD = 1_000_000
"""Octets of a record beyond which it is not an offer: the largest real one has 9,000."""

_log = structlog.get_logger()


class AlreadyRunning(Refused):
    """Another process is ingesting this slice."""


class Run:
    """The run under way; made by `start`.

    While a batch is stored by a thread, the next one is read: PostgreSQL and Python each take half of the time, on
    two cores. One batch is under way at most, so that memory stays flat.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        look_up: psycopg.Connection,
        storer: Executor,
        *,
        run_id: int,
        source: str,
        slice_: str,
        communes: Index,
        clock: Callable[[], datetime],
    ) -> None:
        self.connection, self.id, self.source, self.slice = connection, run_id, source, slice_
        self.counts = storing.Counts()
        self._look_up, self._storer = look_up, storer
        self._storing: Future[None] | None = None
        self._communes, self._clock = communes, clock
        self._records: dict[str, dict[str, Any]] = {}
        self._rejected: list[tuple[bytes, int | None, str]] = []

    def add(self, record: object, *, raw: bytes, line: int | None = None) -> None:
        """Takes a record; what cannot be an offer is kept raw with its reason. The last of equal ids wins."""
        if len(raw) > _LARGEST_RECORD:
            self.reject(raw, line=line, reason="l’enregistrement dépasse un million d’octets")
            return
        known_id = reading.source_id(record)
        if isinstance(known_id, reading.Refusal):
            self.reject(raw, line=line, reason=known_id.reason)
            return
        assert isinstance(record, dict)  # noqa: S101 — narrows the type: source_id refuses all else
        self._records[known_id] = record
        if len(self._records) >= _BATCH:
            self.flush()

    def reject(self, raw: bytes, *, line: int | None, reason: str) -> None:
        """Keeps what cannot be read."""
        self._rejected.append((raw, line, reason))
        if len(self._rejected) >= _BATCH or len(raw) > _LARGEST_RECORD:
            self.flush()

    def flush(self) -> None:
        """Reads what was taken and hands it to be stored, once the batch before is."""
        if not self._records and not self._rejected:
            return
        now = self._clock()
        hashes = {known_id: reading.fingerprint(record) for known_id, record in self._records.items()}
        unchanged = storing.unchanged(self._look_up, self.source, hashes)
        drafts = list(self._read(hashes, unchanged, now))
        batch = storing.Batch(drafts=drafts, unchanged=sorted(unchanged))
        self.wait()
        self._storing = self._storer.submit(self._store, batch, self._rejected, now)
        self._records, self._rejected = {}, []

    def wait(self) -> None:
        """Returns once everything handed over is stored; raises what storing raised."""
        under_way, self._storing = self._storing, None
        if under_way is not None:
            under_way.result()

    def _store(self, batch: storing.Batch, rejected: list[tuple[bytes, int | None, str]], now: datetime) -> None:
        with self.connection.transaction():
            self.counts.add(
                storing.store(self.connection, batch, source=self.source, slice_=self.slice, run_id=self.id, now=now)
            )
            self.counts.refused += storing.keep_rejected(
                self.connection, rejected, source=self.source, slice_=self.slice, now=now
            )
            self._save(RunState.RUNNING)

    def end(self, state: RunState, message: str | None = None) -> None:
        """Stores the rest and closes the row."""
        self.flush()
        self.wait()
        self._save(state, finished_at=self._clock(), message=message)
        _log.info("ingestion done", source=self.source, slice=self.slice, state=state, **asdict(self.counts))

    def _read(self, hashes: dict[str, bytes], unchanged: set[str], now: datetime) -> Iterator[reading.OfferDraft]:
        for known_id, record in self._records.items():
            if known_id in unchanged:
                continue
            found = reading.read(record, content_hash=hashes[known_id], communes=self._communes, now=now)
            if isinstance(found, reading.Refusal):
                self._rejected.append((storing.raw(record), None, found.reason))
            else:
                yield found

    def _save(self, state: RunState, *, finished_at: datetime | None = None, message: str | None = None) -> None:
        self.connection.execute(
            "UPDATE ingestion_runs SET state = %(state)s, finished_at = %(finished_at)s, message = %(message)s,"
            " seen = %(seen)s, new = %(new)s, changed = %(changed)s, unchanged = %(unchanged)s,"
            " withdrawn = %(withdrawn)s, refused = %(refused)s, duplicates = %(duplicates)s WHERE id = %(id)s",
            {"id": self.id, "state": state, "finished_at": finished_at, "message": message, **asdict(self.counts)},
        )


@contextmanager
def start(
    engine: sqlalchemy.Engine,
    *,
    source: str,
    slice_: str,
    communes: Index,
    clock: Callable[[], datetime],
    sighted_in: str | None = None,
) -> Iterator[Run]:
    """A run of a slice, on connections of its own; raises AlreadyRunning when there is one already.

    A run that ends without `end` is marked interrupted, at once when an exception passes, else by the next run.
    `sighted_in`: the slice to which the offers belong, when it is not the run's.
    """
    with (
        db.driver_connection(engine) as connection,
        db.driver_connection(engine) as look_up,
        _alone(connection, f"offers:{source}:{slice_}", f"« {source}, {slice_} »"),
    ):
        with connection.transaction():
            _close_interrupted(connection, source=source, slice_=slice_, now=clock())
            run_id = _open(connection, source=source, slice_=slice_, now=clock())
        try:
            with ThreadPoolExecutor(max_workers=1, thread_name_prefix="storing") as storer:
                yield Run(
                    connection,
                    look_up,
                    storer,
                    run_id=run_id,
                    source=source,
                    slice_=sighted_in or slice_,
                    communes=communes,
                    clock=clock,
                )
        finally:
            if not connection.closed:
                _close_interrupted(connection, source=source, slice_=slice_, now=clock())


@contextmanager
def _alone(connection: psycopg.Connection, key: str, what: str) -> Iterator[None]:
    """Holds a lock that PostgreSQL frees when the connection dies, however it dies."""
    row = connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (key,)).fetchone()
    if not row or not row[0]:
        raise AlreadyRunning(f"Une ingestion de {what} est déjà en cours.")
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (key,))


def _open(connection: psycopg.Connection, *, source: str, slice_: str, now: datetime) -> int:
    row = connection.execute(
        "INSERT INTO ingestion_runs (source, slice, state, started_at) VALUES (%s, %s, %s, %s) RETURNING id",
        (source, slice_, RunState.RUNNING, now),
    ).fetchone()
    assert row is not None  # noqa: S101 — INSERT … RETURNING gives its row
    return int(row[0])


def _close_interrupted(connection: psycopg.Connection, *, source: str, slice_: str, now: datetime) -> None:
    connection.execute(
        "UPDATE ingestion_runs SET state = %s, finished_at = %s WHERE source = %s AND slice = %s AND state = %s",
        (RunState.INTERRUPTED, now, source, slice_, RunState.RUNNING),
    )
