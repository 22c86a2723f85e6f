"""What the agreements of the people an organisation follows wait for, for its list of people."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time

from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementParty, Signature
from traitdunion.core import clock
from traitdunion.prescribers import followed
from traitdunion.prescribers.steps import AgreementFacts, Ball, Kind

_SIGNING = {Status.READY_TO_SIGN.value, Status.PARTIALLY_SIGNED.value}
_WAITING = {Status.DRAFT.value, *_SIGNING, Status.IN_REVIEW.value, Status.ACCEPTED_BY_COUNSELLOR.value}


def init_app(_app: Flask) -> None:
    """Lets lists of people ask; once, however many applications there are."""
    followed.reads_agreements(waiting)


def waiting(
    session: Session, organisation_id: int, person_ids: Collection[int], now: datetime
) -> Mapping[int, Sequence[AgreementFacts]]:
    """By person, what the agreements that the organisation prescribes and that are to come wait for; two queries."""
    today = now.astimezone(clock.PARIS).date()
    agreements = session.execute(
        select(Agreement.id, Agreement.person_id, Agreement.status, Agreement.first_day, Agreement.changed_at).where(
            Agreement.organisation_id == organisation_id,
            followed.among(Agreement.person_id, person_ids),
            Agreement.status.in_(_WAITING),
            Agreement.first_day >= today,
        )
    ).all()
    signing = [row.id for row in agreements if row.status in _SIGNING]
    awaited = _awaited(session, signing) if signing else {}
    found: defaultdict[int, list[AgreementFacts]] = defaultdict(list)
    for row in agreements:
        kind, ball = _turn(row.status, awaited.get(row.id, set()))
        facts = AgreementFacts(kind=kind, ball=ball, starts_at=_start(row.first_day), changed_at=row.changed_at)
        found[row.person_id].append(facts)
    return found


def _turn(status: str, awaited: Collection[str]) -> tuple[Kind, Ball]:
    if status == Status.DRAFT:
        return Kind.COMPLETE, Ball.PERSON
    if status not in _SIGNING:
        return Kind.VALIDATE, Ball.PRESCRIBER
    return Kind.SIGN, Ball.COMPANY if set(awaited) == {PartyRole.COMPANY.value} else Ball.PERSON


def _awaited(session: Session, agreement_ids: Collection[int]) -> dict[int, set[str]]:
    """The roles whose signature is missing, by agreement."""
    signed = exists().where(
        Signature.agreement_id == AgreementParty.agreement_id,
        Signature.role == AgreementParty.role,
        Signature.cleared_at.is_(None),
    )
    rows = session.execute(
        select(AgreementParty.agreement_id, AgreementParty.role).where(
            followed.among(AgreementParty.agreement_id, agreement_ids), ~signed
        )
    )
    found: defaultdict[int, set[str]] = defaultdict(set)
    for agreement_id, role in rows:
        if PartyRole(role).signs:
            found[agreement_id].add(role)
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), tzinfo=clock.PARIS)
