"""Matching in the background: new offers as they are stored, what changed every two minutes, all of it every night."""

from collections.abc import Collection
from datetime import timedelta

import psycopg
from sqlalchemy.orm import Session

from traitdunion.core import clock, db, jobs
from traitdunion.offers import storing
from traitdunion.pathways import corrections, drawing, learning, matches, renewal

QUEUE = "matching"
_SIGNS = "0123456789abcdef"
_ALONE = 4_000
"""Profiles that one job matches by itself: some seconds."""
_SOON = 10
"""Priority over the jobs of a renewal: a few profiles take a moment."""
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


@jobs.task(queue=QUEUE, every=jobs.NIGHTLY)
def draw(timestamp: int) -> None:  # noqa: ARG001
    """Draws the matches that operators are to review this month; once it is whole there is nothing to do."""
    with db.transaction() as session:
        drawing.draw(session, month=drawing.month_of(clock.today()))


@jobs.task(queue=QUEUE)
def match_range(start: str) -> None:
    """Matches the profiles that need it among those whose key starts so; may be interrupted, and run twice."""
    for _ in range(_TURNS):
        with db.transaction() as session:
            ready = renewal.matcher(session, now=clock.now())
        if not matches.renew(db.engine(), ready, now=clock.now(), start=start).is_outdated:
            return


@jobs.task(queue=QUEUE, priority=_SOON)
def match_profiles(keys: list[str]) -> None:
    """Matches those of these profiles that need it: someone may be looking at their offers."""
    with db.transaction() as session:
        ready = renewal.matcher(session, now=clock.now())
    matches.renew(db.engine(), ready, now=clock.now(), keys=keys)


@storing.profiles_stored.connect
def match_soon(connection: psycopg.Connection, *, profiles: Collection[str]) -> None:
    """Defers, in the transaction that stores offers, the matching of the profiles that no offer had before."""
    rows = connection.execute(
        "SELECT key FROM unnest(%s::text[]) AS stored(key)"
        " WHERE NOT EXISTS (SELECT FROM matched_profiles WHERE matched_profiles.key = stored.key)",
        (sorted(profiles),),
    ).fetchall()
    if rows:
        match_profiles.configure(connection=connection).defer(keys=[key for (key,) in rows])


def share(session: Session) -> None:
    """Defers a renewal in sixteen jobs, one for each first sign of the keys: as many workers as there are share it."""
    for start in _SIGNS:
        jobs.defer(session, match_range, {"start": start}, key=f"match:{start}", lock=f"match:{start}")


@jobs.task(queue=QUEUE, every=jobs.NIGHTLY)
def forget_networks(timestamp: int) -> None:  # noqa: ARG001
    """Erases from what people said the networks that are a month old."""
    with db.transaction() as session:
        corrections.forget_networks(session, before=clock.now() - _KEPT)
