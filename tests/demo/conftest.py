"""A database with communes, and one with the demonstration."""

from collections.abc import Iterator
from functools import cache

import pytest
from flask import Flask

from tests import databases
from tests.demo.samples import NOW
from traitdunion.clients.geo_api import CommuneRecord
from traitdunion.core import db
from traitdunion.demo import loading
from traitdunion.demo.loading import Loaded
from traitdunion.rome import reference
from traitdunion.territories import communes
from traitdunion.territories.communes import records


def add_reference() -> None:
    """The labels of ROME, and the communes of three départements: all of France takes two seconds more."""
    with db.transaction() as session:
        reference.load_facts(session, now=NOW)
        communes.replace(session, _around())


@cache
def _around() -> list[CommuneRecord]:
    return [one for one in records.read(records.FACTS) if one.department in {"54", "55", "57"}]


@pytest.fixture
def ready(committing_app: Flask) -> Flask:
    """An application with its reference data, and nothing else."""
    add_reference()
    return committing_app


@pytest.fixture(scope="module")
def loaded(_app: Flask) -> Iterator[Loaded]:
    """What a load did; its application's context is open. Tests that ask for it change nothing."""
    with _app.app_context():
        add_reference()
        try:
            yield loading.load(now=NOW)
        finally:
            databases.empty(db.engine())
