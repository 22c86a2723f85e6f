"""What a proposal is made from: the people ticked or to tick, the slots chosen or to choose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager

from traitdunion.accounts.models import Person
from traitdunion.core import clock
from traitdunion.immersions import alternatives
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.pathways import suggestions
from traitdunion.prescribers import caseload, projects
from traitdunion.prescribers.models import CaseloadEntry
from traitdunion.rome.models import Occupation
from traitdunion.search import asking
from traitdunion.search.slots import finding
from traitdunion.search.slots.finding import FoundSlot, Wishes
from traitdunion.search.slots.forms import SlotSearch
from traitdunion.territories import distances, territories
from traitdunion.territories.distances import Point

_MOST_SLOTS = 12
_MOST_CHOSEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody to tick."""

    person_id: int
    name: str
    project: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Everybody the organisation follows, by name; first those whose project is the job of the slots."""

    suited: list[Candidate]
    others: list[Candidate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Slots to choose from, and why each is there, by its id, where it is said."""

    slots: list[FoundSlot]
    why: dict[int, str]


def people(session: Session, organisation_id: int, person_ids: Collection[int]) -> Sequence[CaseloadEntry]:
    """Those that were ticked, if the organisation follows them."""
    return caseload.get_many(session, organisation_id, list(dict.fromkeys(person_ids)))


def candidates(session: Session, organisation_id: int, slots: Sequence[Slot]) -> Candidates:
    """Everybody whom the slots may be proposed to."""
    codes = {slot.occupation_code for slot in slots}
    family = set(session.scalars(select(Occupation.code).where(_kin(codes)))) | codes
    rows = session.execute(
        select(Person.id, Person.given_name, Person.family_name, CaseloadEntry.project, CaseloadEntry.occupation_code)
        .join(CaseloadEntry, CaseloadEntry.person_id == Person.id)
        .where(CaseloadEntry.organisation_id == organisation_id, CaseloadEntry.ended_at.is_(None))
        .order_by(Person.family_name, Person.given_name, Person.id)
    )
    found = Candidates(suited=[], others=[])
    for person_id, given_name, family_name, project, code in rows:
        one = Candidate(person_id=person_id, name=f"{given_name} {family_name}".strip(), project=project)
        (found.suited if code in family else found.others).append(one)
    return found


def chosen(session: Session, slot_ids: Collection[int]) -> list[FoundSlot]:
    """The slots that were chosen, in that order, whatever became of them, drafts excepted."""
    wanted = list(dict.fromkeys(slot_ids))[:_MOST_CHOSEN]
    query = select(Slot).join(Slot.company).options(contains_eager(Slot.company))
    rows = session.scalars(query.where(Slot.id.in_(wanted), Slot.state != SlotState.DRAFT.value))
    by_id = {slot.id: slot for slot in rows if slot.company.is_shown}
    return finding.listed(session, [by_id[id_] for id_ in wanted if id_ in by_id], near=None)


def suggested(session: Session, entries: Sequence[CaseloadEntry], *, now: datetime) -> Suggested:
    """Free slots of the jobs these people have in view: for one person as their file ranks them, else by day."""
    if len(entries) == 1:
        return _for_one(session, entries[0], now=now)
    codes = {entry.occupation_code for entry in entries if entry.occupation_code}
    if not codes:
        return Suggested(slots=[], why={})
    near = next((Point(one.latitude, one.longitude) for one in entries if one.latitude and one.longitude), None)
    query = (
        select(Slot)
        .join(Slot.company)
        .options(contains_eager(Slot.company))
        .where(alternatives.shown(), alternatives.bookable(now), Slot.state == SlotState.PUBLISHED.value)
        .where(alternatives.of_same_jobs(codes))
    )
    if near is not None:
        query = query.order_by(distances.haversine(Slot.latitude, Slot.longitude, near))
    found = session.scalars(query.order_by(Slot.first_day, Slot.starts_at, Slot.id).limit(_MOST_SLOTS)).all()
    return Suggested(slots=finding.listed(session, found, near=None), why={})


def _for_one(session: Session, entry: CaseloadEntry, *, now: datetime) -> Suggested:
    territory = territories.current()
    wish = projects.wish(entry, radius_km=territory.default_radius_km)
    if wish is None:
        return Suggested(slots=[], why={})
    found = suggestions.suggest(
        session, wish, person_id=entry.person_id, region_code=territory.region_code, now=now, most=_MOST_SLOTS
    )
    return Suggested(
        slots=finding.listed(session, [one.slot for one in found], near=wish.near),
        why={one.slot.id: " ".join(reason.sentence for reason in one.reasons) for one in found},
    )


def searched(session: Session, form: SlotSearch) -> list[FoundSlot]:
    """The slots with a free place that the words and the place find; without them, the first to come."""
    asked = asking.understand(session, form, near=territories.current().centre)
    found = finding.find(session, asked.criteria, Wishes(is_free=True), page=1, now=clock.now())
    return list(found.found[:_MOST_SLOTS])


def _kin(codes: Collection[str]) -> ColumnElement[bool]:
    parents = select(Occupation.parent_code).where(Occupation.code.in_(codes))
    return Occupation.parent_code.in_(parents)
