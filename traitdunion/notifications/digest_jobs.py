"""Jobs of digests: composing those of the morning, forgetting what was told."""

from traitdunion.core import clock, db, jobs
from traitdunion.notifications import digests


@jobs.task(queue="notifications", every="*/10 * * * *")
def compose(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Composes the digests of the morning, one transaction each; after an outage, as soon as a worker is back."""
    with db.transaction() as session:
        due = digests.due(session, now=clock.now())
    for address_id in due:
        with db.transaction() as session:
            digests.compose(session, address_id, now=clock.now())


@jobs.task(queue="notifications", every="43 3 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Erases, each night, what was told long ago."""
    with db.transaction() as session:
        digests.forget(session, now=clock.now())
