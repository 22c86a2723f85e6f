"""Where people would like to try a job: kept with their proved address, and told of the first slot that lets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company
from traitdunion.immersions import alternatives
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Topic
from traitdunion.offers.models import Offer
from traitdunion.offers.reading import employer_key
from traitdunion.pathways.models import Interest
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.trainings.models import Training

NEAR_KM = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """How many would like to try with an employer, or a job where no employer is known.

    `waiting`: those of them who were not told of a slot yet. `departments`: where, empty when nobody said.
    """

    company_name: str | None
    title: str
    departments: list[str]
    people: int
    waiting: int


def for_offer(session: Session, person: Person, offer: Offer, *, word: str | None, now: datetime) -> None:
    """The person would like to try the job of this offer, in its company; a second time changes nothing."""
    _keep(
        session,
        person_id=person.id,
        offer_id=offer.id,
        title=offer.title,
        employer_key=offer.employer_key,
        company_name=offer.company_name,
        occupation_codes=[offer.rome_code] if offer.rome_code else [],
        department=offer.department,
        latitude=offer.latitude,
        longitude=offer.longitude,
        word=word,
        created_at=now,
    )


def for_training(
    session: Session, person: Person, training: Training, *, near: Point | None, word: str | None, now: datetime
) -> None:
    """The person would like to try the work this training leads to, near its place; a second time changes nothing."""
    _keep(
        session,
        person_id=person.id,
        training_id=training.id,
        title=training.title,
        occupation_codes=training.rome_codes,
        latitude=near.latitude if near else None,
        longitude=near.longitude if near else None,
        word=word,
        created_at=now,
    )


def of_person(session: Session, person_id: int) -> Sequence[Interest]:
    """What the person would like to try, the latest first."""
    return session.scalars(select(Interest).where(Interest.person_id == person_id).order_by(Interest.id.desc())).all()


def withdraw(session: Session, interest_id: int, *, person_id: int) -> bool:
    """Forgets the interest, if it is that person's; False when there is none."""
    gone = session.scalar(
        delete(Interest).where(Interest.id == interest_id, Interest.person_id == person_id).returning(Interest.id)
    )
    return gone is not None


def count_of_company(session: Session, company: Company) -> int:
    """How many people would like to try in the company: those of its offers, by its name, in its département."""
    keys = {employer_key(company.name), employer_key(company.legal_name)} - {None}
    if not keys:
        return 0
    same_place = or_(Interest.department.is_(None), Interest.department == (company.postcode or "")[:2])
    query = select(func.count(func.distinct(Interest.person_id))).where(Interest.employer_key.in_(keys), same_place)
    return session.scalar(query) or 0


def demands(session: Session, *, most: int = 50) -> list[Demand]:
    """For operators: where most people would like to try, whom to invite first."""
    count = func.count(func.distinct(Interest.person_id))
    untold = func.count(func.distinct(Interest.person_id)).filter(Interest.told_at.is_(None))
    departments = func.array_remove(
        func.array_agg(aggregate_order_by(Interest.department.distinct(), Interest.department)), None
    )
    rows = session.execute(
        select(func.max(Interest.company_name), func.max(Interest.title), departments, count, untold)
        .group_by(Interest.employer_key, func.lower(func.coalesce(Interest.company_name, Interest.title)))
        .order_by(count.desc(), func.max(Interest.id).desc())
        .limit(most)
    )
    return [
        Demand(company_name=company, title=title, departments=where, people=people, waiting=waiting)
        for company, title, where, people, waiting in rows
    ]


def untold(session: Session) -> Sequence[Interest]:
    """The interests of which nobody was told of a slot yet, the oldest first."""
    return session.scalars(select(Interest).where(Interest.told_at.is_(None)).order_by(Interest.id)).all()


def tell(session: Session, interest: Interest, *, now: datetime) -> bool:
    """Writes to the person if a slot lets them try now, once; False when there is none yet."""
    interest = session.get_one(Interest, interest.id, with_for_update=True, populate_existing=True)
    slot = None if interest.told_at else _slot_for(session, interest, now=now)
    if slot is None:
        return False
    person = session.get_one(Person, interest.person_id)
    interest.told_at = now
    messages.write(
        session,
        to=person.address,
        kind="interest_met",
        key=f"interest:{interest.id}",
        values={"slot": slot, "company": slot.company, "interest": interest},
        now=now,
        topic=Topic.SUGGESTION,
    )
    return True


def forget(session: Session, *, before: datetime) -> None:
    """Erases the interests that were said before."""
    session.execute(delete(Interest).where(Interest.created_at < before))


def _slot_for(session: Session, interest: Interest, *, now: datetime) -> Slot | None:
    if not interest.occupation_codes:
        return None
    query = (
        select(Slot)
        .join(Slot.company)
        .where(alternatives.shown(), Slot.state == SlotState.PUBLISHED.value, alternatives.bookable(now))
        .where(alternatives.of_same_jobs(interest.occupation_codes))
    )
    if interest.latitude is not None and interest.longitude is not None:
        here = Point(interest.latitude, interest.longitude)
        query = query.where(distances.within(Slot.latitude, Slot.longitude, here, NEAR_KM))
    elif interest.department:
        query = query.where(Slot.department == interest.department)
    return session.scalars(query.order_by(Slot.first_day, Slot.id).limit(1)).first()


def _keep(session: Session, **values: object) -> None:
    session.execute(insert(Interest).values(**values).on_conflict_do_nothing())
