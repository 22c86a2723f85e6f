"""Where a booking can be moved: the other slots of the same company for the same job that still have a place."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.immersions import alternatives, wording
from traitdunion.immersions.models import Booking, Slot, SlotState

_MOST = 20


def slots_for(session: Session, booking: Booking, *, now: datetime) -> Sequence[Slot]:
    """The slots, the earliest first."""
    here = booking.slot
    query = (
        select(Slot)
        .join(Slot.company)
        .where(
            alternatives.shown(),
            alternatives.bookable(now),
            Slot.state == SlotState.PUBLISHED.value,
            Slot.company_id == here.company_id,
            Slot.occupation_code == here.occupation_code,
            Slot.id != here.id,
        )
    )
    return session.scalars(query.order_by(Slot.first_day, Slot.starts_at, Slot.id).limit(_MOST)).all()


def choices(session: Session, booking: Booking, *, now: datetime) -> list[tuple[int, str]]:
    """The same, for a list to choose from."""
    return [
        (slot.id, f"{wording.days(slot).capitalize()}, {wording.hours(slot)}")
        for slot in slots_for(session, booking, now=now)
    ]
