"""Matching in the background: new offers every two minutes, all that changed every night."""

from datetime import timedelta

from sqlalchemy.orm import Session

from traitdunion.core import clock, db, jobs
from traitdunion.pathways import corrections, learning, matches, renewal

QUEUE = "matching"
_SIGNS = "0123456789abcdef"
_ALONE = 4_000
"""Profiles that one job matches by itself: some seconds."""
_TURNS = 5
"""Trainings may change while profiles are matched; the next job takes up what is left."""
_KEPT = timedelta(days=30)
"""As the privacy register says (`models`)."""


@jobs.task(queue=QUEUE, every="*/2 * * * *")
def match_new(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Matches the profiles that need it; nothing to do costs a few queries."""
    with db.transaction() as session:
        ready = renewal.matcher(session, now=clock.now())
        is_much = matches.count_waiting(session, ready.version) > _ALONE
        if is_much:
            share(session)
    if not is_much:
        match_range("")


@jobs.task(queue=QUEUE, every=jobs.NIGHTLY)
def learn_and_match(timestamp: int) -> None:  # noqa: ARG001
    """Learns anew from the day's offers, matches again, and forgets the profiles that no offer has any more."""
    with db.transaction() as session:
        try:
            learning.learn(session, now=clock.now())
        except learning.NothingToLearn:
            return
        share(session)
    matches.forget(db.engine())


@jobs.task(queue=QUEUE)
def match_range(start: str) -> None:
    """Matches the profiles that need it among those whose key starts so; may be interrupted, and run twice."""
    for _ in range(_TURNS):
        with db.transaction() as session:
            ready = renewal.matcher(session, now=clock.now())
        if not matches.renew(db.engine(), ready, now=clock.now(), start=start).is_outdated:
            return


def share(session: Session) -> None:
    """Defers a renewal in sixteen jobs, one for each first sign of the keys: as many workers as there are share it."""
    for start in _SIGNS:
        jobs.defer(session, match_range, {"start": start}, key=f"match:{start}", lock=f"match:{start}")


@jobs.task(queue=QUEUE, every=jobs.NIGHTLY)
def forget_networks(timestamp: int) -> None:  # noqa: ARG001
    """Erases from what people said the networks that are a month old."""
    with db.transaction() as session:
        corrections.forget_networks(session, before=clock.now() - _KEPT)
