"""Those of a file are told, or asked, in the background: thousands of messages are not written while somebody waits."""

import contextlib
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from traitdunion.accounts.models import Person
from traitdunion.core import clock, db, jobs
from traitdunion.prescribers import newcomers
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.prescribers.people_files.models import PeopleFile

BATCH = 200
"""Ids of a job."""
KEPT = timedelta(days=7)


@jobs.task(queue="prescribers")
def tell(entry_ids: list[int]) -> None:
    """Tells people who follows them from now on; each once, however often the job runs."""
    with db.transaction() as session:
        whole = joinedload(CaseloadEntry.person), joinedload(CaseloadEntry.organisation)
        query = select(CaseloadEntry).options(*whole).where(CaseloadEntry.id.in_(entry_ids))
        for entry in session.scalars(query.order_by(CaseloadEntry.id)):
            newcomers.tell(session, entry, now=clock.now())


@jobs.task(queue="prescribers")
def ask(person_ids: list[int], prescriber_id: int) -> None:
    """Asks people whether the prescriber's organisation may follow them."""
    with db.transaction() as session:
        by = session.get(Prescriber, prescriber_id)
        if by is None:
            return
        for person in session.scalars(select(Person).where(Person.id.in_(person_ids)).order_by(Person.id)):
            with contextlib.suppress(newcomers.Unreachable):  # the address went away meanwhile
                newcomers.ask(session, person, by=by, now=clock.now())


@jobs.task(queue="prescribers", every="50 3 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Erases the files of a week ago."""
    with db.transaction() as session:
        session.execute(delete(PeopleFile).where(PeopleFile.created_at < clock.now() - KEPT))
