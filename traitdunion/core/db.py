"""The database: one session per request, one commit after a good answer to an unsafe method.

A safe request (GET, HEAD, OPTIONS) runs in a read-only transaction: PostgreSQL itself refuses that it writes. It ends
by a commit: at a rollback, psycopg forgets the statements that the server has parsed, and each page would begin anew.
Four things are written apart, whatever becomes of the request: attempt counters, rate limits, the OIDC callback, and
that a prescriber reads a person's file (`afterwards`).
Commands and jobs open their own transaction. The engine is made at first use, so that `--help` starts no server.
"""

import select
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import orjson
import psycopg
import sqlalchemy
from flask import Flask, Response, after_this_request, current_app, g, has_request_context, request
from sqlalchemy import DateTime, MetaData, Text, TextClause, event
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_ID = 2**63 - 1
"""Of a bigint: PostgreSQL answers a larger number by an error."""


class Base(DeclarativeBase):
    """Every model: plain declarative, typed, with constraints named by one convention."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), str: Text}


class Database:
    """What an application holds: the way to its server, its engine, its sessions."""

    def __init__(self, find_url: Callable[[], str]) -> None:
        self._find_url = find_url

    @cached_property
    def url(self) -> str:
        return self._find_url()

    @cached_property
    def engine(self) -> sqlalchemy.Engine:
        made = sqlalchemy.create_engine(
            self.url,
            pool_size=8,
            max_overflow=8,
            connect_args={"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3},
            pool_use_lifo=True,  # the connection that was just used has everything at hand
            hide_parameters=True,  # what people typed stays out of the logs
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
        )
        event.listen(made, "connect", _plan_for_values)
        event.listen(made, "checkout", _leave_closed)
        return made

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine, expire_on_commit=False)

    @cached_property
    def readers(self) -> sessionmaker[Session]:
        """Sessions that may only read."""
        reading = self.engine.execution_options(postgresql_readonly=True)
        event.listen(reading, "rollback", _commit_what_was_read)
        return sessionmaker(reading, expire_on_commit=False)


def init_app(app: Flask, find_url: Callable[[], str]) -> None:
    """Gives the application its database; `find_url` is called at the first use only."""
    app.extensions["database"] = Database(find_url)
    app.after_request(_commit_good_answers)
    app.teardown_appcontext(_close)


def database() -> Database:
    """The current application's database."""
    found = current_app.extensions["database"]
    assert isinstance(found, Database)  # noqa: S101 — narrows the type; init_app put it there
    return found


def engine() -> sqlalchemy.Engine:
    """The current application's engine, for what needs a connection of its own (COPY, pacing)."""
    return database().engine


@contextmanager
def driver_connection(engine: sqlalchemy.Engine) -> Iterator[psycopg.Connection]:
    """A psycopg connection of the engine's pool, for what SQLAlchemy does not speak (COPY, advisory locks).

    It commits each statement, or each `with connection.transaction()`.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as pooled:
        found = pooled.connection.driver_connection
        assert isinstance(found, psycopg.Connection)  # noqa: S101 — psycopg is the only driver we install
        yield found


def session() -> Session:
    """The session of this request; closed with it, committed only by this module."""
    if "session" not in g:
        is_reading = has_request_context() and request.method in _SAFE
        g.session = database().readers() if is_reading else database().sessions()
    found: Session = g.session
    return found


def afterwards(write: Callable[[Session], object]) -> None:
    """Calls `write` in a transaction of its own once the answer is made; if it fails, the answer is an error.

    For what is kept of a request that only reads: its own transaction is over then, so that none holds two connections.
    At once where there is no request.
    """

    def keep(response: Response) -> Response:
        if request.method in _SAFE:
            _close(None)
        with transaction() as opened:
            write(opened)
        return response

    if has_request_context():
        after_this_request(keep)
    else:
        with transaction() as opened:
            write(opened)


def rows(session: Session, statement: TextClause, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement written by hand, in the session's transaction, straight from the driver.

    For what every page asks: SQLAlchemy takes more time around such a statement than the driver takes to read it.
    """
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 — narrows the type: our only driver
    return driver.execute(_written(statement, connection.dialect), values).fetchall()


@lru_cache(maxsize=1_000)
def _written(statement: TextClause, dialect: sqlalchemy.Dialect) -> bytes:
    return str(statement.compile(dialect=dialect)).encode()


@contextmanager
def transaction() -> Iterator[Session]:
    """A transaction of its own, for a command or a job: committed at the end, rolled back by an exception."""
    with database().sessions.begin() as opened:
        yield opened


def _plan_for_values(connection: psycopg.Connection, _record: object) -> None:
    # The plan that is good for a rare word is not for one of a third of the offers, whatever PostgreSQL hopes.
    connection.autocommit = True
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.autocommit = False


def _leave_closed(connection: psycopg.Connection, _record: object, _proxy: object) -> None:
    # What `pool_pre_ping` asks the server, at each request, the socket tells for nothing: there is something to read on
    # one that the server closed, or that the kernel's keepalives found dead.
    if connection.closed or select.select([connection], [], [], 0)[0]:
        raise sqlalchemy.exc.InvalidatePoolError


def _commit_what_was_read(connection: sqlalchemy.Connection) -> None:
    with suppress(psycopg.Error):  # the rollback that follows says what is wrong, or has nothing left to do
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101 — narrows the type: our only driver
        driver.commit()


def _commit_good_answers(response: Response) -> Response:
    if "session" in g and request.method not in _SAFE and response.status_code < 400:
        g.session.commit()
    return response


def _close(_error: BaseException | None) -> None:
    opened = g.pop("session", None)
    if opened is not None:
        opened.close()
