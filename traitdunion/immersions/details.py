"""What a company says of a slot, and the rules that bind its days and hours, pure and total."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from traitdunion.core import months
from traitdunion.immersions.models import SlotKind

FURTHEST = timedelta(days=366)
"""Nobody knows its timetable beyond."""
MOST_WORKING_DAYS = 5
_LONGEST_HOURS = {SlotKind.VISIT: 3, SlotKind.HALF_DAY: 6, SlotKind.DAYS: 12, SlotKind.WEEKS: 12}
_MINORS_FROM, _MINORS_UNTIL = time(6), time(22)  # Code du travail, L. 3163-1: at 16 and 17, no night from 22 to 6
_MINORS_HOURS = 10  # 8 of work (L. 3162-1) and the breaks
_ONE_DAY = (SlotKind.VISIT, SlotKind.HALF_DAY)
_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The days and hours of a slot, and whom they bind."""

    kind: SlotKind
    first_day: date
    last_day: date
    starts_at: time
    ends_at: time
    book_by: date
    minors_welcome: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotDetails:
    """All that a company says of a slot, read and checked; the place is still as it was typed."""

    title: str
    occupation_code: str
    when: Timetable
    places: int
    address: str | None
    postcode: str
    city: str
    tutor_name: str
    tutor_role: str | None
    tasks: str
    equipment: str | None
    carries_loads: bool
    stands_long: bool
    accessibility: str | None
    transport: str | None
    accepts_at_once: bool


def mistakes(when: Timetable, *, today: date, book_by: date | None = None) -> dict[str, str]:
    """What is wrong, by field of `SlotForm`, in French; empty when all is well. Holidays are another matter.

    `book_by` is what the slot says already: it may be over, and the rest still be corrected.
    """
    found = _wrong_days(when, today) | _wrong_hours(when)
    if "a" not in found and when.minors_welcome and _is_hard_for_minors(when):
        found["mineurs"] = (
            "Avant 18\u00a0ans, ni avant 6\u00a0h, ni après 22\u00a0h, ni plus de 10\u00a0h sur place\u00a0: "
            "changez les heures, ou décochez cette case."
        )
    if "du" in found:
        return found
    if when.book_by > when.first_day:
        found["limite"] = "La date limite pour réserver est après le premier jour."
    elif when.book_by < today and when.book_by != book_by:
        found["limite"] = "La date limite pour réserver est déjà passée."
    return found


def usual_book_by(first_day: date, *, today: date) -> date:
    """Two days before, when the company says nothing; never past."""
    return max(first_day - timedelta(days=2), min(today, first_day))


def _wrong_days(when: Timetable, today: date) -> dict[str, str]:
    first_day, last_day = when.first_day, when.last_day
    if first_day <= today:
        past = "C’est aujourd’hui" if first_day == today else "Ce jour est passé"
        return {"du": f"{past}\u00a0: choisissez un jour à partir de demain."}
    if first_day > today + FURTHEST:
        return {"du": "C’est trop loin\u00a0: proposez des jours d’ici un an."}
    told = ""
    if last_day < first_day:
        told = "Le dernier jour est avant le premier."
    elif when.kind in _ONE_DAY and last_day != first_day:
        told = "Une visite ou une demi-journée tient sur un seul jour\u00a0: laissez ce champ vide."
    elif when.kind is SlotKind.DAYS and _weekdays(first_day, last_day) > MOST_WORKING_DAYS:
        told = "C’est plus de 5\u00a0jours\u00a0: choisissez «\u00a0Plus de 5\u00a0jours\u00a0», ou une autre date."
    elif last_day > months.month_later(first_day):
        told = "Une immersion dure un mois au plus, de date à date (Code du travail, L.\u00a05135-4)."
    return {"au": told} if told else {}


def _wrong_hours(when: Timetable) -> dict[str, str]:
    if when.ends_at <= when.starts_at:
        return {"a": "L’heure de fin doit être après l’heure de début, le même jour."}
    if _hours(when) > (most := _LONGEST_HOURS[when.kind]):
        named = {SlotKind.VISIT: "une visite", SlotKind.HALF_DAY: "une demi-journée"}.get(when.kind, "une journée")
        return {"a": f"C’est trop long pour {named}\u00a0: {most}\u00a0heures au plus."}
    return {}


def _is_hard_for_minors(when: Timetable) -> bool:
    is_night = when.starts_at < _MINORS_FROM or when.ends_at > _MINORS_UNTIL
    return is_night or _hours(when) > _MINORS_HOURS


def _hours(when: Timetable) -> float:
    day = date.min
    return (datetime.combine(day, when.ends_at) - datetime.combine(day, when.starts_at)).total_seconds() / 3_600


def _weekdays(first_day: date, last_day: date) -> int:
    """Days from Monday to Friday; the first and the last count whatever they are."""
    length = (last_day - first_day).days
    days = (first_day + timedelta(days=number) for number in range(length + 1))
    return sum(day.weekday() < _SATURDAY or day in (first_day, last_day) for day in days)
