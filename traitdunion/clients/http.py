"""Calls to outside systems: time limits, bounded retries, two exceptions, a log line without personal data."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Self, TypeVar

import orjson
import requests
import structlog
from requests.auth import AuthBase

from traitdunion.core.errors import Refused

T = TypeVar("T")

_TRANSIENT = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,  # the connection was cut within the body
    requests.exceptions.ContentDecodingError,
)
_UNTOLD_WAIT = 60.0  # seconds after a 429 that names no delay
_LONGEST_BACKOFF = 30.0

_log = structlog.get_logger()


class Unavailable(Refused):
    """No usable answer within the attempts allowed; the same call may succeed later."""


class Rejected(Refused):
    """The system understood the call and refused it; the same call would be refused again."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a call may take: seconds to connect, seconds of silence, attempts, longest wait between two."""

    connect: float = 5.0
    read: float = 30.0
    attempts: int = 5
    first_backoff: float = 0.5
    longest_wait: float = 300.0


class _Again(Exception):
    """An attempt that failed in a way that may pass; `wait` is the delay asked for by the system, in seconds."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class Bearer(AuthBase):
    """Sends a token. As `auth` rather than a header: requests lets a ~/.netrc replace the header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Caller:
    """Calls one outside system, retrying what may pass: cut connections, 5xx, 429, bodies that cannot be read.

    `pace` is called before each attempt. Only calls that may be repeated without harm go through here.
    """

    def __init__(
        self,
        system: str,
        *,
        patience: Patience | None = None,
        pace: Callable[[], None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._system = system
        self._patience = patience or Patience()
        self._pace, self._sleep, self._clock, self._jitter = pace, sleep, clock, jitter
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "traitdunion"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._session.close()

    def call(
        self,
        operation: str,
        method: str,
        url: str,
        *,
        read: Callable[[requests.Response], T],
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: Mapping[str, Any] | None = None,
        auth: AuthBase | None = None,
    ) -> T:
        """What `read` makes of the good answer (2xx).

        `read` raises ValueError for a body it cannot use, which is retried. `operation` names the call in the log,
        where addresses and parameters, which may hold personal data, never go.
        Raises Unavailable, or Rejected for any other 4xx, with the system's own words.
        """
        limits = (self._patience.connect, self._patience.read)
        send = partial(
            self._session.request, method, url, params=params, data=form, json=json, auth=auth, timeout=limits
        )
        attempt = 1
        while True:
            self._pace()
            started = time.perf_counter()
            log = _log.bind(system=self._system, operation=operation, attempt=attempt)
            try:
                answer = self._attempt(send, read)
            except _Again as failure:
                wait = self._backoff(attempt) if failure.wait is None else failure.wait
                if attempt >= self._patience.attempts or wait > self._patience.longest_wait:
                    log.warning("outside call abandoned", reason=str(failure), wait=round(wait, 1))
                    raise Unavailable(f"{self._system} ne répond pas ({failure}, {attempt} essais).") from None
                log.warning("outside call retried", reason=str(failure), wait=round(wait, 1))
                self._sleep(wait)
                attempt += 1
            else:
                log.debug("outside call", ms=round((time.perf_counter() - started) * 1000))
                return answer

    def _attempt(self, send: Callable[[], requests.Response], read: Callable[[requests.Response], T]) -> T:
        # `from None` throughout: the causes carry the whole address, which must not reach a log.
        try:
            response = send()
        except _TRANSIENT as error:
            raise _Again(_name(error)) from None
        except requests.RequestException as error:
            raise Unavailable(f"{self._system} ne peut pas être appelé ({_name(error)}).") from None
        if response.status_code == 429:
            told = _retry_after(response, self._clock())
            raise _Again("429", _UNTOLD_WAIT if told is None else told)
        if response.status_code >= 500 or response.status_code == 408:
            raise _Again(str(response.status_code), _retry_after(response, self._clock()))
        if not response.ok:
            raise Rejected(_refusal(self._system, response), status=response.status_code)
        try:
            return read(response)
        except ValueError:
            raise _Again("réponse illisible") from None

    def _backoff(self, attempt: int) -> float:
        """Doubles at each attempt; the random half keeps several workers from coming back together."""
        longest = min(self._patience.first_backoff * 2.0 ** (attempt - 1), _LONGEST_BACKOFF)
        return longest * (0.5 + self._jitter() / 2)


def read_json(response: requests.Response) -> Any:
    """The body as JSON; raises ValueError when it is not (truncated, HTML from a proxy)."""
    return orjson.loads(response.content)


def _retry_after(response: requests.Response, now: float) -> float | None:
    """Seconds to wait, from a number or an HTTP date (RFC 9110, 10.2.3); None when absent or unreadable."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told[:9])
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now)


def _refusal(system: str, response: requests.Response) -> str:
    try:
        body = orjson.loads(response.content)
    except ValueError:
        body = None
    words = body if isinstance(body, dict) else {}
    told = next((str(words[key]) for key in ("message", "error_description", "error") if words.get(key)), "")
    return f"{system} a refusé la demande ({response.status_code}). {told[:300]}".rstrip()


def _name(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return "délai dépassé"
    return "connexion coupée" if isinstance(error, _TRANSIENT) else type(error).__name__
