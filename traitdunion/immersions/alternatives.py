"""What else there is: the same job, not far, that can still be booked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from traitdunion.companies.models import Company, CompanyState
from traitdunion.core import clock
from traitdunion.immersions.models import ACTIVE, Booking, Slot, SlotState
from traitdunion.rome.models import Occupation
from traitdunion.territories import distances
from traitdunion.territories.distances import Point

NEAR_KM = 20
_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NearSlot:
    """A slot that can be booked, and how far it is (km), None where it is not known from where."""

    slot: Slot
    km: float | None


def shown() -> ColumnElement[bool]:
    """SQL over `slots` joined with `companies`: what everybody may see; full ones too."""
    return and_(
        Slot.state.in_((SlotState.PUBLISHED.value, SlotState.FULL.value)),
        Company.verified_at.is_not(None),
        Company.state == CompanyState.ACTIVE.value,
        Company.banned_at.is_(None),
    )


def bookable(now: datetime) -> ColumnElement[bool]:
    """SQL: the slot can still be booked, full or not; it begins on a later day, or today at a later hour."""
    there = now.astimezone(clock.PARIS)
    today, hour = there.date(), there.time().replace(microsecond=0)
    later = or_(Slot.first_day > today, and_(Slot.first_day == today, Slot.starts_at > hour))
    return and_(Slot.book_by >= today, later)


def of_same_jobs(codes: Collection[str]) -> ColumnElement[bool]:
    """SQL: slots of these occupations, or of those that share their ROME 3 parents."""
    this, other = aliased(Occupation), aliased(Occupation)
    family = select(other.code).join(this, this.parent_code == other.parent_code).where(this.code.in_(codes))
    return or_(Slot.occupation_code.in_(codes), Slot.occupation_code.in_(family))


def near(
    session: Session, slot: Slot, *, person_id: int | None = None, km: int = NEAR_KM, now: datetime
) -> list[NearSlot]:
    """Free slots of the same job within `km`, the nearest first; none that overlaps what the person has booked."""
    query = (
        select(Slot)
        .join(Slot.company)
        .options(contains_eager(Slot.company))
        .where(shown(), Slot.state == SlotState.PUBLISHED.value, bookable(now), Slot.id != slot.id)
        .where(of_same_jobs((slot.occupation_code,)))
        .where(distances.within(Slot.latitude, Slot.longitude, Point(slot.latitude, slot.longitude), km))
    )
    if person_id is not None:
        query = query.where(~overlaps(person_id))
    here = Point(slot.latitude, slot.longitude)
    query = query.order_by(distances.haversine(Slot.latitude, Slot.longitude, here), Slot.first_day, Slot.id)
    return measured(session.scalars(query.limit(_MOST)).all(), here)


def measured(slots: Sequence[Slot], here: Point | None) -> list[NearSlot]:
    """The slots with how far they are."""

    def km(slot: Slot) -> float | None:
        return distances.kilometres(here, Point(slot.latitude, slot.longitude)) if here else None

    return [NearSlot(slot=slot, km=km(slot)) for slot in slots]


def overlaps(person_id: int) -> ColumnElement[bool]:
    """SQL: the person has booked something on one of the days of the slot."""
    return exists().where(
        Booking.person_id == person_id,
        Booking.state.in_(ACTIVE),
        Booking.first_day <= Slot.last_day,
        Booking.last_day >= Slot.first_day,
    )
