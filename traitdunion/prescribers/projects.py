"""The project of a person: the job in view, around which place, how far, with or without a car."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.pathways.suggestions import Wish
from traitdunion.prescribers.models import CaseloadEntry
from traitdunion.rome import proposing
from traitdunion.rome.models import Occupation
from traitdunion.territories import communes
from traitdunion.territories.distances import Point

RADII = (5, 10, 20, 30, 50, 100)
"""Km that one may choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What was said of it. `occupation_code` is chosen among the proposals; None: the likeliest of the title."""

    title: str
    occupation_code: str | None
    place: str
    radius_km: int
    has_licence: bool | None


class UnknownPlace(Refused):
    """No commune bears that name."""


def proposals(session: Session, title: str) -> list[Occupation]:
    """The occupations that the title may mean, the likeliest first."""
    return proposing.propose(session, title) if title else []


def wish(entry: CaseloadEntry, *, radius_km: int) -> Wish | None:
    """What to look for; None while no occupation is chosen. `radius_km` where the project says none."""
    if entry.occupation_code is None:
        return None
    latitude, longitude = entry.latitude, entry.longitude
    return Wish(
        occupation_code=entry.occupation_code,
        near=None if latitude is None or longitude is None else Point(latitude, longitude),
        radius_km=entry.radius_km or radius_km,
        level=entry.person.level,
        has_licence=entry.has_licence,
        birth_date=entry.person.birth_date,
    )


def describe(session: Session, entry: CaseloadEntry, said: Project, *, near: Point, now: datetime) -> None:
    """Keeps the project, its occupation and the coordinates of its place. Raises UnknownPlace.

    Another title has another occupation: the one that was chosen for the former title does not stay. `near` tells
    homonyms of the place apart.
    """
    place, point = _place(session, said.place, near=near)
    codes = [one.code for one in proposals(session, said.title)]
    is_same = said.title == entry.project
    chosen = said.occupation_code if is_same and said.occupation_code in codes else None
    kept = entry.occupation_code if is_same and not said.occupation_code else None
    entry.project = said.title or None
    entry.occupation_code = chosen or kept or (codes[0] if codes else None)
    entry.place, entry.radius_km, entry.has_licence = place, said.radius_km, said.has_licence
    entry.latitude, entry.longitude = point or (None, None)
    entry.changed_at = now


def _place(session: Session, typed: str, *, near: Point) -> tuple[str | None, Point | None]:
    if not typed:
        return None, None
    found = communes.resolve(session, typed, near=near)
    if found.commune is None:
        raise UnknownPlace("Nous ne trouvons pas cette commune. Écrivez son nom ou son code postal.")
    return found.label, found.commune.centre
