"""How an agreement comes to nothing: refused, given up before it is validated, cancelled after; each party is told.

Its place in the company is free again: the booking ends with it, and it with the booking.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.agreements import letters, lifecycle
from traitdunion.agreements.kinds import Act, Actor, Status
from traitdunion.agreements.models import Agreement
from traitdunion.immersions import bookings, dates, places
from traitdunion.immersions.models import ACTIVE
from traitdunion.immersions.models import Actor as BookingActor


def reject(
    session: Session, agreement_id: int, *, word: str, actor: Actor, by: int | None, now: datetime, seen: int | None
) -> Agreement:
    """The prescriber refuses, and says why. Raises NotPossible, NeedsWord, Overtaken."""
    return _end(session, agreement_id, Act.REJECT, word=word, actor=actor, by=by, now=now, seen=seen)


def give_up(
    session: Session, agreement_id: int, *, word: str, actor: Actor, by: int | None, now: datetime, seen: int | None
) -> Agreement:
    """Cancelled where it is validated, else abandoned; a second time changes nothing. Raises as `reject`."""
    return _end(session, agreement_id, None, word=word, actor=actor, by=by, now=now, seen=seen)


def follow(session: Session, agreement: Agreement, *, word: str, told: Collection[int], now: datetime) -> None:
    """The booking is given up: so is its agreement, if it lives; `told` are the accounts that the booking's letters
    tell."""
    found = lifecycle.lock(session, agreement.id)
    status = Status(found.status)
    if status.is_final:
        return
    act = Act.CANCEL if status.is_validated else Act.ABANDON
    lifecycle.step(session, found, act, actor=Actor.SERVICE, by=None, word=word, now=now)
    letters.ended(session, found, told=told, now=now)


def _end(
    session: Session,
    agreement_id: int,
    act: Act | None,
    *,
    word: str,
    actor: Actor,
    by: int | None,
    now: datetime,
    seen: int | None,
) -> Agreement:
    found = session.get_one(Agreement, agreement_id)
    booking = bookings.get(session, found.booking_id) if found.booking_id else None
    if booking is not None:
        # As those who act on the booking do: its slot before its agreement.
        places.lock(session, booking.slot_id)
    agreement = lifecycle.lock(session, agreement_id, seen=seen)
    status = Status(agreement.status)
    if act is None:
        if status.is_final:
            return agreement
        act = Act.CANCEL if status.is_validated else Act.ABANDON
    lifecycle.step(session, agreement, act, actor=actor, by=by, word=word, now=now)
    letters.ended(session, agreement, now=now)
    if booking is not None and booking.state in ACTIVE and not dates.has_started(booking.slot, now=now):
        bookings.cancel(session, booking, by=BookingActor.SERVICE, word=word, now=now)
    return agreement
