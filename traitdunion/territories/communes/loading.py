"""The table of communes filled and replaced: COPY into a copy, then what differs is written, in one transaction."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import psycopg
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from traitdunion.clients.geo_api import CommuneRecord
from traitdunion.core.errors import Refused
from traitdunion.territories import names
from traitdunion.territories.communes import records
from traitdunion.territories.models import Commune

_TOLERATED_LOSS = 0.01  # France loses some 0.2 % of its communes in its busiest years of mergers
_COLUMNS = tuple(column.name for column in Commune.__table__.columns)
_LIST = ", ".join(_COLUMNS)
_OLD = ", ".join(f"communes.{name}" for name in _COLUMNS)
_NEW = ", ".join(
    f"coalesce(incoming.{name}, communes.{name})" if name in {"latitude", "longitude"} else f"incoming.{name}"
    for name in _COLUMNS
)
# Only the names of our own columns are put into these statements.
_ADD = f"""
    INSERT INTO communes ({_LIST}) SELECT {_LIST} FROM incoming
    WHERE latitude IS NOT NULL AND code NOT IN (SELECT code FROM communes)"""  # noqa: S608
_CHANGE = f"""
    UPDATE communes SET ({_LIST}) = ROW({_NEW}) FROM incoming
    WHERE incoming.code = communes.code AND ROW({_OLD}) IS DISTINCT FROM ROW({_NEW})"""  # noqa: S608
_REMOVE = "DELETE FROM communes WHERE code NOT IN (SELECT code FROM incoming)"


class DropRefused(Refused):
    """What was read has far fewer communes than the table."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a replacement did; `unplaced`: left out, because neither the source nor the table knows their centre."""

    read: int
    added: int
    changed: int
    removed: int
    unplaced: int


def load_facts(session: Session) -> Counts:
    """Fills the table from the facts of this repository; changes nothing when it is done already."""
    return replace(session, records.read(records.FACTS))


def is_empty(session: Session) -> bool:
    """No commune was ever loaded."""
    return session.scalar(select(func.count()).select_from(select(Commune.code).limit(1).subquery())) == 0


def replace(session: Session, communes: Collection[CommuneRecord], *, accept_drop: bool = False) -> Counts:
    """Makes the table hold `communes` and nothing else; the caller commits, so that it is never half replaced.

    A commune that came without a centre keeps the one it had. Raises DropRefused, with nothing changed, when more than
    1 % of the table would go, unless `accept_drop`.
    """
    by_code = {commune.code: commune for commune in communes}
    known = set(session.scalars(select(Commune.code)))
    gone = known - by_code.keys()
    if len(gone) > _TOLERATED_LOSS * len(known) and not accept_drop:
        raise DropRefused(
            f"Remplacement refusé : {len(gone)} communes sur {len(known)} disparaîtraient. Rien n’est changé ; "
            "si c’est voulu, relancez avec --accept-drop."
        )
    _copy(session, by_code.values())
    added = _rows(session, _ADD)
    changed = _rows(session, _CHANGE)
    removed = _rows(session, _REMOVE)
    unplaced = session.scalar(
        text("SELECT count(*) FROM incoming WHERE latitude IS NULL AND code NOT IN (SELECT code FROM communes)")
    )
    session.execute(text("DROP TABLE incoming"))
    for index in ("search_keys", "postcodes", "telling_words"):
        # Else each look-up would read, one by one, the rows that wait to be indexed, until the next vacuum.
        session.execute(select(func.gin_clean_pending_list(f"ix_communes_{index}")))
    session.expire_all()  # what the session holds was read before
    return Counts(len(by_code), added, changed, removed, unplaced or 0)


def _rows(session: Session, statement: str) -> int:
    return int(session.execute(text(statement)).rowcount)  # type: ignore[attr-defined]


def _copy(session: Session, communes: Iterable[CommuneRecord]) -> None:
    session.execute(text("CREATE TEMPORARY TABLE incoming (LIKE communes) ON COMMIT DROP"))
    for name in ("latitude", "longitude"):
        session.execute(text(f"ALTER TABLE incoming ALTER {name} DROP NOT NULL"))
    connection = session.connection().connection.dbapi_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101 — narrows the type
    with connection.cursor() as cursor, cursor.copy(f"COPY incoming ({_LIST}) FROM STDIN") as copy:
        for one in communes:
            copy.write_row(_row(one))
    session.execute(text("ANALYZE incoming"))


def _row(one: CommuneRecord) -> tuple[object, ...]:
    latitude, longitude = one.centre or (None, None)
    key = names.key(one.name)
    # Sorted, lest another order pass for a change.
    keys = [key, *sorted({names.key(name) for _, name in one.former} - {key})]
    former = sorted({code for code, _ in one.former} - {one.code})
    place = (one.department, one.region, latitude, longitude)
    return (
        one.code,
        one.name,
        one.kind,
        sorted(one.postcodes),
        one.population,
        *place,
        key,
        keys,
        names.telling_words(key),
        former,
    )
