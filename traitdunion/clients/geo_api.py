"""The State's « API Découpage administratif » (geo.api.gouv.fr): every commune of France in one answer of 8 MB.

Source: geo.api.gouv.fr/decoupage-administratif/communes and the service's code (github.com/datagouv/api-geo), read on
2026-11-21. Without `type`, the districts of Paris, Lyon and Marseille are left out.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import requests

from traitdunion.clients.http import Caller, Patience, Rejected, Unavailable, read_json

__all__ = ["ARRONDISSEMENT", "COMMUNE", "CommuneRecord", "GeoApi", "Rejected", "Unavailable", "read"]

Centre = tuple[float, float]  # latitude, longitude

COMMUNE = "commune"
ARRONDISSEMENT = "arrondissement"

_KINDS = {"commune-actuelle": COMMUNE, "arrondissement-municipal": ARRONDISSEMENT}
_FIELDS = "code,nom,type,centre,codesPostaux,population,codeDepartement,codeRegion,associees,deleguees"
_PATIENCE = Patience(read=60.0, attempts=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneRecord:
    """A commune, or a district of Paris, Lyon or Marseille, as its publisher knows it."""

    code: str  # INSEE
    name: str
    kind: str  # COMMUNE or ARRONDISSEMENT
    postcodes: tuple[str, ...]
    population: int
    department: str
    region: str
    centre: Centre | None  # None for some overseas
    former: tuple[tuple[str, str], ...] = ()
    """Code and name of the communes that joined it and kept a mayor (déléguées, associées)."""


class GeoApi:
    """A client of the API at `url`."""

    def __init__(
        self, url: str, *, patience: Patience = _PATIENCE, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url.rstrip("/")
        self._caller = Caller("geo.api.gouv.fr", patience=patience, sleep=sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._caller.__exit__(*exception)

    def communes(self) -> list[CommuneRecord]:
        """Every commune and municipal district. Raises Unavailable, also for an answer cut short, or Rejected."""
        return self._caller.call(
            "communes",
            "GET",
            f"{self._url}/communes",
            params={"fields": _FIELDS, "type": ",".join(_KINDS)},
            read=_read_all,
        )


def _read_all(response: requests.Response) -> list[CommuneRecord]:
    answer = read_json(response)
    if not isinstance(answer, list):
        raise ValueError("une liste de communes est attendue")
    return [read(commune) for commune in answer]


def read(commune: Mapping[str, Any]) -> CommuneRecord:
    """One object of the answer. Raises ValueError, in French, when what a commune needs is missing or absurd."""
    try:
        return CommuneRecord(
            code=_text(commune["code"]),
            name=_text(commune["nom"]),
            kind=_KINDS[commune.get("type", "commune-actuelle")],
            postcodes=tuple(_text(postcode) for postcode in commune.get("codesPostaux", ())),
            population=_whole(commune.get("population") or 0),
            department=_text(commune["codeDepartement"]),
            region=_text(commune["codeRegion"]),
            centre=_centre(commune.get("centre")),
            former=tuple(
                (_text(part["code"]), _text(part["nom"]))
                for list_name in ("associees", "deleguees")
                for part in commune.get(list_name) or ()
            ),
        )
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError(f"commune illisible ({error})") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"un texte est attendu, et non {value!r}")
    return value.strip()


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise ValueError(f"un nombre entier est attendu, et non {value!r}")
    return value


def _centre(point: Mapping[str, Any] | None) -> Centre | None:
    """Of a GeoJSON point, which gives the longitude first."""
    if point is None:
        return None
    longitude, latitude = point["coordinates"][0], point["coordinates"][1]
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        raise ValueError(f"un point GeoJSON est attendu, et non {point!r}")
    return float(latitude), float(longitude)
