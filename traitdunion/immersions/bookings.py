"""Bookings: asked for, answered, moved, cancelled, recorded; each act once, however often it is clicked.

Each act locks the slot, so that those of one slot come one after the other, and reads the booking again: what a stale
page asks for is judged on what is true now. What fills a person's days locks these before. What frees a place offers it
to whoever waits.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.immersions import (
    booking_lifecycle,
    dates,
    eligibility,
    happenings,
    letters,
    places,
    slots,
    waiting,
)
from traitdunion.immersions.booking_lifecycle import Act
from traitdunion.immersions.models import OPEN, Actor, Booking, BookingState, RefusalReason, Slot

_WHOLE = (
    select(Booking)
    .join(Booking.slot)
    .join(Slot.company)
    .join(Booking.person)
    .options(contains_eager(Booking.slot).contains_eager(Slot.company), contains_eager(Booking.person))
)
"""Bookings with their slot, company and person."""


class NeedsWord(Refused):
    """Nobody is left waiting without a word."""


class TooLate(Refused):
    """The immersion has begun."""


class TooEarly(Refused):
    """The immersion has not begun."""


class CannotMove(Refused):
    """The other slot is not one of the same company for the same job."""


def book(session: Session, slot: Slot, person: Person, *, word: str | None = None, now: datetime) -> Booking:
    """A place of the slot for the person, accepted at once where the company allows it, else asked for.

    Who has one already gets it back unchanged; who waits takes a place that is free or was offered. Raises SlotFull,
    Overlaps, CannotBook.
    """
    places.lock_days(session, person.id)
    slot = places.lock(session, slot.id)
    found = waiting.open_booking(session, slot.id, person.id)
    if found is not None and found.state != BookingState.WAITING:
        return found
    if found is not None:
        waiting.take(session, found, now=now)
        return found
    eligibility.check(slot, person, now=now)
    free = places.free_numbers(session, slot)
    if not free:
        raise places.SlotFull
    state = BookingState.ACCEPTED if slot.accepts_at_once else BookingState.REQUESTED
    booking = Booking(
        slot=slot,
        person=person,
        first_day=slot.first_day,
        last_day=slot.last_day,
        place_number=free[0],
        state=state.value,
        expires_at=None if slot.accepts_at_once else dates.answer_by(slot, now=now),
        answered_at=now if slot.accepts_at_once else None,
        word=word or None,
        sequence=0,
        created_at=now,
        changed_at=now,
    )
    with places.constrained(session):
        session.add(booking)
    places.say(slot, is_full=len(free) == 1, now=now)
    letters.booked(session, booking, now=now)
    happenings.changed.send(booking, session=session, now=now)
    return booking


def accept(session: Session, booking: Booking, *, now: datetime) -> None:
    """The company says yes; a second yes changes nothing. Raises NotPossible, TooLate."""
    places.lock_days(session, booking.person_id)
    slot = _lock(session, booking)
    if booking.state == BookingState.ACCEPTED:
        return
    state = booking_lifecycle.after(BookingState(booking.state), Act.ACCEPT, by=Actor.COMPANY)
    if dates.has_started(slot, now=now):
        raise TooLate("Cette immersion a déjà commencé.")
    _become(session, booking, state, now=now)
    booking.answered_at = now
    letters.accepted(session, booking, now=now)
    happenings.changed.send(booking, session=session, now=now)


def refuse(session: Session, booking: Booking, *, reason: RefusalReason, word: str | None, now: datetime) -> None:
    """The company says no, with a reason; a second no changes nothing. Raises NotPossible."""
    slot = _lock(session, booking)
    if booking.state == BookingState.REFUSED:
        return
    state = booking_lifecycle.after(BookingState(booking.state), Act.REFUSE, by=Actor.COMPANY)
    _become(session, booking, state, now=now, reason=reason, word=word)
    booking.answered_at = now
    letters.refused(session, booking, now=now)
    happenings.changed.send(booking, session=session, now=now)
    waiting.offer_freed(session, slot, now=now)


def cancel(session: Session, booking: Booking, *, by: Actor, word: str | None, now: datetime) -> None:
    """Nobody comes; a second time changes nothing. Who waits leaves the list.

    A company always says why; a person does when less than four hours are left. Raises NotPossible, NeedsWord, TooLate.
    """
    slot = _lock(session, booking)
    if booking.state == BookingState.CANCELLED:
        return
    before = BookingState(booking.state)
    state = booking_lifecycle.after(before, Act.CANCEL, by=by)
    if before is not BookingState.WAITING:
        _check_notice(slot, by=by, word=word, now=now)
    _become(session, booking, state, now=now, word=word, cancelled_by=by)
    if before is not BookingState.WAITING:
        letters.cancelled(session, booking, was_accepted=before is BookingState.ACCEPTED, now=now)
    happenings.changed.send(booking, session=session, now=now)
    waiting.offer_freed(session, slot, now=now)


def reschedule(session: Session, booking: Booking, to: Slot, *, by: Actor, word: str | None, now: datetime) -> None:
    """The booking goes to another slot of the same company for the same job; already there: no change.

    Moved by the person to a slot that the company answers, it is asked for again. Raises CannotMove, SlotFull,
    Overlaps, CannotBook, NotPossible, NeedsWord, TooLate.
    """
    places.lock_days(session, booking.person_id)
    old_id = booking.slot_id
    # Always in the order of ids: two people who swap do not wait for each other for ever.
    locked = {slot_id: places.lock(session, slot_id) for slot_id in sorted({old_id, to.id})}
    session.refresh(booking)
    if booking.slot_id == to.id:
        return
    if booking.slot_id != old_id:
        raise CannotMove("Cette réservation vient d’être déplacée. Relisez-la avant de la déplacer encore.")
    old, new = locked[old_id], locked[to.id]
    if (old.company_id, old.occupation_code) != (new.company_id, new.occupation_code):
        raise CannotMove("On ne peut déplacer une réservation que dans la même entreprise, pour le même métier.")
    before = BookingState(booking.state)
    is_sure = new.accepts_at_once or by is Actor.COMPANY
    state = booking_lifecycle.after(before, Act.MOVE if is_sure else Act.MOVE_ASKING, by=by)
    _check_notice(old, by=by, word=word, now=now)
    eligibility.check(new, booking.person, now=now)
    number = places.free_number(session, new)
    if number is None:
        raise places.SlotFull
    with places.constrained(session):
        booking.slot, booking.slot_id, booking.place_number = new, new.id, number
        booking.first_day, booking.last_day = new.first_day, new.last_day
        booking.state, booking.word = state.value, word or None
        booking.expires_at = None if is_sure else dates.answer_by(new, now=now)
        booking.sequence, booking.changed_at = booking.sequence + 1, now
    letters.moved(session, booking, was_accepted=before is BookingState.ACCEPTED, now=now)
    happenings.changed.send(booking, session=session, now=now)
    places.settle(session, new, now=now)
    waiting.offer_freed(session, old, now=now)


def record(session: Session, booking: Booking, *, has_come: bool, now: datetime) -> None:
    """The company says whether the person came, once the immersion has begun. Raises NotPossible, TooEarly."""
    slot = _lock(session, booking)
    wanted = BookingState.DONE if has_come else BookingState.NO_SHOW
    if booking.state == wanted:
        return
    state = booking_lifecycle.after(BookingState(booking.state), Act.ATTEND if has_come else Act.MISS, by=Actor.COMPANY)
    if not dates.has_started(slot, now=now):
        raise TooEarly("L’immersion n’a pas encore commencé.")
    booking.state, booking.sequence, booking.changed_at = state.value, booking.sequence + 1, now


def expire(session: Session, booking: Booking, *, now: datetime) -> None:
    """The company did not answer in time: the place is free again; run twice, or too early, it changes nothing."""
    slot = _lock(session, booking)
    if booking.expires_at is None or booking.expires_at > now:
        return
    _become(
        session,
        booking,
        booking_lifecycle.after(BookingState(booking.state), Act.EXPIRE, by=Actor.SERVICE),
        now=now,
    )
    letters.expired(session, booking, now=now)
    happenings.changed.send(booking, session=session, now=now)
    waiting.offer_freed(session, slot, now=now)


def cancel_all(session: Session, slot: Slot, *, word: str | None, now: datetime) -> int:
    """Cancels what is open in a slot that the company gives up, and tells everybody; returns how many.

    The slot's own state is changed before, by `slots.cancel`.
    """
    slot = places.lock(session, slot.id)
    found = of_slot(session, slot.id, states=OPEN)
    for booking in found:
        was_accepted = booking.state == BookingState.ACCEPTED
        is_waiting = booking.state == BookingState.WAITING
        by = Actor.SERVICE if is_waiting else Actor.COMPANY
        state = booking_lifecycle.after(BookingState(booking.state), Act.CANCEL, by=by)
        _become(session, booking, state, now=now, word=word, cancelled_by=Actor.COMPANY)
        letters.cancelled(session, booking, was_accepted=was_accepted, now=now)
        happenings.changed.send(booking, session=session, now=now)
    return len(found)


@slots.cancelled.connect
def _follow(slot: Slot, *, session: Session, reason: str, now: datetime, **_: Any) -> None:
    cancel_all(session, slot, word=reason, now=now)


def requests_of(session: Session, company_ids: Collection[int]) -> Sequence[Booking]:
    """The requests that wait for an answer of these companies, the most urgent first, with slot and person."""
    return _loaded(session, company_ids, states=(BookingState.REQUESTED.value,), order=(Booking.expires_at, Booking.id))


def expected_of(session: Session, company_ids: Collection[int]) -> Sequence[Booking]:
    """The people these companies expect, the next first; and those of whom it is not said yet whether they came."""
    return _loaded(session, company_ids, states=(BookingState.ACCEPTED.value,), order=(Booking.first_day, Booking.id))


def of_slot(session: Session, slot_id: int, *, states: Collection[str] = tuple(BookingState)) -> Sequence[Booking]:
    """The bookings of a slot in these states, the oldest first, with their people."""
    query = (
        select(Booking)
        .join(Booking.person)
        .options(contains_eager(Booking.person))
        .where(Booking.slot_id == slot_id, Booking.state.in_(states))
    )
    return session.scalars(query.order_by(Booking.id)).all()


def of_person(session: Session, person_id: int) -> Sequence[Booking]:
    """All the bookings of a person with their slots and companies, the latest day first."""
    query = (
        select(Booking)
        .join(Booking.slot)
        .join(Slot.company)
        .options(contains_eager(Booking.slot).contains_eager(Slot.company))
        .where(Booking.person_id == person_id)
    )
    return session.scalars(query.order_by(Booking.first_day.desc(), Booking.id.desc())).all()


def get(session: Session, booking_id: int) -> Booking | None:
    """The booking with its slot, company and person; None when there is none."""
    return session.scalar(_WHOLE.where(Booking.id == booking_id))


def _loaded(
    session: Session, company_ids: Collection[int], *, states: Collection[str], order: Sequence[object]
) -> Sequence[Booking]:
    query = _WHOLE.where(Slot.company_id.in_(company_ids), Booking.state.in_(states))
    return session.scalars(query.order_by(*order)).all()  # type: ignore[arg-type]


def _lock(session: Session, booking: Booking) -> Slot:
    """The slot of the booking, locked, and the booking as it is now."""
    slot = places.lock(session, booking.slot_id)
    session.refresh(booking)
    return slot


def _check_notice(slot: Slot, *, by: Actor, word: str | None, now: datetime) -> None:
    if dates.has_started(slot, now=now):
        raise TooLate("Cette immersion a déjà commencé\u00a0: elle ne peut plus être annulée ni déplacée.")
    if by is Actor.COMPANY and not word:
        raise NeedsWord("Dites en un mot pourquoi\u00a0: la personne le lira.")
    if by is Actor.PERSON and not word and dates.is_short_notice(slot, now=now):
        raise NeedsWord("L’immersion commence dans moins de 4\u00a0heures\u00a0: écrivez un mot à l’entreprise.")


def _become(
    session: Session,
    booking: Booking,
    state: BookingState,
    *,
    now: datetime,
    reason: RefusalReason | None = None,
    word: str | None = None,
    cancelled_by: Actor | None = None,
) -> None:
    """The new state, with all that the constraints say goes with it."""
    with places.constrained(session):
        booking.state, booking.expires_at, booking.offered_until = state.value, None, None
        if not booking_lifecycle.holds_place(state, is_offered=False):
            booking.place_number = None
        booking.reason = reason.value if reason else None
        booking.cancelled_by = cancelled_by.value if cancelled_by else None
        if word is not None or state is not BookingState.ACCEPTED:
            booking.word = word or None
        booking.sequence, booking.changed_at = booking.sequence + 1, now
