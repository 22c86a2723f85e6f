"""Dated slots and their places, the bookings of them, and private calendar feeds."""

import uuid
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    event,
    inspect,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company
from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData
from traitdunion.matching import titles
from traitdunion.rome.models import Occupation

MOST_PLACES = 50
LONGEST_DAYS = 31
"""An immersion lasts a month at most, date to date (Code du travail, L. 5135-4 and D. 5135-4)."""

_SLOTS = PersonalData(
    purpose="Montrer les immersions proposées et le nom de la personne qui accueille.",
    kept_for="24 mois après le dernier jour de l’immersion",
    then=Fate.ANONYMISED,
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


class BookingState(StrEnum):
    """Where a booking is in its life (`booking_lifecycle.py` has the table); the values are stored."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DONE = "done"
    NO_SHOW = "no_show"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            "requested": "Demande envoyée",
            "accepted": "Confirmée",
            "waiting": "Liste d’attente",
            "refused": "Refusée",
            "cancelled": "Annulée",
            "expired": "Sans suite",
            "done": "Faite",
            "no_show": "Absence",
        }[self.value]


class RefusalReason(StrEnum):
    """Why a company refuses, in one click; the values are stored."""

    NO_TIME = "no_time"
    ALREADY_FOUND = "already_found"
    NOT_SUITED = "not_suited"
    SLOT_WITHDRAWN = "slot_withdrawn"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What the company chooses."""
        return {
            "no_time": "Nous n’aurons pas le temps de bien accueillir",
            "already_found": "Une autre personne vient déjà ces jours-là",
            "not_suited": "Le poste ne convient pas à cette personne",
            "slot_withdrawn": "L’immersion n’a plus lieu",
            "other": "Autre raison",
        }[self.value]


class Actor(StrEnum):
    """Who acts on a booking; the values are stored."""

    PERSON = "person"
    COMPANY = "company"
    SERVICE = "service"
    """Its jobs, and what follows from another act."""


ACTIVE = (BookingState.REQUESTED.value, BookingState.ACCEPTED.value)
"""Of one person, no two of these overlap."""
OPEN = (*ACTIVE, BookingState.WAITING.value)
"""Of one person and one slot, there is one of these at most."""

_BOOKINGS = PersonalData(
    purpose="Réserver une immersion, la rappeler à la personne et à l’entreprise, et savoir si elle a eu lieu.",
    kept_for="24 mois après le dernier jour de l’immersion",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_FEEDS = PersonalData(
    purpose="Montrer vos immersions dans votre agenda, par une adresse secrète que vous pouvez désactiver.",
    kept_for="tant que vous ne la désactivez pas",
    then=Fate.ERASED,
    legal_basis=LegalBasis.CONSENT,
)
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
        Index(
            "ix_slots_stems", "stems", postgresql_using="gin", postgresql_where=text("state IN ('published', 'full')")
        ),
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
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    stems: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), deferred=True)
    """Of its title, occupation and tasks (`matching.titles`), for the search; written by `_keep_stems` alone."""

    company: Mapped[Company] = relationship()


@event.listens_for(Slot, "before_insert")
@event.listens_for(Slot, "before_update")
def _keep_stems(_mapper: Mapper[Slot], connection: Connection, slot: Slot) -> None:
    """Whoever writes a slot, its words are found: of what is typed by hand, copied, repeated or imported."""
    changes = inspect(slot).attrs
    if not any(changes[name].history.has_changes() for name in ("title", "tasks", "occupation_code")):
        return
    label = connection.scalar(select(Occupation.label).where(Occupation.code == slot.occupation_code))
    slot.stems = sorted({stem for said in (slot.title, label, slot.tasks) if said for stem in titles.stems(said)})


class SlotPlace(Base):
    """One place of a slot, by number from 1: an active booking holds one, so that none is ever held twice."""

    __tablename__ = "slot_places"
    __table_args__ = (
        CheckConstraint(f"number BETWEEN 1 AND {MOST_PLACES}", name="number"),
        {"info": {"personal": None}},
    )

    slot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("slots.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)


class Booking(Base):
    """A person's place in a slot, asked for, held or waited for; its days are always those of its slot.

    What must never be false is here: a place has one holder, a person is never expected in two places on one day.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["slot_id", "first_day", "last_day"], ["slots.id", "slots.first_day", "slots.last_day"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["slot_id", "place_number"], ["slot_places.slot_id", "slot_places.number"]),
        UniqueConstraint("slot_id", "place_number"),
        CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in BookingState)})", name="state"),
        CheckConstraint(f"reason IN ({', '.join(repr(reason.value) for reason in RefusalReason)})", name="reason"),
        CheckConstraint(f"cancelled_by IN ({', '.join(repr(one.value) for one in Actor)})", name="cancelled_by"),
        CheckConstraint(
            "(place_number IS NOT NULL) ="
            " (state IN ('requested', 'accepted', 'done', 'no_show') OR offered_until IS NOT NULL)",
            name="place",
        ),
        CheckConstraint("offered_until IS NULL OR state = 'waiting'", name="offered"),
        CheckConstraint("(expires_at IS NOT NULL) = (state = 'requested')", name="expires"),
        CheckConstraint("(cancelled_by IS NOT NULL) = (state = 'cancelled')", name="cancelled"),
        ExcludeConstraint(
            ("person_id", "="),
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            where=text("state IN ('requested', 'accepted')"),
            using="gist",
            name="ex_bookings_person_days",
        ),
        Index(
            "ix_bookings_slot_id_person_id",
            "slot_id",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'accepted', 'waiting')"),
        ),
        Index("ix_bookings_person_id", "person_id"),
        Index("ix_bookings_waiting", "slot_id", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_bookings_offered_until", "offered_until", postgresql_where=text("offered_until IS NOT NULL")),
        Index("ix_bookings_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
        Index("ix_bookings_accepted", "first_day", postgresql_where=text("state = 'accepted'")),
        {"info": {"personal": _BOOKINGS, "merging": "refuse"}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    slot_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    first_day: Mapped[date]
    """The slot's, like the next one: written with it, so that overlaps are seen."""
    last_day: Mapped[date]
    place_number: Mapped[int | None] = mapped_column(SmallInteger)
    """The place that is held; None where none is."""
    state: Mapped[str]
    """A `BookingState`."""
    offered_until: Mapped[datetime | None]
    """Until when a freed place is kept for this person, who waits."""
    expires_at: Mapped[datetime | None]
    """Until when the company may answer a request."""
    reason: Mapped[str | None]
    """A `RefusalReason`."""
    word: Mapped[str | None]
    """What the last one who acted wrote to the other."""
    cancelled_by: Mapped[str | None]
    """An `Actor`."""
    sequence: Mapped[int]
    """How often it changed: calendars take the highest (RFC 5545), messages are written once for each."""
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    slot: Mapped[Slot] = relationship(foreign_keys=[slot_id], primaryjoin="Slot.id == Booking.slot_id")
    person: Mapped[Person] = relationship()

    @property
    def is_offered(self) -> bool:
        """A freed place is kept for this person, who has yet to take it."""
        return self.offered_until is not None


class CalendarFeed(Base):
    """A secret address that a calendar reads: of a person's bookings, or of those of one company they belong to."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        UniqueConstraint("person_id", "company_id", postgresql_nulls_not_distinct=True),
        Index("ix_calendar_feeds_company_id", "company_id", postgresql_where=text("company_id IS NOT NULL")),
        {"info": {"personal": _FEEDS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    """Signed in the address: a feed that is made again has another."""
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("companies.id", ondelete="CASCADE"))
    """None: the person's own bookings."""
    created_at: Mapped[datetime]
