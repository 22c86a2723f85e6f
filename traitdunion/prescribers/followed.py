"""The people an organisation follows, as its list shows them: each with the next step, in a constant number of queries.

Steps are computed for all that the criteria find, since the list is sorted by them: some 20 µs a person.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Text, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company
from traitdunion.core import clock
from traitdunion.immersions.models import Actor, Booking, BookingState, Slot
from traitdunion.prescribers import steps
from traitdunion.prescribers.kinds import DeclineReason, ReferralState
from traitdunion.prescribers.models import CaseloadEntry, CaseloadNote, Prescriber, Referral
from traitdunion.prescribers.steps import AgreementFacts, Ball, BookingFacts, Facts, Kind, ReferralFacts, Step
from traitdunion.rome.models import Occupation
from traitdunion.territories.models import Commune

_LOOKED_BACK = timedelta(days=365)
"""What was answered before asks nothing any more."""
_MOST_WORDS = 8

AgreementReader = Callable[[Session, int, Collection[int], datetime], Mapping[int, Sequence[AgreementFacts]]]
"""Of an organisation and people: what their agreements wait for now, by person."""
_readers: list[AgreementReader] = []


def reads_agreements(reader: AgreementReader) -> AgreementReader:
    """Registers what knows of agreements, which are a layer above: one query or two, however many people."""
    if reader not in _readers:
        _readers.append(reader)
    return reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Which of the people: all that are given must hold. `after` and `before` bound when the organisation began."""

    prescriber_id: int | None = None
    """Their referent; those whom nobody took on are everybody's."""
    text: str = ""
    occupation_code: str | None = None
    postcode: str | None = None
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A person of the list."""

    entry_id: int
    person_id: int
    name: str
    email: str | None
    phone: str | None
    postcode: str | None
    project: str | None
    occupation: str | None
    """Label of the project's occupation."""
    place: str | None
    referent: str | None
    """None while nobody took the person on."""
    since: datetime
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value that the list can be narrowed to, and how many people have it."""

    value: str
    label: str
    count: int


def find(session: Session, organisation_id: int, criteria: Criteria, *, now: datetime) -> list[Followed]:
    """Those who meet the criteria: who waits for the prescriber first, then by deadline, then by how long they wait."""
    rows = _people(session, organisation_id, criteria)
    known = _facts(session, organisation_id, rows, now=now)
    found = [_followed(row, steps.next_step(facts, now=now)) for row, facts in zip(rows, known, strict=True)]
    return sorted(found, key=lambda one: (one.step.urgency, one.name))


def step_of(session: Session, entry: CaseloadEntry, *, now: datetime) -> Step:
    """The next step of one person."""
    row = session.execute(_columns().where(CaseloadEntry.id == entry.id)).one()
    (facts,) = _facts(session, entry.organisation_id, [row], now=now)
    return steps.next_step(facts, now=now)


def tally(found: Iterable[Followed]) -> dict[Ball, int]:
    """How many people wait for whom."""
    counts = dict.fromkeys(Ball, 0)
    for one in found:
        counts[one.step.ball] += 1
    return counts


def at_step(found: Iterable[Followed], wanted: Ball | Kind | None) -> list[Followed]:
    """Those who are at that step, or for whom the ball is there; all without wish."""
    return [one for one in found if wanted is None or wanted in {one.step.ball, one.step.kind}]


def jobs(session: Session, organisation_id: int) -> list[Choice]:
    """The jobs in view among the people, most wanted first."""
    count = func.count()
    label = func.coalesce(Occupation.label, CaseloadEntry.occupation_code)
    rows = session.execute(
        select(CaseloadEntry.occupation_code, label, count)
        .outerjoin(Occupation, Occupation.code == CaseloadEntry.occupation_code)
        .where(*_living(organisation_id), CaseloadEntry.occupation_code.is_not(None))
        .group_by(CaseloadEntry.occupation_code, label)
        .order_by(count.desc(), label)
    )
    return [Choice(value=code, label=name, count=number) for code, name, number in rows if code and name]


def communes(session: Session, organisation_id: int) -> list[Choice]:
    """The postcodes of the people, each with the largest commune that bears it, most frequent first."""
    count = func.count()
    rows = session.execute(
        select(Person.postcode, count)
        .join(CaseloadEntry, CaseloadEntry.person_id == Person.id)
        .where(*_living(organisation_id), Person.postcode.is_not(None))
        .group_by(Person.postcode)
        .order_by(count.desc(), Person.postcode)
    ).all()
    names = _towns(session, [code for code, _ in rows if code])
    return [
        Choice(value=code, label=f"{names.get(code, '')} {code}".strip(), count=number) for code, number in rows if code
    ]


def _towns(session: Session, postcodes: Sequence[str]) -> dict[str, str]:
    """The largest commune of each postcode."""
    bears = Commune.postcodes.overlap(literal(list(postcodes), ARRAY(Text)))
    rows = session.execute(select(Commune.name, Commune.postcodes).where(bears).order_by(Commune.population))
    return {postcode: name for name, theirs in rows for postcode in theirs}


def _columns() -> Any:
    referent = aliased(Person)
    return (
        select(
            CaseloadEntry.id.label("entry_id"),
            CaseloadEntry.person_id,
            CaseloadEntry.created_at,
            CaseloadEntry.project,
            CaseloadEntry.occupation_code,
            CaseloadEntry.place,
            CaseloadEntry.prescriber_id,
            Occupation.label.label("occupation"),
            Person.given_name,
            Person.family_name,
            Person.email,
            Person.phone,
            Person.postcode,
            referent.given_name.label("referent_given"),
            referent.family_name.label("referent_family"),
        )
        .join(Person, Person.id == CaseloadEntry.person_id)
        .outerjoin(Prescriber, Prescriber.id == CaseloadEntry.prescriber_id)
        .outerjoin(referent, referent.id == Prescriber.person_id)
        .outerjoin(Occupation, Occupation.code == CaseloadEntry.occupation_code)
    )


def _people(session: Session, organisation_id: int, criteria: Criteria) -> Sequence[Row[Any]]:
    query = _columns().where(*_living(organisation_id))
    if criteria.prescriber_id is not None:
        mine = CaseloadEntry.prescriber_id == criteria.prescriber_id
        query = query.where(or_(mine, CaseloadEntry.prescriber_id.is_(None)))
    for column, value in (
        (CaseloadEntry.occupation_code, criteria.occupation_code),
        (Person.postcode, criteria.postcode),
    ):
        if value is not None:
            query = query.where(column == value)
    if criteria.after is not None:
        query = query.where(CaseloadEntry.created_at >= criteria.after)
    if criteria.before is not None:
        query = query.where(CaseloadEntry.created_at < criteria.before)
    name = func.lower(func.unaccent(func.concat_ws(" ", Person.given_name, Person.family_name)))
    for word in criteria.text.split()[:_MOST_WORDS]:
        query = query.where(func.strpos(name, func.lower(func.unaccent(word))) > 0)
    found: Sequence[Row[Any]] = session.execute(query).all()
    return found


def _facts(session: Session, organisation_id: int, rows: Sequence[Row[Any]], *, now: datetime) -> list[Facts]:
    """What the steps of these people are computed from: some queries, however many they are."""
    agreements: dict[int, list[AgreementFacts]] = defaultdict(list)
    for reader in _readers:
        for person_id, found in reader(session, organisation_id, [row.person_id for row in rows], now).items():
            agreements[person_id] += found
    bookings = _bookings(session, [row.person_id for row in rows], now=now)
    referrals = _referrals(session, [row.entry_id for row in rows], now=now)
    noted = _noted(session, [row.entry_id for row in rows])
    return [
        Facts(
            since=row.created_at,
            has_referent=row.prescriber_id is not None,
            has_project=row.project is not None,
            is_reachable=bool(row.email or row.phone),
            noted_at=noted.get(row.entry_id),
            bookings=bookings.get(row.person_id, ()),
            referrals=referrals.get(row.entry_id, ()),
            agreements=agreements.get(row.person_id, ()),
        )
        for row in rows
    ]


def _bookings(session: Session, person_ids: Collection[int], *, now: datetime) -> dict[int, list[BookingFacts]]:
    rows = session.execute(
        select(
            Booking.person_id,
            Booking.state,
            Booking.expires_at,
            Booking.offered_until,
            Booking.cancelled_by,
            Booking.changed_at,
            Slot.first_day,
            Slot.last_day,
            Slot.starts_at,
            Slot.ends_at,
            Slot.title,
            Company.name,
        )
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Company, Company.id == Slot.company_id)
        .where(among(Booking.person_id, person_ids), Booking.last_day >= (now - _LOOKED_BACK).date())
    )
    found: defaultdict[int, list[BookingFacts]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(
            BookingFacts(
                state=BookingState(row.state),
                about=f"{row.title}, {row.name}",
                starts_at=datetime.combine(row.first_day, row.starts_at, tzinfo=clock.PARIS),
                ends_at=datetime.combine(row.last_day, row.ends_at, tzinfo=clock.PARIS),
                expires_at=row.expires_at,
                offered_until=row.offered_until,
                cancelled_by=Actor(row.cancelled_by) if row.cancelled_by else None,
                changed_at=row.changed_at,
            )
        )
    return found


def _referrals(session: Session, entry_ids: Collection[int], *, now: datetime) -> dict[int, list[ReferralFacts]]:
    rows = session.execute(
        select(
            Referral.entry_id,
            Referral.state,
            Referral.expires_at,
            Referral.created_at,
            Referral.settled_at,
            Referral.decline_reason,
        ).where(among(Referral.entry_id, entry_ids), Referral.created_at >= now - _LOOKED_BACK)
    )
    found: defaultdict[int, list[ReferralFacts]] = defaultdict(list)
    for row in rows:
        found[row.entry_id].append(
            ReferralFacts(
                state=ReferralState(row.state),
                expires_at=row.expires_at,
                created_at=row.created_at,
                settled_at=row.settled_at,
                decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
            )
        )
    return found


def _noted(session: Session, entry_ids: Collection[int]) -> dict[int, datetime]:
    last = func.max(CaseloadNote.created_at)
    query = select(CaseloadNote.entry_id, last).where(among(CaseloadNote.entry_id, entry_ids))
    return dict(session.execute(query.group_by(CaseloadNote.entry_id)).all())


def _followed(row: Row[Any], step: Step) -> Followed:
    return Followed(
        entry_id=row.entry_id,
        person_id=row.person_id,
        name=f"{row.given_name} {row.family_name}".strip() or "Personne sans nom",
        email=row.email,
        phone=row.phone,
        postcode=row.postcode,
        project=row.project,
        occupation=row.occupation,
        place=row.place,
        referent=f"{row.referent_given} {row.referent_family}".strip() if row.prescriber_id else None,
        since=row.created_at,
        step=step,
    )


def _living(organisation_id: int) -> tuple[ColumnElement[bool], ...]:
    return CaseloadEntry.organisation_id == organisation_id, CaseloadEntry.ended_at.is_(None)


def among(column: Any, ids: Collection[int]) -> ColumnElement[bool]:
    """SQL: the column is one of the ids; one parameter, however many they are."""
    among: ColumnElement[bool] = column == any_(literal(list(ids), ARRAY(BigInteger)))
    return among
