"""Jobs of prescribers: reminding of delegations that end, forgetting what is old."""

from traitdunion.core import clock, db, jobs
from traitdunion.prescribers import caseload, delegations, members, organisations


@jobs.task(queue="prescribers", every="20 5 * * *")
def remind_of_delegations(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Tells administrators which delegation ends in three months, in one, or ended yesterday."""
    with db.transaction() as session:
        delegations.remind(session, today=clock.today(), now=clock.now())


@jobs.task(queue="prescribers", every="35 3 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Erases old invitations, those who left, organisations closed long ago, people no longer followed since long."""
    now = clock.now()
    with db.transaction() as session:
        members.forget(session, now=now)
        organisations.forget(session, now=now)
        caseload.forget(session, now=now)
