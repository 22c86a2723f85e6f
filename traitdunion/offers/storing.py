"""Stores drafts: in batches, through COPY, each batch in one transaction with the counts of its run."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

import orjson
import psycopg
from blinker import Signal
from psycopg import sql

from traitdunion.matching import titles
from traitdunion.offers import duplicates
from traitdunion.offers.reading import OfferDraft

profiles_stored = Signal("The profiles of offers just written, in the transaction that writes them.")
"""Sent with the connection and `profiles`, their keys: what stands above may have something to do for new ones."""

_COLUMNS = tuple(field.name for field in fields(OfferDraft))
_VALUES = attrgetter(*_COLUMNS)
_DECIDED_BY_SOURCE = [name for name in _COLUMNS if name != "source_id"]


@dataclass(slots=True)
class Counts:
    """What a run, or a part of it, did."""

    seen: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    refused: int = 0
    duplicates: int = 0

    def add(self, other: "Counts") -> None:
        """Adds the counts of a part."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Offers of one run seen together: drafts of those to write, identifiers of those known unchanged."""

    drafts: Sequence[OfferDraft]
    unchanged: Sequence[str]


def unchanged(connection: psycopg.Connection, source: str, hashes: dict[str, bytes]) -> set[str]:
    """Among identifiers and the hash of their content, those that are stored alive with the same one."""
    rows = connection.execute(
        "SELECT source_id, content_hash FROM offers WHERE source = %s AND source_id = ANY(%s) AND withdrawn_at IS NULL",
        (source, list(hashes)),
    ).fetchall()
    return {known for known, stored in rows if bytes(stored) == hashes[known]}


def store(
    connection: psycopg.Connection, batch: Batch, *, source: str, slice_: str, run_id: int, now: datetime
) -> Counts:
    """Writes the batch and its sightings, groups its duplicates; the caller commits. Identifiers must be distinct."""
    counts = Counts(seen=len(batch.drafts) + len(batch.unchanged), unchanged=len(batch.unchanged))
    written: list[int] = []
    if batch.drafts:
        values = {"source": source, "now": now, "rows": _rows(batch.drafts)}
        rows = connection.execute(_UPSERT, values).fetchall()
        written = [identifier for identifier, _ in rows]
        counts.new = sum(is_new for _, is_new in rows)
        counts.changed = len(rows) - counts.new
        counts.unchanged += len(batch.drafts) - len(rows)
        _learn_words(connection, {draft.title for draft in batch.drafts})
        if rows:
            profiles_stored.send(connection, profiles={draft.profile_key for draft in batch.drafts})
    connection.execute(
        "INSERT INTO offer_sightings (offer_id, slice, run_id, seen_at)"
        " SELECT id, %(slice)s, %(run)s, %(now)s FROM offers WHERE source = %(source)s AND source_id = ANY(%(seen)s)"
        " ON CONFLICT (offer_id) DO UPDATE SET slice = excluded.slice, run_id = excluded.run_id,"
        " seen_at = excluded.seen_at",
        {
            "slice": slice_,
            "run": run_id,
            "now": now,
            "source": source,
            "seen": [*(draft.source_id for draft in batch.drafts), *batch.unchanged],
        },
    )
    counts.duplicates = duplicates.regroup(connection, written)
    return counts


def raw(record: object) -> bytes:
    """A record as kept when it is refused."""
    return orjson.dumps(record)


def keep_rejected(
    connection: psycopg.Connection,
    rejected: Iterable[tuple[bytes, int | None, str]],
    *,
    source: str,
    slice_: str,
    now: datetime,
) -> int:
    """Keeps (raw, line, reason), each raw record once per source; returns how many there were. The caller commits."""
    rows = [
        (source, slice_, hashlib.blake2b(octets, digest_size=16).digest(), line, reason, octets, now)
        for octets, line, reason in rejected
    ]
    if rows:
        connection.cursor().executemany(
            "INSERT INTO rejected_records (source, slice, raw_hash, line, reason, raw, rejected_at)"
            " VALUES (%s, %s, %s, %s, %s, %b, %s) ON CONFLICT (source, raw_hash)"
            " DO UPDATE SET reason = excluded.reason, line = excluded.line, rejected_at = excluded.rejected_at",
            rows,
        )
    return len(rows)


_UPSERT = sql.SQL(
    "INSERT INTO offers (source, {columns}, first_seen_at, changed_at)"
    " SELECT %(source)s, {columns}, %(now)s, %(now)s FROM json_populate_recordset(NULL::offers, %(rows)s)"
    " ON CONFLICT (source, source_id) DO UPDATE SET {updates}, changed_at = excluded.changed_at, withdrawn_at = NULL"
    " WHERE offers.content_hash <> excluded.content_hash OR offers.withdrawn_at IS NOT NULL"
    " RETURNING id, xmax = 0"
).format(
    columns=sql.SQL(", ").join(map(sql.Identifier, _COLUMNS)),
    updates=sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in _DECIDED_BY_SOURCE
    ),
)


def _rows(drafts: Iterable[OfferDraft]) -> str:
    """The drafts as a JSON array of rows of the table; the record of each, which is JSON already, as it is."""
    rows = [
        {**dict(zip(_COLUMNS, _VALUES(draft), strict=True)), "record": orjson.Fragment(draft.record)}
        for draft in drafts
    ]
    return orjson.dumps(rows, default=_octets).decode()


def _octets(value: object) -> str:
    assert isinstance(value, bytes)  # noqa: S101 — the only values of a draft that JSON does not know
    return f"\\x{value.hex()}"


def _learn_words(connection: psycopg.Connection, batch_titles: set[str]) -> None:
    words = {word for title in batch_titles for word in titles.fold(title).split() if word.isalpha() and len(word) > 2}
    stems = [(word, stem) for word in sorted(words) if (stem := titles.stem(word))]
    connection.execute(
        "INSERT INTO title_words (word, stem) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
        ([word for word, _ in stems], [stem for _, stem in stems]),
    )
