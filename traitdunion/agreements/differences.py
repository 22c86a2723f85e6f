"""What two texts of one agreement say differently, and whether that makes everybody sign again.

Dates, hours, place, tasks and parties are material, as is what the immersion is for; a typing error and the person to
call in an emergency are not. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from traitdunion.agreements.snapshot import Terms

MOST_SIGNS = 2
"""Signs that a typing error changes in a text."""
LEAST_SIGNS = 4
"""Of a text that short, another sign makes another word."""

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One part of the text that changed; `what` as parties read it: « les jours et les heures »."""

    what: str
    is_material: bool


@dataclass(frozen=True, slots=True)
class _Part:
    what: str
    of: Callable[[Terms], object]
    may_be_mistyped: bool = False
    is_material: bool = True


def _company(terms: Terms) -> object:
    host = terms.host
    return host.siret, host.legal_form, host.registered_on, host.activity, host.collective_agreement


_PARTS = (
    _Part("les jours et les heures", lambda terms: terms.days),
    _Part("le lieu", lambda terms: _line(terms.place.address, terms.place.postcode, terms.place.city), True),
    _Part("le département", lambda terms: terms.place.department),
    _Part("le métier", lambda terms: _line(terms.occupation_code, terms.occupation), True),
    _Part("les tâches", lambda terms: terms.tasks, True),
    _Part("l’objet", lambda terms: terms.objective),
    _Part("les objectifs", lambda terms: terms.goals, True),
    _Part("la façon de les évaluer", lambda terms: terms.assessment, True),
    _Part("les équipements de protection", lambda terms: terms.equipment, True),
    _Part("les conditions", lambda terms: terms.conditions, True),
    _Part("le nom de la personne", lambda terms: _line(*_names(terms.beneficiary)), True),
    _Part("la date de naissance", lambda terms: terms.beneficiary.birth_date),
    _Part("l’adresse de la personne", lambda terms: terms.beneficiary.address, True),
    _Part(
        "la situation de la personne",
        lambda terms: (terms.beneficiary.situation, terms.beneficiary.receives_rsa, terms.beneficiary.employer),
    ),
    _Part("le représentant légal", lambda terms: _line(*_names(terms.representative)), True),
    _Part("l’entreprise", _company),
    _Part("le nom ou l’adresse de l’entreprise", lambda terms: _line(terms.host.name, terms.host.address), True),
    _Part("la personne qui signe pour l’entreprise", lambda terms: _line(*_names(terms.host.signatory)), True),
    _Part("la personne qui accueille", lambda terms: _line(*_names(terms.host.tutor)), True),
    _Part("l’organisme prescripteur", lambda terms: terms.prescriber),
    _Part("la structure d’accompagnement", lambda terms: terms.accompanying),
    _Part("le conseiller référent", lambda terms: _line(*_names(terms.referent)), is_material=False),
    _Part("la personne à prévenir en cas d’urgence", lambda terms: terms.emergency, is_material=False),
    _Part("le renouvellement", lambda terms: terms.renewed),
)


def between(old: Terms, new: Terms) -> list[Difference]:
    """What changed, in the order of the document; empty when nothing did."""
    found = list(_found(old, new))
    if not found and old != new:
        return [Difference("un détail", is_material=True)]  # what no part names is never let through
    return found


def is_typing_error(old: str, new: str) -> bool:
    """Two signs at most, and no figure, differ: « Mrtin » and « Martin »; not « 2 » and « 3 », « le » and « la »."""
    if _DIGITS.findall(old) != _DIGITS.findall(new):
        return False
    one, two = _folded(old), _folded(new)
    if one == two:
        return bool(one)
    if min(len(one), len(two)) < LEAST_SIGNS:
        return False
    return DamerauLevenshtein.distance(one, two, score_cutoff=MOST_SIGNS) <= MOST_SIGNS


def _found(old: Terms, new: Terms) -> Iterator[Difference]:
    for part in _PARTS:
        before, now = part.of(old), part.of(new)
        if before == now:
            continue
        is_mistyped = part.may_be_mistyped and is_typing_error(str(before or ""), str(now or ""))
        yield Difference(part.what, part.is_material and not is_mistyped)


def _names(one: object) -> tuple[str | None, ...]:
    said = ("given_name", "family_name", "function", "link")
    return tuple(getattr(one, name, None) for name in said)


def _line(*said: str | None) -> str:
    return " ".join(one for one in said if one)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(sign for sign in apart if sign.isalnum())
