"""Every commune in memory, for imports: look-ups in microseconds, without a question to the database."""

import math
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traitdunion.territories import areas, names
from traitdunion.territories.models import Commune, CommuneKind

_CELL = 0.1  # degrees: some 11 km from north to south
_DEGREE_KM = 111.2
_REMEMBERED = 100_000  # labels; France has 35,000 communes, and sources write each in one or two ways


class Entry(NamedTuple):
    """A commune, as `models.Commune` describes it."""

    code: str
    name: str
    kind: str
    postcodes: tuple[str, ...]
    population: int
    department: str
    region: str
    latitude: float
    longitude: float
    keys: tuple[str, ...]
    former_codes: tuple[str, ...]


class Index:
    """Built once per run; holds no session and never changes. Some 35 MB for the whole of France."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_code: dict[str, Entry] = {}
        self._by_postcode: dict[str, list[Entry]] = defaultdict(list)
        self._by_key: dict[str, list[Entry]] = defaultdict(list)
        self._cells: dict[tuple[int, int], list[Entry]] = defaultdict(list)
        self._by_department: dict[str, list[Entry]] = defaultdict(list)
        self._labels: dict[str, Entry | None] = {}
        former: dict[str, Entry] = {}
        for entry in entries:
            self._by_code[entry.code] = entry
            for postcode in entry.postcodes:
                self._by_postcode[postcode].append(entry)
            for key in entry.keys:
                self._by_key[key].append(entry)
            for code in entry.former_codes:
                former[code] = entry
            if entry.kind == CommuneKind.COMMUNE:
                self._by_department[entry.department].append(entry)
                self._cells[_cell(entry.latitude, entry.longitude)].append(entry)
        for code, entry in former.items():
            self._by_code.setdefault(code, entry)

    @classmethod
    def load(cls, session: Session) -> "Index":
        """The index of the table as it is now."""
        # PostgreSQL joins the lists and Python splits them again: three times faster than reading arrays.
        columns = (
            *(Commune.code, Commune.name, Commune.kind, func.array_to_string(Commune.postcodes, " ")),
            *(Commune.population, Commune.department, Commune.region, Commune.latitude, Commune.longitude),
            *(func.array_to_string(Commune.search_keys, "|"), func.array_to_string(Commune.former_codes, " ")),
        )
        rows = session.execute(select(*columns).order_by(Commune.population.desc(), Commune.code))
        return cls(
            Entry(
                code=code,
                name=name,
                kind=kind,
                postcodes=tuple(postcodes.split()),
                population=population,
                department=department,
                region=region,
                latitude=latitude,
                longitude=longitude,
                keys=tuple(keys.split("|")),
                former_codes=tuple(former.split()),
            )
            for code, name, kind, postcodes, population, department, region, latitude, longitude, keys, former in rows
        )

    def __len__(self) -> int:
        return len(self._by_code)

    def find_by_code(self, code: str) -> Entry | None:
        """The commune of that INSEE code, today's or that of a commune which joined it."""
        return self._by_code.get(code)

    def find_by_postcode(self, postcode: str, name: str | None = None) -> Entry | None:
        """The commune of that postcode: the one so named, else the only one; None when that does not tell.

        A district says more than its city: one of its postcodes is enough.
        """
        found = self._by_postcode.get(postcode, [])
        found = [entry for entry in found if entry.kind == CommuneKind.ARRONDISSEMENT] or found
        if name and len(found) > 1:
            key = names.read(name).key
            found = [entry for entry in found if key in entry.keys] or found
        return found[0] if len(found) == 1 else None

    def find_by_label(self, label: str) -> Entry | None:
        """The commune in "57 - METZ", "Metz (57)", "57000 Metz", "Metz"; None for a département, a région, a homonym.

        Of homonyms in the département that the label names, the most populous.
        """
        if label not in self._labels:
            if len(self._labels) >= _REMEMBERED:
                self._labels.clear()
            self._labels[label] = self._read_label(label)
        return self._labels[label]

    def nearest(self, latitude: float, longitude: float, *, within_km: float) -> Entry | None:
        """The commune (a city rather than its districts) whose centre is nearest, no further than `within_km`."""
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also refuses NaN
            return None
        narrowing = max(math.cos(math.radians(latitude)), 0.01)
        row, column = _cell(latitude, longitude)
        best, best_square = None, (within_km / _DEGREE_KM) ** 2
        ring = 0
        # The rings of cells around the point, until none of their points can be nearer.
        while ((ring - 1) * _CELL * narrowing) ** 2 <= best_square or ring < 2:
            for north, east in _ring(ring):
                for entry in self._cells.get((row + north, column + east), ()):
                    # A flat degree is exact enough to tell which of two communes is nearer.
                    dx = (entry.longitude - longitude) * narrowing
                    square = (entry.latitude - latitude) ** 2 + dx * dx
                    if square <= best_square:
                        best, best_square = entry, square
            ring += 1
        return best

    def _read_label(self, label: str) -> Entry | None:
        reading = names.read(label)
        if reading.postcode:
            return self.find_by_postcode(reading.postcode, reading.key) or self._by_code.get(reading.postcode)
        if self._is_area(reading):
            return None
        found = self._by_key.get(reading.key, [])
        if reading.department and reading.key:
            found = [entry for entry in found if entry.department == reading.department][:1]
            if not found:  # « 71 - LOUHANS » is Louhans-Châteaurenaud
                whole = self._by_department.get(reading.department, ())
                found = [entry for entry in whole if entry.keys[0].startswith(f"{reading.key} ")]
        return found[0] if len(found) == 1 else None

    def _is_area(self, reading: names.Reading) -> bool:
        """« 53 - Mayenne » is the département, « 38 - VIENNE » a commune, « 75 - Paris » both at once: the commune."""
        area = areas.find(reading.key)
        if area is None or (reading.department and reading.department not in area.departments):
            return False
        return len(area.departments) > 1 or len(self._by_department.get(area.departments[0], ())) != 1


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return math.floor(latitude / _CELL), math.floor(longitude / _CELL)


@cache
def _ring(distance: int) -> tuple[tuple[int, int], ...]:
    """The cells at that distance (in cells, diagonals included) from the one in the middle."""
    side = range(-distance, distance + 1)
    return tuple((north, east) for north in side for east in side if max(abs(north), abs(east)) == distance)
