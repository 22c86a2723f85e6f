"""What article D. 5135-3 asks an agreement to say, each with its number there."""

from collections.abc import Callable

from traitdunion.agreements.guard.cases import Case
from traitdunion.agreements.guard.findings import USAGE, Level, Rule
from traitdunion.agreements.snapshot import Terms


def _missing(said: Callable[[Terms], object], sentence: str) -> Callable[[Case], str | None]:
    return lambda case: None if said(case.terms) else sentence


def _article(number: int) -> str:
    return f"Code du travail, D.\u00a05135-3, {number}°"


def _employer(case: Case) -> str | None:
    if not case.around.is_employed or case.terms.beneficiary.employer is not None:
        return None
    return "L’employeur actuel de la personne n’est pas indiqué\u00a0: il signe aussi."


def _right(case: Case) -> str | None:
    body = case.terms.prescriber
    if body is None or case.around.may_prescribe:
        return None
    return f"{body.name} n’a pas le droit de prescrire aujourd’hui\u00a0: sa délégation est terminée, ou manque."


_PERSON = "Complétez cette étape."
_ADVISER = "Votre conseiller, ou l’entreprise, peut le compléter."

RULES = (
    Rule(
        "prescriber",
        Level.BLOCK,
        f"{_article(1)}, et L.\u00a05135-2",
        "Choisissez l’organisme qui vous suit.",
        _missing(lambda terms: terms.prescriber, "Aucun organisme prescripteur n’est choisi."),
    ),
    Rule(
        "right",
        Level.BLOCK,
        "Code du travail, L.\u00a05135-2",
        "Choisissez un autre organisme, ou attendez que celui-ci renouvelle sa délégation.",
        _right,
    ),
    Rule(
        "name",
        Level.BLOCK,
        _article(2),
        _PERSON,
        _missing(
            lambda terms: terms.beneficiary.given_name and terms.beneficiary.family_name,
            "Le nom ou le prénom de la personne manque.",
        ),
    ),
    Rule(
        "birth_date",
        Level.BLOCK,
        _article(2),
        _PERSON,
        _missing(lambda terms: terms.beneficiary.birth_date, "La date de naissance manque."),
    ),
    Rule(
        "home",
        Level.BLOCK,
        _article(2),
        _PERSON,
        _missing(lambda terms: terms.beneficiary.address, "L’adresse de la personne manque."),
    ),
    Rule(
        "situation",
        Level.BLOCK,
        _article(2),
        _PERSON,
        _missing(lambda terms: terms.beneficiary.situation, "La situation professionnelle manque."),
    ),
    Rule(
        "rsa",
        Level.BLOCK,
        _article(2),
        _PERSON,
        _missing(lambda terms: terms.beneficiary.receives_rsa is not None, "Dites si vous recevez le RSA ou non."),
    ),
    Rule("employer", Level.BLOCK, _article(2), _PERSON, _employer),
    Rule(
        "signatory",
        Level.BLOCK,
        _article(3),
        _ADVISER,
        _missing(
            lambda terms: terms.host.signatory.family_name, "La personne qui signe pour l’entreprise n’est pas nommée."
        ),
    ),
    Rule(
        "tutor",
        Level.BLOCK,
        _article(3),
        _ADVISER,
        _missing(lambda terms: terms.host.tutor.family_name, "La personne qui accueille n’est pas nommée."),
    ),
    Rule(
        "referent",
        Level.WARNING,
        _article(4),
        "L’organisme indiquera qui vous suit.",
        _missing(lambda terms: terms.accompanying and terms.referent, "Le conseiller référent n’est pas encore nommé."),
    ),
    Rule(
        "objective",
        Level.BLOCK,
        f"{_article(5)}, et L.\u00a05135-1",
        _PERSON,
        _missing(lambda terms: terms.objective, "L’objet de l’immersion n’est pas choisi."),
    ),
    Rule(
        "goals",
        Level.BLOCK,
        _article(5),
        _PERSON,
        _missing(lambda terms: terms.goals, "Ce que vous voulez découvrir ou vérifier n’est pas écrit."),
    ),
    Rule(
        "assessment",
        Level.BLOCK,
        _article(5),
        _PERSON,
        _missing(lambda terms: terms.assessment, "Rien ne dit comment on saura si l’objectif est atteint."),
    ),
    Rule(
        "tasks",
        Level.BLOCK,
        _article(6),
        _ADVISER,
        _missing(lambda terms: terms.tasks.strip(), "Les tâches confiées ne sont pas décrites."),
    ),
    Rule(
        "emergency",
        Level.BLOCK,
        USAGE,
        _PERSON,
        _missing(lambda terms: terms.emergency, "La personne à prévenir en cas d’urgence n’est pas indiquée."),
    ),
)
