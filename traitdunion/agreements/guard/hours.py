"""Hours, rest, Sundays and public holidays, for everybody: the company's own employees' rules hold (L. 5135-7)."""

from datetime import timedelta

from traitdunion.agreements.guard.cases import Case, hours, written
from traitdunion.agreements.guard.findings import Level, Rule

MOST_A_DAY, MOST_A_DAY_EVER = 10 * 60, 12 * 60
MOST_A_WEEK = 48 * 60
MOST_WITHOUT_BREAK = 6 * 60
REST = 11 * 60
MOST_DAYS_A_WEEK = 6
NIGHT_UNTIL, NIGHT_FROM = 6 * 60, 21 * 60

_MIDNIGHT = 24 * 60
_DAY = timedelta(days=1)
_SUNDAY = 6
_SHORTEN = "Demandez à l’entreprise de raccourcir les horaires."
_AGREE = "Voyez avec l’entreprise si un autre jour est possible. Sinon, votre conseiller donnera son accord."


def _day(case: Case) -> str | None:
    for day in case.days:
        if MOST_A_DAY < day.minutes <= MOST_A_DAY_EVER:
            return (
                f"{hours(day.minutes)} de présence le {written(day.on)}\u00a0: "
                f"plus de {hours(MOST_A_DAY)} par jour demande un accord dans l’entreprise."
            )
    return None


def _day_ever(case: Case) -> str | None:
    for day in case.days:
        if day.minutes > MOST_A_DAY_EVER:
            return f"{hours(day.minutes)} de présence le {written(day.on)}\u00a0: {hours(MOST_A_DAY_EVER)} au plus."
    return None


def _week(case: Case) -> str | None:
    for monday, days in case.weeks.items():
        minutes = sum(day.minutes for day in days)
        if minutes > MOST_A_WEEK:
            return f"{hours(minutes)} de présence la semaine du {written(monday)}\u00a0: {hours(MOST_A_WEEK)} au plus."
    return None


def _break(case: Case) -> str | None:
    for day in case.days:
        if day.longest > MOST_WITHOUT_BREAK:
            return (
                f"{hours(day.longest)} sans pause le {written(day.on)}\u00a0: "
                f"il faut une pause d’au moins 20\u00a0minutes avant {hours(MOST_WITHOUT_BREAK)} de présence."
            )
    return None


def rest_is_short(case: Case, least: int, *, for_minors: bool) -> str | None:
    """The sentence where fewer than `least` minutes part two days of presence."""
    for one, two in zip(case.days, case.days[1:], strict=False):
        if for_minors and not case.is_minor_on(one.on):
            continue
        rest = _MIDNIGHT - one.ends + two.starts
        if two.on - one.on == _DAY and rest < least:
            return f"{hours(rest)} de repos après le {written(one.on)}\u00a0: il en faut au moins {hours(least)}."
    return None


def _rest(case: Case) -> str | None:
    return rest_is_short(case, REST, for_minors=False)


def _seventh_day(case: Case) -> str | None:
    for monday, days in case.weeks.items():
        if len(days) > MOST_DAYS_A_WEEK:
            return f"Sept jours de présence la semaine du {written(monday)}\u00a0: six au plus."
    return None


def _sunday(case: Case) -> str | None:
    for day in case.days:
        if day.on.weekday() == _SUNDAY:
            return f"Le {written(day.on)} est un dimanche."
    return None


def _holiday(case: Case) -> str | None:
    for day in case.days:
        if day.on in case.around.holidays and not case.is_minor_on(day.on):
            return f"Le {written(day.on)} est un jour férié là où se passe l’immersion."
    return None


def _night(case: Case) -> str | None:
    for day in case.days:
        if (day.starts < NIGHT_UNTIL or day.ends > NIGHT_FROM) and not case.is_minor_on(day.on):
            return f"Le {written(day.on)}, une partie de la présence est de nuit, entre 21\u00a0h et 6\u00a0h."
    return None


RULES = (
    Rule("day", Level.WARNING, "Code du travail, L.\u00a03121-18 et L.\u00a03121-19", _SHORTEN, _day),
    Rule("day_ever", Level.BLOCK, "Code du travail, L.\u00a03121-19", _SHORTEN, _day_ever),
    Rule("week", Level.BLOCK, "Code du travail, L.\u00a03121-20", _SHORTEN, _week),
    Rule("break", Level.BLOCK, "Code du travail, L.\u00a03121-16", "Indiquez l’heure de la pause.", _break),
    Rule("rest", Level.WARNING, "Code du travail, L.\u00a03131-1", _SHORTEN, _rest),
    Rule("seventh_day", Level.BLOCK, "Code du travail, L.\u00a03132-1", "Retirez un jour par semaine.", _seventh_day),
    Rule("sunday", Level.WARNING, "Code du travail, L.\u00a03132-3", _AGREE, _sunday),
    Rule("holiday", Level.WARNING, "Code du travail, L.\u00a03133-1 et L.\u00a03134-13", _AGREE, _holiday),
    Rule("night", Level.WARNING, "Code du travail, L.\u00a03122-1 et L.\u00a03122-2", _AGREE, _night),
)
