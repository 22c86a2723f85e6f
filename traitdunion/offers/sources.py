"""The sources the service crawls, as its settings describe them."""

from functools import partial

from flask import current_app

from traitdunion.clients.france_travail import FranceTravail, Settings
from traitdunion.core import db, pace
from traitdunion.core.errors import Refused

FRANCE_TRAVAIL = "francetravail"
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
