"""Who may book what, and when: each refusal with the sentence that the person reads."""

from datetime import date, datetime

from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.immersions import dates
from traitdunion.immersions.models import Slot, SlotState

YOUNGEST = 16
"""An immersion in a company begins at 16 (age of compulsory schooling: Code de l’éducation, L. 131-1)."""
ADULT = 18
_OLDEST = 120

_BOOKABLE = {SlotState.PUBLISHED.value, SlotState.FULL.value}


class CannotBook(Refused):
    """The person may not book the slot."""


class NotOpen(CannotBook):
    """Nobody may book the slot any more."""


def check(slot: Slot, person: Person, *, now: datetime) -> None:
    """Raises CannotBook, with the reason; says nothing of places."""
    check_slot(slot, now=now)
    if person.banned_at is not None:
        raise CannotBook("Votre compte ne permet plus de réserver. Écrivez-nous par la page de contact.")
    check_age(slot, person.birth_date)


def check_slot(slot: Slot, *, now: datetime) -> None:
    """Raises NotOpen unless the slot is shown and takes bookings now."""
    if slot.state == SlotState.CANCELLED:
        raise NotOpen("L’entreprise a annulé cette immersion.")
    if dates.has_started(slot, now=now):
        raise NotOpen("Cette immersion a déjà commencé.")
    if slot.state not in _BOOKABLE or not slot.company.is_shown:
        raise NotOpen("Cette immersion n’est plus ouverte aux réservations.")
    if not dates.takes_bookings(slot, now=now):
        raise NotOpen("La date limite pour réserver cette immersion est passée.")


def check_age(slot: Slot, birth_date: date | None) -> None:
    """Raises CannotBook for who is too young on the first day, or was born on an impossible day."""
    if birth_date is None:
        raise CannotBook("Indiquez votre date de naissance pour réserver.")
    age = dates.age_on(birth_date, slot.first_day)
    if age < 0 or age > _OLDEST:
        raise CannotBook("Vérifiez votre date de naissance.")
    if age < YOUNGEST:
        raise CannotBook(f"Il faut avoir {YOUNGEST}\u00a0ans le premier jour de l’immersion.")
    if age < ADULT and not slot.minors_welcome:
        raise CannotBook("Cette entreprise n’accueille que des personnes de 18\u00a0ans et plus.")
