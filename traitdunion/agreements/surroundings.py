"""What is true around an agreement, for the guard: the calendar of the place, other immersions, the company's past."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from traitdunion.accounts.models import Status as Situation
from traitdunion.agreements import agreements, parties
from traitdunion.agreements.guard import judging
from traitdunion.agreements.guard.cases import Around, Immersion, Prolonged
from traitdunion.agreements.guard.findings import Finding
from traitdunion.agreements.kinds import Status
from traitdunion.agreements.models import Agreement, AgreementVersion
from traitdunion.agreements.snapshot import Terms
from traitdunion.core.errors import Refused
from traitdunion.immersions.models import ACTIVE, Booking, BookingState, Slot
from traitdunion.prescribers import caseload, delegations
from traitdunion.territories import working_days

_YEAR = timedelta(days=365)


class Blocked(Refused):
    """The guard found what keeps the parties from signing; `findings` are all that it found."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(next(one.sentence for one in findings if one.is_blocking))
        self.findings = findings


def judge(session: Session, agreement: Agreement, terms: Terms, *, today: date) -> tuple[Finding, ...]:
    """What the guard finds in these terms, for this agreement."""
    return judging.judge(terms, around(session, agreement, terms, today=today))


def check(session: Session, agreement: Agreement, terms: Terms, *, today: date) -> tuple[Finding, ...]:
    """The warnings; raises Blocked where one of the findings blocks."""
    found = judge(session, agreement, terms, today=today)
    if judging.blocks(found):
        raise Blocked(found)
    return found


def around(session: Session, agreement: Agreement, terms: Terms, *, today: date) -> Around:
    """All that the terms do not say."""
    local = working_days.subdivision(terms.place.department)
    notice: int = current_app.config["AGREEMENT_NOTICE_DAYS"]
    return Around(
        today=today,
        holidays=frozenset(day.on for day in terms.days if working_days.is_holiday(day.on, local=local)),
        notice_days=notice,
        earliest=working_days.after(today, notice, local=local),
        others=_others(session, agreement, terms) if terms.days else (),
        days_in_company=_days_in_company(session, agreement, terms) if terms.days else 0,
        most_days_in_company=current_app.config["AGREEMENT_COMPANY_DAYS"],
        parties=parties.named(agreement),
        prolonged=_prolonged(session, agreement),
        may_prescribe=_may_prescribe(session, agreement, today=today),
        is_employed=terms.beneficiary.situation == Situation.EMPLOYEE.label,
    )


def _may_prescribe(session: Session, agreement: Agreement, *, today: date) -> bool:
    """A delegation that ends blocks new agreements, not those that are out to be signed, or run."""
    if agreement.status != Status.DRAFT:
        return True
    entry = caseload.prescribing(session, agreement.person_id) if agreement.person_id else None
    organisation = entry.organisation if entry else agreement.organisation
    return organisation is None or delegations.may_prescribe(organisation, on=today)


def _others(session: Session, agreement: Agreement, terms: Terms) -> tuple[Immersion, ...]:
    """What the person does between the first and the last day: bookings, and renewals, which have none."""
    if agreement.person_id is None:
        return ()
    booked = (
        select(Booking)
        .join(Booking.slot)
        .join(Slot.company)
        .options(contains_eager(Booking.slot).contains_eager(Slot.company))
        .where(
            Booking.person_id == agreement.person_id,
            Booking.state.in_((*ACTIVE, BookingState.DONE.value)),
            Booking.first_day <= terms.last_day,
            Booking.last_day >= terms.first_day,
        )
    )
    agreed = select(Agreement).where(
        Agreement.person_id == agreement.person_id,
        Agreement.id != agreement.id,
        Agreement.booking_id.is_(None),
        Agreement.status.not_in(agreements.FINAL),
        Agreement.first_day <= terms.last_day,
        Agreement.last_day >= terms.first_day,
    )
    found = [
        Immersion(first_day=one.first_day, last_day=one.last_day, company=one.slot.company.name)
        for one in session.scalars(booked)
        if one.id != agreement.booking_id
    ]
    for other in session.scalars(agreed):
        name = agreements.terms_of(other).host.name
        found.append(Immersion(first_day=other.first_day, last_day=other.last_day, company=name))
    return tuple(found)


def _days_in_company(session: Session, agreement: Agreement, terms: Terms) -> int:
    """Days of presence agreed with the same company over the 12 months before the last day."""
    if agreement.person_id is None or agreement.company_id is None:
        return 0
    days = func.sum(func.jsonb_array_length(AgreementVersion.terms["days"]))
    holds = (AgreementVersion.agreement_id == Agreement.id) & (AgreementVersion.number == Agreement.version)
    total = session.scalar(
        select(days)
        .select_from(Agreement)
        .join(AgreementVersion, holds)
        .where(
            Agreement.person_id == agreement.person_id,
            Agreement.company_id == agreement.company_id,
            Agreement.id != agreement.id,
            Agreement.status.not_in((*agreements.FINAL, Status.DRAFT.value)),
            Agreement.last_day.between(terms.last_day - _YEAR, terms.last_day),
        )
    )
    return int(total or 0)


def _prolonged(session: Session, agreement: Agreement) -> Prolonged | None:
    """None where it renews nothing."""
    if agreement.renewed_from_id is None:
        return None
    former = session.get_one(Agreement, agreement.renewed_from_id)
    return Prolonged(is_renewal=former.renewed_from_id is not None, is_objective_reached=None)
