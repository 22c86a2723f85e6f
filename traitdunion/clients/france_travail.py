"""France Travail's « Offres d’emploi v2 »: the offers of a département, whole, and one offer by its id.

One search reaches 3,150 offers at most, in pages of 150, while offers come and go. So a crawl halves the window of
creation dates until each search fits, sorts by date, begins each page on the last offer of the page before, and
compares what it saw with what was announced. Source: francetravail.io, read on 2026-11-21 (DOMAIN 3.1).
"""

import hashlib
import re
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar
from urllib.parse import quote

import orjson
import requests
import structlog

from traitdunion.clients.http import Bearer, Caller, Patience, Rejected, Unavailable, read_json

__all__ = ["Crawl", "FranceTravail", "Gap", "Limits", "Page", "Rejected", "Settings", "Unavailable", "Window"]

T = TypeVar("T")
Record = dict[str, Any]  # an offer as the API writes it

_SCOPE = "api_offresdemploiv2 o2dsoffre"
_RENEWED_BEFORE = 10.0  # seconds before the token's end, so that it does not end on its way
_TOKEN_SECONDS = 1499.0  # when the answer does not say
_BY_DATE = "1"  # newest first; the default order, by relevance, changes between two pages

_WALKS = 3
_TOLERATED = 0.01  # share of a total that may be wrong when two walks in a row found the same offers

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an application of francetravail.io was given, and where its services are."""

    client_id: str
    client_secret: str = field(repr=False)
    token_url: str
    api_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Offers in a page, and the last position where a page may begin (1,000 until 2023)."""

    page: int = 150
    last_start: int = 3000

    @property
    def reachable(self) -> int:
        """How many offers one search can show."""
        return self.last_start + self.page


