"""Stores drafts: batches through COPY into temporary tables, then upserts; unchanged rows are not rewritten.

All of an import is one transaction: pages see the catalogue as it was, or as it is, and an import that is cut leaves
nothing. What was seen is kept in temporary tables, so that memory does not grow with the file. Where a file tells the
same thing twice, the first time counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg import sql

from traitdunion.trainings import rows
from traitdunion.trainings.drafts import REGION_FUNDER, TrainingDraft
from traitdunion.trainings.placing import Placer

_ONE_AT_A_TIME = 7_306_005  # key of an advisory lock: two imports that meet wait, for they share organisations
_HEADS = {
    "trainings": {
        **dict.fromkeys(("training_key", "organisation_key", "organisation_siret", "organisation_name"), "text"),
        "is_whole": "bool",
    },
    "training_actions": {"training_key": "text", "action_key": "text"},
    "training_sessions": {"action_rank": "int4", "session_key": "text"},
}
_JOINED = {"training_actions": {"training_id": "int8"}, "training_sessions": {"action_id": "int8"}}
_COLUMNS = {
    "trainings": rows.TRAINING_COLUMNS,
    "training_actions": rows.ACTION_COLUMNS,
    "training_sessions": rows.SESSION_COLUMNS,
}


@dataclass(slots=True)
class Counts:
    """What an import did: trainings new, changed and unchanged; actions, sessions and trainings withdrawn."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0


class Store:
    """An import under way, in the caller's transaction."""

    def __init__(self, connection: psycopg.Connection, placer: Placer, *, source: str, now: datetime) -> None:
        self._connection = connection
        self._placer = placer
        self._values = {"source": source, "now": now, "region": REGION_FUNDER}
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ONE_AT_A_TIME,))
        for table in _COLUMNS:
            connection.execute(_staging(table))
        connection.execute(_SEEN)

    def add(self, drafts: Sequence[TrainingDraft]) -> None:
        """Writes what is new or changed in a batch: trainings, their actions, their sessions."""
        batch = rows.Rows(self._placer)
        batch.add(drafts)
        for table, values in zip(_COLUMNS, (batch.trainings, batch.actions, batch.sessions), strict=True):
            self._copy(table, values)
        for statement in _BATCH:
            self._connection.execute(statement, self._values)

    def finish(self, *, is_complete: bool) -> Counts:
        """Withdraws the actions and sessions that the trainings seen no longer have; says who funds them; counts.

        A training told by one record has what this record says. One told by several is judged only when all of them
        were read (`is_complete`).
        """
        values = {**self._values, "is_complete": is_complete}
        withdrawn = sum(self._count(statement, values)[0] for statement in _WITHDRAW)
        self._connection.execute(_DERIVE, values)
        new, changed, unchanged = self._count(_OUTCOMES, values)
        return Counts(new=new, changed=changed, unchanged=unchanged, withdrawn=withdrawn)

    def withdraw_unseen(self, *, even_most: bool) -> int | None:
        """Withdraws the trainings of the source that were not seen, and says how many.

        None, with nothing withdrawn, when these are more than half of its trainings, unless `even_most`.
        """
        unseen, living = self._count(_UNSEEN, self._values)
        if unseen * 2 > living and not even_most:
            return None
        self._connection.execute(_WITHDRAW_UNSEEN, self._values)
        return unseen

    def _copy(self, table: str, values: Iterable[rows.Row]) -> None:
        staged = sql.Identifier(f"staged_{table}")
        self._connection.execute(sql.SQL("TRUNCATE {}").format(staged))
        columns = _names(("rank", *_HEADS[table], *_COLUMNS[table]))
        with self._connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(staged, columns)) as copy:
            for row in values:
                copy.write_row(row)

    def _count(self, statement: sql.SQL | str, values: dict[str, object]) -> tuple[int, ...]:
        found = self._connection.execute(statement, values).fetchone()
        assert found is not None  # noqa: S101 — narrows the type: a count has a row
        return tuple(found)


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _staging(table: str) -> sql.Composed:
    """A temporary table with the columns of `table`, and what joins its rows to those above."""
    heads = {"rank": "int4", **_HEADS[table], **_JOINED.get(table, {})}
    return sql.SQL(
        "DROP TABLE IF EXISTS pg_temp.{staged};"
        " CREATE TEMPORARY TABLE {staged} ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA;"
        " ALTER TABLE {staged} {heads}"
    ).format(
        staged=sql.Identifier(f"staged_{table}"),
        columns=_names(_COLUMNS[table]),
        table=sql.Identifier(table),
        heads=sql.SQL(", ").join(
            sql.SQL("ADD {} {}").format(sql.Identifier(name), sql.Identifier(kind)) for name, kind in heads.items()
        ),
    )


