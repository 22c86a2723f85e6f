"""What search fields propose is there from the first start, and kept up."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from tests import factories as make
from traitdunion.core import db
from traitdunion.search.live import jobs
from traitdunion.search.live.models import SuggestedJob


def count() -> int:
    """Names that are proposed."""
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(SuggestedJob)) or 0


class TestSetUp:
    def test_gathers_the_first_time_only(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            make.offer(session, "Boulanger")

        jobs.set_up()
        first = count()
        with db.transaction() as session:
            make.offer(session, "Maçon")
        jobs.set_up()

        assert (first, count()) == (1, 1)


class TestGather:
    def test_follows_the_offers(self, committing_app: Flask) -> None:
        jobs.set_up()
        with db.transaction() as session:
            make.offer(session, "Boulanger")
            make.offer(session, "Maçon", withdrawn_at=datetime(2026, 11, 1, tzinfo=UTC))

        jobs.gather(timestamp=0)

        assert count() == 1
