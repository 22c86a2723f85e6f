"""What a company does with its slots, and the questions about them.

Whoever changes the places or the state of a slot locks it first (`places.lock`), so that nobody books meanwhile.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from blinker import Signal
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, joinedload

from traitdunion.companies import companies
from traitdunion.companies.models import Company
from traitdunion.core.errors import Refused
from traitdunion.immersions import addresses, alternatives, lifecycle, locating, places, waiting
from traitdunion.immersions.addresses import FieldRefused, Placed
from traitdunion.immersions.details import SlotDetails
from traitdunion.immersions.lifecycle import Act
from traitdunion.immersions.models import MOST_PLACES, OPEN, Booking, Slot, SlotPlace, SlotState
from traitdunion.territories import working_days

cancelled = Signal()
"""Sent with a slot that was just cancelled, `session`, `reason` (a French sentence, perhaps empty) and `now`: whoever
keeps bookings cancels them and tells people."""

ASKED_DAYS = 10
"""Before the first day, when the company is asked whether the slot still holds."""
FROZEN_DAYS = 7
"""Before the first day, when a slot that nobody confirmed is no longer shown."""


KEPT = timedelta(days=2 * 365)


class SlotBooked(Refused):
    """People hold places: what they were promised cannot be changed under them."""


def get(session: Session, slot_id: int) -> Slot | None:
    """The slot, with its company, whatever its state."""
    return session.scalar(select(Slot).options(joinedload(Slot.company)).where(Slot.id == slot_id))


def get_public(session: Session, slot_id: int, *, today: date) -> Slot | None:
    """The slot, if everybody may see it: published or full, not over, in a company that is verified and open."""
    query = select(Slot).join(Slot.company).where(Slot.id == slot_id, Slot.last_day >= today, alternatives.shown())
    return session.scalar(query.options(joinedload(Slot.company)))


def of_company(session: Session, company_id: int, *, since: date, until: date | None = None) -> Sequence[Slot]:
    """The slots that last until `since` at least, by day; those that begin after `until` are left out."""
    query = select(Slot).where(Slot.company_id == company_id, Slot.last_day >= since)
    if until is not None:
        query = query.where(Slot.first_day <= until)
    return session.scalars(query.order_by(Slot.first_day, Slot.starts_at, Slot.id)).all()


def days_of_series(session: Session, series: UUID) -> set[date]:
    """The first days of the slots that were repeated together."""
    return set(session.scalars(select(Slot.first_day).where(Slot.series == series)))


def write(session: Session, company: Company, details: SlotDetails, *, by: int, now: datetime) -> Slot:
    """A draft. Raises FieldRefused."""
    placed = _placed(session, company, details)
    slot = Slot(
        company=company,
        state=SlotState.DRAFT.value,
        places=details.places,
        created_by_id=by,
        created_at=now,
        **_columns(details, placed, now),
    )
    add(session, slot)
    return slot


def add(session: Session, slot: Slot) -> None:
    """Stores a new slot with its places, and has its address looked for."""
    session.add(slot)
    session.flush()  # gives the id that its places and its job bear
    set_places(session, slot, slot.places)
    locating.defer(session, slot)


def change(session: Session, slot: Slot, details: SlotDetails, *, now: datetime) -> None:
    """Writes what the company says now. Raises SlotBooked when people hold places in what would change, FieldRefused,
    or lifecycle.ActRefused for a slot that is over."""
    locked = places.lock(session, slot.id)
    if locked.state in {SlotState.CLOSED, SlotState.CANCELLED}:
        raise lifecycle.ActRefused("Cette immersion n’a plus lieu\u00a0: dupliquez-la pour en proposer une autre.")
    columns = _columns(details, _placed(session, slot.company, details), now)
    promised = ("first_day", "last_day", "starts_at", "ends_at", "commune_code", "address", "occupation_code")
    if any(getattr(slot, name) != columns[name] for name in promised) and _is_booked(session, slot):
        raise SlotBooked(
            "Des personnes ont réservé\u00a0: le métier, les jours, les heures et l’adresse ne changent plus. "
            "Dupliquez l’immersion aux nouveaux jours, puis déplacez-y chaque personne\u00a0: elle en est prévenue, et "
            "peut refuser."
        )
    for name, value in columns.items():
        setattr(slot, name, value)
    set_places(session, slot, details.places)
    waiting.offer_freed(session, slot, now=now)
    locating.defer(session, slot)


def publish(session: Session, slot: Slot, *, now: datetime, today: date) -> None:
    """Shows the slot to everybody, once its company is verified. Raises lifecycle.ActRefused."""
    if slot.first_day <= today:
        raise lifecycle.ActRefused("Le premier jour est passé ou c’est aujourd’hui\u00a0: changez les dates.")
    if slot.book_by < today:
        raise lifecycle.ActRefused("La date limite pour réserver est passée\u00a0: changez-la d’abord.")
    _act(session, slot, Act.PUBLISH, now=now)
    # What is published a few days before was just thought over: no question about it.
    if slot.first_day <= today + timedelta(days=ASKED_DAYS):
        slot.confirmed_at = now


def confirm(session: Session, slot: Slot, *, now: datetime) -> None:
    """The company says that the slot still holds; it is shown again if it was frozen. Raises lifecycle.ActRefused."""
    _act(session, slot, Act.CONFIRM, now=now)
    slot.confirmed_at = now
    waiting.offer_freed(session, slot, now=now)


def freeze(session: Session, slot: Slot, *, now: datetime) -> None:
    """Nobody confirmed the slot: it is no longer shown, its bookings stand. Raises lifecycle.ActRefused."""
    _act(session, slot, Act.FREEZE, now=now)


def close(session: Session, slot: Slot, *, now: datetime) -> None:
    """The days of the slot are over. Raises lifecycle.ActRefused."""
    _act(session, slot, Act.CLOSE, now=now)


def cancel(session: Session, slot: Slot, *, reason: str, now: datetime) -> None:
    """The company gives the slot up, and who booked it is told, with the reason. Raises lifecycle.ActRefused."""
    _act(session, slot, Act.CANCEL, now=now)
    cancelled.send(slot, session=session, reason=reason, now=now)


def set_places(session: Session, slot: Slot, count: int) -> None:
    """Gives the slot so many places, in `slot_places` and in its own column. Raises SlotBooked when more are held."""
    known = set(session.scalars(select(SlotPlace.number).where(SlotPlace.slot_id == slot.id)))
    held = set(
        session.scalars(
            select(Booking.place_number).where(Booking.slot_id == slot.id, Booking.place_number.is_not(None))
        )
    )
    if count < len(held):
        raise SlotBooked(f"{len(held)}\u00a0places sont déjà prises\u00a0: gardez-en au moins autant.")
    surplus = sorted(known - held, reverse=True)[: max(0, len(known) - count)]
    if surplus:
        session.execute(delete(SlotPlace).where(SlotPlace.slot_id == slot.id, SlotPlace.number.in_(surplus)))
    missing = [number for number in range(1, MOST_PLACES + 1) if number not in known][: max(0, count - len(known))]
    session.add_all(SlotPlace(slot_id=slot.id, number=number) for number in missing)
    slot.places = count
    session.flush()  # the foreign keys of bookings must find the places within this transaction


@companies.taken_down.connect
def cancel_all(company: Company, *, session: Session, reason: str, now: datetime) -> None:
    """Cancels every slot of a company that closed or was banned."""
    over = (SlotState.CLOSED.value, SlotState.CANCELLED.value)
    query = select(Slot).where(Slot.company_id == company.id, Slot.state.not_in(over)).order_by(Slot.id)
    for slot in session.scalars(query).all():
        cancel(session, slot, reason=reason, now=now)


def forget_tutors(session: Session, *, today: date) -> None:
    """Erases who welcomed, and who wrote it, in the slots that were over two years ago."""
    session.execute(
        update(Slot)
        .where(Slot.last_day < today - KEPT, Slot.tutor_name != "")
        .values(tutor_name="", tutor_role=None, created_by_id=None)
    )


def _act(session: Session, slot: Slot, act: Act, *, now: datetime) -> None:
    locked = places.lock(session, slot.id)
    locked.state = lifecycle.after(locked.state, act).value
    locked.changed_at = now


def _is_booked(session: Session, slot: Slot) -> bool:
    return bool(session.scalar(select(exists().where(Booking.slot_id == slot.id, Booking.state.in_(OPEN)))))


def _placed(session: Session, company: Company, details: SlotDetails) -> Placed:
    placed = addresses.place(
        session, address=details.address, postcode=details.postcode, city=details.city, company=company
    )
    local = working_days.subdivision(placed.department)
    for field, day in (("du", details.when.first_day), ("au", details.when.last_day)):
        if working_days.is_holiday(day, local=local):
            raise FieldRefused(field, "C’est un jour férié à cet endroit\u00a0: choisissez un autre jour.")
    return placed


def _columns(details: SlotDetails, placed: Placed, now: datetime) -> dict[str, object]:
    when = details.when
    return {
        "title": details.title,
        "occupation_code": details.occupation_code,
        "kind": when.kind.value,
        "first_day": when.first_day,
        "last_day": when.last_day,
        "starts_at": when.starts_at,
        "ends_at": when.ends_at,
        "book_by": when.book_by,
        "minors_welcome": when.minors_welcome,
        "address": placed.address,
        "postcode": placed.postcode,
        "city": placed.city,
        "commune_code": placed.commune_code,
        "department": placed.department,
        "latitude": placed.latitude,
        "longitude": placed.longitude,
        "is_place_approximate": placed.is_approximate,
        "tutor_name": details.tutor_name,
        "tutor_role": details.tutor_role,
        "tasks": details.tasks,
        "equipment": details.equipment,
        "carries_loads": details.carries_loads,
        "stands_long": details.stands_long,
        "accessibility": details.accessibility,
        "transport": details.transport,
        "accepts_at_once": details.accepts_at_once,
        "changed_at": now,
    }
