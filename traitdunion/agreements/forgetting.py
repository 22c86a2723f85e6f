"""What becomes of agreements once their time is over: abandoned when nobody validated them, then erased.

As the register of privacy says: validated ones 5 years after the last day, the others 2 years, drafts 30 days.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import case, delete, exists, select
from sqlalchemy.orm import Session, aliased

from traitdunion.agreements import agreements, lifecycle
from traitdunion.agreements.document.jobs import QUEUE
from traitdunion.agreements.kinds import Act, Actor, Status
from traitdunion.agreements.models import Agreement
from traitdunion.core import clock, db, jobs

STALE = timedelta(days=30)
"""After its last day, an agreement that nobody validated is abandoned (Immersion facilitée's month)."""
KEPT_VALIDATED, KEPT, KEPT_DRAFT = timedelta(days=1_827), timedelta(days=731), timedelta(days=30)

_PASSED = "Les jours sont passés sans que la convention soit validée."


@jobs.task(queue=QUEUE, every="5 4 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Abandons what is stale, each in a transaction of its own, then erases what is over."""
    now, today = clock.now(), clock.today()
    with db.transaction() as session:
        found = stale(session, today=today)
    for agreement_id in found:
        with db.transaction() as session:
            abandon(session, agreement_id, now=now)
    with db.transaction() as session:
        erase(session, today=today)


def stale(session: Session, *, today: date) -> Sequence[int]:
    """Those that nobody validated, whose last day is long past."""
    done = (*agreements.FINAL, Status.ACCEPTED_BY_VALIDATOR.value)
    query = select(Agreement.id).where(Agreement.status.not_in(done), Agreement.last_day < today - STALE)
    return session.scalars(query.order_by(Agreement.id)).all()


def abandon(session: Session, agreement_id: int, *, now: datetime) -> None:
    """Nobody is written to: the days are past. A second time changes nothing."""
    agreement = lifecycle.lock(session, agreement_id)
    if lifecycle.can(agreement, Act.ABANDON, actor=Actor.SERVICE):
        lifecycle.step(session, agreement, Act.ABANDON, actor=Actor.SERVICE, by=None, word=_PASSED, now=now)


def erase(session: Session, *, today: date) -> None:
    """With their versions, parties, signatures and history; one that a renewal prolongs waits for it."""
    renewal = aliased(Agreement)
    kept = case(
        (Agreement.validated_at.is_not(None), KEPT_VALIDATED),
        (Agreement.submitted_at.is_not(None), KEPT),
        else_=KEPT_DRAFT,
    )
    over = Agreement.last_day + kept < today, ~exists().where(renewal.renewed_from_id == Agreement.id)
    ids = select(Agreement.id).where(*over, Agreement.status.in_((*agreements.FINAL, Status.ACCEPTED_BY_VALIDATOR)))
    session.execute(delete(Agreement).where(Agreement.id.in_(ids)).execution_options(synchronize_session=False))