def _composed(statement: str, table: str) -> sql.Composed:
    """The statement with the columns of `table`: {columns}, and {updates} for those of a row that is there already."""
    columns = _COLUMNS[table]
    updates = (sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column)) for column in columns)
    return sql.SQL(statement).format(columns=_names(columns), updates=sql.SQL(", ").join(updates))


_SEEN = """
    DROP TABLE IF EXISTS pg_temp.seen_trainings, pg_temp.seen_actions, pg_temp.seen_sessions;
    CREATE TEMPORARY TABLE seen_trainings (
        source_id text PRIMARY KEY, id bigint NOT NULL UNIQUE,
        is_whole boolean NOT NULL, is_new boolean NOT NULL, is_changed boolean NOT NULL
    ) ON COMMIT DROP;
    CREATE TEMPORARY TABLE seen_actions (training_id bigint, source_id text, PRIMARY KEY (training_id, source_id))
        ON COMMIT DROP;
    CREATE TEMPORARY TABLE seen_sessions (action_id bigint, source_id text, PRIMARY KEY (action_id, source_id))
        ON COMMIT DROP
"""

_ORGANISATIONS = """
    INSERT INTO training_organisations (key, siret, name)
    SELECT DISTINCT ON (organisation_key) organisation_key, organisation_siret, organisation_name
    FROM staged_trainings WHERE organisation_key IS NOT NULL ORDER BY organisation_key, rank
    ON CONFLICT (key) DO UPDATE SET name = excluded.name WHERE training_organisations.name <> excluded.name
"""

_TRAININGS = """
    WITH written AS (
        INSERT INTO trainings
            (source, source_id, organisation_id, {columns}, is_funded, first_seen_at, updated_at)
        SELECT %(source)s, training_key, o.id, {columns}, false, %(now)s, %(now)s
        FROM (SELECT DISTINCT ON (training_key) * FROM staged_trainings ORDER BY training_key, rank) s
        LEFT JOIN training_organisations o ON o.key = s.organisation_key
        WHERE NOT EXISTS (SELECT FROM seen_trainings n WHERE n.source_id = s.training_key)
        ORDER BY rank
        ON CONFLICT (source, source_id) DO UPDATE
            SET {updates}, organisation_id = excluded.organisation_id, updated_at = excluded.updated_at,
                withdrawn_at = NULL
            WHERE trainings.content_hash <> excluded.content_hash OR trainings.withdrawn_at IS NOT NULL
        RETURNING source_id, id, xmax = 0 AS is_new
    )
    INSERT INTO seen_trainings (source_id, id, is_whole, is_new, is_changed)
    SELECT source_id, id, true, is_new, true FROM written
"""

_SEEN_TRAININGS = """
    INSERT INTO seen_trainings (source_id, id, is_whole, is_new, is_changed)
    SELECT t.source_id, t.id, bool_and(s.is_whole), false, false
    FROM staged_trainings s JOIN trainings t ON t.source = %(source)s AND t.source_id = s.training_key
    GROUP BY t.id
    ON CONFLICT (id) DO UPDATE SET is_whole = seen_trainings.is_whole AND excluded.is_whole
"""

_JOIN_ACTIONS = """
    UPDATE staged_training_actions s SET training_id = n.id FROM seen_trainings n WHERE n.source_id = s.training_key
"""

_ACTIONS = """
    WITH written AS (
        INSERT INTO training_actions (training_id, source_id, {columns})
        SELECT training_id, action_key, {columns}
        FROM (
            SELECT DISTINCT ON (training_id, action_key) * FROM staged_training_actions
            ORDER BY training_id, action_key, rank
        ) s
        WHERE NOT EXISTS (
            SELECT FROM seen_actions n WHERE n.training_id = s.training_id AND n.source_id = s.action_key
        )
        ORDER BY rank
        ON CONFLICT (training_id, source_id) DO UPDATE SET {updates}, withdrawn_at = NULL
            WHERE training_actions.content_hash <> excluded.content_hash OR training_actions.withdrawn_at IS NOT NULL
        RETURNING training_id
    )
    UPDATE seen_trainings SET is_changed = true FROM written WHERE id = written.training_id
"""

_SEEN_ACTIONS = """
    INSERT INTO seen_actions SELECT training_id, action_key FROM staged_training_actions ON CONFLICT DO NOTHING
"""

_JOIN_SESSIONS = """
    UPDATE staged_training_sessions s SET action_id = a.id
    FROM training_actions a, staged_training_actions b
    WHERE b.rank = s.action_rank AND a.training_id = b.training_id AND a.source_id = b.action_key
"""

