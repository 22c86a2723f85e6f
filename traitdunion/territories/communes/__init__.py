"""Communes: what a person's words mean (`resolve`), look-ups in memory for imports (`Index`), filling the table."""

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
    "is_empty",
    "load_facts",
    "replace",
    "resolve",
]
