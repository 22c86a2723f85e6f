"""Two records of one person become one: all that hangs on the second hangs on the first, then the second is erased.

The tables are found in the models, so that none is forgotten: each foreign key that points at the second record is made
to point at the first. Where a table would then hold two rows of which it allows one, these two become one in the same
way. A table says in its `info["merging"]` what else must happen there:
- `REFUSE`: two such rows cannot become one (bookings): the merger is refused;
- `{"state": ("active", "left")}`: the row whose value comes first stays; elsewhere, that of the first record does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    TextClause,
    UniqueConstraint,
    and_,
    delete,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traitdunion.accounts import audit
from traitdunion.accounts.models import Person, SignIn
from traitdunion.core.db import Base
from traitdunion.core.errors import Refused
from traitdunion.notifications import messages

REFUSE = "refuse"

Row = Mapping[str, Any]

_FILLED_IN = ("email", "phone", "birth_date", "postcode", "status", "level", "training_wish")


class MergeRefused(Refused):
    """The two records cannot become one; the sentence says why."""


@dataclass(frozen=True, slots=True)
class _Key:
    """Columns whose values, together, are one row's alone, among those that meet the condition."""

    columns: tuple[Column[Any], ...]
    condition: ColumnElement[bool] | TextClause | None = None
    equals_nulls: bool = False

    @property
    def flag(self) -> Column[Any] | None:
        """The condition, where it is only that a column is true: one row at most bears the flag."""
        found = self.columns[0].table.c.get(str(self.condition)) if self.condition is not None else None
        return found if found is not None and isinstance(found.type, Boolean) else None


def merge(session: Session, kept: Person, gone: Person, *, by: int | None, now: datetime) -> Mapping[str, int]:
    """`kept` is the person from now on, and has what `gone` had; returns the rows that changed hands, by table.

    What `kept` does not say is taken from `gone`, addresses included. Whoever was signed in as `gone` signs in again.
    Written in the audit, and told to the person. Raises MergeRefused, with nothing changed.
    """
    if kept.id == gone.id:
        raise MergeRefused("Choisissez deux fiches différentes.")
    if gone.is_operator:
        raise MergeRefused("Cette personne administre le service\u00a0: retirez-lui d’abord ce droit.")
    gone_id, former, merger = gone.id, gone.address, _Merger(session)
    try:
        with session.begin_nested():
            session.execute(
                select(Person.id).where(Person.id.in_((kept.id, gone.id))).order_by(Person.id).with_for_update()
            )
            session.execute(delete(SignIn).where(SignIn.person_id == gone.id))
            said = _said(kept, gone)
            merger.repoint(Base.metadata.tables["people"], {"id": kept.id}, {"id": gone.id})
            session.execute(delete(Person).where(Person.id == gone.id))
            session.execute(update(Person).where(Person.id == kept.id).values(said))
    except IntegrityError:
        raise MergeRefused(
            "Ces deux fiches ont des réservations qui se chevauchent\u00a0: annulez d’abord l’une des deux."
        ) from None
    session.expire_all()
    audit.record(
        session,
        by=by,
        act="person.merge",
        subject="people",
        subject_id=kept.id,
        details={"gone": gone_id, "moved": merger.counts},
        now=now,
    )
    for number, address in enumerate(dict.fromkeys((kept.address, former))):
        key = f"people-merged:{kept.id}:{gone_id}:{number}"
        messages.write(session, to=address, kind="people_merged", key=key, values={"person": kept}, now=now)
    return merger.counts


def pointing_at(table: Table) -> Iterator[ForeignKeyConstraint]:
    """Every foreign key of the models that refers to the table, by the name of its own."""
    for child in sorted(Base.metadata.tables.values(), key=lambda one: one.name):
        for constraint in sorted(child.foreign_key_constraints, key=lambda one: str(one.name)):
            if constraint.referred_table is table:
                yield constraint


def _said(kept: Person, gone: Person) -> dict[str, Any]:
    """What the person is from now on: what `kept` says, else what `gone` said."""
    said = {name: _first(getattr(kept, name), getattr(gone, name)) for name in _FILLED_IN}
    if not kept.given_name and not kept.family_name:
        said |= {"given_name": gone.given_name, "family_name": gone.family_name}
    return said | {
        "seen_at": max((at for at in (kept.seen_at, gone.seen_at) if at), default=None),
        "banned_at": _first(kept.banned_at, gone.banned_at),
        "created_at": min(kept.created_at, gone.created_at),
    }


