"""The waiting list of a slot: a freed place is kept 24 hours for the first, then goes to the next.

A person who waits may let the place go by saying so, or by saying nothing; the list stops two working days before.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.immersions import booking_lifecycle, dates, eligibility, happenings, letters, places
from traitdunion.immersions.booking_lifecycle import Act
from traitdunion.immersions.models import OPEN, Actor, Booking, BookingState, Slot, SlotState


class CannotWait(Refused):
    """There is no waiting list to join."""


class OfferGone(Refused):
    """The place that was offered is not kept any more."""

    def __init__(self) -> None:
        super().__init__("Cette place ne vous est plus réservée\u00a0: le délai est passé, ou vous y avez renoncé.")


def join(session: Session, slot: Slot, person: Person, *, word: str | None, now: datetime) -> Booking:
    """The person waits, behind those who do already; who waits, or has a place, already: the booking that is there.

    Raises CannotBook, CannotWait.
    """
    slot = places.lock(session, slot.id)
    found = open_booking(session, slot.id, person.id)
    if found is not None:
        return found
    eligibility.check(slot, person, now=now)
    if places.free_number(session, slot) is not None:
        raise CannotWait("Une place est libre\u00a0: vous pouvez réserver tout de suite.")
    if now >= dates.waiting_ends(slot):
        raise CannotWait("La liste d’attente est fermée\u00a0: l’immersion commence bientôt.")
    booking = Booking(
        slot=slot,
        person=person,
        first_day=slot.first_day,
        last_day=slot.last_day,
        state=BookingState.WAITING.value,
        word=word or None,
        sequence=0,
        created_at=now,
        changed_at=now,
    )
    with places.constrained(session):
        session.add(booking)
    letters.joined(session, booking, now=now)
    return booking


def open_booking(session: Session, slot_id: int, person_id: int) -> Booking | None:
    """The booking of that person in that slot which is requested, accepted or waiting."""
    return session.scalar(
        select(Booking).where(Booking.slot_id == slot_id, Booking.person_id == person_id, Booking.state.in_(OPEN))
    )


def rank(session: Session, booking: Booking) -> int:
    """How many wait before the person, plus one."""
    before = select(Booking.id).where(
        Booking.slot_id == booking.slot_id, Booking.state == BookingState.WAITING.value, Booking.id < booking.id
    )
    return len(session.scalars(before).all()) + 1


def offer_freed(session: Session, slot: Slot, *, now: datetime) -> None:
    """Keeps each free place of the slot, which is locked, for one of those who wait; then says whether it is full."""
    while is_offering(slot, now=now):
        number = places.free_number(session, slot)
        first = _first(session, slot) if number is not None else None
        if first is None:
            break
        booking_lifecycle.after(BookingState(first.state), Act.OFFER, by=Actor.SERVICE)
        with places.constrained(session):
            first.place_number, first.offered_until = number, now + dates.OFFER
            first.sequence, first.changed_at = first.sequence + 1, now
        letters.offered(session, first, now=now)
    places.settle(session, slot, now=now)


def is_offering(slot: Slot, *, now: datetime) -> bool:
    """The list moves: the slot stands, and it is early enough."""
    stands = slot.state in {SlotState.PUBLISHED.value, SlotState.FULL.value}
    return stands and slot.company.is_shown and now < dates.waiting_ends(slot)


def take(session: Session, booking: Booking, *, now: datetime) -> None:
    """The person takes the place that was offered; a second time changes nothing.

    Accepted at once where the company allows it, else requested. Raises OfferGone, Overlaps, CannotBook.
    """
    places.lock_days(session, booking.person_id)
    slot = places.lock(session, booking.slot_id)
    session.refresh(booking)
    if booking.state in {BookingState.ACCEPTED, BookingState.REQUESTED}:
        return
    if booking.state != BookingState.WAITING or booking.offered_until is None or booking.offered_until <= now:
        raise OfferGone
    eligibility.check(slot, booking.person, now=now)
    act = Act.TAKE if slot.accepts_at_once else Act.ASK
    state = booking_lifecycle.after(BookingState.WAITING, act, by=Actor.PERSON)
    with places.constrained(session):
        booking.state, booking.offered_until = state.value, None
        booking.expires_at = None if slot.accepts_at_once else dates.answer_by(slot, now=now)
        booking.answered_at = now if slot.accepts_at_once else None
        booking.sequence, booking.changed_at = booking.sequence + 1, now
    letters.booked(session, booking, now=now)
    happenings.changed.send(booking, session=session, now=now)


def lapsed(session: Session, *, now: datetime) -> Sequence[Booking]:
    """Those to whom a place was offered, and who did not answer in time."""
    return session.scalars(select(Booking).where(Booking.offered_until <= now).order_by(Booking.id)).all()


def stopped(session: Session, *, now: datetime) -> list[Booking]:
    """Those who wait, without an offer, for a slot whose list stops, or which does not take place."""
    query = (
        select(Booking)
        .join(Booking.slot)
        .options(contains_eager(Booking.slot))
        .where(Booking.state == BookingState.WAITING.value, Booking.offered_until.is_(None))
        .order_by(Booking.id)
    )
    over = (SlotState.CLOSED.value, SlotState.CANCELLED.value)
    waiting = session.scalars(query)
    return [each for each in waiting if now >= dates.waiting_ends(each.slot) or each.slot.state in over]


def end(session: Session, booking: Booking, *, now: datetime) -> None:
    """Takes the person off the list, and offers the place that was kept, if any, to the next; twice: no change."""
    slot = places.lock(session, booking.slot_id)
    session.refresh(booking)
    had_offer = booking.offered_until is not None
    is_due = booking.offered_until <= now if booking.offered_until else now >= dates.waiting_ends(slot)
    if booking.state != BookingState.WAITING or not (is_due or slot.state in {SlotState.CLOSED, SlotState.CANCELLED}):
        return
    state = booking_lifecycle.after(BookingState.WAITING, Act.EXPIRE, by=Actor.SERVICE)
    with places.constrained(session):
        booking.state, booking.place_number, booking.offered_until = state.value, None, None
        booking.sequence, booking.changed_at = booking.sequence + 1, now
    letters.waiting_over(session, booking, had_offer=had_offer, now=now)
    offer_freed(session, slot, now=now)


def _first(session: Session, slot: Slot) -> Booking | None:
    """Who has waited longest without an offer."""
    return session.scalar(
        select(Booking)
        .where(
            Booking.slot_id == slot.id,
            Booking.state == BookingState.WAITING.value,
            Booking.offered_until.is_(None),
        )
        .order_by(Booking.id)
        .limit(1)
    )
