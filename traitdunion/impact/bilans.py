"""The company's bilan of an immersion, and the person's word on it (D. 5135-6 of the Code du travail)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Booking, BookingState
from traitdunion.impact import letters, times
from traitdunion.impact.kinds import Contract, Presence
from traitdunion.impact.models import Bilan


class NeedsWord(Refused):
    """Who disagrees says why."""


class NotSaid(Refused):
    """There is no bilan to answer to."""


class OutOfDays(Refused):
    """The day is none of the immersion's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a company says; days and hours only where the person came in part."""

    presence: Presence
    last_day_of_presence: date | None = None
    missed_hours: int | None = None
    went_well: str | None = None
    was_hired: bool = False
    contract: Contract | None = None


def get(session: Session, booking_id: int) -> Bilan | None:
    """What was said of the immersion; None while nothing was."""
    return session.get(Bilan, booking_id)


def say(session: Session, booking_id: int, said: Said, *, now: datetime) -> Bilan:
    """Keeps the bilan, in place of the one of less than 7 days ago, and tells the person and the prescriber.

    The booking is recorded as done or missed with it. Raises Gone, NotYet, TooLate, OutOfDays.
    """
    booking = times.lock(session, booking_id)
    times.check_begun(booking, now=now)
    is_partial = said.presence is Presence.PARTIALLY_COMPLETED
    day = said.last_day_of_presence if is_partial else None
    if day is not None and not booking.first_day <= day <= times.last_day(session, booking):
        raise OutOfDays("Ce jour n’est pas un jour de l’immersion.")
    bilan = session.get(Bilan, booking_id)
    if bilan is None:
        bilan = Bilan(booking_id=booking_id, booking=booking, answered_at=now)
        session.add(bilan)
    times.check_correctable(bilan.answered_at, now=now)
    bilan.presence, bilan.changed_at = said.presence.value, now
    bilan.last_day_of_presence, bilan.missed_hours = day, said.missed_hours if is_partial else None
    bilan.went_well, bilan.was_hired = said.went_well or None, said.was_hired
    bilan.contract = said.contract.value if said.was_hired and said.contract else None
    # What the person answered was to other words.
    bilan.agrees, bilan.agreed_at, bilan.person_word = None, None, None
    session.flush()
    bookings.record(session, booking, has_come=said.presence is not Presence.DID_NOT_SHOW, now=now)
    letters.bilan_said(session, bilan, now=now)
    return bilan


def answer(session: Session, booking_id: int, *, agrees: bool, word: str | None, now: datetime) -> Bilan:
    """The person agrees with the bilan, or says what is wrong with it. Raises Gone, NotSaid, TooLate, NeedsWord."""
    booking = times.lock(session, booking_id)
    bilan = session.get(Bilan, booking_id)
    if bilan is None:
        raise NotSaid("L’entreprise n’a pas encore fait le bilan.")
    if not agrees and not word:
        raise NeedsWord("Dites en quelques mots ce qui n’est pas juste.")
    if bilan.agreed_at is not None:
        times.check_correctable(bilan.agreed_at, now=now)
    bilan.agrees, bilan.person_word = agrees, word or None
    bilan.agreed_at = bilan.agreed_at or now
    letters.bilan_answered(session, bilan, booking, now=now)
    return bilan


def is_awaited(booking: Booking) -> bool:
    """The company may say something of it: the immersion is one that takes place, or took place."""
    return booking.state in {BookingState.ACCEPTED.value, BookingState.DONE.value, BookingState.NO_SHOW.value}
