"""The sources the service crawls, as its settings describe them."""

from datetime import datetime
from functools import partial

from flask import current_app

from traitdunion.clients.france_travail import FranceTravail, Settings
from traitdunion.core import clock, db, pace
from traitdunion.core.errors import Refused
from traitdunion.core.progress import Progress
from traitdunion.offers import ingestion, storing
from traitdunion.territories.communes.index import Index

FRANCE_TRAVAIL = "francetravail"
_LABEL = "France Travail"
_CALLS_PER_SECOND = 10
"""What France Travail allows a client id, all machines together (DOMAIN 3.1)."""


class CredentialsMissing(Refused):
    """The instance has no account at France Travail."""


def france_travail() -> FranceTravail:
    """The client of the current application, paced with all the others; raises CredentialsMissing."""
    settings = current_app.config
    client_id, client_secret = settings["FRANCE_TRAVAIL_CLIENT_ID"], settings["FRANCE_TRAVAIL_CLIENT_SECRET"]
    if not client_id or not client_secret:
        raise CredentialsMissing(
            "FRANCE_TRAVAIL_CLIENT_ID et FRANCE_TRAVAIL_CLIENT_SECRET manquent : "
            "demandez-les sur francetravail.io (API « Offres d’emploi v2 »)."
        )
    return FranceTravail(
        Settings(
            client_id=client_id,
            client_secret=client_secret,
            token_url=settings["FRANCE_TRAVAIL_TOKEN_URL"],
            api_url=settings["FRANCE_TRAVAIL_API_URL"],
        ),
        pace=partial(pace.wait_turn, db.engine(), f"francetravail:{client_id}", per_second=_CALLS_PER_SECOND),
    )


def crawl(
    client: FranceTravail,
    *,
    department: str,
    communes: Index,
    since: datetime | None = None,
    progress: Progress | None = None,
    source: str = FRANCE_TRAVAIL,
) -> storing.Counts:
    """One département of France Travail, ingested; raises what `ingestion.crawl` raises."""
    with db.transaction() as session:
        ingestion.declare_source(session, source, label=_LABEL, is_crawled=True)
    return ingestion.crawl(
        db.engine(),
        client,
        source=source,
        department=department,
        communes=communes,
        clock=clock.now,
        since=since,
        progress=progress,
    )
