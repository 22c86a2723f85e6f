"""A fake « API Recherche d’entreprises »: an establishment by its SIRET, with the limits and statuses of the real one.

It shows the establishments it is given. `POST /_faults` (see `faults`) or `fake.faults` make it fail on demand, and it
never answers about those it is told to be `silent` on. What it imitates: the service's OpenAPI text (2026-11-21).
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from traitdunion.demo import faults
from traitdunion.demo.faults import Fault, Faults, Kind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_ROUTES = Map(
    [
        Rule("/search", endpoint="search", methods=["GET"]),
        Rule("/_faults", endpoint="faults", methods=["POST", "DELETE"]),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An establishment as the register knows it."""

    siret: str
    name: str
    legal_name: str
    naf: str
    street: str
    postcode: str
    commune_code: str
    city: str
    latitude: float
    longitude: float
    is_open: bool = True


class FakeCompanyRegister:
    """A WSGI application; `serving` puts it on the loopback. Safe under threads."""

    def __init__(
        self,
        known: Iterable[Known] = (),
        *,
        silent: Collection[str] = (),
        calls_per_second: int = 7,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.faults = Faults()
        self._known = {one.siret: one for one in known}
        self._silent, self._calls_per_second, self._clock = frozenset(silent), calls_per_second, clock
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        try:
            endpoint, _ = _ROUTES.bind_to_environ(environ).match()
        except HTTPException as error:
            return error.get_response(environ)(environ, start_response)
        if endpoint == "faults":
            return self.faults.plan(request)(environ, start_response)
        fault = self.faults.strike(endpoint)
        response = _before(fault) or self._search(request.args)
        return faults.spoiled(response, fault)(environ, start_response)

    def _search(self, asked: Mapping[str, str]) -> Response:
        if not self._has_calls_left():
            return _json({"erreur": "Trop de requêtes."}, 429, {"Retry-After": "1"})
        words = "".join(asked.get("q", "").split())
        if len(words) < 3:
            return _json({"erreur": "3 caractères minimum pour les termes de la requête."}, 400)
        if words in self._silent:
            return _json({"erreur": "Une erreur est survenue."}, 503)
        found = self._known.get(words)
        results = [] if found is None else [_firm(found)]
        return _json(
            {"results": results, "total_results": len(results), "page": 1, "per_page": 1, "total_pages": len(results)}
        )

    def _has_calls_left(self) -> bool:
        """Counts this call among those of the second that ends now."""
        now = self._clock()
        with self._lock:
            while self._recent and self._recent[0] <= now - 1:
                self._recent.popleft()
            self._recent.append(now)
            return len(self._recent) <= self._calls_per_second


def _firm(known: Known) -> dict[str, Any]:
    place = {
        "siret": known.siret,
        "adresse": f"{known.street} {known.postcode} {known.city}".upper(),
        "code_postal": known.postcode,
        "commune": known.commune_code,
        "libelle_commune": known.city.upper(),
        "latitude": str(known.latitude),
        "longitude": str(known.longitude),
        "activite_principale": known.naf,
        "etat_administratif": "A" if known.is_open else "F",
        "liste_enseignes": [known.name],
        "nom_commercial": None,
    }
    return {
        "siren": known.siret[:9],
        "nom_complet": known.legal_name,
        "nom_raison_sociale": known.legal_name,
        "sigle": None,
        "activite_principale": known.naf,
        "etat_administratif": place["etat_administratif"],
        "siege": place,
        "matching_etablissements": [place],
    }


def _before(fault: Fault | None) -> Response | None:
    """Does what the fault does before the answer, or instead of it."""
    if fault is None:
        return None
    if fault.kind is Kind.TOO_MANY:
        return _json({"erreur": "Trop de requêtes."}, 429, {"Retry-After": fault.retry_after or "1"})
    if fault.kind is Kind.ERROR:
        return _json({"erreur": "Une erreur est survenue."}, fault.status)
    if fault.kind is Kind.SLOW:
        time.sleep(fault.seconds)
    return None


def _json(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    response = Response(orjson.dumps(body), status, content_type="application/json")
    response.headers.update(headers or {})
    return response
