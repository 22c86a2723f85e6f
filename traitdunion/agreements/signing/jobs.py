"""Signatures in the background: those who have yet to sign are reminded, old codes are erased.

From two working days before the start (Immersion facilitée's rule), at most once a day for each party; whoever has
several agreements to sign finds them in one digest.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from traitdunion.agreements import agreements
from traitdunion.agreements.document.jobs import QUEUE
from traitdunion.agreements.models import Agreement, AgreementParty
from traitdunion.agreements.signing import codes, letters, signatures
from traitdunion.core import clock, db, jobs
from traitdunion.notifications import digests
from traitdunion.territories import working_days

DAYS_BEFORE = 2
"""Working days before the first day of presence."""

_FURTHEST = timedelta(days=14)  # no two working days are further apart
_LATE = timedelta(hours=12)
"""Who was asked so lately needs no reminder."""
_KEPT = timedelta(hours=24)
"""As the register of privacy says."""


@jobs.task(queue=QUEUE, every="15 3 * * *")
def gather(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Puts in the digest of the morning what those who have several agreements have yet to sign."""
    now = clock.now()
    with db.transaction() as session:
        for parties in due(session, now=now):
            if len(parties) > 1:
                _gather(session, parties, now=now)


@jobs.task(queue=QUEUE, every="50 7-17 * * *")
def remind(timestamp: int) -> None:  # noqa: ARG001
    """Reminds the others, by day; several times, since a worker may be down at one of them."""
    now = clock.now()
    with db.transaction() as session:
        for parties in due(session, now=now):
            if len(parties) == 1:
                letters.remind(session, parties[0], today=_today(now), now=now)


@jobs.task(queue=QUEUE, every="37 * * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Erases the codes of yesterday."""
    now = clock.now()
    with db.transaction() as session:
        codes.forget(session, before=now - _KEPT)


def due(session: Session, *, now: datetime) -> list[Sequence[AgreementParty]]:
    """The parties to remind now, those of one address together."""
    today = _today(now)
    query = (
        select(Agreement)
        .where(Agreement.status.in_(signatures.SIGNABLE))
        .where(Agreement.first_day > today, Agreement.first_day <= today + _FURTHEST)
        .options(selectinload(Agreement.versions), selectinload(Agreement.parties), selectinload(Agreement.signatures))
        .order_by(Agreement.first_day, Agreement.id)
    )
    found: dict[str, list[AgreementParty]] = defaultdict(list)
    for agreement in session.scalars(query):
        if _is_near(agreement, today) and _was_asked(agreement, before=now - _LATE):
            for party in letters.awaited(agreement):
                if address := party.email or party.phone:
                    found[address].append(party)
    return list(found.values())


def _gather(session: Session, parties: Sequence[AgreementParty], *, now: datetime) -> None:
    for party in parties:
        terms = agreements.version_of(party.agreement).terms
        person = terms["beneficiary"]
        digests.add(
            session,
            to=letters.address(party),
            key=letters.reminder_key(party, _today(now)),
            line=f"Convention de {person['given_name']} {person['family_name']} à signer",
            path=letters.path(party),
            answer_by=party.agreement.first_day,
            now=now,
        )


def _is_near(agreement: Agreement, today: date) -> bool:
    department = agreements.version_of(agreement).terms["place"]["department"]
    local = working_days.subdivision(department)
    return today >= working_days.before(agreement.first_day, DAYS_BEFORE, local=local)


def _was_asked(agreement: Agreement, *, before: datetime) -> bool:
    asked_at = agreements.version_of(agreement).frozen_at
    return asked_at is not None and asked_at < before


def _today(now: datetime) -> date:
    return now.astimezone(clock.PARIS).date()
