"""Under 18: the age of 16, a representative, shorter days, no night, two days of rest.

The articles bind « young workers », among whom are those who do periods in companies (L. 3161-1).
"""

from datetime import timedelta

from traitdunion.agreements.guard.cases import Case, hours, written
from traitdunion.agreements.guard.findings import Level, Rule
from traitdunion.agreements.guard.hours import rest_is_short
from traitdunion.core import months

YOUNGEST = 16
MOST_A_DAY, MOST_A_WEEK = 8 * 60, 35 * 60
MOST_WITHOUT_BREAK = 4 * 60 + 30
REST = 12 * 60
NIGHT_UNTIL, NIGHT_FROM = 6 * 60, 22 * 60

_DAY = timedelta(days=1)
_SHORTEN = (
    "Demandez à l’entreprise des horaires plus courts\u00a0: avant 18\u00a0ans, la loi ne permet pas d’exception."
)
_OTHER_DAY = "Demandez à l’entreprise de retirer ce jour."


def _youngest(case: Case) -> str | None:
    birth_date = case.terms.beneficiary.birth_date
    if birth_date is None or case.terms.first_day >= months.birthday(birth_date, YOUNGEST):
        return None
    return f"Il faut avoir {YOUNGEST}\u00a0ans le premier jour de l’immersion."


def _representative(case: Case) -> str | None:
    if not case.is_minor or case.terms.representative is not None:
        return None
    return "Avant 18\u00a0ans, un parent ou un tuteur signe aussi la convention."


def _day(case: Case) -> str | None:
    for day in case.minor_days:
        if day.minutes > MOST_A_DAY:
            most = hours(MOST_A_DAY)
            return f"{hours(day.minutes)} de présence le {written(day.on)}\u00a0: {most} au plus avant 18\u00a0ans."
    return None


def _week(case: Case) -> str | None:
    if not case.is_minor:
        return None
    for monday, days in case.weeks.items():
        minutes = sum(day.minutes for day in days)
        if minutes > MOST_A_WEEK and any(case.is_minor_on(day.on) for day in days):
            return (
                f"{hours(minutes)} de présence la semaine du {written(monday)}\u00a0: "
                f"{hours(MOST_A_WEEK)} au plus avant 18\u00a0ans."
            )
    return None


def _break(case: Case) -> str | None:
    for day in case.minor_days:
        if day.longest > MOST_WITHOUT_BREAK:
            return (
                f"{hours(day.longest)} sans pause le {written(day.on)}\u00a0: avant 18\u00a0ans, "
                f"une pause de 30\u00a0minutes au plus tard après {hours(MOST_WITHOUT_BREAK)}."
            )
    return None


def _rest(case: Case) -> str | None:
    return rest_is_short(case, REST, for_minors=True) if case.is_minor else None


def _night(case: Case) -> str | None:
    for day in case.minor_days:
        if day.starts < NIGHT_UNTIL or day.ends > NIGHT_FROM:
            return f"Le {written(day.on)}\u00a0: pas de présence entre 22\u00a0h et 6\u00a0h avant 18\u00a0ans."
    return None


def _two_days(case: Case) -> str | None:
    if not case.is_minor:
        return None
    for monday, days in case.weeks.items():
        present = {(day.on - monday).days for day in days}
        if any(case.is_minor_on(day.on) for day in days) and not any(
            number not in present and number + 1 not in present for number in range(6)
        ):
            return (
                f"La semaine du {written(monday)} n’a pas deux jours de repos de suite\u00a0: "
                "il les faut avant 18\u00a0ans."
            )
    return None


def _holiday(case: Case) -> str | None:
    for day in case.minor_days:
        if day.on in case.around.holidays:
            return f"Le {written(day.on)} est un jour férié\u00a0: pas de présence avant 18\u00a0ans."
    return None


RULES = (
    Rule(
        "youngest",
        Level.BLOCK,
        "Code du travail, L.\u00a04153-1",
        "Choisissez une immersion qui commence après votre anniversaire.",
        _youngest,
    ),
    Rule(
        "representative",
        Level.BLOCK,
        "Code civil, article\u00a01146",
        "Indiquez votre représentant légal et son adresse.",
        _representative,
    ),
    Rule("minor_day", Level.BLOCK, "Code du travail, L.\u00a03162-1", _SHORTEN, _day),
    Rule("minor_week", Level.BLOCK, "Code du travail, L.\u00a03162-1", _SHORTEN, _week),
    Rule("minor_break", Level.BLOCK, "Code du travail, L.\u00a03162-3", "Indiquez l’heure de la pause.", _break),
    Rule("minor_night", Level.BLOCK, "Code du travail, L.\u00a03163-1 et L.\u00a03163-2", _SHORTEN, _night),
    Rule("minor_rest", Level.BLOCK, "Code du travail, L.\u00a03164-1", _SHORTEN, _rest),
    Rule("minor_two_days", Level.BLOCK, "Code du travail, L.\u00a03164-2", _OTHER_DAY, _two_days),
    Rule("minor_holiday", Level.BLOCK, "Code du travail, L.\u00a03164-6", _OTHER_DAY, _holiday),
)
