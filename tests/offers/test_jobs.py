"""The nightly ingestion: one job per département, shared by whatever workers there are."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests import databases, factories
from tests.offers.samples import offer
from traitdunion import create_app
from traitdunion.core import db
from traitdunion.core import jobs as core_jobs
from traitdunion.demo.france_travail import API_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, FakeFranceTravail
from traitdunion.demo.serving import serve
from traitdunion.offers import jobs
from traitdunion.offers.models import Offer


@pytest.fixture
def connected(environ: dict[str, str]) -> Iterator[Flask]:
    """An instance with an account at a France Travail that shows three offers."""
    with serve(FakeFranceTravail([offer(id=str(n)) for n in range(3)], calls_per_second=1000)) as address:
        app = create_app(
            {
                **environ,
                "FRANCE_TRAVAIL_CLIENT_ID": CLIENT_ID,
                "FRANCE_TRAVAIL_CLIENT_SECRET": CLIENT_SECRET,
                "FRANCE_TRAVAIL_TOKEN_URL": f"{address}{TOKEN_PATH}?realm=%2Fpartenaire",
                "FRANCE_TRAVAIL_API_URL": address + API_PATH,
            }
        )
        with app.app_context():
            with db.transaction() as session:
                factories.commune(session)
            yield app
            databases.empty(db.engine())
            db.engine().dispose()


def waiting() -> list[str]:
    """The départements whose crawl waits."""
    with db.transaction() as session:
        return sorted(
            session.scalars(
                text(
                    "SELECT args->>'department' FROM procrastinate_jobs"
                    " WHERE task_name = 'offers.jobs.ingest_department' AND status = 'todo'"
                )
            )
        )


class TestIngestAll:
    def test_defers_each_departement_once(self, connected: Flask) -> None:
        jobs.ingest_all(timestamp=0)
        jobs.ingest_all(timestamp=0)

        assert waiting() == ["54", "57"]

    def test_is_done_by_a_worker(self, connected: Flask) -> None:
        jobs.ingest_all(timestamp=0)

        core_jobs.run_worker(connected, wait=False)

        assert waiting() == []
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Offer)) == 3

    def test_fetches_nothing_without_an_account(self, committing_app: Flask) -> None:
        jobs.ingest_all(timestamp=0)

        assert waiting() == []
