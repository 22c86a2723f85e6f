"""Agreements that wait for their organisation, in the background: told when they come, and again near the first day.

Three and one working days before the start (Immersion facilitée's rule). Who follows the person is told, else every
member; each stage once, however often this runs.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from traitdunion.agreements import agreements, reviewing
from traitdunion.agreements.document.jobs import QUEUE
from traitdunion.agreements.models import Agreement
from traitdunion.core import clock, db, jobs
from traitdunion.notifications import digests
from traitdunion.prescribers import caseload, members
from traitdunion.prescribers.kinds import PrescriberState
from traitdunion.prescribers.models import Prescriber
from traitdunion.territories import working_days

STAGES = (1, 3)
"""Working days before the first day."""


@jobs.task(queue=QUEUE, every="25 5-18 * * *")
def tell_prescribers(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Tells what waits; each agreement in a transaction of its own."""
    now = clock.now()
    with db.transaction() as session:
        waiting = session.scalars(select(Agreement.id).where(Agreement.status.in_(reviewing.MINE))).all()
    for agreement_id in waiting:
        with db.transaction() as session:
            tell(session, agreement_id, now=now)


def tell(session: Session, agreement_id: int, *, now: datetime) -> None:
    """Tells those who may decide, once when it comes, then at each stage, until the immersion begins."""
    query = select(Agreement).options(selectinload(Agreement.versions), joinedload(Agreement.organisation))
    found = session.scalar(query.where(Agreement.id == agreement_id, Agreement.status.in_(reviewing.MINE)))
    today = now.astimezone(clock.PARIS).date()
    if found is None or found.organisation_id is None or found.first_day < today:
        return
    person = agreements.terms_of(found).beneficiary
    stage = _stage(found, today)
    for member in _readers(session, found):
        if member.person is not None:
            digests.add(
                session,
                to=member.person.address,
                key=f"agreement:{found.id}:{found.version}:{found.status}:{stage}:{member.id}",
                line=f"Convention de {person.given_name} {person.family_name[:1]}. à valider avant son premier jour.",
                path=f"/prescripteur/{found.organisation_id}/conventions/{found.id}",
                answer_by=found.first_day,
                now=now,
            )


def _stage(agreement: Agreement, today: date) -> str:
    """« new », then how many working days are left."""
    department = agreements.terms_of(agreement).place.department
    local = working_days.subdivision(department)
    for count in STAGES:
        if today >= working_days.before(agreement.first_day, count, local=local):
            return str(count)
    return "new"


def _readers(session: Session, agreement: Agreement) -> Sequence[Prescriber]:
    organisation_id = agreement.organisation_id or 0
    entry = caseload.get(session, organisation_id, agreement.person_id) if agreement.person_id else None
    referent = entry.prescriber if entry else None
    # Of two steps, the second is another's.
    if referent is not None and referent.state == PrescriberState.ACTIVE and not reviewing.answered(agreement):
        return [referent]
    return members.active(session, organisation_id)
