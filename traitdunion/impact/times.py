"""When an immersion has begun and is over, and until when an answer about it may be put right."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from traitdunion.agreements.kinds import Status
from traitdunion.agreements.models import Agreement
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, dates, places
from traitdunion.immersions.models import Booking, BookingState

CORRECTABLE = timedelta(days=7)
"""After an answer was first given."""
_TAKES_PLACE = {BookingState.ACCEPTED.value, BookingState.DONE.value, BookingState.NO_SHOW.value}


class Gone(Refused):
    """There is no such immersion any more."""


class NotYet(Refused):
    """It has not begun, or it never took place."""


class TooLate(Refused):
    """The answer stands."""


def lock(session: Session, booking_id: int) -> Booking:
    """The booking, held until the end of the transaction: two taps come one after the other. Raises Gone, NotYet."""
    booking = bookings.get(session, booking_id)
    if booking is None:
        raise Gone("Cette immersion n’existe plus.")
    # Whoever acts on a booking holds its slot.
    places.lock(session, booking.slot_id)
    session.refresh(booking)
    return booking


def check_begun(booking: Booking, *, now: datetime) -> None:
    """Raises NotYet before the first hour, and where the booking was given up."""
    if booking.state not in _TAKES_PLACE:
        raise NotYet("Cette immersion n’a pas eu lieu.")
    if not dates.has_started(booking.slot, now=now):
        raise NotYet("L’immersion n’a pas encore commencé.")


def is_correctable(answered_at: datetime, *, now: datetime) -> bool:
    """The answer may still be put right."""
    return now <= answered_at + CORRECTABLE


def check_correctable(answered_at: datetime, *, now: datetime) -> None:
    """Raises TooLate once the answer stands."""
    if not is_correctable(answered_at, now=now):
        raise TooLate("Cette réponse a plus de 7\u00a0jours et ne se modifie plus. Écrivez-nous si elle est fausse.")


def last_day(session: Session, booking: Booking) -> date:
    """The last day of the immersion, a validated renewal included."""
    of_booking = select(Agreement.id).where(Agreement.booking_id == booking.id)
    theirs = or_(Agreement.booking_id == booking.id, Agreement.renewed_from_id.in_(of_booking))
    validated = Agreement.status == Status.ACCEPTED_BY_VALIDATOR.value
    found = session.scalar(select(func.max(Agreement.last_day)).where(validated, theirs))
    return max(found, booking.last_day) if found else booking.last_day