_SESSIONS = """
    WITH written AS (
        INSERT INTO training_sessions (action_id, source_id, {columns})
        SELECT action_id, session_key, {columns}
        FROM (
            SELECT DISTINCT ON (action_id, session_key) * FROM staged_training_sessions
            ORDER BY action_id, session_key, rank
        ) s
        WHERE NOT EXISTS (
            SELECT FROM seen_sessions n WHERE n.action_id = s.action_id AND n.source_id = s.session_key
        )
        ORDER BY rank
        ON CONFLICT (action_id, source_id) DO UPDATE SET {updates}, withdrawn_at = NULL
            WHERE training_sessions.content_hash <> excluded.content_hash OR training_sessions.withdrawn_at IS NOT NULL
        RETURNING action_id
    )
    UPDATE seen_trainings SET is_changed = true
    FROM written JOIN training_actions a ON a.id = written.action_id WHERE seen_trainings.id = a.training_id
"""

_SEEN_SESSIONS = """
    INSERT INTO seen_sessions SELECT action_id, session_key FROM staged_training_sessions ON CONFLICT DO NOTHING
"""

_BATCH: tuple[sql.Composed | str, ...] = (
    "ANALYZE staged_trainings, staged_training_actions, staged_training_sessions",
    _ORGANISATIONS,
    _composed(_TRAININGS, "trainings"),
    _SEEN_TRAININGS,
    _JOIN_ACTIONS,
    _composed(_ACTIONS, "training_actions"),
    _SEEN_ACTIONS,
    _JOIN_SESSIONS,
    _composed(_SESSIONS, "training_sessions"),
    _SEEN_SESSIONS,
)

_WITHDRAW_SESSIONS = """
    WITH gone AS (
        UPDATE training_sessions v SET withdrawn_at = %(now)s
        FROM training_actions a JOIN seen_trainings n ON n.id = a.training_id
        WHERE a.id = v.action_id AND v.withdrawn_at IS NULL AND (n.is_whole OR %(is_complete)s)
            AND NOT EXISTS (
                SELECT FROM seen_sessions s WHERE s.action_id = v.action_id AND s.source_id = v.source_id
            )
        RETURNING a.training_id
    ), marked AS (UPDATE seen_trainings SET is_changed = true WHERE id IN (SELECT training_id FROM gone))
    SELECT count(*) FROM gone
"""

_WITHDRAW_ACTIONS = """
    WITH gone AS (
        UPDATE training_actions a SET withdrawn_at = %(now)s
        FROM seen_trainings n
        WHERE n.id = a.training_id AND a.withdrawn_at IS NULL AND (n.is_whole OR %(is_complete)s)
            AND NOT EXISTS (
                SELECT FROM seen_actions s WHERE s.training_id = a.training_id AND s.source_id = a.source_id
            )
        RETURNING a.training_id
    ), marked AS (UPDATE seen_trainings SET is_changed = true WHERE id IN (SELECT training_id FROM gone))
    SELECT count(*) FROM gone
"""

_WITHDRAW = (_WITHDRAW_SESSIONS, _WITHDRAW_ACTIONS)

_DERIVE = """
    UPDATE trainings t
    SET is_funded = d.is_funded, region_code = d.region_code, updated_at = %(now)s
    FROM (
        SELECT n.id, coalesce(bool_or(%(region)s = ANY (a.funders)), false) AS is_funded,
            (array_agg(a.region_code ORDER BY a.id) FILTER (WHERE a.region_code IS NOT NULL))[1] AS region_code
        FROM seen_trainings n
        LEFT JOIN training_actions a ON a.training_id = n.id AND a.withdrawn_at IS NULL
        GROUP BY n.id
    ) d
    WHERE t.id = d.id AND (t.is_funded, t.region_code) IS DISTINCT FROM (d.is_funded, d.region_code)
"""

_OUTCOMES = """
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE is_changed AND NOT is_new),
        count(*) FILTER (WHERE NOT is_changed)
    FROM seen_trainings
"""

_UNSEEN = """
    SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM seen_trainings WHERE seen_trainings.id = trainings.id)),
        count(*)
    FROM trainings WHERE source = %(source)s AND withdrawn_at IS NULL
"""

_WITHDRAW_UNSEEN = """
    UPDATE trainings SET withdrawn_at = %(now)s, updated_at = %(now)s
    WHERE source = %(source)s AND withdrawn_at IS NULL
        AND NOT EXISTS (SELECT FROM seen_trainings WHERE seen_trainings.id = trainings.id)
"""
