"""Where an action takes place: its commune found by code, postcode, name or coordinates, its coordinates checked."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from traitdunion.territories.communes.index import Entry, Index
from traitdunion.territories.communes.placing import settle
from traitdunion.territories.distances import Point
from traitdunion.trainings.drafts import Address

_SEVERAL = re.compile(r"\s+[–—/|-]\s+|[,;(]")
"""Between two communes, or a commune and its district: "Yutz – Thionville"."""


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

    def __init__(self, communes: Index) -> None:
        self._communes = communes
        self._departments: Counter[str] = Counter()

    def learn(self, addresses: Iterable[Address]) -> None:
        """Remembers where the catalogue is at home; call it with a batch before locating its addresses."""
        found = (self._known_commune(address) for address in addresses)
        self._departments.update(commune.department for commune in found if commune is not None)

    def locate(self, address: Address) -> Location:
        """The location; total: what is not found is left out. Coordinates out of the commune give way to its centre."""
        point = _point(address)
        placed = settle(self._communes, self._known_commune(address) or self._homonym(address), point)
        if placed is None:
            latitude, longitude = point or (None, None)
            return Location(city=address.city, latitude=latitude, longitude=longitude)
        return Location(
            commune_code=placed.commune.code,
            city=placed.commune.name,
            department=placed.commune.department,
            region_code=placed.commune.region,
            latitude=placed.point.latitude,
            longitude=placed.point.longitude,
            is_approximate=placed.is_approximate,
        )

    def _known_commune(self, address: Address) -> Entry | None:
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

    def _homonym(self, address: Address) -> Entry | None:
        """Of several communes of that name, the one in the département that the catalogue names most."""
        if address.city is None or address.postcode:
            return None
        labels = (f"{department} - {address.city}" for department, _ in self._departments.most_common())
        return next(filter(None, map(self._communes.find_by_label, labels)), None)


def _department(postcode: str) -> str:
    return postcode[:3] if postcode.startswith(("97", "98")) else postcode[:2]


def _point(address: Address) -> Point | None:
    if address.latitude is None or address.longitude is None:
        return None
    return Point(address.latitude, address.longitude)
