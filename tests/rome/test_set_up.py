"""The step of `flask setup` for ROME: labels at once, and the official files asked for a single time."""

from flask import Flask
from sqlalchemy import text

from traitdunion.core import db
from traitdunion.rome import commands, occupations

_WAITING = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'rome.jobs.update_if_missing'")


class TestSetUp:
    def test_loads_the_labels_and_defers_one_update(self, committing_app: Flask) -> None:
        commands.set_up()
        commands.set_up()

        with db.transaction() as session:
            assert len(occupations.labels(session)) == 1584
            assert session.scalar(_WAITING) == 1
