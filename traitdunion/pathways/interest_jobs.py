"""What people said, in the background: they are told of a slot within the hour, and what is old is erased."""

from datetime import timedelta

from traitdunion.core import clock, db, jobs
from traitdunion.pathways import interests, knowledge

_KEPT = timedelta(days=365)
_KNOWLEDGE_KEPT = timedelta(days=730)
"""Both as the privacy register says (`models`)."""


@jobs.task(queue="immersions", every="25 * * * *")
def tell_interested(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Writes to those who may try now; each in a transaction of its own, so that a second run goes on."""
    with db.transaction() as session:
        waiting = interests.untold(session)
    for interest in waiting:
        with db.transaction() as session:
            interests.tell(session, interest, now=clock.now())


@jobs.task(queue="immersions", every=jobs.NIGHTLY)
def forget_interests(timestamp: int) -> None:  # noqa: ARG001
    """Erases what was said a year ago."""
    with db.transaction() as session:
        interests.forget(session, before=clock.now() - _KEPT)


@jobs.task(queue="immersions", every=jobs.NIGHTLY)
def forget_knowledge(timestamp: int) -> None:  # noqa: ARG001
    """Erases what was answered two years ago."""
    with db.transaction() as session:
        knowledge.forget(session, before=clock.now() - _KNOWLEDGE_KEPT)
