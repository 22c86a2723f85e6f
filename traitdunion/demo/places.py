"""Where the demonstration happens: communes around the centre of a territory, the larger the likelier."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.territories.distances import within
from traitdunion.territories.models import Commune, CommuneKind
from traitdunion.territories.territory import Territory

RADIUS_KM = 35


class Town(NamedTuple):
    """A commune, as `territories.models.Commune` describes it."""

    code: str
    name: str
    postcodes: tuple[str, ...]
    population: int
    department: str
    region: str
    latitude: float
    longitude: float


def around(session: Session, territory: Territory) -> list[Town]:
    """The inhabited communes of the territory's départements within 35 km of its centre, by code."""
    found = session.scalars(
        select(Commune)
        .where(
            Commune.kind == CommuneKind.COMMUNE,
            Commune.department.in_(territory.departments),
            Commune.population > 0,
            within(Commune.latitude, Commune.longitude, territory.centre, RADIUS_KM),
        )
        .order_by(Commune.code)
    )
    return [
        Town(
            one.code,
            one.name,
            tuple(sorted(one.postcodes)),
            one.population,
            one.department,
            one.region,
            one.latitude,
            one.longitude,
        )
        for one in found
        if one.postcodes
    ]


def draw(random: Random, towns: Sequence[Town]) -> Town:
    """One of the towns, by chance and population."""
    return random.choices(towns, [town.population for town in towns])[0]


def at(name: str) -> str:
    """The name after « à », contracted as French does: « au Ban », « aux Ulis », « à La Baule »."""
    if name.startswith("Le "):
        return f"au {name[3:]}"
    if name.startswith("Les "):
        return f"aux {name[4:]}"
    return f"à {name}"
