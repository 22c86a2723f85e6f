"""A person is created once: who is already known under that name, birth date, telephone number or e-mail address.

PostgreSQL retrieves a few dozen: those of one e-mail or number; those born on the same day, or on one that a slip makes
of it, whose name has some of the same trigrams; those of the very same name; and, of those whose birth date nobody
said, those of a like name. What is kept of them is decided here, on names compared by rapidfuzz. Homonyms of another
age are left out: a prescriber would meet them every day.
"""

import contextlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import fuzz
from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.matching import titles
from traitdunion.prescribers.models import CaseloadEntry

MOST = 5
_RETRIEVED = 100
_LEAST_LIKE = 0.25
"""Similarity of trigrams, of two people who were born on one day."""
_LIKE = "0.5"
"""The same, where one has no birth date: below it, names have half of their letters elsewhere."""
_BORN = text(
    """
    SELECT people.id FROM unnest(CAST(:days AS date[]), CAST(:keys AS text[])) AS asked (day, key)
        JOIN people ON people.birth_date = asked.day AND similarity(people.name_key, asked.key) >= :least
    """
)
_SIGNS = re.compile(r"[\W_]+")
_SAME_NAME, _NEAR_NAME, _LIKE_NAME = 97.0, 90.0, 84.0
"""Percentages of `rapidfuzz`: one name; a letter or two apart; two apart in a short name."""
_SAME_ADDRESS_NAME = 70.0
"""Of names at one e-mail address: below it, two people of one home share it."""


