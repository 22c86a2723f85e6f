"""What reading a catalogue gives: frozen drafts of trainings, or the reason why a record was refused."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from traitdunion.core.errors import Refused
from traitdunion.trainings.levels import Level

REGION_FUNDER = 2
"""The Conseil régional in LHEO's dict-financeurs."""


class Enrolment(StrEnum):
    """Whether a session takes people in (LHEO etat-recrutement); the values are stored."""

    OPEN = "open"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"


class Mode(IntEnum):
    """How one follows a training (LHEO modalites-enseignement); the values are stored."""

    ON_SITE = 0
    MIXED = 1
    DISTANCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask, as published: often a named person."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A place as the catalogue writes it; coordinates in degrees (WGS 84), both or none."""

    name: str | None = None
    lines: tuple[str, ...] = ()
    postcode: str | None = None
    city: str | None = None
    commune_code: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def is_known(self) -> bool:
        """It tells at least in which commune."""
        return bool(self.commune_code or self.postcode or self.city or self.latitude is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDraft:
    """A session; `opens_on`–`closes_on` is its enrolment window."""

    source_id: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    enrolment: Enrolment = Enrolment.UNKNOWN
    is_permanent: bool = False
    seats: int | None = None
    contact: Contact = Contact()
    address: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDraft:
    """A training given at a place; hours and euros as published, None when unsaid."""

    source_id: str | None = None
    place: Address = Address()
    mode: Mode | None = None
    is_permanent: bool = False
    price: Decimal | None = None
    hours: int | None = None
    hours_in_company: int | None = None
    funders: tuple[int, ...] = ()
    funded_seats: int | None = None
    audiences: tuple[str, ...] = ()
    accessibility: str | None = None
    trainer: str | None = None
    contact: Contact = Contact()
    url: str | None = None
    sessions: tuple[SessionDraft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationDraft:
    """Who answers for a training."""

    siret: str | None = None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingDraft:
    """A training as one record of a catalogue tells it.

    `is_whole`: the record holds all its actions and sessions; else it holds one, and other records may hold others.
    """

    source_id: str | None = None
    title: str
    objective: str | None = None
    content: str | None = None
    results: str | None = None
    rome_codes: tuple[str, ...] = ()
    formacodes: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    entry_level: Level | None = None
    is_entry_level_required: bool = False
    exit_level: Level | None = None
    is_certifying: bool | None = None
    aim: int | None = None
    url: str | None = None
    organisation: OrganisationDraft | None = None
    actions: tuple[ActionDraft, ...] = ()
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a record is not a training, in French, and the record itself, as bytes its own format can read again."""

    reason: str
    raw: bytes


Reading = tuple[int, TrainingDraft | Refusal]
"""The line (from 1) where a record begins, and what it is."""


class NotTrainings(Refused):
    """The file holds no training at all; the message is one French line for the operator."""


class CutShort(Exception):
    """The file cannot be read further than `line`; what came before is good. `reason` is French."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason
