"""The privacy register: what is held, why, for how long, and on what legal basis (RGPD, articles 13 and 30)."""

from dataclasses import dataclass

from sqlalchemy import MetaData, Table

from traitdunion.core.personal import PersonalData


class Undeclared(Exception):
    """A table says neither what personal data it holds nor that it holds none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One purpose, and the tables that serve it; texts are French sentences or ends of sentences."""

    tables: tuple[str, ...]
    purpose: str
    kept_for: str
    then: str
    legal_basis: str


def lines(metadata: MetaData) -> tuple[Line, ...]:
    """The register, sorted by its first table; tables that declare the same are one line. Raises Undeclared."""
    tables: dict[PersonalData, list[str]] = {}
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        declared = _declared(table)
        if declared is not None:
            tables.setdefault(declared, []).append(table.name)
    return tuple(
        Line(
            tables=tuple(names),
            purpose=declared.purpose,
            kept_for=declared.kept_for,
            then=declared.then.value,
            legal_basis=declared.legal_basis.value,
        )
        for declared, names in tables.items()
    )


def _declared(table: Table) -> PersonalData | None:
    declared = table.info.get("personal", "nothing")
    if declared is None or isinstance(declared, PersonalData):
        return declared
    raise Undeclared(f"Table {table.name} declares nothing of personal data in its info.")
