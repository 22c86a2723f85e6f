"""Databases for tests: a real server, one template built by the migrations, one copy per xdist worker."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy
from alembic import command
from sqlalchemy import NullPool, text

from traitdunion import ROOT, create_app
from traitdunion.core.schema import alembic_config

# Speed over safety: nothing here outlives the run.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
_LARGE = 1_000_000  # bytes
_TABLES = text(
    "SELECT relname, pg_relation_size(oid) FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'alembic_version'"
)
_NUMBER_AGAIN = text(
    "SELECT setval(sequencename::regclass, start_value, false) FROM pg_sequences"
    " WHERE schemaname = 'public' AND last_value IS NOT NULL"
)


@contextmanager
def for_worker(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of this worker's database.

    TEST_DATABASE_URL names the server, as a superuser of it; else the embedded one starts.
    """
    shared = tmp_path_factory.getbasetemp()
    shared = shared if worker_id == "master" else shared.parent
    server = os.environ.get("TEST_DATABASE_URL") or _embedded()
    # Runs side by side on one TEST_DATABASE_URL server do not meet.
    run = f"test_{os.getppid() if worker_id != 'master' else os.getpid()}"
    name = f"{run}_{worker_id}"
    with (shared / "template.lock").open("w") as lock, administrator(server).connect() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "template.done").exists():
            if "TEST_DATABASE_URL" not in os.environ:
                _sweep(connection)
            connection.execute(text(f'CREATE DATABASE "{run}" TEMPLATE template0'))
            migrate(_url(server, run))
            (shared / "template.done").touch()
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{run}"'))
    yield _url(server, name)
    with administrator(server).connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        if worker_id in {"master", "gw0"}:
            connection.execute(text(f'DROP DATABASE "{run}" WITH (FORCE)'))


def administrator(url: str) -> sqlalchemy.Engine:
    """An engine that may create and drop databases on the server of `url`."""
    return sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


def migrate(url: str, revision: str = "head") -> None:
    """Applies the migrations to the database at `url`."""
    app = create_app({"DATABASE_URL": url, "SECRET_KEY": "only-for-tests"})
    with app.app_context():
        command.upgrade(alembic_config(), revision)
        app.extensions["database"].engine.dispose()


def empty(engine: sqlalchemy.Engine) -> None:
    """Removes every row but the migrations' own, and numbers from 1 again.

    Few rows are deleted: TRUNCATE makes new files for each table and index, and takes fifteen times as long.
    """
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))  # a session left open fails the test, hangs nothing
        sizes: dict[str, int] = dict(connection.execute(_TABLES).all())
        connection.execute(text(f"LOCK TABLE {', '.join(sizes)}"))
        some = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in sizes)
        filled = connection.scalars(text(some)).all()
        if large := [table for table in filled if sizes[table] > _LARGE]:
            connection.execute(text(f"TRUNCATE {', '.join(large)} CASCADE"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no key is followed: all of them go
        for table in set(filled).difference(large):
            connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(_NUMBER_AGAIN)


def _sweep(connection: sqlalchemy.Connection) -> None:
    """Drops the databases that killed runs of this machine left: those whose process is gone."""
    for name in connection.scalars(text("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")).all():
        run = re.match(r"test_(\d+)(_|$)", name)
        if run is not None and not Path("/proc", run[1]).exists() and Path("/proc/self").exists():
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


def _embedded() -> str:
    from traitdunion.core import postgres

    # A place that lasts: no cluster to make at each run, and none left in /var/lib by root, whose server's account
    # cannot enter pytest's own folders. Runs side by side share the server.
    return postgres.ensure(ROOT / "var" / "tests" / "postgres", settings=_FAST)


def _url(server: str, name: str) -> str:
    return sqlalchemy.make_url(server).set(database=name).render_as_string(hide_password=False)
