"""Every morning: asks companies whether their slots still hold, freezes those that nobody confirmed, closes past ones.

The question goes once to each member of the company, for all the slots asked about that day, ten days before the first
of them; a slot is frozen seven days before, two days after the question at the earliest.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload

from traitdunion.companies import members
from traitdunion.companies.models import Company
from traitdunion.core import clock, db, jobs, tokens
from traitdunion.immersions import alternatives, slots
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.notifications import messages

PURPOSE = "slots-still-hold"
_VALID = timedelta(days=slots.ASKED_DAYS + 1)
_ANSWER_TIME = timedelta(days=2)
_SHOWN = (SlotState.PUBLISHED.value, SlotState.FULL.value)
_OVER = (SlotState.CLOSED.value, SlotState.CANCELLED.value)


@jobs.task(queue="immersions", every="30 5 * * *")
def every_morning(timestamp: int) -> None:  # noqa: ARG001 — procrastinate gives periodic tasks the instant they are for
    """What the module says; each company, and each slot, in a transaction of its own."""
    now, today = clock.now(), clock.today()
    with db.transaction() as session:
        slots.forget_tutors(session, today=today)
        companies = companies_to_ask(session, today=today)
    for company_id in companies:
        with db.transaction() as session:
            ask(session, company_id, now=now, today=today)
    for condition, act in ((is_unconfirmed(now=now, today=today), slots.freeze), (is_over(today=today), slots.close)):
        with db.transaction() as session:
            found = list(session.scalars(select(Slot.id).where(condition).order_by(Slot.id)))
        for slot_id in found:
            with db.transaction() as session:
                slot = session.scalar(select(Slot).where(Slot.id == slot_id, condition))
                if slot is not None:  # somebody may have answered in the meantime
                    act(session, slot, now=now)


def companies_to_ask(session: Session, *, today: date) -> list[int]:
    """The companies with slots to ask about today."""
    query = select(Slot.company_id).join(Slot.company).where(_is_to_be_asked(today)).distinct()
    return list(session.scalars(query.order_by(Slot.company_id)))


def ask(session: Session, company_id: int, *, now: datetime, today: date) -> None:
    """Writes to each member of the company, once for all the slots to ask about."""
    query = select(Slot).join(Slot.company).where(_is_to_be_asked(today), Slot.company_id == company_id)
    found = session.scalars(query.order_by(Slot.first_day, Slot.id).with_for_update(of=Slot, key_share=True)).all()
    if not found:
        return
    for slot in found:
        slot.confirmation_asked_at = now
    token = tokens.sign(PURPOSE, [slot.id for slot in found])
    company = session.get_one(Company, company_id)
    for person in members.people(session, company_id):
        messages.write(
            session,
            to=person.address,
            kind="slots_still_hold",
            key=f"slots-still-hold:{found[0].id}:{today}:{person.id}",
            values={"company": company, "slots": found, "token": token, "days": slots.FROZEN_DAYS},
            now=now,
        )


def asked_about(session: Session, token: str) -> Sequence[Slot]:
    """The slots of the question, with their company, by day. Raises tokens.TokenRefused."""
    ids = [int(value) for value in tokens.read(PURPOSE, token, _VALID)]
    query = select(Slot).options(joinedload(Slot.company)).where(Slot.id.in_(ids))
    return session.scalars(query.order_by(Slot.first_day, Slot.id)).all()


def is_unconfirmed(*, now: datetime, today: date) -> ColumnElement[bool]:
    """SQL: slots to freeze."""
    return and_(
        Slot.state.in_(_SHOWN),
        Slot.first_day > today,
        Slot.first_day <= today + timedelta(days=slots.FROZEN_DAYS),
        Slot.confirmed_at.is_(None),
        Slot.confirmation_asked_at <= now - _ANSWER_TIME,
    )


def is_over(*, today: date) -> ColumnElement[bool]:
    """SQL: slots to close."""
    return and_(Slot.state.not_in(_OVER), Slot.last_day < today)


def _is_to_be_asked(today: date) -> ColumnElement[bool]:
    return and_(
        alternatives.shown(),
        Slot.first_day > today,
        Slot.first_day <= today + timedelta(days=slots.ASKED_DAYS),
        Slot.confirmed_at.is_(None),
        Slot.confirmation_asked_at.is_(None),
    )
