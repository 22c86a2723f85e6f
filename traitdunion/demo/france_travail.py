"""A fake France Travail: OAuth2 and « Offres d’emploi v2 », with the limits, texts and statuses of the real ones.

It serves the offers it is given (objects as the API writes them). `POST /_faults` (see `faults`) or `fake.faults` make
it fail on demand. What it imitates was read in DOMAIN 3.1 and in public accounts of the real service (August 2026):
an unknown token gets 401 with an empty body, an empty search 204 with `Content-Range: */0`.
"""

import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from traitdunion.demo.faults import Fault, Faults, Kind, spoiled
from traitdunion.demo.offer_stock import Criteria, Offer, ParameterRefused, Stock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

TOKEN_PATH = "/connexion/oauth2/access_token"  # noqa: S105 — an address
API_PATH = "/partenaire/offresdemploi/v2"
CLIENT_ID, CLIENT_SECRET = "demonstration", "demonstration"  # what it accepts unless told otherwise

_SCOPES = {"api_offresdemploiv2", "o2dsoffre"}
_PAGE, _LAST_START = 150, 3000
_ROUTES = Map(
    [
        Rule(TOKEN_PATH, endpoint="token", methods=["POST"]),
        Rule(f"{API_PATH}/offres/search", endpoint="search", methods=["GET"]),
        Rule(f"{API_PATH}/offres/<offer_id>", endpoint="offer", methods=["GET"]),
        Rule("/_faults", endpoint="faults", methods=["POST", "DELETE"]),
    ]
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call received, for tests: seconds of the fake's clock, route, parameters."""

    at: float
    route: str
    arguments: Mapping[str, str]


class FakeFranceTravail:
    """A WSGI application; `serving.serve` puts it on the loopback. Safe under threads."""

    def __init__(
        self,
        offers: Iterable[Offer] = (),
        *,
        clients: Mapping[str, str] | None = None,
        calls_per_second: int = 10,
        token_seconds: int = 1499,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.faults = Faults()
        self.calls: deque[Call] = deque(maxlen=100_000)
        self._clients = dict(clients or {CLIENT_ID: CLIENT_SECRET})
        self._calls_per_second, self._token_seconds, self._clock = calls_per_second, token_seconds, clock
        self._stock = Stock(offers)
        self._tokens: dict[str, tuple[str, float]] = {}
        self._recent: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def add(self, *offers: Offer) -> None:
        """Publishes offers; one with a known id replaces the former."""
        self._stock.add(offers)

    def withdraw(self, *ids: str) -> None:
        """Withdraws offers; an unknown id is no matter."""
        self._stock.withdraw(ids)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        try:
            endpoint, values = _ROUTES.bind_to_environ(environ).match()
        except HTTPException as error:
            return error.get_response(environ)(environ, start_response)
        if endpoint == "faults":
            return self.faults.plan(request)(environ, start_response)
        self.calls.append(
            Call(self._clock(), endpoint, (request.form if endpoint == "token" else request.args).to_dict())
        )
        fault = self.faults.strike(endpoint)
        response = self._before(fault, request) or self._answer(endpoint, request, values)
        return spoiled(response, fault)(environ, start_response)

    def _before(self, fault: Fault | None, request: Request) -> Response | None:
        """Does what the fault does before the answer, or instead of it."""
        if fault is None:
            return None
        match fault.kind:
            case Kind.TOO_MANY:
                headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
                return _error(429, "Trop de requêtes.", headers)
            case Kind.ERROR:
                return _error(fault.status, "Erreur technique.", {})
            case Kind.UNAUTHORISED:
                self._tokens.pop(_token(request), None)
                return _unknown_token()
            case Kind.SLOW:
                time.sleep(fault.seconds)
            case Kind.VANISH:
                self._stock.withdraw(fault.ids)
            case Kind.APPEAR:
                self._stock.add(fault.offers)
            case _:
                pass
        return None

    def _answer(self, endpoint: str, request: Request, values: Mapping[str, Any]) -> Response:
        if endpoint == "token":
            return self._issue(request)
        client, until = self._tokens.get(_token(request), ("", 0.0))
        if self._clock() >= until:
            return _unknown_token()
        left = self._left(client)
        response = (
            _error(429, "Trop de requêtes.", {"Retry-After": "1"})
            if left < 0
            else self._search(request.args)
            if endpoint == "search"
            else self._offer(values["offer_id"])
        )
        response.headers["x-ratelimit-burst-capacity-clientidlimiter"] = str(self._calls_per_second)
        response.headers["x-ratelimit-replenish-rate-clientidlimiter"] = str(self._calls_per_second)
        response.headers["x-ratelimit-remaining-clientidlimiter"] = str(max(left, 0))
        return response

    def _issue(self, request: Request) -> Response:
        """A token, by the client credentials grant (RFC 6749, 4.4; error codes of 5.2)."""
        form = request.form
        if request.args.get("realm") != "/partenaire":
            return _oauth_error(400, "invalid_request", "Invalid realm")
        if form.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "Unsupported grant_type")
        secret = self._clients.get(form.get("client_id", ""))
        if secret is None or not secrets.compare_digest(secret.encode(), form.get("client_secret", "").encode()):
            return _oauth_error(401, "invalid_client", "Client authentication failed")
        scopes = set(form.get("scope", "").split()) - {f"application_{form['client_id']}"}
        if not scopes or not scopes <= _SCOPES:
            return _oauth_error(400, "invalid_scope", "Unknown/invalid scope(s)")
        token = secrets.token_urlsafe(20)
        self._tokens[token] = (form["client_id"], self._clock() + self._token_seconds)
        answer = {
            "scope": form["scope"],
            "expires_in": self._token_seconds,
            "token_type": "Bearer",
            "access_token": token,
        }
        return _json(200, orjson.dumps(answer))

    def _left(self, client: str) -> int:
        """Calls left in the second that ends now, this one counted; below zero when it is one too many."""
        now = self._clock()
        with self._lock:
            recent = self._recent.setdefault(client, deque())
            while recent and recent[0] <= now - 1:
                recent.popleft()
            left = self._calls_per_second - len(recent) - 1
            if left >= 0:
                recent.append(now)
            return left

    def _offer(self, offer_id: str) -> Response:
        if not re.fullmatch(r"[0-9A-Za-z]{1,10}", offer_id):
            return _error(400, "Le format de l'id de l'offre recherchée est incorrect.", {})
        found = self._stock.get(offer_id)
        return Response(status=204) if found is None else _json(200, found)

    def _search(self, arguments: "MultiDict[str, str]") -> Response:
        try:
            first, last = _range(arguments.get("range", f"0-{_PAGE - 1}"))
            found = self._stock.search(Criteria.read(arguments))
        except ParameterRefused as refusal:
            return _error(400, str(refusal), {})
        page = found.lines[first : last + 1]
        total = len(found.lines)
        if not page:
            return Response(status=204, headers={"Content-Range": f"*/{total}", "Accept-Range": str(_PAGE)})
        body = b'{"resultats":[' + b",".join(page) + b'],"filtresPossibles":' + found.filters + b"}"
        response = _json(200 if len(page) == total else 206, body)
        response.headers["Content-Range"] = f"offres {first}-{first + len(page) - 1}/{total}"
        response.headers["Accept-Range"] = str(_PAGE)
        return response


def _range(text: str) -> tuple[int, int]:
    matched = re.fullmatch(r"(\d{1,9})-(\d{1,9})", text)
    if matched is None or int(matched[2]) < int(matched[1]):
        raise ParameterRefused("Format du paramètre « range » incorrect. <entier>-<entier> attendu.")
    first, last = int(matched[1]), int(matched[2])
    if first > _LAST_START:
        raise ParameterRefused("La position de début doit être inférieure ou égale à 3000.")
    if last - first >= _PAGE:
        raise ParameterRefused("La plage de résultats demandée est trop importante.")
    return first, last


def _token(request: Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _json(status: int, body: bytes) -> Response:
    return Response(body, status, content_type="application/json;charset=UTF-8")


def _error(status: int, message: str, headers: Mapping[str, str]) -> Response:
    body = {"message": message, "codeHttp": status, "codeErreur": str(int(time.time() * 1000))}
    response = _json(status, orjson.dumps(body))
    response.headers.update(headers)
    return response


def _oauth_error(status: int, error: str, description: str) -> Response:
    return _json(status, orjson.dumps({"error_description": description, "error": error}))


def _unknown_token() -> Response:
    return Response(status=401, headers={"WWW-Authenticate": "Bearer"})
