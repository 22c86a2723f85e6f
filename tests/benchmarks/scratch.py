"""Databases to measure on: migrated, with the communes, on a server with its usual settings."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from flask import Flask
from sqlalchemy import text

from tests import databases
from traitdunion import create_app
from traitdunion.core import db, postgres
from traitdunion.territories.communes import loading

REAL_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


@contextmanager
def application(*, with_communes: bool = True) -> Iterator[Flask]:
    """An application on an empty migrated database of its own, dropped at the end; within its context."""
    server = os.environ.get("BENCH_DATABASE_URL") or postgres.ensure(Path(tempfile.gettempdir()) / "traitdunion-bench")
    name = f"bench_{uuid.uuid4().hex[:8]}"
    with databases.administrator(server).connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    url = sqlalchemy.make_url(server).set(database=name).render_as_string(hide_password=False)
    try:
        databases.migrate(url)
        app = create_app({"DATABASE_URL": url, "SECRET_KEY": "bench", "VAR_DIR": tempfile.mkdtemp()})
        with app.app_context():
            if with_communes:
                with db.transaction() as session:
                    loading.load_facts(session)
            yield app
            db.engine().dispose()
    finally:
        with databases.administrator(server).connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
