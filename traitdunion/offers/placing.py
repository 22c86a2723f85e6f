"""Where an offer is: its commune found from code, label, postcode or coordinates, and its coordinates put right."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traitdunion.territories.communes.index import Entry, Index

_LABEL = re.compile(r"^\s*(\d{2,3}|2[ABab])?\s*(?:-\s*)?(.*?)\s*(?:\((?:Dept\.?|\d{2,3})\))?\s*$", re.DOTALL)
_FAR_KM = 30
"""Coordinates further than this from their commune's centre are not in it: the widest commune of mainland France,
Arles, reaches 40 km, but its people live within 30."""
_NEAREST_KM = 15
"""Coordinates without a commune belong to the commune whose centre is nearest, within this distance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an offer is, as far as is known; `is_approximate`: the coordinates are the commune's centre."""

    commune_code: str | None = None
    department: str | None = None
    label: str | None = None
    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    is_approximate: bool = False


def locate(place: Mapping[str, Any], communes: Index) -> Location:
    """The location that `lieuTravail` tells; total: what cannot be read is left out.

    Latitude and longitude are swapped in some 60 of 4,553 real offers: they are put back when that brings them to the
    commune, or, without commune, to one. Coordinates in another part of France than the commune are given up.
    """
    label = _text(place.get("libelle"))
    department, name = _split(label)
    commune = _commune(place, label, name, communes)
    point = _point(place.get("latitude"), place.get("longitude"))
    if commune is None:
        for turned in (point, _turned(point)):
            if turned is not None and (near := communes.nearest(*turned, within_km=_NEAREST_KM)) is not None:
                return _at(near, turned, label)
        return Location(department=department, label=label, name=name)
    for turned in (point, _turned(point)):
        if turned is not None and _kilometres(turned, (commune.latitude, commune.longitude)) <= _FAR_KM:
            return _at(commune, turned, label)
    return _at(commune, None, label)


def _at(commune: Entry, point: tuple[float, float] | None, label: str | None) -> Location:
    latitude, longitude = point or (commune.latitude, commune.longitude)
    return Location(
        commune_code=commune.code,
        department=commune.department,
        label=label if label and any(sign.isalpha() for sign in label) else commune.name,
        name=commune.name,
        latitude=latitude,
        longitude=longitude,
        is_approximate=point is None,
    )


def _commune(place: Mapping[str, Any], label: str | None, name: str | None, communes: Index) -> Entry | None:
    code, postcode = _text(place.get("commune")), _text(place.get("codePostal"))
    found = communes.find_by_code(code) if code else None
    if found is None and postcode:
        found = communes.find_by_postcode(postcode, name)
    if found is None and label and name:
        found = communes.find_by_label(label)
    return found


def _split(label: str | None) -> tuple[str | None, str | None]:
    """The département and the name in "57 - METZ", "75", "France", "75 - Paris (Dept.)"."""
    found = _LABEL.match(label or "")
    if found is None:
        return None, None
    return (found[1].upper() if found[1] else None), (found[2] or None)


def _point(latitude: object, longitude: object) -> tuple[float, float] | None:
    try:
        point = float(latitude), float(longitude)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    is_on_earth = all(math.isfinite(degrees) for degrees in point) and abs(point[0]) <= 180 and abs(point[1]) <= 180
    return point if is_on_earth and point != (0.0, 0.0) else None


def _turned(point: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if point is None else (point[1], point[0])


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    # Flat distance: exact enough to tell a commune from its swapped twin, and a hundred times faster than geodesic.
    north = (one[0] - other[0]) * 111.2
    east = (one[1] - other[1]) * 111.2 * math.cos(math.radians(other[0]))
    return math.hypot(north, east)


def _text(value: object) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None
