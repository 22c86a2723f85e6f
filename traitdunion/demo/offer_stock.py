"""The offers that the fake France Travail shows, and what a search finds among them."""

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any

import orjson

Offer = dict[str, Any]  # as the API writes it

_DEFAULT_KM = 10  # around a commune, when the call does not say


class ParameterRefused(Exception):
    """A parameter that the real service refuses, with its own words."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """The parameters of a search that the fake understands; it ignores the others."""

    departments: tuple[str, ...]
    communes: tuple[str, ...]
    distance: float
    since: datetime | None
    until: datetime | None
    sort: str

    @staticmethod
    def read(arguments: Mapping[str, str]) -> "Criteria":
        """Raises ParameterRefused as the real service answers 400."""
        departments = _codes(arguments, "departement", r"\d\d|2[AB]|97\d")
        communes = _codes(arguments, "commune", r"\d[\dAB]\d{3}")
        distance = arguments.get("distance", str(_DEFAULT_KM))
        if not distance.isdecimal():
            raise ParameterRefused("Format du paramètre « distance » incorrect. Entier attendu.")
        sort = arguments.get("sort", "0")
        if sort not in {"0", "1", "2"}:
            raise ParameterRefused("Format du paramètre « sort » incorrect. 0, 1 ou 2 attendu.")
        since, until = _instant(arguments, "minCreationDate"), _instant(arguments, "maxCreationDate")
        if (since is None) != (until is None):
            raise ParameterRefused("Les paramètres « minCreationDate » et « maxCreationDate » sont attendus ensemble.")
        return Criteria(departments, communes, float(distance), since, until, sort)


@dataclass(frozen=True, slots=True)
class _Published:
    offer: Offer
    line: bytes
    created: datetime
    department: str
    commune: str
    point: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Found:
    """The offers of a search as JSON, in its order, and the counts beside them (`filtresPossibles`)."""

    lines: list[bytes]
    filters: bytes


class Stock:
    """The offers on show, and the searches made since they last changed."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self._offers: dict[str, _Published] = {}
        self._searches: dict[Criteria, Found] = {}
        self._lock = threading.Lock()
        self.add(offers)

    def add(self, offers: Iterable[Offer]) -> None:
        """Shows the offers; one with a known id replaces the former."""
        with self._lock:
            self._offers |= {str(offer["id"]): _publish(offer) for offer in offers}
            self._searches.clear()

    def withdraw(self, ids: Iterable[str]) -> None:
        """Shows them no more; an unknown id is no matter."""
        with self._lock:
            for offer_id in ids:
                self._offers.pop(offer_id, None)
            self._searches.clear()

    def get(self, offer_id: str) -> bytes | None:
        """One offer as JSON."""
        found = self._offers.get(offer_id)
        return None if found is None else found.line

    def search(self, criteria: Criteria) -> Found:
        """All that meets the criteria, sorted."""
        with self._lock:
            if criteria not in self._searches:
                self._searches[criteria] = self._find(criteria)
            return self._searches[criteria]

    def _find(self, criteria: Criteria) -> Found:
        centres = [point for code in criteria.communes if (point := self._centre(code)) is not None]
        kept = []
        for one in self._offers.values():
            if criteria.departments and one.department not in criteria.departments:
                continue
            if criteria.since and criteria.until and not criteria.since <= one.created <= criteria.until:
                continue
            away = 0.0 if one.commune in criteria.communes else _away(one.point, centres)
            if criteria.communes and away > criteria.distance:
                continue
            kept.append((away, one))
        kept.sort(key=lambda each: each[1].created, reverse=True)
        if criteria.sort != "1":
            # By relevance, all being equal without keywords, then by distance; France Travail's own offers come first.
            kept.sort(key=lambda each: (each[0], _origin(each[1].offer)))
        contracts = Counter(str(one.offer.get("typeContrat", "")) for _, one in kept)
        counts = [{"valeurPossible": code, "nbResultats": count} for code, count in contracts.most_common() if code]
        filters = orjson.dumps([{"filtre": "typeContrat", "agregation": counts}])
        return Found([one.line for _, one in kept], filters)

    def _centre(self, commune: str) -> tuple[float, float] | None:
        points = [one.point for one in self._offers.values() if one.commune == commune and one.point]
        if not points:
            return None
        return sum(point[0] for point in points) / len(points), sum(point[1] for point in points) / len(points)


def _publish(offer: Offer) -> _Published:
    place = offer.get("lieuTravail") or {}
    commune = str(place.get("commune") or "")
    code = commune or str(place.get("codePostal") or "") or str(place.get("libelle") or "")
    matched = re.match(r"97\d|\d\d|2[AB]", code)
    point = (place["latitude"], place["longitude"]) if "latitude" in place and "longitude" in place else None
    return _Published(offer, orjson.dumps(offer), _created(offer), matched[0] if matched else "", commune, point)


def _created(offer: Offer) -> datetime:
    """When it was created; for a date that cannot be read, one that no window holds."""
    try:
        return datetime.fromisoformat(str(offer.get("dateCreation"))).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)


def _origin(offer: Offer) -> str:
    return str((offer.get("origineOffre") or {}).get("origine", ""))


def _away(point: tuple[float, float] | None, centres: list[tuple[float, float]]) -> float:
    """Kilometres to the nearest centre, on a sphere; infinite when nobody knows."""
    if point is None or not centres:
        return float("inf")
    latitude, longitude = map(radians, point)
    best = float("inf")
    for centre in centres:
        other, east = map(radians, centre)
        half = sin((latitude - other) / 2) ** 2 + cos(latitude) * cos(other) * sin((longitude - east) / 2) ** 2
        best = min(best, 2 * 6371 * asin(sqrt(half)))
    return best


def _codes(arguments: Mapping[str, str], name: str, pattern: str) -> tuple[str, ...]:
    codes = tuple(arguments[name].split(",")) if arguments.get(name) else ()
    if len(codes) > 5 or not all(re.fullmatch(pattern, code) for code in codes):
        raise ParameterRefused(f"Valeur du paramètre « {name} » incorrecte.")
    return codes


def _instant(arguments: Mapping[str, str], name: str) -> datetime | None:
    text = arguments.get(name)
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ParameterRefused(f"Format du paramètre « {name} » incorrect. yyyy-MM-dd'T'HH:mm:ss'Z' attendu.") from None
