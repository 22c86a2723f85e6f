"""The dataset « Répertoire opérationnel des métiers et des emplois (ROME) » on data.gouv.fr: finds and fetches its CSV.

Source: the site's API (GET /api/1/datasets/<dataset>/ gives `resources`), as it was in 2026: three resources bear the
title « Toutes les données du ROME » and differ by their format; the CSV one is RefRomeCsv.zip (4.5 MB), served by
France Travail without length, date or HEAD, and its address has moved before.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self
from urllib.parse import urlsplit

import orjson
import requests

from traitdunion.clients.http import Caller, Patience, Rejected, Unavailable

__all__ = ["Archive", "DataGouv", "Rejected", "Unavailable", "choose"]

_MAX_ARCHIVE_BYTES = 50_000_000
_MAX_DATASET_BYTES = 5_000_000
_MAX_SECONDS = 600  # silence is bounded by Patience; this bounds a trickle
_CHUNK = 65_536
_ARCHIVE_NAME = "refromecsv"
_ARCHIVE_TITLE = "toutes les données du rome"
_PATIENCE = Patience(read=60.0, attempts=3)


@dataclass(frozen=True, slots=True)
class Archive:
    """The ZIP as received, not yet opened: it may be anything."""

    content: bytes
    url: str
    published_on: date | None  # the day the dataset gives for it


class _Streaming(Caller):
    """Leaves the body to whoever reads the answer, who can then stop in time."""

    def __init__(self, *, patience: Patience, sleep: Callable[[float], None]) -> None:
        super().__init__("data.gouv.fr", patience=patience, sleep=sleep)
        self._session.stream = True


class DataGouv:
    """A client of the dataset whose API address is `url`."""

    def __init__(
        self, url: str, *, patience: Patience = _PATIENCE, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._url = url
        self._caller = _Streaming(patience=patience, sleep=sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._caller.__exit__(*exception)

    def archive(self) -> Archive:
        """The archive that the dataset offers now, of 50 MB at most. Raises Unavailable or Rejected."""
        resource = self._caller.call("dataset", "GET", self._url, read=_read_resource)
        url = str(resource["url"])
        content = self._caller.call("archive", "GET", url, read=lambda answer: _body(answer, _MAX_ARCHIVE_BYTES))
        return Archive(content, url, _day(resource.get("last_modified")))


def choose(resources: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The resource that is the CSV archive, the latest where several are; None when there is none."""
    fitting = [(rank, resource) for resource in resources if (rank := _fitness(resource))]
    if not fitting:
        return None
    return max(fitting, key=lambda found: (found[0], str(found[1].get("last_modified") or "")))[1]


def _fitness(resource: Mapping[str, Any]) -> int:
    """2 for a resource that bears the archive's own name, 1 for one whose title and format fit, 0 for the others."""
    url, title = str(resource.get("url") or ""), str(resource.get("title") or "").lower()
    if urlsplit(url).scheme not in {"http", "https"}:
        return 0
    if _ARCHIVE_NAME in title or _ARCHIVE_NAME in url.lower():
        return 2
    return int("csv" in str(resource.get("format") or "").lower() and _ARCHIVE_TITLE in title)


def _read_resource(response: requests.Response) -> Mapping[str, Any]:
    dataset = orjson.loads(_body(response, _MAX_DATASET_BYTES))
    resources = dataset.get("resources") if isinstance(dataset, dict) else None
    if not isinstance(resources, list):
        raise ValueError("no list of resources")
    found = choose([resource for resource in resources if isinstance(resource, dict)])
    if found is None:
        raise Rejected("Le jeu de données du ROME n’offre plus d’archive CSV.", status=response.status_code)
    return found


def _body(response: requests.Response, limit: int) -> bytes:
    """The body, decompressed; raises Rejected beyond `limit` bytes, ValueError when it is cut or comes too slowly."""
    begun, content = time.monotonic(), bytearray()
    try:
        with response:
            for chunk in response.iter_content(_CHUNK):
                content += chunk
                if len(content) > limit:
                    trouble = f"data.gouv.fr envoie plus de {limit // 1_000_000} Mo : ce n’est pas ce qui est attendu."
                    raise Rejected(trouble, status=response.status_code)
                if time.monotonic() - begun > _MAX_SECONDS:
                    raise ValueError("too slow")
    except requests.RequestException:
        raise ValueError("the body was cut") from None
    return bytes(content)


def _day(instant: object) -> date | None:
    try:
        return datetime.fromisoformat(str(instant)).date()
    except ValueError:
        return None
