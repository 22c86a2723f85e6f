"""Who is who: one place at a time, one company in measure, parties that are not one another."""

import unicodedata
from functools import lru_cache

from traitdunion.agreements.guard.cases import Case, Named, written
from traitdunion.agreements.guard.findings import USAGE, Level, Rule
from traitdunion.agreements.kinds import PartyRole

_HOST = frozenset({PartyRole.COMPANY, PartyRole.TUTOR})


def _overlap(case: Case) -> str | None:
    terms = case.terms
    for other in case.around.others:
        if other.first_day <= terms.last_day and terms.first_day <= other.last_day:
            return (
                f"Une autre immersion est prévue aux mêmes dates\u00a0: {other.company}, "
                f"du {written(other.first_day)} au {written(other.last_day)}."
            )
    return None


def _company_total(case: Case) -> str | None:
    around = case.around
    total = around.days_in_company + len(case.terms.days)
    if around.days_in_company == 0 or total <= around.most_days_in_company:
        return None
    return (
        f"{total}\u00a0jours dans cette entreprise en douze mois, avec ceux-ci\u00a0: "
        f"l’organisme en admet d’ordinaire {around.most_days_in_company}."
    )


def _own_company(case: Case) -> str | None:
    employer = case.terms.beneficiary.employer
    if employer is None or not employer.siret or employer.siret != case.terms.host.siret:
        return None
    return "L’entreprise d’accueil est aussi l’employeur de la personne."


def _own_tutor(case: Case) -> str | None:
    parties = case.around.parties
    persons = [one for one in parties if one.role is PartyRole.BENEFICIARY]
    if any(_share(person, one) for person in persons for one in parties if one.role in _HOST):
        return "La personne en immersion et celle qui l’accueille ont la même adresse ou le même téléphone."
    return None


def _same_name(case: Case) -> str | None:
    beneficiary = _folded(f"{case.terms.beneficiary.given_name} {case.terms.beneficiary.family_name}")
    host = case.terms.host
    for one in (host.signatory, host.tutor):
        if beneficiary and _folded(f"{one.given_name} {one.family_name}") == beneficiary:
            return "La personne en immersion et celle qui l’accueille portent le même nom."
    return None


def _distinct(case: Case) -> str | None:
    signing = [one for one in case.around.parties if one.role.signs]
    for number, one in enumerate(signing):
        for two in signing[number + 1 :]:
            if _share(one, two):
                return (
                    f"{one.name} et {two.name} ont la même adresse ou le même téléphone\u00a0: "
                    "chacun doit signer pour soi."
                )
    return None


def _address(case: Case) -> str | None:
    for one in case.around.parties:
        if one.role.signs and not one.email and not one.phone:
            return f"{one.role.label} n’a ni adresse e-mail ni téléphone pour signer."
    return None


def _share(one: Named, two: Named) -> bool:
    return bool((one.email and one.email == two.email) or (one.phone and one.phone == two.phone))


@lru_cache(maxsize=4_096)
def _folded(name: str) -> str:
    """Without accents, capitals, hyphens and spaces."""
    apart = unicodedata.normalize("NFD", name.casefold())
    return "".join(sign for sign in apart if sign.isalnum())


RULES = (
    Rule("overlap", Level.BLOCK, USAGE, "Annulez l’une des deux, ou choisissez d’autres dates.", _overlap),
    Rule(
        "company_total",
        Level.WARNING,
        USAGE,
        "Votre conseiller dira si c’est utile, ou essayez une autre entreprise.",
        _company_total,
    ),
    Rule("own_company", Level.BLOCK, USAGE, "Choisissez une autre entreprise que votre employeur.", _own_company),
    Rule("own_tutor", Level.BLOCK, USAGE, "Indiquez l’adresse et le téléphone de chacun.", _own_tutor),
    Rule(
        "same_name",
        Level.WARNING,
        USAGE,
        "Si ce sont deux personnes, votre conseiller le confirmera.",
        _same_name,
    ),
    Rule("distinct", Level.BLOCK, USAGE, "Indiquez l’adresse et le téléphone de chacun.", _distinct),
    Rule("address", Level.BLOCK, USAGE, "Indiquez une adresse e-mail ou un téléphone.", _address),
)
