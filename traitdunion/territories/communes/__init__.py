"""Communes: what a person's words mean (`resolve`), look-ups in memory for imports (`Index`), filling the table."""

from sqlalchemy.orm import Session

from traitdunion.territories.communes.index import Entry, Index
from traitdunion.territories.communes.loading import Counts, DropRefused, is_empty, load_facts, replace
from traitdunion.territories.communes.records import FileRefused
from traitdunion.territories.communes.resolving import Place, resolve

__all__ = [
    "Counts",
    "DropRefused",
    "Entry",
    "FileRefused",
    "Index",
    "Place",
    "fill_if_empty",
    "index_at_hand",
    "is_empty",
    "load_facts",
    "replace",
    "resolve",
]


def fill_if_empty(session: Session) -> None:
    """The communes of this repository, where there are none yet."""
    if is_empty(session):
        load_facts(session)


def index_at_hand(session: Session) -> Index:
    """The index for an import: on a database where nothing was set up yet, places are found all the same."""
    fill_if_empty(session)
    return Index.load(session)
