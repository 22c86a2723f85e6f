"""Matching in the background: new offers every ten minutes, all that changed every night."""

from datetime import timedelta

from traitdunion.core import clock, db, jobs
from traitdunion.pathways import corrections, learning, matches

QUEUE = "matching"
_KEPT = timedelta(days=30)
"""As the privacy register says (`models`)."""


@jobs.task(queue=QUEUE, every="*/10 * * * *")
def match_new(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Matches the profiles that need it; nothing to do costs one query."""
    _renew()


@jobs.task(queue=QUEUE, every=jobs.NIGHTLY)
def learn_and_match(timestamp: int) -> None:  # noqa: ARG001
    """Learns anew from the day's offers, matches again, and forgets the profiles that no offer has any more."""
    with db.transaction() as session:
        try:
            learning.learn(session)
        except learning.NothingToLearn:
            return
    _renew()
    matches.forget(db.engine())


@jobs.task(queue=QUEUE, every=jobs.NIGHTLY)
def forget_networks(timestamp: int) -> None:  # noqa: ARG001
    """Erases from what people said the networks that are a month old."""
    with db.transaction() as session:
        corrections.forget_networks(session, before=clock.now() - _KEPT)


def _renew() -> None:
    with db.transaction() as session:
        ready = matches.matcher(session)
    matches.renew(db.engine(), ready, now=clock.now())
