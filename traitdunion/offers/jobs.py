"""The nightly ingestion: one job per département, so that several worker machines share them."""

from datetime import timedelta

from flask import current_app

from traitdunion.core import clock, db, jobs
from traitdunion.offers import ingestion, runs, sources
from traitdunion.territories import communes, territories

QUEUE = "offers"
_KEPT = timedelta(days=365)
"""As the privacy register says (`models`): twelve months after the withdrawal."""


@jobs.task(queue=QUEUE, every=jobs.NIGHTLY)
def ingest_all(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Defers the crawl of each département of the territories served here; expires and erases what is too old."""
    now = clock.now()
    ingestion.expire(db.engine(), days=int(current_app.config["OFFER_FILE_DAYS"]), now=now)
    ingestion.purge(db.engine(), before=now - _KEPT)
    if not current_app.config["FRANCE_TRAVAIL_CLIENT_ID"]:
        return  # an instance that lives on files alone
    departments = sorted({department for territory in territories.served() for department in territory.departments})
    with db.transaction() as session:
        for department in departments:
            jobs.defer(session, ingest_department, {"department": department}, key=f"ingest:{department}")


@jobs.task(queue=QUEUE)
def ingest_department(department: str) -> None:
    """Crawls a département; left to the run that is under way when there is one."""
    with db.transaction() as session:
        index = communes.index_at_hand(session)
    try:
        with sources.france_travail() as client:
            sources.crawl(client, department=department, communes=index)
    except runs.AlreadyRunning:
        return
