"""Where an offer is: its commune found from code, label, postcode or coordinates, and its coordinates put right."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traitdunion.territories.communes.index import Entry, Index
from traitdunion.territories.communes.placing import settle
from traitdunion.territories.distances import Point

_LABEL = re.compile(r"^\s*(\d{2,3}|2[ABab])?\s*(?:-\s*)?(.*?)\s*(?:\((?:Dept\.?|\d{2,3})\))?\s*$", re.DOTALL)


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
    """The location that `lieuTravail` tells; total: what cannot be read is left out."""
    label = _text(place.get("libelle"))
    department, name = _split(label)
    point = _point(place.get("latitude"), place.get("longitude"))
    placed = settle(communes, _commune(place, label, name, communes), point)
    if placed is None:
        return Location(department=department, label=label, name=name)
    return Location(
        commune_code=placed.commune.code,
        department=placed.commune.department,
        label=label if label and any(sign.isalpha() for sign in label) else placed.commune.name,
        name=placed.commune.name,
        latitude=placed.point.latitude,
        longitude=placed.point.longitude,
        is_approximate=placed.is_approximate,
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


def _point(latitude: object, longitude: object) -> Point | None:
    try:
        point = Point(float(latitude), float(longitude))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    is_on_earth = all(math.isfinite(degrees) and abs(degrees) <= 180 for degrees in point)
    return point if is_on_earth and point != (0.0, 0.0) else None


def _text(value: object) -> str | None:
    return value.strip()[:200] or None if isinstance(value, str) else None
