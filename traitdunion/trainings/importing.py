"""Imports a catalogue: read → store, in one transaction, with a row that tells what was done; and replays refusals."""

import hashlib
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.territories.communes import Index
from traitdunion.trainings import formats, rows, storing
from traitdunion.trainings.drafts import CutShort, NotTrainings, Reading, Refusal, TrainingDraft
from traitdunion.trainings.formats import Format, values
from traitdunion.trainings.models import RejectedTraining, Training, TrainingImport
from traitdunion.trainings.placing import Placer

_BATCH = 5_000
"""Trainings, actions and sessions stored at once."""
_BATCH_REFUSED = 8 * 1024 * 1024
"""Bytes of refused records held at once."""
_HEAD = 4096


def import_file(
    session: Session,
    path: Path,
    *,
    communes: Index,
    now: datetime,
    format_: Format | None = None,
    source: str | None = None,
    is_complete: bool = False,
    even_most: bool = False,
    advance: Callable[[int], object] = lambda _: None,
) -> TrainingImport:
    """Stores the trainings of a file, upserted by `source` (the format's name by default) and the publisher's ids.

    The format is found from the content when not given. `is_complete`: the file is the whole catalogue of the source,
    and trainings that it does not show are withdrawn, unless some could not be read, or they are more than half of it
    (`even_most` does it all the same). `advance` is told the bytes read since the last time. Raises NotTrainings, with
    nothing stored, for a file that holds none.
    """
    file_name = values.line(path.name) or "?"
    with path.open("rb", buffering=0) as raw, io.BufferedReader(_Counted(raw, advance), 1024 * 1024) as stream:
        format_ = format_ or formats.detect(stream.peek(_HEAD)[:_HEAD])
        source = source or format_.value
        store = storing.Store(_connection(session), Placer(communes), source=source, now=now)
        started = time.monotonic()
        reader = _Reader(formats.read(stream, format_))
        for drafts, refusals in reader.batches():
            store.add(drafts)
            _reject(session, refusals, source=source, format_=format_, file_name=file_name, now=now)
    counts = store.finish(is_complete=reader.is_whole)
    message = None if reader.cut is None else f"{reader.cut.reason}, ligne {reader.cut.line}"
    if is_complete:
        withdrawn, kept_because = _withdraw_unseen(store, reader, even_most=even_most)
        counts.withdrawn += withdrawn
        message = message or kept_because
    done = TrainingImport(
        source=source,
        file_name=file_name,
        format=format_.value,
        started_at=now,
        duration=timedelta(seconds=time.monotonic() - started),
        read=reader.read,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        refused=reader.refused,
        withdrawn=counts.withdrawn,
        message=message,
    )
    session.add(done)
    session.flush()  # the caller tells its number
    return done


@dataclass(slots=True)
class Replay:
    """What a replay did: refused records now stored, refused again, and left out since a later import had better."""

    stored: int = 0
    refused: int = 0
    outdated: int = 0


def replay(session: Session, *, communes: Index, now: datetime) -> Replay:
    """Reads the refused records again, oldest first; those that can be read now are stored and no longer kept."""
    outcome = Replay()
    connection = _connection(session)
    for source in session.scalars(select(RejectedTraining.source).distinct().order_by(RejectedTraining.source)).all():
        store = storing.Store(connection, Placer(communes), source=source, now=now)
        kept = select(RejectedTraining.id).where(RejectedTraining.source == source).order_by(RejectedTraining.id)
        for identifier in session.scalars(kept).all():
            rejected = session.get_one(RejectedTraining, identifier)
            drafts, reason = _read_again(rejected)
            if reason is not None:
                outcome.refused += 1
                rejected.reason = reason
                continue
            fresh = [draft for draft in drafts if not _has_later(session, draft, rejected)]
            store.add(fresh)
            outcome.stored += len(fresh)
            outcome.outdated += len(drafts) - len(fresh)
            session.delete(rejected)
        store.finish(is_complete=False)
    return outcome


