"""An agreement follows its booking: drafted when it is accepted, rewritten when it moves, given up with it."""

from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, changes, drafting, ending, lifecycle, prefilling
from traitdunion.agreements.kinds import Actor, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.surroundings import Blocked
from traitdunion.companies import members
from traitdunion.immersions import happenings
from traitdunion.immersions.models import Booking, BookingState

_OVER = {
    BookingState.REFUSED.value: "L’entreprise ne peut plus accueillir.",
    BookingState.CANCELLED.value: "La réservation est annulée.",
    BookingState.EXPIRED.value: "La réservation n’est plus valable.",
    BookingState.REQUESTED.value: "Une autre date est demandée à l’entreprise.",
}
_MOVED = "Les dates ont changé\u00a0: une nouvelle convention la remplace."


def init_app(_app: Flask) -> None:
    """Listens to bookings; once, however many applications there are."""
    happenings.changed.connect(follow)


def follow(booking: Booking, *, session: Session, now: datetime, **_: Any) -> None:
    """What becomes of the agreement when something became of the booking."""
    found = agreements.of_booking(session, booking.id)
    living = found if found is not None and not Status(found.status).is_final else None
    if booking.state == BookingState.ACCEPTED:
        _keep_up(session, booking, living, now=now)
    elif living is not None and booking.state in _OVER and not _is_asked_anew(booking, living):
        _give_up(session, booking, living, word=booking.word or _OVER[booking.state], now=now)


def _keep_up(session: Session, booking: Booking, living: Agreement | None, *, now: datetime) -> None:
    if living is None:
        drafting.draft(session, booking, now=now)
        return
    agreement = lifecycle.lock(session, living.id)
    speakers = members.people(session, booking.slot.company_id)
    former = agreements.terms_of(agreement)
    terms = prefilling.again(former, booking, signatory=speakers[0] if speakers else None)
    if (terms.days, terms.place) == (former.days, former.place):
        return
    if agreement.status == Status.DRAFT:
        drafting.fill(session, agreement, terms, actor=Actor.SERVICE, by=None, now=now)
        return
    try:
        changes.change(session, agreement, terms, actor=Actor.SERVICE, by=None, now=now)
    except (Blocked, lifecycle.NotPossible):
        # Validated already, or not to be signed as it is: the person looks at another draft.
        _give_up(session, booking, agreement, word=_MOVED, now=now)
        drafting.draft(session, booking, now=now)


def _is_asked_anew(booking: Booking, living: Agreement) -> bool:
    """A draft waits for the company's answer to another date; nobody had it to sign."""
    return booking.state == BookingState.REQUESTED and living.status == Status.DRAFT


def _give_up(session: Session, booking: Booking, living: Agreement, *, word: str, now: datetime) -> None:
    told = {booking.person_id, *(one.id for one in members.people(session, booking.slot.company_id))}
    ending.follow(session, living, word=word, told=told, now=now)
