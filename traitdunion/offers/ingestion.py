"""Ingestion: what a source shows goes in, what it no longer shows goes out, and nothing it sent is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString

import psycopg
import sqlalchemy
import structlog
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.clients.france_travail import FranceTravail, Rejected, Unavailable
from traitdunion.core import db
from traitdunion.core.errors import Refused
from traitdunion.core.progress import Progress
from traitdunion.offers import duplicates, files, runs, storing
from traitdunion.offers.models import OfferSource, RunState
from traitdunion.territories.communes.index import Index

FIRST_DAY = datetime(2015, 1, 1, tzinfo=UTC)
"""Before the creation of any offer that France Travail still shows (the oldest seen is of 2019)."""

_SMALL = 20
"""A slice of fewer offers may halve by chance: it is never held."""

_log = structlog.get_logger()

Clock = Callable[[], datetime]


class NothingHeld(Refused):
    """There is no held run to confirm."""


class NothingRead(Refused):
    """No record of a file could be an offer."""


def declare_source(session: Session, name: str, *, label: str, is_crawled: bool, is_fictitious: bool = False) -> None:
    """Makes a source known; one that is already keeps what it was, except that a crawl makes it crawled."""
    statement = insert(OfferSource).values(name=name, label=label, is_crawled=is_crawled, is_fictitious=is_fictitious)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"], set_={"is_crawled": OfferSource.is_crawled | statement.excluded.is_crawled}
        )
    )


def crawl(
    engine: sqlalchemy.Engine,
    client: FranceTravail,
    *,
    source: str,
    department: str,
    communes: Index,
    clock: Clock,
    since: datetime | None = None,
    progress: Progress | None = None,
) -> storing.Counts:
    """Ingests a département, whole (or since an instant, which withdraws nothing), and returns the counts.

    Raises runs.AlreadyRunning, and the client's Unavailable and Rejected: what was stored until then stays.
    """
    with runs.start(engine, source=source, slice_=department, communes=communes, clock=clock) as run:
        active_before = _active(run.connection, source, department)
        found = client.crawl(department, since or FIRST_DAY, clock())
        try:
            for records in found:
                for record in records:
                    run.add(record, raw=storing.raw(record))
                if progress is not None:
                    progress.update(len(records))
        except (Unavailable, Rejected) as error:
            run.end(RunState.FAILED, str(error))
            raise
        run.flush()
        run.wait()
        if since is not None:
            run.end(RunState.PARTIAL, f"offres créées depuis le {since:%d/%m/%Y} seulement")
        elif not found.complete:
            run.end(RunState.PARTIAL, "la source n’a pas tout montré : rien n’est retiré")
        elif active_before >= _SMALL and found.seen * 2 < active_before:
            message = f"{found.seen} offres vues pour {active_before} connues : le retrait attend une confirmation"
            run.end(RunState.HELD, message)
            _log.error("slice held", source=source, slice=department, seen=found.seen, active=active_before)
        else:
            run.counts.withdrawn = _withdraw_unseen(
                run.connection, run.id, source=source, slice_=department, now=clock()
            )
            run.end(RunState.DONE)
        return run.counts


def import_file(
    engine: sqlalchemy.Engine,
    path: Path,
    *,
    source: str,
    communes: Index,
    clock: Clock,
    is_complete: bool = False,
    progress: Progress | None = None,
) -> storing.Counts:
    """Ingests a file; `is_complete` says that it holds all of the source, and withdraws what it does not show.

    Raises files.Unreadable, NothingRead when no line is an offer (the lines are kept), runs.AlreadyRunning.
    """
    slice_ = f"file:{path.name}"
    with runs.start(engine, source=source, slice_=slice_, communes=communes, clock=clock) as run:
        try:
            for line in files.read(path, progress=progress.update if progress else int):
                if line.reason is not None:
                    run.reject(line.raw, line=line.number, reason=line.reason)
                else:
                    run.add(line.record, raw=line.raw, line=line.number)
        except files.Unreadable as error:
            run.end(RunState.FAILED, str(error))
            raise
        run.flush()
        run.wait()
        if not run.counts.seen:
            run.end(RunState.FAILED, "aucune ligne n’est une offre lisible")
            raise NothingRead(
                f"{path.name} : aucune ligne n’est une offre lisible ; elles sont gardées pour être relues."
            )
        if is_complete:
            _end_whole(run, slice_=None, now=clock())
        else:
            run.end(RunState.DONE)
        return run.counts


def replay(
    engine: sqlalchemy.Engine, *, communes: Index, clock: Clock, progress: Progress | None = None
) -> storing.Counts:
    """Reads again every rejected record, after a fix: those that are offers now are stored, the others stay."""
    total = storing.Counts()
    with engine.connect() as connection:
        groups = connection.execute(
            text("SELECT DISTINCT source, slice FROM rejected_records ORDER BY source, slice")
        ).all()
    for source, slice_ in groups:
        with runs.start(
            engine, source=source, slice_=f"replay:{slice_}", sighted_in=slice_, communes=communes, clock=clock
        ) as run:
            # What is stored or rejected anew goes in the transaction that takes it out: nothing is lost in between.
            with run.connection.transaction():
                rejected = run.connection.execute(
                    "DELETE FROM rejected_records WHERE source = %s AND slice = %s RETURNING raw, line",
                    (source, slice_),
                ).fetchall()
                for raw, line in rejected:
                    _take(run, bytes(raw), line)
                    if progress is not None:
                        progress.update(1)
                run.end(RunState.PARTIAL, "relecture des enregistrements refusés")
            total.add(run.counts)
    return total


def confirm(engine: sqlalchemy.Engine, *, source: str, slice_: str, now: datetime) -> int:
    """Withdraws what the held run of a slice did not see; returns how many. Raises NothingHeld.

    Only the last run counts: a later good crawl has already settled the matter.
    """
    with db.driver_connection(engine) as connection, connection.transaction():
        row = connection.execute(
            "SELECT id, state FROM ingestion_runs WHERE source = %s AND slice = %s ORDER BY id DESC LIMIT 1",
            (source, slice_),
        ).fetchone()
        if row is None or row[1] != RunState.HELD:
            raise NothingHeld(f"Aucun retrait n’attend de confirmation pour « {source}, {slice_} ».")
        count = _withdraw_unseen(connection, row[0], source=source, slice_=slice_, now=now)
        connection.execute(
            "UPDATE ingestion_runs SET state = %s, withdrawn = %s WHERE id = %s", (RunState.DONE, count, row[0])
        )
    return count


def expire(engine: sqlalchemy.Engine, *, days: int, now: datetime) -> int:
    """Withdraws the offers of files not imported for `days` days; returns how many."""
    with db.driver_connection(engine) as connection, connection.transaction():
        return _withdraw(
            connection,
            "sighting.slice LIKE 'file:%%' AND sighting.seen_at < %(limit)s",
            {"limit": now - timedelta(days=days), "now": now},
        )


def _take(run: runs.Run, raw: bytes, line: int | None) -> None:
    try:
        record = files.parse(raw)
    except ValueError:
        run.reject(raw, line=line, reason=files.NOT_JSON)
    else:
        run.add(record, raw=raw, line=line)


def purge(engine: sqlalchemy.Engine, *, before: datetime) -> int:
    """Erases the offers withdrawn, and the records rejected, before an instant; returns how many offers went."""
    with db.driver_connection(engine) as connection, connection.transaction():
        connection.execute("DELETE FROM rejected_records WHERE rejected_at < %s", (before,))
        return connection.execute("DELETE FROM offers WHERE withdrawn_at < %s", (before,)).rowcount


def _end_whole(run: runs.Run, *, slice_: str | None, now: datetime) -> None:
    """Ends a run that saw all that there is: what it did not see is withdrawn, in the transaction that closes it."""
    with run.connection.transaction():
        run.counts.withdrawn = _withdraw_unseen(run.connection, run.id, source=run.source, slice_=slice_, now=now)
        run.end(RunState.DONE)


def _withdraw_unseen(
    connection: psycopg.Connection, run_id: int, *, source: str, slice_: str | None, now: datetime
) -> int:
    """Withdraws the living offers of a slice (of the whole source when None) that the run did not see."""
    return _withdraw(
        connection,
        "offers.source = %(source)s AND sighting.run_id <> %(run)s"
        " AND (%(slice)s::text IS NULL OR sighting.slice = %(slice)s)",
        {"source": source, "run": run_id, "slice": slice_, "now": now},
    )


def _withdraw(connection: psycopg.Connection, condition: LiteralString, values: dict[str, object]) -> int:
    """Withdraws the living offers that meet a condition on them and their sighting; the caller commits.

    Their duplicates that still live are grouped anew. Returns how many were withdrawn.
    """
    statement = sql.SQL(
        "UPDATE offers SET withdrawn_at = %(now)s, changed_at = %(now)s FROM offer_sightings AS sighting"
        " WHERE sighting.offer_id = offers.id AND offers.withdrawn_at IS NULL AND {} RETURNING offers.id"
    ).format(sql.SQL(condition))
    rows = connection.execute(statement, values).fetchall()
    duplicates.regroup(connection, [identifier for (identifier,) in rows])
    return len(rows)


def _active(connection: psycopg.Connection, source: str, slice_: str) -> int:
    row = connection.execute(
        "SELECT count(*) FROM offer_sightings AS sighting JOIN offers ON offers.id = sighting.offer_id"
        " WHERE sighting.slice = %s AND offers.source = %s AND offers.withdrawn_at IS NULL",
        (slice_, source),
    ).fetchone()
    return int(row[0]) if row else 0