@dataclass(frozen=True, slots=True)
class Window:
    """Creation dates asked for, to the second. Both ends are asked for: the API does not say which it includes."""

    since: datetime
    until: datetime

    def halves(self) -> tuple["Window", "Window"] | None:
        """The two halves, earlier first, sharing their seam; None when one second is left."""
        seconds = int((self.until - self.since).total_seconds())
        if seconds <= 1:
            return None
        middle = self.since + timedelta(seconds=seconds // 2)
        return Window(self.since, middle), Window(middle, self.until)


@dataclass(frozen=True, slots=True)
class Page:
    """The offers from a position on, and how many the whole search has."""

    records: list[Record]
    total: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A window that could not be read whole: how many offers were announced, how many were seen."""

    window: Window
    announced: int
    seen: int


class FranceTravail:
    """A client of the API; `pace` is called before each HTTP call (see core.pace). For one thread at a time."""

    def __init__(
        self,
        settings: Settings,
        *,
        limits: Limits | None = None,
        pace: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._limits = limits or Limits()
        self._clock = clock
        self._caller = Caller("France Travail", patience=patience, pace=pace, sleep=sleep, clock=clock)
        self._token = ""
        self._token_until = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._caller.__exit__(*exception)

    def offer(self, offer_id: str) -> Record | None:
        """One offer, or None when it is unknown or gone (204). Raises Unavailable, Rejected (malformed id)."""

        def read(response: requests.Response) -> Record | None:
            return None if response.status_code == 204 else _object(response)

        return self._get("offer", f"/offres/{quote(offer_id, safe='')}", {}, read)

    def search(self, department: str, window: Window, *, first: int) -> Page:
        """The page that begins at position `first` (from 0), newest offer first; empty beyond the last offer."""
        criteria = {
            "departement": department,
            "minCreationDate": _instant(window.since),
            "maxCreationDate": _instant(window.until),
            "sort": _BY_DATE,
            "range": f"{first}-{first + self._limits.page - 1}",
        }
        return self._get("search", "/offres/search", criteria, lambda response: _page(response, first))

    def crawl(self, department: str, since: datetime, until: datetime) -> "Crawl":
        """All the offers of a département created from `since` to `until` (aware); nothing is asked until iterated.

        Iterating raises Unavailable or Rejected: what was yielded before is good, and the crawl is not complete.
        """

        def search(window: Window, first: int) -> Page:
            return self.search(department, window, first=first)

        return Crawl(search, _whole_seconds(since, until), limits=self._limits, label=department)

    def _get(self, operation: str, path: str, params: dict[str, str], read: Callable[[requests.Response], T]) -> T:
        url = self._settings.api_url.rstrip("/") + path
        try:
            return self._caller.call(operation, "GET", url, params=params, auth=self._bearer(), read=read)
        except Rejected as refusal:
            if refusal.status != 401:
                raise
            self._token_until = 0.0  # revoked before its time: one new token, one more try
        return self._caller.call(operation, "GET", url, params=params, auth=self._bearer(), read=read)

    def _bearer(self) -> Bearer:
        if self._clock() >= self._token_until:
            asked_at = self._clock()
            form = {
                "grant_type": "client_credentials",
                "client_id": self._settings.client_id,
                "client_secret": self._settings.client_secret,
                "scope": _SCOPE,
            }
            self._token, lasts = self._caller.call("token", "POST", self._settings.token_url, form=form, read=_token)
            self._token_until = asked_at + lasts - _RENEWED_BEFORE
        return Bearer(self._token)


class Crawl:
    """The offers of a slice, in batches of new ones, each offer once. Iterate once, then read the outcome.

    Memory holds one page and the ids seen. `expected` is what the first page announced for the slice (for a progress
    bar), `announced` adds up the last totals of the windows, `gaps` says what could not be read whole.
    """

    def __init__(self, search: Callable[[Window, int], Page], span: Window, *, limits: Limits, label: str = "") -> None:
        self._search, self._span, self._limits, self._label = search, span, limits, label
        self._ids: set[str] = set()
        self._finished = False
        self.expected: int | None = None
        self.announced = 0
        self.calls = 0
        self.gaps: list[Gap] = []

    @property
    def seen(self) -> int:
        """How many different offers were yielded."""
        return len(self._ids)

    @property
    def complete(self) -> bool:
        """Every window was read to its end and the numbers agree: an offer of the slice unseen here is gone."""
        return self._finished and not self.gaps

    def __iter__(self) -> Iterator[list[Record]]:
        windows = [self._span]
        while windows:
            window = windows.pop()
            halves = window.halves()
            fits = yield from self._read(window, can_halve=halves is not None)
            if not fits and halves is not None:
                windows += reversed(halves)
        self._finished = True
        counts = {"seen": self.seen, "announced": self.announced, "calls": self.calls, "gaps": len(self.gaps)}
        _log.info("crawl done", slice=self._label, **counts)

    def _read(self, window: Window, *, can_halve: bool) -> Generator[list[Record], None, bool]:
        """Walks through a window until the numbers agree; False when it is too large and has to be halved."""
        for attempt in range(_WALKS):
            known = self.seen
            walk = yield from self._walk(window, can_halve=can_halve)
            too_large = walk.total > self._limits.reachable
            if too_large and can_halve:
                return False
            missing = walk.total - len(walk.ids)
            # Two walks that found the same offers: it is the total that is wrong, if by little.
            settled = attempt > 0 and self.seen == known and missing <= walk.total * _TOLERATED
            if too_large or (walk.ended and (missing <= 0 or settled)):
                break
        self.announced += walk.total
        moved = max(walk.totals) - min(walk.totals)
        if too_large or not walk.ended or not (missing <= moved or settled):
            self.gaps.append(Gap(window, announced=walk.total, seen=len(walk.ids)))
        return True

    def _walk(self, window: Window, *, can_halve: bool) -> Generator[list[Record], None, "_Walk"]:
        """One passage, newest offer first; given up as soon as a window that can be halved is too large.

        A page begins on an offer already passed. When it does not, offers before it vanished and the following ones
        moved up, some of them unseen: the walk steps back until it treads on known ground.
        """
        walk, position = _Walk(), 0
        for _ in range(4 * (self._limits.reachable // self._limits.page + 1)):  # an order that never settles ends too
            page = self._search(window, position)
            self.calls += 1
            self.expected = page.total if self.expected is None else self.expected
            walk.totals.append(page.total)
            if page.total > self._limits.reachable and can_halve:
                break
            ids = [_identity(record) for record in page.records]
            if position and (not ids or ids[0] not in walk.ids):
                position = max(0, position - self._limits.page // 2)
                continue
            walk.ids.update(ids)
            fresh = {key: record for key, record in zip(ids, page.records, strict=True) if key not in self._ids}
            if fresh:
                self._ids.update(fresh)
                yield list(fresh.values())
            end = position + len(ids)
            onward = min(end - 1, self._limits.last_start)
            if end >= min(page.total, self._limits.reachable) or onward <= position:
                walk.ended = True
                break
            position = onward
        return walk


@dataclass(slots=True)
class _Walk:
    """What one passage through a window saw, and the totals that its pages announced."""

    ids: set[str] = field(default_factory=set)
    totals: list[int] = field(default_factory=list)
    ended: bool = False

    @property
    def total(self) -> int:
        return self.totals[-1]


def _page(response: requests.Response, first: int) -> Page:
    stated = re.search(r"/(\d+)\s*$", response.headers.get("Content-Range", ""))
    if response.status_code == 204:
        return Page([], int(stated[1]) if stated else 0)
    found = _object(response).get("resultats")
    if not isinstance(found, list):
        raise ValueError("no list of offers")
    if stated is None and response.status_code == 206:
        raise ValueError("a part of an unknown whole")
    # What is not an object goes on too, wrapped: the reader refuses it and keeps it, instead of the page being lost.
    records = [offer if isinstance(offer, dict) else {"illisible": offer} for offer in found]
    return Page(records, int(stated[1]) if stated else first + len(records))


def _token(response: requests.Response) -> tuple[str, float]:
    answer = _object(response)
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise ValueError("no token")
    return token, float(answer.get("expires_in") or _TOKEN_SECONDS)


def _object(response: requests.Response) -> Record:
    body = read_json(response)
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return body


def _identity(record: Record) -> str:
    """The offer's id; for a record without one, a digest of all of it."""
    if offer_id := record.get("id"):
        return str(offer_id)
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole_seconds(since: datetime, until: datetime) -> Window:
    begin = since.replace(microsecond=0)
    end = until.replace(microsecond=0)
    return Window(begin, end if end == until else end + timedelta(seconds=1))
