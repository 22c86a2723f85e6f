"""Keeps up what search fields propose."""

from sqlalchemy import select

from traitdunion.core import db, jobs
from traitdunion.search.live import gathering
from traitdunion.search.live.models import SuggestedJob


@jobs.task(queue="core", every="*/20 * * * *")
def gather(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Gathers the names of jobs anew: offers come and go."""
    gathering.gather(db.engine())


def set_up() -> None:
    """For `flask setup`: what fields propose, the first time."""
    with db.transaction() as session:
        is_empty = session.scalar(select(SuggestedJob.key).limit(1)) is None
    if is_empty:
        gathering.gather(db.engine())
