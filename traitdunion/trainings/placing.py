"""Where an action takes place: its commune found by code, postcode, name or coordinates, its coordinates checked."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from traitdunion.trainings.drafts import Address

_FAR_KM = 30
"""Coordinates further than this from their commune's centre are not in it."""
_NEAREST_KM = 15
_SEVERAL = re.compile(r"\s+[–—/|-]\s+|[,;(]")
"""Between two communes, or a commune and its district: "Yutz – Thionville"."""


class Commune(Protocol):
    """What placing needs of a commune."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


class Communes(Protocol):
    """Look-ups in memory; `territories.communes.index.Index` has them."""

    def find_by_code(self, code: str) -> Commune | None: ...
    def find_by_postcode(self, postcode: str, name: str | None = None) -> Commune | None: ...
    def find_by_label(self, label: str) -> Commune | None: ...
    def nearest(self, latitude: float, longitude: float, *, within_km: float) -> Commune | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an action is, as far as is known; `is_approximate`: the coordinates are the commune's centre."""

    commune_code: str | None = None
    city: str | None = None
    department: str | None = None
    region_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_approximate: bool = False


class Placer:
    """Places the actions of one catalogue, and remembers its départements: they tell homonyms apart."""

    def __init__(self, communes: Communes) -> None:
        self._communes = communes
        self._departments: Counter[str] = Counter()

    def learn(self, addresses: Iterable[Address]) -> None:
        """Remembers where the catalogue is at home; call it with a batch before locating its addresses."""
        found = (self._known_commune(address) for address in addresses)
        self._departments.update(commune.department for commune in found if commune is not None)

    def locate(self, address: Address) -> Location:
        """The location; total: what is not found is left out. Coordinates out of the commune give way to its centre."""
        commune = self._known_commune(address) or self._homonym(address)
        point = _point(address)
        if commune is None and point is not None:
            commune = self._communes.nearest(*point, within_km=_NEAREST_KM)
        if commune is None:
            latitude, longitude = point or (None, None)
            return Location(city=address.city, latitude=latitude, longitude=longitude)
        centre = (commune.latitude, commune.longitude)
        # Latitude and longitude are swapped now and then.
        turned = (point, point[::-1]) if point is not None else ()
        inside = next((each for each in turned if _kilometres(each, centre) <= _FAR_KM), None)
        latitude, longitude = inside or centre
        return Location(
            commune_code=commune.code,
            city=commune.name,
            department=commune.department,
            region_code=commune.region,
            latitude=latitude,
            longitude=longitude,
            is_approximate=inside is None,
        )

    def _known_commune(self, address: Address) -> Commune | None:
        communes = self._communes
        # Some catalogues write the postcode again for the INSEE code, which may be another commune's code.
        if address.commune_code and address.commune_code != address.postcode:
            found = communes.find_by_code(address.commune_code)
            if found is not None:
                return found
        names = [] if address.city is None else [address.city, *_SEVERAL.split(address.city)]
        for name in dict.fromkeys(names):
            if address.postcode and (found := communes.find_by_postcode(address.postcode, name)):
                return found
            # A cedex has a postcode of its own, whose first figures are the département's.
            label = f"{_department(address.postcode)} - {name}" if address.postcode else name
            if name.strip() and (found := communes.find_by_label(label)):
                return found
        return communes.find_by_postcode(address.postcode) if address.postcode else None

    def _homonym(self, address: Address) -> Commune | None:
        """Of several communes of that name, the one in the département that the catalogue names most."""
        if address.city is None or address.postcode:
            return None
        labels = (f"{department} - {address.city}" for department, _ in self._departments.most_common())
        return next(filter(None, map(self._communes.find_by_label, labels)), None)


def _department(postcode: str) -> str:
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]


def _point(address: Address) -> tuple[float, float] | None:
    if address.latitude is None or address.longitude is None:
        return None
    return address.latitude, address.longitude


def _kilometres(one: tuple[float, ...], other: tuple[float, float]) -> float:
    # Flat distance: exact enough to tell whether a point is in a commune, and a hundred times faster than geodesic.
    north = (one[0] - other[0]) * 111.2
    east = (one[1] - other[1]) * 111.2 * math.cos(math.radians(other[0]))
    return math.hypot(north, east)
