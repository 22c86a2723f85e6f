"""A crawl killed by the system in its middle: nothing lost, nothing double, once it is started again."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import func, select

from tests.offers.test_ingestion import many
from traitdunion.core import db
from traitdunion.demo.faults import Fault, Kind
from traitdunion.demo.france_travail import API_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, FakeFranceTravail
from traitdunion.demo.serving import serve
from traitdunion.offers.models import IngestionRun, Offer, RunState

ROOT = Path(__file__).resolve().parents[2]

CRAWL = """
from traitdunion import create_app
from tests.offers.samples import COMMUNES
from traitdunion.offers import sources
with create_app().app_context(), sources.france_travail() as client:
    sources.crawl(client, department="57", communes=COMMUNES)
"""


@pytest.mark.long
def test_a_killed_crawl_is_whole_once_started_again(engine: sqlalchemy.Engine, environ: dict[str, str]) -> None:
    remote = FakeFranceTravail(many(2500), calls_per_second=10_000)
    remote.faults.add(Fault(kind=Kind.SLOW, route="search", after=12, seconds=60))
    with serve(remote) as address:
        settings = {
            **environ,
            "FRANCE_TRAVAIL_CLIENT_ID": CLIENT_ID,
            "FRANCE_TRAVAIL_CLIENT_SECRET": CLIENT_SECRET,
            "FRANCE_TRAVAIL_TOKEN_URL": f"{address}{TOKEN_PATH}?realm=%2Fpartenaire",
            "FRANCE_TRAVAIL_API_URL": address + API_PATH,
        }
        with subprocess.Popen(
            [sys.executable, "-c", CRAWL], cwd=ROOT, env=settings, stderr=subprocess.DEVNULL
        ) as first:
            try:
                _wait_for_offers(engine)
            finally:
                first.send_signal(signal.SIGKILL)
        remote.faults.clear()
        subprocess.run([sys.executable, "-c", CRAWL], cwd=ROOT, env=settings, check=True, stderr=subprocess.DEVNULL)

    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Offer)) == 2500
        states = session.scalars(select(IngestionRun.state).order_by(IngestionRun.id)).all()
    assert states == [RunState.INTERRUPTED, RunState.DONE]


def _wait_for_offers(engine: sqlalchemy.Engine) -> None:
    """Until a first batch is stored: the crawl is then in its middle."""
    for _ in range(1200):
        with engine.connect() as connection:
            if connection.scalar(select(func.count()).select_from(Offer)):
                return
        time.sleep(0.1)
    raise AssertionError("the crawl stored nothing in two minutes")
