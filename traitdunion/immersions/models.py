"""Dated slots and their places."""

import uuid
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.companies.models import Company
from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData

MOST_PLACES = 50
LONGEST_DAYS = 31
"""An immersion lasts a month at most, date to date (Code du travail, L. 5135-4 and D. 5135-4)."""

_SLOTS = PersonalData(
    purpose="Montrer les immersions proposées et le nom de la personne qui accueille.",
    kept_for="24 mois après le dernier jour de l’immersion",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


class SlotKind(StrEnum):
    """How long it lasts; the values are stored."""

    VISIT = "visit"
    HALF_DAY = "half_day"
    DAYS = "days"
    WEEKS = "weeks"

    @property
    def label(self) -> str:
        """What people choose."""
        return {
            "visit": "Visite (1\u00a0h environ)",
            "half_day": "Demi-journée",
            "days": "De 1 à 5\u00a0jours",
            "weeks": "Plus de 5\u00a0jours, un mois au plus",
        }[self.value]


class SlotState(StrEnum):
    """Where a slot is in its life (`lifecycle.py` has the table); the values are stored."""

    DRAFT = "draft"
    PUBLISHED = "published"
    FULL = "full"
    FROZEN = "frozen"  # nobody confirmed it: hidden from those who search, its bookings stand
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """What members read."""
        return {
            "draft": "Brouillon",
            "published": "Publié",
            "full": "Complet",
            "frozen": "En pause",
            "closed": "Terminé",
            "cancelled": "Annulé",
        }[self.value]


_STATES = ", ".join(repr(state.value) for state in SlotState)
_KINDS = ", ".join(repr(kind.value) for kind in SlotKind)


class Slot(Base):
    """An invitation to see one occupation in a company, on given days, for a number of people."""

    __tablename__ = "slots"
    __table_args__ = (
        # What a booking points at, so that its days are always those of its slot.
        UniqueConstraint("id", "first_day", "last_day"),
        CheckConstraint("occupation_code ~ '^[A-Z][0-9]{4}$'", name="occupation_code"),
        CheckConstraint("title <> ''", name="title"),
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint(f"last_day BETWEEN first_day AND first_day + {LONGEST_DAYS - 1}", name="days"),
        CheckConstraint("kind NOT IN ('visit', 'half_day') OR first_day = last_day", name="one_day"),
        CheckConstraint("starts_at < ends_at", name="hours"),
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", name="places"),
        CheckConstraint("book_by <= first_day", name="book_by"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        Index("ix_slots_company_id_first_day", "company_id", "first_day"),
        Index("ix_slots_created_by_id", "created_by_id", postgresql_where=text("created_by_id IS NOT NULL")),
        Index("ix_slots_series", "series", postgresql_where=text("series IS NOT NULL")),
        Index(
            "ix_slots_place",
            text("point(longitude, latitude)"),
            postgresql_using="gist",
            postgresql_where=text("state IN ('published', 'full')"),
        ),
        Index("ix_slots_first_day", "first_day", postgresql_where=text("state IN ('published', 'full')")),
        Index("ix_slots_occupation_code", "occupation_code", postgresql_where=text("state IN ('published', 'full')")),
        Index("ix_slots_last_day", "last_day", postgresql_where=text("state NOT IN ('closed', 'cancelled')")),
        {"info": {"personal": _SLOTS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    company_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("companies.id"))
    occupation_code: Mapped[str]
    """ROME code, of version 4 where the reference has it; no foreign key, as for offers."""
    title: Mapped[str]
    kind: Mapped[str]
    """A `SlotKind`."""
    first_day: Mapped[date]
    last_day: Mapped[date]
    starts_at: Mapped[time]
    """Of each day, on the clock of the place."""
    ends_at: Mapped[time]
    places: Mapped[int] = mapped_column(SmallInteger)
    """As many as there are rows in `slot_places`: written by `slots.set_places` alone."""
    address: Mapped[str | None]
    """Street and number."""
    postcode: Mapped[str]
    city: Mapped[str]
    commune_code: Mapped[str]
    department: Mapped[str]
    latitude: Mapped[float]
    longitude: Mapped[float]
    is_place_approximate: Mapped[bool]
    """The coordinates are the commune's centre."""
    tutor_name: Mapped[str]
    tutor_role: Mapped[str | None]
    tasks: Mapped[str]
    equipment: Mapped[str | None]
    """Protective equipment, and who gives it."""
    carries_loads: Mapped[bool]
    stands_long: Mapped[bool]
    minors_welcome: Mapped[bool]
    """From 16 on."""
    accessibility: Mapped[str | None]
    transport: Mapped[str | None]
    """How to come without a car."""
    book_by: Mapped[date]
    """The last day on which a place can be asked for."""
    accepts_at_once: Mapped[bool]
    """A booking needs no answer from the company."""
    state: Mapped[str]
    """A `SlotState`; changed by `slots` alone."""
    confirmation_asked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    series: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The same for slots repeated week after week."""
    created_by_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    company: Mapped[Company] = relationship()


class SlotPlace(Base):
    """One place of a slot, by number from 1: an active booking holds one, so that none is ever held twice."""

    __tablename__ = "slot_places"
    __table_args__ = (
        CheckConstraint(f"number BETWEEN 1 AND {MOST_PLACES}", name="number"),
        {"info": {"personal": None}},
    )

    slot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("slots.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
