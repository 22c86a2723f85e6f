"""The area of an organisation: the communes and postcodes whose people it follows, as people type them and read them.

A person is known by a postcode: an area holds it when it names it, or one of the communes that have it.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.prescribers.kinds import AreaKind
from traitdunion.prescribers.models import Area, Organisation
from traitdunion.territories import areas as departments
from traitdunion.territories import communes
from traitdunion.territories.distances import Point
from traitdunion.territories.models import Commune, CommuneKind

MOST_WORDS = 400
"""Lines of an area as it is typed."""
_SEPARATORS = re.compile(r"[\n,;]+")
_POSTCODE = re.compile(r"\d{5}")


class AreaRefused(Refused):
    """Some of what was typed means nothing; the sentence names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was typed, understood: INSEE codes and postcodes."""

    communes: frozenset[str]
    postcodes: frozenset[str]


def read(session: Session, typed: str, *, near: Point) -> Reading:
    """Communes, postcodes, départements, one a line or parted by commas. Raises AreaRefused, with what is unknown."""
    words = [" ".join(word.split()) for word in _SEPARATORS.split(typed) if word.strip()]
    if not words:
        raise AreaRefused("Écrivez au moins une commune, un code postal ou un département.")
    if len(words) > MOST_WORDS:
        raise AreaRefused(f"{MOST_WORDS}\u00a0lignes au plus\u00a0: un département entier s’écrit par son nom.")
    known, postcodes, unknown = set[str](), set[str](), list[str]()
    for word in dict.fromkeys(words):
        if _POSTCODE.fullmatch(word):
            (postcodes.add if _is_postcode(session, word) else unknown.append)(word)
            continue
        place = communes.resolve(session, word, near=near)
        if place.area is not None:
            known |= _of_departments(session, place.departments)
        elif place.commune is not None and (not place.is_guess or place.commune.name.lower() == word.lower()):
            known.add(place.commune.code)
        else:
            unknown.append(word)
    if unknown:
        raise AreaRefused(
            f"Nous ne connaissons pas\u00a0: {', '.join(unknown[:10])}. Vérifiez, puis envoyez de nouveau."
        )
    return Reading(communes=frozenset(known), postcodes=frozenset(postcodes))


def replace(session: Session, organisation: Organisation, area: Reading) -> None:
    """The organisation follows the people of these places, and of no others."""
    session.execute(delete(Area).where(Area.organisation_id == organisation.id))
    add(session, organisation.id, communes=area.communes, postcodes=area.postcodes)
    session.expire(organisation, ["areas"])


def add(session: Session, organisation_id: int, *, communes: Collection[str], postcodes: Collection[str]) -> None:
    """These places too."""
    rows = [
        {"organisation_id": organisation_id, "kind": kind.value, "code": code}
        for kind, codes in ((AreaKind.COMMUNE, communes), (AreaKind.POSTCODE, postcodes))
        for code in sorted(codes)
    ]
    if rows:
        session.execute(insert(Area).values(rows).on_conflict_do_nothing())


def written(session: Session, organisation_id: int) -> Sequence[str]:
    """The area as one would type it: whole départements, communes « Name (département) », postcodes."""
    query = select(Area.kind, Area.code).where(Area.organisation_id == organisation_id)
    rows = session.execute(query).all()
    codes = {code for kind, code in rows if kind == AreaKind.COMMUNE}
    found = session.execute(
        select(Commune.code, Commune.name, Commune.department).where(Commune.code.in_(codes)).order_by(Commune.name)
    ).all()
    whole = _whole_departments(session, [department for _, _, department in found])
    labels = [departments.departments()[one].label for one in sorted(whole)]
    labels += [f"{name} ({department})" for _, name, department in found if department not in whole]
    return [*labels, *sorted(code for kind, code in rows if kind == AreaKind.POSTCODE)]


def holds(postcode: str) -> ColumnElement[bool]:
    """The row of an area holds the postcode."""
    having = select(Commune.code).where(Commune.postcodes.contains([postcode]))
    of_commune = (Area.kind == AreaKind.COMMUNE.value) & Area.code.in_(having)
    return or_((Area.kind == AreaKind.POSTCODE.value) & (Area.code == postcode), of_commune)


def _is_postcode(session: Session, code: str) -> bool:
    return session.scalar(select(Commune.code).where(Commune.postcodes.contains([code])).limit(1)) is not None


def _of_departments(session: Session, codes: Sequence[str]) -> set[str]:
    inhabited = Commune.kind == CommuneKind.COMMUNE, Commune.department.in_(codes)
    return set(session.scalars(select(Commune.code).where(*inhabited)))


def _whole_departments(session: Session, named: Sequence[str]) -> set[str]:
    inhabited = Commune.kind == CommuneKind.COMMUNE, Commune.department.in_(set(named))
    counts = session.execute(select(Commune.department, func.count()).where(*inhabited).group_by(Commune.department))
    return {department for department, count in counts if named.count(department) >= max(count, 2)}
