"""From which day to which: a readable timetable, a month at most, not in the past, renewed once."""

import itertools

from traitdunion.agreements.guard.cases import Case, written
from traitdunion.agreements.guard.findings import USAGE, Level, Rule
from traitdunion.agreements.snapshot import Shift
from traitdunion.core import months

_CONTENT = "Code du travail, D.\u00a05135-3, 5°"
_LENGTH = "Code du travail, L.\u00a05135-4 et D.\u00a05135-4"
_CHOOSE = "Choisissez d’autres dates avec l’entreprise."
_SHORTEN = "Retirez des jours, ou faites-en deux immersions avec l’accord de votre conseiller."


def _timetable(case: Case) -> str | None:
    days = case.terms.days
    if not days:
        return "Aucun jour de présence n’est indiqué."
    if any(one.on >= two.on for one, two in itertools.pairwise(days)):
        return "Un jour de présence est indiqué deux fois, ou les jours ne sont pas dans l’ordre."
    right: tuple[Shift, ...] = ()
    for day in days:
        if right and day.shifts == right:
            continue  # most days are like the one before
        wrong = _wrong_hours(day.shifts)
        if wrong:
            return f"Les heures du {written(day.on)} {wrong}."
        right = day.shifts
    return None


def _wrong_hours(shifts: tuple[Shift, ...]) -> str | None:
    if not shifts or any(shift.starts_at >= shift.ends_at for shift in shifts):
        return "sont vides, ou finissent avant de commencer"
    if any(one.ends_at > two.starts_at for one, two in itertools.pairwise(shifts)):
        return "se chevauchent"
    return None


def _month(case: Case) -> str | None:
    terms = case.terms
    last = months.month_later(terms.first_day)
    if terms.last_day <= last:
        return None
    return (
        f"Une immersion dure un mois au plus, de date à date\u00a0: commencée le {written(terms.first_day)}, "
        f"elle finit au plus tard le {written(last)}."
    )


def _past(case: Case) -> str | None:
    if case.terms.first_day >= case.around.today:
        return None
    return f"Le premier jour, le {written(case.terms.first_day)}, est déjà passé."


def _notice(case: Case) -> str | None:
    around, first_day = case.around, case.terms.first_day
    if not around.today <= first_day < around.earliest:
        return None
    days = f"{around.notice_days}\u00a0jour{'s' if around.notice_days > 1 else ''} ouvré"
    return (
        f"L’organisme demande {days}{'s' if around.notice_days > 1 else ''} avant le début\u00a0: "
        f"pas avant le {written(around.earliest)}."
    )


def _renewed_once(case: Case) -> str | None:
    if case.around.prolonged is None or not case.around.prolonged.is_renewal:
        return None
    return "Cette immersion a déjà été renouvelée une fois\u00a0: elle ne peut plus l’être."


def _renewed_for_its_objective(case: Case) -> str | None:
    renewed, known = case.terms.renewed, case.around.prolonged
    if renewed is None:
        return None
    if known is not None and known.is_objective_reached:
        return "L’objectif de la première immersion est atteint\u00a0: elle ne peut pas être renouvelée."
    return (
        None if renewed.why.strip() else "Rien ne dit pourquoi l’objectif de la première immersion n’est pas atteint."
    )


def _renewed_after(case: Case) -> str | None:
    renewed = case.terms.renewed
    if renewed is None or case.terms.first_day > renewed.last_day:
        return None
    return f"Le renouvellement commence avant la fin de la première immersion, le {written(renewed.last_day)}."


TIMETABLE = Rule("timetable", Level.BLOCK, _CONTENT, "Indiquez à nouveau les jours et les heures.", _timetable)
"""The others read the days only where this one finds nothing."""
RULES = (
    Rule("month", Level.BLOCK, _LENGTH, _SHORTEN, _month),
    Rule("past", Level.BLOCK, USAGE, _CHOOSE, _past),
    Rule(
        "notice", Level.WARNING, USAGE, "Votre conseiller dira s’il a le temps, ou choisissez une autre date.", _notice
    ),
    Rule("renewed_once", Level.BLOCK, _LENGTH, "Demandez une autre immersion, avec un autre objectif.", _renewed_once),
    Rule(
        "renewed_for_its_objective",
        Level.BLOCK,
        _LENGTH,
        "Dites en quelques mots ce qui reste à découvrir ou à confirmer.",
        _renewed_for_its_objective,
    ),
    Rule("renewed_after", Level.BLOCK, _LENGTH, _CHOOSE, _renewed_after),
)
