"""The State's « API Recherche d’entreprises »: an establishment by its SIRET, open or closed.

At most 7 calls a second for an address, so the caller gives a pace that all processes share. Units that asked not to be
shown are not in it. Source: its OpenAPI text (github.com/annuaire-entreprises-data-gouv-fr/search-api), read on
2026-11-21. `minimal` leaves out the managers, whose names are no business of ours.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import requests

from traitdunion.clients.http import Caller, Patience, Rejected, Unavailable, read_json

__all__ = ["IN_A_JOB", "PER_SECOND", "WHILE_WAITED_FOR", "Establishment", "Rejected", "Unavailable", "read"]
__all__ += ["RechercheEntreprises"]

PER_SECOND = 7.0
WHILE_WAITED_FOR = Patience(connect=2.0, read=4.0, attempts=2, first_backoff=0.3, longest_wait=2.0)
"""A person looks at the page: better « to be verified » than half a minute."""
IN_A_JOB = Patience(read=10.0, attempts=4, longest_wait=120.0)

_HIDDEN = re.compile(r"^\W*(?:NON[- ]DIFFUSIBLE|ND)\W*$", re.IGNORECASE)
_SMALL = frozenset("de du des la le les l et à au aux en sur sous".split())
_WAYS = frozenset("rue avenue boulevard place chemin route impasse allée allee quai square cours zone bis ter".split())
_FORMS = frozenset("SARL SAS SASU SA EURL SCI SNC EARL GAEC SCOP SELARL ZA ZI ZAC CFA EHPAD".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Establishment:
    """What the register shows of an establishment; None where it hides or does not know."""

    siret: str
    name: str
    """Its sign, else the firm's name."""
    legal_name: str | None
    names: tuple[str, ...]
    """Every name that it or its firm goes by."""
    naf: str | None
    address: str | None
    """Street and number."""
    postcode: str | None
    commune_code: str | None
    city: str | None
    latitude: float | None
    longitude: float | None
    is_open: bool


class RechercheEntreprises:
    """A client of the API at `url`; `pace` is called before each attempt."""

    def __init__(
        self,
        url: str,
        *,
        pace: Callable[[], None],
        patience: Patience = WHILE_WAITED_FOR,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/")
        self._caller = Caller("recherche-entreprises.api.gouv.fr", patience=patience, pace=pace, sleep=sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._caller.__exit__(*exception)

    def find(self, siret: str) -> Establishment | None:
        """The establishment; None when the register does not show it. Raises Unavailable or Rejected."""
        return self._caller.call(
            "establishment",
            "GET",
            f"{self._url}/search",
            params={"q": siret, "minimal": "true", "include": "siege,matching_etablissements", "per_page": "1"},
            read=lambda response: _read_answer(response, siret),
        )


def _read_answer(response: requests.Response, siret: str) -> Establishment | None:
    answer = read_json(response)
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        raise ValueError("une liste de résultats est attendue")
    for firm in answer["results"]:
        found = read(firm, siret)
        if found is not None:
            return found
    return None


def read(firm: Mapping[str, Any], siret: str) -> Establishment | None:
    """The establishment among those of a result; None when it is not there. Raises ValueError when unreadable."""
    try:
        places = [*(firm.get("matching_etablissements") or ()), firm.get("siege") or {}]
        place = next((one for one in places if one.get("siret") == siret), None)
        return None if place is None else _establishment(firm, place, siret)
    except (AttributeError, TypeError) as error:
        raise ValueError(f"établissement illisible ({error})") from None


def _establishment(firm: Mapping[str, Any], place: Mapping[str, Any], siret: str) -> Establishment:
    signs = [_text(place.get("nom_commercial")), *map(_text, place.get("liste_enseignes") or ())]
    legal_name = _text(firm.get("nom_raison_sociale")) or _text(firm.get("nom_complet"))
    names = [*signs, legal_name, _text(firm.get("nom_complet")), _text(firm.get("sigle"))]
    known = tuple(dict.fromkeys(name for name in names if name))
    postcode = _text(place.get("code_postal"))
    point = _point(place)
    return Establishment(
        siret=siret,
        name=calm(known[0]) if known else "Établissement au nom non diffusé",
        legal_name=legal_name,
        names=known,
        naf=_text(place.get("activite_principale")) or _text(firm.get("activite_principale")),
        address=_street(_text(place.get("adresse")), postcode),
        postcode=postcode,
        commune_code=_text(place.get("commune")),
        city=calm(_text(place.get("libelle_commune")) or "") or None,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        is_open=place.get("etat_administratif") == "A",
    )


def calm(text: str) -> str:
    """« 12 RUE DU FOUR » as « 12 rue du Four »; a text that is not all in capitals is left as it is."""
    if text != text.upper():
        return text
    words = [word if word in _FORMS else _calm_word(word) for word in text.split()]
    written = " ".join(words)
    return written[:1].upper() + written[1:]


def _calm_word(word: str) -> str:
    parts = re.split(r"([-'’])", word.lower())
    return "".join(part if part in _SMALL | _WAYS else part.capitalize() for part in parts)


def _street(address: str | None, postcode: str | None) -> str | None:
    """The address without its postcode and commune, which end it."""
    if address is None:
        return None
    street = address.rsplit(f" {postcode}", 1)[0] if postcode and f" {postcode}" in address else address
    return None if postcode and street.startswith(postcode) else calm(street.strip()) or None


def _text(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip() or _HIDDEN.match(value):
        return None
    return " ".join(value.split())[:300]


def _point(place: Mapping[str, Any]) -> tuple[float, float] | None:
    # Degrees come as texts, and as « [ND] » for those who asked not to be shown.
    try:
        latitude, longitude = float(place["latitude"]), float(place["longitude"])
    except (LookupError, TypeError, ValueError):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
