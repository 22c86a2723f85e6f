"""Keeps the entries of the search right."""

from traitdunion.core import db, jobs
from traitdunion.search import entries


@jobs.task(queue="core", every="40 3 * * *")
def repair_entries(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Puts right, each night, what two changes at the same moment left wrong."""
    with db.transaction() as session:
        entries.repair(session)
