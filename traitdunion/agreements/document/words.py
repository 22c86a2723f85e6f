"""How facts of an agreement are said in its text: instants, hours, lengths, identifiers."""

from collections.abc import Iterable
from datetime import datetime

from traitdunion.agreements.snapshot import Body, Contact, Day
from traitdunion.core import clock, pages
from traitdunion.immersions import wording

UNSAID = "Non renseigné"

_FIXED = "\u00a0"


def instant(value: datetime) -> str:
    """« 3 février 2027 à 18 h 04 », on the clock of France."""
    there = value.astimezone(clock.PARIS)
    return f"{pages.day(there.date())} à {wording.hour(there.time())}"


def length(minutes: int) -> str:
    """« 7 h », « 3 h 30 »."""
    hours, left = divmod(minutes, 60)
    return f"{hours}{_FIXED}h" + (f"{_FIXED}{left:02d}" if left else "")


def hours(day: Day) -> str:
    """« de 8 h à 12 h, puis de 13 h à 16 h »."""
    said = (f"de {wording.hour(shift.starts_at)} à {wording.hour(shift.ends_at)}" for shift in day.shifts)
    return ", puis ".join(said)


def siret(value: str | None) -> str | None:
    """« 123 456 789 00012 »."""
    if not value:
        return None
    return _FIXED.join((value[:3], value[3:6], value[6:9], value[9:]))


def contact(found: Contact | None) -> str | None:
    """« Ada Martin, gérante »."""
    if found is None:
        return None
    return joined((f"{found.given_name} {found.family_name}".strip(), found.function), ", ")


def legal_form(found: Body) -> str | None:
    """What it is: « Mission locale, association »."""
    return joined((found.kind, found.legal_form), ", ")


def joined(words: Iterable[str | None], sign: str) -> str | None:
    """Those that say something, with the sign between them; None when none does."""
    return sign.join(word for word in words if word) or None
