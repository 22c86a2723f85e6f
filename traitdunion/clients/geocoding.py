"""The State's geocoder (Base Adresse Nationale, data.geopf.fr), by geopy: coordinates of an address.

geopy's own default host stopped answering on 2026-01-31. Below a score of 0.5 the answer may be another town's
(La bonne alternance met 0.52 for a wrong city, hence the commune is compared too). 50 calls a second are allowed.
"""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from geopy.adapters import RequestsAdapter
from geopy.exc import GeopyError
from geopy.geocoders import BANFrance

from traitdunion.clients.http import Unavailable

__all__ = ["Geocoded", "Geocoder", "Unavailable"]

LEAST_SCORE = 0.5
_TIMEOUT = 3.0  # seconds

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Geocoded:
    """Where an address is: degrees, WGS 84."""

    latitude: float
    longitude: float
    label: str
    postcode: str
    commune_code: str
    score: float
    """From 0 to 1, at least LEAST_SCORE."""


class Geocoder:
    """A client of the service at `url`."""

    def __init__(self, url: str, *, timeout: float = _TIMEOUT) -> None:
        parts = urlsplit(url)
        self._geocoder = BANFrance(
            domain=parts.netloc + parts.path.rstrip("/"),
            scheme=parts.scheme,
            timeout=timeout,
            user_agent="traitdunion",
            adapter_factory=RequestsAdapter,
        )

    def find(self, address: str) -> Geocoded | None:
        """Where the address is; None when nothing is likely enough. Raises Unavailable."""
        started = time.perf_counter()
        log = _log.bind(system="data.geopf.fr", operation="geocode")
        try:
            found = self._geocoder.geocode(address, limit=1)
        except (GeopyError, ValueError, LookupError, TypeError, AttributeError) as error:
            log.warning("outside call abandoned", reason=type(error).__name__)
            # `from None`: the cause carries the address.
            raise Unavailable("data.geopf.fr ne répond pas.") from None
        log.debug("outside call", ms=round((time.perf_counter() - started) * 1000))
        return None if found is None else _read(found.raw, found.latitude, found.longitude)


def _read(feature: dict[str, object], latitude: float, longitude: float) -> Geocoded | None:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return None
    score = properties.get("score")
    if not isinstance(score, int | float) or score < LEAST_SCORE:
        return None
    return Geocoded(
        latitude=latitude,
        longitude=longitude,
        label=str(properties.get("label", "")),
        postcode=str(properties.get("postcode", "")),
        commune_code=str(properties.get("citycode", "")),
        score=float(score),
    )