def _first(one: Any, other: Any) -> Any:
    return other if one is None else one


class _Merger:
    """Makes rows take the place of others; `counts`: how many changed hands, by table."""

    def __init__(self, session: Session) -> None:
        self.counts: dict[str, int] = {}
        self._session = session

    def repoint(self, table: Table, kept: Row, gone: Row) -> None:
        """All that refers to the row `gone` of the table refers to its row `kept`."""
        for constraint in pointing_at(table):
            child = constraint.table
            old = {element.parent.name: gone[element.column.name] for element in constraint.elements}
            new = {element.parent.name: kept[element.column.name] for element in constraint.elements}
            for key in _keys(child):
                if any(column.name in old for column in key.columns):
                    self._settle(child, key, old, new)
            done = self._session.execute(update(child).where(_are(child, old)).values(new).returning(literal(1)))
            count = len(done.all())
            if count:
                name = str(child.name)  # of a class of SQLAlchemy's own, which JSON does not know
                self.counts[name] = self.counts.get(name, 0) + count

    def _settle(self, table: Table, key: _Key, old: Row, new: Row) -> None:
        """Leaves one row wherever the key would meet two."""
        for row, other in self._pairs(table, key, old, new):
            if key.flag is not None and all(column.name in old for column in key.columns):
                self._session.execute(update(table).where(_is(table, row)).values({key.flag.name: False}))
                continue
            if table.info.get("merging") == REFUSE:
                raise MergeRefused(
                    "Ces deux fiches ont chacune une réservation pour la même immersion\u00a0: annulez l’une d’abord."
                )
            stays, goes = (row, other) if _is_stronger(table, row, other) else (other, row)
            self.repoint(table, stays, goes)
            self._session.execute(delete(table).where(_is(table, goes)))
            flags = {one.flag.name for one in _keys(table) if one.flag is not None and goes[one.flag.name]}
            if flags:
                self._session.execute(update(table).where(_is(table, stays)).values(dict.fromkeys(flags, True)))

    def _pairs(self, table: Table, key: _Key, old: Row, new: Row) -> list[tuple[Row, Row]]:
        """The rows that would meet: one of the second record, and that of the first."""
        others = [column.name for column in key.columns if column.name not in old]

        def rows(pointers: Row) -> list[Row]:
            query = select(table).where(_are(table, pointers))
            found = self._session.execute(query if key.condition is None else query.where(key.condition))
            return [dict(row) for row in found.mappings()]

        def value(row: Row) -> tuple[Any, ...] | None:
            found = tuple(row[name] for name in others)
            return found if key.equals_nulls or None not in found else None

        by_value = {value(row): row for row in rows(new)}
        return [(row, by_value[found]) for row in rows(old) if (found := value(row)) is not None and found in by_value]


def _is_stronger(table: Table, row: Row, other: Row) -> bool:
    ranks = table.info.get("merging")
    if not isinstance(ranks, Mapping):
        return False
    return any(list(order).index(row[name]) < list(order).index(other[name]) for name, order in ranks.items())


def _keys(table: Table) -> list[_Key]:
    """What is unique in the table, flags first: whoever takes a row's place may take its flag, once it is free."""
    found = []
    for constraint in table.constraints:
        if isinstance(constraint, PrimaryKeyConstraint):
            found.append(_Key(tuple(constraint.columns)))
        elif isinstance(constraint, UniqueConstraint):
            equals = bool(constraint.dialect_options["postgresql"].get("nulls_not_distinct"))
            found.append(_Key(tuple(constraint.columns), equals_nulls=equals))
    found += [_Key(tuple(index.columns), _condition(index)) for index in table.indexes if index.unique]
    return sorted(found, key=lambda key: (key.flag is None, [column.name for column in key.columns]))


def _condition(index: Index) -> ColumnElement[bool] | TextClause | None:
    found: ColumnElement[bool] | str | None = index.dialect_options["postgresql"].get("where")
    return text(found) if isinstance(found, str) else found


def _are(table: Table, values: Row) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in values.items()))


def _is(table: Table, row: Row) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key.columns))
