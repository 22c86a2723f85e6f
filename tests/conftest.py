"""What every test may ask for: an application, a database session in a savepoint, a client that checks pages."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import event, text
from sqlalchemy.orm import Session, sessionmaker

from tests import databases
from tests.pages import PageClient
from traitdunion import create_app
from traitdunion.core import db

settings.register_profile(
    "ours",
    deadline=None,  # a shared machine stalls; time is measured by `make bench`, never by a test
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("ours")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a test also waits for its database, its browser, its processes."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)  # after they were put in random order
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: none is left to a single worker at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def _no_loop_of_the_browser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Playwright leaves its event loop running until the end of the session: a worker of ours could not start its own.

    The loop is put aside during the tests that open no browser.
    """
    loop = asyncio._get_running_loop()
    if loop is None or request.node.get_closest_marker("browser"):
        yield
        return
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture(scope="session")
def database_url(worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this worker's own, made from a template that the migrations built."""
    with databases.for_worker(worker_id, tmp_path_factory) as url:
        yield url


@pytest.fixture(scope="session")
def environ(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of a deployment under test."""
    return {
        "DATABASE_URL": database_url,
        "SECRET_KEY": "only-for-tests",
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
        "PATH": os.environ["PATH"],
    }


@pytest.fixture(scope="session")
def _app(environ: dict[str, str]) -> Iterator[Flask]:
    built = create_app(environ)
    built.testing = True
    yield built
    built.extensions["database"].engine.dispose()


@pytest.fixture
def app(_app: Flask) -> Iterator[Flask]:
    """The application, whose sessions live in a transaction that is rolled back after the test."""
    database = _app.extensions["database"]
    with database.engine.connect() as connection, connection.begin() as transaction:
        for name in ("sessions", "readers"):
            maker = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
            setattr(database, name, maker)
        event.listen(database.readers, "after_begin", _only_read)
        yield _app
        del database.sessions, database.readers
        transaction.rollback()


def _only_read(_session: Session, _transaction: object, connection: sqlalchemy.Connection) -> None:
    connection.execute(text("SET TRANSACTION READ ONLY"))  # until the end of the savepoint


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session in the same transaction as the application's; flush makes its rows visible to pages."""
    with app.app_context(), app.extensions["database"].sessions() as opened:
        yield opened


@pytest.fixture
def committing_app(_app: Flask) -> Iterator[Flask]:
    """The application with real commits, for what needs several connections; every table is emptied after."""
    with _app.app_context():
        yield _app
        databases.empty(db.engine())


@pytest.fixture
def engine(committing_app: Flask) -> sqlalchemy.Engine:
    """The engine of `committing_app`."""
    engine: sqlalchemy.Engine = committing_app.extensions["database"].engine
    return engine


@pytest.fixture
def pages(app: Flask) -> PageClient:
    """Fetches pages as a browser without JavaScript would, and checks each."""
    return PageClient(app)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; the test is skipped, saying so, where it is absent."""
    found = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not found.is_dir():
        pytest.skip("../shared/data is absent: this test reads real data")
    return found