class Evidence(StrEnum):
    """What two descriptions have in common."""

    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    NEAR_NAME = "near_name"
    BIRTH_DATE = "birth_date"
    NEAR_BIRTH_DATE = "near_birth_date"
    BIRTH_YEAR = "birth_year"

    @property
    def label(self) -> str:
        """What the one who typed the description reads."""
        return {
            "email": "même adresse e-mail",
            "phone": "même numéro de téléphone",
            "name": "même nom",
            "near_name": "nom presque identique",
            "birth_date": "même date de naissance",
            "near_birth_date": "date de naissance presque identique",
            "birth_year": "même année de naissance",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Somebody as a form or a line of a file tells of them."""

    given_name: str
    family_name: str
    birth_date: date | None = None
    email: str | None = None
    phone: str | None = None
    postcode: str | None = None
    status: str | None = None
    """A value of `accounts.models.Status`."""
    level: int | None = None

    @property
    def key(self) -> str:
        """As `Person.name_key`."""
        return _key(self.given_name, self.family_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Somebody known who may be the one described, and why; `is_sure`: nobody else can be."""

    person: Person
    evidence: tuple[Evidence, ...]
    is_sure: bool
    is_followed_here: bool
    """By the organisation that asks: its members may read who it is."""

    @property
    def initials(self) -> str:
        """« C. M. »: all that another organisation may read of the name."""
        names = (self.person.given_name, self.person.family_name)
        return " ".join(f"{name[0].upper()}." for name in names if name)


def find(session: Session, described: Described, *, organisation_id: int) -> list[Near]:
    """Who may be the one described, the likeliest first, MOST at most."""
    ids = _addressed(session, [described]) | _born(session, [(described, _slips(described.birth_date))])
    ids |= _of_same_name(session, described) | _ageless(session, described)
    return _sorted(described, _people(session, ids, organisation_id))


def find_many(session: Session, described: Sequence[Described], *, organisation_id: int) -> list[list[Near]]:
    """For each description what `find` gives, but where the name is misspelt and the birth date is not the same."""
    ids = _addressed(session, described) | _born(session, [(one, _days(one.birth_date)) for one in described])
    ids |= _keyed(session, {one.key for one in described})
    known = _people(session, ids, organisation_id)
    by_day: dict[date, list[Known]] = {}
    by_address: dict[str, list[Known]] = {}
    by_key: dict[str, list[Known]] = {}
    for one in known:
        if one.person.birth_date:
            by_day.setdefault(one.person.birth_date, []).append(one)
        else:
            by_key.setdefault(one.key, []).append(one)
        for address in (one.person.email, one.person.phone):
            if address:
                by_address.setdefault(address, []).append(one)
    found = []
    for each in described:
        met = [one for day in _days(each.birth_date) for one in by_day.get(day, ())]
        met += by_key.get(each.key, ())
        met += [one for address in (each.email, each.phone) if address for one in by_address.get(address, ())]
        found.append(_sorted(each, {one.person.id: one for one in met}.values()))
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who was retrieved, with what is compared."""

    person: Person
    key: str
    is_followed_here: bool


def compare(described: Described, known: Known) -> tuple[tuple[Evidence, ...], bool]:
    """What they have in common, and whether nobody else can be meant; nothing: they are two people."""
    person = known.person
    likeness = fuzz.token_sort_ratio(described.key, known.key) if known.key.strip() else 0.0
    evidence = []
    if described.email and described.email == person.email:
        evidence.append(Evidence.EMAIL)
    if described.phone and described.phone == person.phone:
        evidence.append(Evidence.PHONE)
    if likeness >= _LIKE_NAME:
        evidence.append(Evidence.NAME if likeness >= _SAME_NAME else Evidence.NEAR_NAME)
    day = _day_evidence(described.birth_date, person.birth_date)
    if day:
        evidence.append(day)
    has_address = Evidence.EMAIL in evidence or Evidence.PHONE in evidence
    is_near = has_address or _is_near(described, known, likeness, day)
    if not is_near:
        return (), False
    is_sure = (likeness >= _SAME_NAME and day is Evidence.BIRTH_DATE) or (
        has_address and likeness >= _SAME_ADDRESS_NAME and day in {None, Evidence.BIRTH_DATE}
    )
    return tuple(evidence), is_sure


def _is_near(described: Described, known: Known, likeness: float, day: Evidence | None) -> bool:
    if day is Evidence.BIRTH_DATE:
        return likeness >= _LIKE_NAME
    if day is Evidence.NEAR_BIRTH_DATE:
        return likeness >= _NEAR_NAME
    if day is Evidence.BIRTH_YEAR or not (described.birth_date and known.person.birth_date):
        return likeness >= _SAME_NAME
    return False


def _day_evidence(one: date | None, other: date | None) -> Evidence | None:
    if one is None or other is None:
        return None
    if one == other:
        return Evidence.BIRTH_DATE
    if other in _slips(one):
        return Evidence.NEAR_BIRTH_DATE
    return Evidence.BIRTH_YEAR if one.year == other.year else None


def _days(day: date | None) -> list[date]:
    """The day, and the one that is written with day and month exchanged."""
    if day is None:
        return []
    exchanged = [date(day.year, day.day, day.month)] if day.day <= 12 and day.day != day.month else []
    return [day, *exchanged]


def _slips(day: date | None) -> set[date]:
    """The same, and the days of which one figure is another."""
    found = set(_days(day))
    written = day.isoformat() if day else ""
    for at, sign in enumerate(written):
        for figure in "0123456789" if sign.isdigit() else "":
            with contextlib.suppress(ValueError):
                found.add(date.fromisoformat(f"{written[:at]}{figure}{written[at + 1 :]}"))
    return found


def _key(given_name: str, family_name: str) -> str:
    return " ".join(_SIGNS.sub(" ", titles.fold(f"{given_name} {family_name}")).split())


def _sorted(described: Described, known: Iterable[Known]) -> list[Near]:
    found = []
    for one in known:
        evidence, is_sure = compare(described, one)
        if evidence:
            found.append(
                Near(person=one.person, evidence=evidence, is_sure=is_sure, is_followed_here=one.is_followed_here)
            )
    found.sort(key=lambda near: (not near.is_sure, -len(near.evidence), near.person.id))
    return found[:MOST]


def _addressed(session: Session, described: Sequence[Described]) -> set[int]:
    emails, phones = {one.email for one in described if one.email}, {one.phone for one in described if one.phone}
    if not emails and not phones:
        return set()
    return set(session.scalars(select(Person.id).where(or_(Person.email.in_(emails), Person.phone.in_(phones)))))


def _born(session: Session, described: Sequence[tuple[Described, Iterable[date]]]) -> set[int]:
    """Those born on these days, whose name is not quite another."""
    asked = [(day, one.key) for one, days in described for day in days]
    values = {"days": [day for day, _ in asked], "keys": [key for _, key in asked], "least": _LEAST_LIKE}
    return set(session.scalars(_BORN, values)) if asked else set()


def _of_same_name(session: Session, described: Described) -> set[int]:
    """Those of the very same name, whichever of the two comes first, but for those of another year."""
    keys = {described.key, _key(described.family_name, described.given_name)}
    query = select(Person.id).where(Person.name_key.in_(keys))
    if described.birth_date is not None:
        year = described.birth_date.year
        query = query.where(Person.birth_date.between(date(year, 1, 1), date(year, 12, 31)))
    return set(session.scalars(query.order_by(Person.id).limit(_RETRIEVED)))


def _ageless(session: Session, described: Described) -> set[int]:
    """Those of a like name whose birth date nobody said."""
    session.execute(text("SELECT set_config('pg_trgm.similarity_threshold', :least, true)"), {"least": _LIKE})
    query = select(Person.id).where(Person.birth_date.is_(None), Person.name_key.bool_op("%")(described.key))
    return set(
        session.scalars(query.order_by(func.similarity(Person.name_key, described.key).desc()).limit(_RETRIEVED))
    )


def _keyed(session: Session, keys: Collection[str]) -> set[int]:
    """Those of these names whose birth date nobody said."""
    return set(session.scalars(select(Person.id).where(Person.birth_date.is_(None), Person.name_key.in_(keys))))


def _people(session: Session, ids: Collection[int], organisation_id: int) -> list[Known]:
    here = (
        select(CaseloadEntry.id)
        .where(
            CaseloadEntry.person_id == Person.id,
            CaseloadEntry.organisation_id == organisation_id,
            CaseloadEntry.ended_at.is_(None),
        )
        .exists()
    )
    rows = session.execute(select(Person, Person.name_key, here).where(Person.id.in_(ids)).order_by(Person.id))
    return [Known(person, key or "", is_here) for person, key, is_here in rows] if ids else []
