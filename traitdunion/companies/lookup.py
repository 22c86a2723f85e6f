"""Asks the register of companies, at the pace that all our processes share."""

from functools import partial

from flask import current_app

from traitdunion.clients import recherche_entreprises
from traitdunion.clients.http import Patience
from traitdunion.clients.recherche_entreprises import Establishment, RechercheEntreprises
from traitdunion.core import db, pace

_PACED = "recherche-entreprises"


def client(patience: Patience = recherche_entreprises.WHILE_WAITED_FOR) -> RechercheEntreprises:
    """A client for the current application; to be closed."""
    turn = partial(pace.wait_turn, db.engine(), _PACED, per_second=recherche_entreprises.PER_SECOND)
    return RechercheEntreprises(str(current_app.config["RECHERCHE_ENTREPRISES_URL"]), pace=turn, patience=patience)


def find(siret: str) -> Establishment | None:
    """The establishment, for a person who waits; None when the register does not show it.

    Raises recherche_entreprises.Unavailable or Rejected.
    """
    with client() as register:
        return register.find(siret)