def _read_again(rejected: RejectedTraining) -> tuple[list[TrainingDraft], str | None]:
    """The drafts of a refused record, or why it is refused again."""
    drafts: list[TrainingDraft] = []
    try:
        for _, found in formats.read(io.BytesIO(rejected.raw), Format(rejected.format)):
            if isinstance(found, Refusal):
                return [], found.reason
            drafts.append(found)
    except (NotTrainings, CutShort):
        return [], rejected.reason
    return drafts, None if drafts else rejected.reason


def _has_later(session: Session, draft: TrainingDraft, rejected: RejectedTraining) -> bool:
    stored_at = session.scalar(
        select(Training.updated_at).where(
            Training.source == rejected.source, Training.source_id == rows.training_key(draft)
        )
    )
    return draft.is_whole and stored_at is not None and stored_at > rejected.rejected_at


@dataclass(slots=True)
class _Reader:
    """The readings of a file in batches of bounded size; counts as they come."""

    readings: Iterator[Reading]
    read: int = 0
    refused: int = 0
    cut: CutShort | None = None

    @property
    def is_whole(self) -> bool:
        """All of the file was read, and nothing in it refused."""
        return self.cut is None and self.refused == 0

    def batches(self) -> Iterator[tuple[list[TrainingDraft], list[tuple[int, Refusal]]]]:
        """Drafts and refusals; ends where the file does, or where it cannot be read further (`cut`)."""
        drafts: list[TrainingDraft] = []
        refusals: list[tuple[int, Refusal]] = []
        rows_held = bytes_held = 0
        for line, found in self._until_cut():
            if isinstance(found, TrainingDraft):
                drafts.append(found)
                rows_held += 1 + sum(1 + len(action.sessions) for action in found.actions)
            else:
                refusals.append((line, found))
                bytes_held += 1024 + len(found.raw)
            if rows_held >= _BATCH or bytes_held >= _BATCH_REFUSED:
                yield drafts, refusals
                drafts, refusals, rows_held, bytes_held = [], [], 0, 0
        yield drafts, refusals

    def _until_cut(self) -> Iterator[Reading]:
        try:
            for line, found in self.readings:
                self.read += 1
                self.refused += isinstance(found, Refusal)
                yield line, found
        except CutShort as cut:
            self.cut = cut


def _withdraw_unseen(store: storing.Store, reader: _Reader, *, even_most: bool) -> tuple[int, str | None]:
    """How many trainings were withdrawn, and in French why none was."""
    if not reader.is_whole:
        return 0, "des fiches n’ont pas pu être lues : aucune formation n’est retirée"
    withdrawn = store.withdraw_unseen(even_most=even_most)
    if withdrawn is None:
        return 0, "plus de la moitié du catalogue disparaîtrait : aucune formation n’est retirée"
    return withdrawn, None


def _reject(
    session: Session,
    refusals: list[tuple[int, Refusal]],
    *,
    source: str,
    format_: Format,
    file_name: str,
    now: datetime,
) -> None:
    for line, refusal in refusals:
        latest = {"format": format_.value, "file_name": file_name, "line": line, "reason": refusal.reason}
        statement = insert(RejectedTraining).values(
            **latest,
            source=source,
            raw=refusal.raw,
            raw_hash=hashlib.blake2b(refusal.raw, digest_size=16).digest(),
            rejected_at=now,
        )
        session.execute(
            statement.on_conflict_do_update(index_elements=["source", "raw_hash"], set_={**latest, "rejected_at": now})
        )


def _connection(session: Session) -> psycopg.Connection:
    connection = session.connection().connection.dbapi_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 — narrows the type
    return connection


class _Counted(io.RawIOBase):
    """A file that tells how much of it was read."""

    def __init__(self, file: io.FileIO, advance: Callable[[int], object]) -> None:
        super().__init__()
        self._file = file
        self._advance = advance

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        """As `io.RawIOBase` says."""
        count = self._file.readinto(buffer)
        self._advance(count)
        return count
