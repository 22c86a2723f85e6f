"""What an agreement says: one frozen value, its canonical bytes, and their hash, which is what the parties sign.

All that article D. 5135-3 of the Code du travail asks for is here, numbered as in it. Addresses to which codes are
sent are not: a corrected telephone number leaves the text as it was signed.
"""

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, time
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import orjson

from traitdunion.agreements.kinds import Objective

FORMAT = 1
"""Of the stored JSON; a reader of tomorrow knows from it what it reads."""

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """An organisation: of a prescriber (1°), an accompanying structure (4°)."""

    name: str
    kind: str
    """« Mission locale », in words."""
    legal_form: str | None
    siret: str | None
    address: str
    """On one line, with postcode and city."""
    delegation: str | None
    """By whose delegation it prescribes, under which number (L. 5135-2); None: by right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody who acts for a company or an organisation, with their function."""

    given_name: str
    family_name: str
    function: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """Whom an employed beneficiary works for (2°): a party too."""

    name: str
    siret: str | None
    address: str | None
    job: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """Who does the immersion (2°)."""

    given_name: str
    family_name: str
    birth_date: date | None
    address: str | None
    """On one line, with postcode and city."""
    situation: str | None
    """Professional situation, in words."""
    receives_rsa: bool | None
    employer: Employer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """Who has parental authority over a beneficiary under 18."""

    given_name: str
    family_name: str
    link: str
    """« sa mère »."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Where the immersion is done (3°)."""

    name: str
    siret: str
    """Its registration."""
    registered_on: date | None
    legal_form: str | None
    address: str
    activity: str | None
    """Main activity: the code of the French nomenclature, « 10.71C »."""
    collective_agreement: str | None
    signatory: Contact
    tutor: Contact
    """Who welcomes, follows, and hands on the health and safety instructions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Hours of presence without a break, on the clock of the place."""

    starts_at: time
    ends_at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of presence."""

    on: date
    shifts: tuple[Shift, ...]

    @property
    def minutes(self) -> int:
        """Of presence, breaks left out."""
        return sum(
            (shift.ends_at.hour - shift.starts_at.hour) * 60 + shift.ends_at.minute - shift.starts_at.minute
            for shift in self.shifts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the days are done (5°)."""

    address: str | None
    postcode: str
    city: str
    department: str
    """Whose public holidays count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """Whom to call."""

    name: str
    phone: str
    """E.164."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """The agreement that this one prolongs, and why: its objective was not reached (L. 5135-4)."""

    code: str
    first_day: date
    last_day: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All that an agreement says; while it is a draft, what is not known yet is None or empty."""

    prescriber: Body | None
    accompanying: Body | None
    """The structure that follows the immersion (4°); often the prescriber itself."""
    referent: Contact | None
    """Its adviser."""
    beneficiary: Beneficiary
    representative: Representative | None
    host: Host
    days: tuple[Day, ...]
    """In the order of the calendar (5° and 6°)."""
    place: Place
    objective: Objective | None
    """Among those of L. 5135-1 (5°)."""
    goals: str | None
    """Precise objectives (5°)."""
    assessment: str | None
    """How they will be assessed (5°)."""
    occupation_code: str
    """ROME."""
    occupation: str
    tasks: str
    """Given in order to develop the competences sought (6°)."""
    equipment: str | None
    """Protective equipment, and who gives it."""
    conditions: str | None
    """What else is to be known of the work: loads, standing, accessibility, transport."""
    emergency: Emergency | None
    renewed: Renewed | None

    @property
    def first_day(self) -> date:
        """Of presence."""
        return self.days[0].on

    @property
    def last_day(self) -> date:
        """Of presence."""
        return self.days[-1].on

    @property
    def minutes(self) -> int:
        """Hours of presence in all, in minutes."""
        return sum(day.minutes for day in self.days)


def to_json(terms: Terms) -> dict[str, Any]:
    """What a version stores; `from_json` gives the same value back."""
    written = _plain(terms)
    return {"format": FORMAT, **written}


def from_json(stored: dict[str, Any]) -> Terms:
    """What a version stores, typed again; raises KeyError or ValueError for what is not of this format."""
    if stored["format"] != FORMAT:
        raise ValueError(f"terms of format {stored['format']}")
    read: Terms = _typed(Terms, stored)
    return read


def canonical(stored: dict[str, Any]) -> bytes:
    """The only bytes that these terms have: UTF-8 JSON, keys sorted, no space."""
    return orjson.dumps(stored, option=orjson.OPT_SORT_KEYS)


def digest(stored: dict[str, Any]) -> bytes:
    """SHA-256 of the canonical bytes: what the parties sign."""
    return hashlib.sha256(canonical(stored)).digest()


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _typed(kind: Any, value: Any) -> Any:
    if get_origin(kind) in {Union, UnionType}:
        if value is None:
            return None
        (kind,) = (one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is tuple:
        return tuple(_typed(get_args(kind)[0], one) for one in value)
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _typed(hint, value[name]) for name, hint in _hints(kind).items()})
    if kind in {date, time}:
        return kind.fromisoformat(value)
    if issubclass(kind, StrEnum):
        return kind(value)
    if not isinstance(value, kind):
        raise ValueError(f"{value!r} is no {kind.__name__}")
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
