"""The places of a slot: who holds them. The locks make people wait their turn; the constraints make it sure.

Whoever locks both takes the person's days first, then the slots in the order of their ids: no two wait for each other.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

import psycopg
from sqlalchemy import Select, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.immersions import lifecycle
from traitdunion.immersions.lifecycle import Act
from traitdunion.immersions.models import Booking, Slot, SlotPlace, SlotState


class SlotFull(Refused):
    """No place is left; the sentence says it to whoever was not quick enough."""

    def __init__(self) -> None:
        super().__init__("La dernière place vient d’être prise. Vous pouvez vous mettre sur la liste d’attente.")


class Overlaps(Refused):
    """The person is expected somewhere on one of these days."""

    def __init__(self) -> None:
        super().__init__("Vous avez déjà une immersion ces jours-là. Annulez-la d’abord, ou choisissez d’autres dates.")


class AlreadyBooked(Refused):
    """The person holds a place in that slot, or waits for one."""

    def __init__(self) -> None:
        super().__init__("Vous avez déjà une réservation pour cette immersion.")


_REFUSALS: dict[str, type[Refused]] = {
    "uq_bookings_slot_id_place_number": SlotFull,
    "ex_bookings_person_days": Overlaps,
    "ix_bookings_slot_id_person_id": AlreadyBooked,
}


def lock(session: Session, slot_id: int) -> Slot:
    """The slot as it is now; nobody else books, frees or closes it until the end of the transaction."""
    # NO KEY UPDATE: the foreign keys of bookings, which only need the slot's key to stay, are not held up.
    return session.get_one(Slot, slot_id, with_for_update={"key_share": True}, populate_existing=True)


def lock_days(session: Session, person_id: int) -> None:
    """No other booking of that person is asked for, accepted or moved until the end of the transaction.

    Else two that overlap, written at the same instant, would each wait for the other's end to know whether the
    exclusion constraint holds, until PostgreSQL breaks the deadlock by an error (CREATE TABLE, EXCLUDE; seen in 2026).
    """
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def free_number(session: Session, slot: Slot) -> int | None:
    """The first place that nobody holds; None when the slot is full."""
    return session.scalar(_free(slot).limit(1))


def free_numbers(session: Session, slot: Slot) -> list[int]:
    """The first two places that nobody holds: one to take, and whether it is the last."""
    return list(session.scalars(_free(slot).limit(2)))


def free_counts(session: Session, slot_ids: Collection[int]) -> dict[int, int]:
    """How many places are free in each of these slots; a slot without any place at all is left out."""
    is_held = exists().where(Booking.slot_id == SlotPlace.slot_id, Booking.place_number == SlotPlace.number)
    query = (
        select(SlotPlace.slot_id, func.count().filter(~is_held))
        .where(SlotPlace.slot_id.in_(slot_ids))
        .group_by(SlotPlace.slot_id)
    )
    return dict(session.execute(query).all()) if slot_ids else {}


def settle(session: Session, slot: Slot, *, now: datetime) -> None:
    """Says on the slot, which is locked, whether it is full: what searches and lists show."""
    say(slot, is_full=free_number(session, slot) is None, now=now)


def say(slot: Slot, *, is_full: bool, now: datetime) -> None:
    """Writes on the slot that it is full, or not any more; a draft, or a slot that is hidden or over, stays so."""
    act = Act.FILL if is_full else Act.FREE
    if slot.state == (SlotState.PUBLISHED if is_full else SlotState.FULL):
        slot.state = lifecycle.after(slot.state, act).value
        slot.changed_at = now


@contextmanager
def constrained(session: Session) -> Iterator[None]:
    """Writes what was changed within, and raises the refusal that goes with the constraint that was broken.

    Within a savepoint: what came before in the transaction stands.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()  # the constraint must answer here, where the refusal can be said
    except IntegrityError as error:
        raise _refusal(error) from None


def _refusal(error: IntegrityError) -> Exception:
    cause = error.orig
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else None
    refusal = _REFUSALS.get(name or "")
    return refusal() if refusal else error


def _free(slot: Slot) -> Select[int]:
    is_held = exists().where(Booking.slot_id == SlotPlace.slot_id, Booking.place_number == SlotPlace.number)
    return select(SlotPlace.number).where(SlotPlace.slot_id == slot.id, ~is_held).order_by(SlotPlace.number)
