"""The database server that comes with the product: started when a process needs it, stopped after the last one.

Words: a *place* is the directory of a server's files and its account; a *holder* is a process that called `ensure`;
the *keeper* is the small process that is the server's parent.

Decisions:
- two advisory locks (flock), which the kernel drops however a process dies, are the only memory. Holders share
  `in-use.lock`. The server itself, and before it the process that starts it, holds `server.lock`: one server at most,
  and whether it lives is never guessed from process numbers;
- the keeper waits for the exclusive right to `in-use.lock`, so that the server is stopped in an orderly way after a
  Ctrl-C, an exit, a SIGTERM (which skips Python's atexit) or a `kill -9` of the last holder alike. An orderly exit
  besides waits for the server to be down. A forked child is a holder too, by the descriptor that it inherits;
  a program that it runs is not (descriptors are closed on exec);
- `postgres` is started directly, not by pg_ctl, which looks only every 100 ms and passes no descriptor;
- anyone who may enter the socket's directory (its account, and root) is let in as `postgres`, without a password.
"""

import atexit
import fcntl
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
import sqlalchemy

from traitdunion.core.postgres import cluster
from traitdunion.core.postgres.place import Place, PostgresUnavailable, locate

__all__ = ["PostgresUnavailable", "ensure", "release"]

DATABASE = "traitdunion"
PATIENCE = 60.0
"""Seconds that a start (making, recovery) or a stop may take."""
PAUSE = 0.01

_held: dict[Path, tuple[int, Place]] = {}
"""By place, the descriptor of this process that shares `in-use.lock`."""


def ensure(directory: Path, *, settings: Mapping[str, str] | None = None) -> str:
    """SQLAlchemy URL of the database `traitdunion` of a running server, whose files live under `directory`.

    Makes the database and starts the server where needed, within 60 seconds, else PostgresUnavailable, whose message
    is one French line. The server lives at least as long as this process, or until it calls `release`. `settings`
    (names and values as in postgresql.conf) apply only if the server is started here.
    """
    try:
        place = locate(directory)
        is_first = _hold(place)
        try:
            sockets = _reach(place, settings or {})
        except BaseException:
            if is_first:
                _let_go(place.home)
            raise
    except OSError as error:
        raise PostgresUnavailable(
            f"La base de données de {directory} n’a pas pu être ouverte ({error}) : corrigez cela, ou indiquez "
            "une base existante dans DATABASE_URL."
        ) from error
    where = {"host": sockets, "port": cluster.PORT}  # said, or PGPORT would be followed
    url = sqlalchemy.URL.create("postgresql+psycopg", username="postgres", database=DATABASE, query=where)
    return url.render_as_string(hide_password=False)


def release(directory: Path | None = None) -> None:
    """Gives up the server of `directory` (None: every one), which is stopped on return if nobody else holds it."""
    homes = list(_held) if directory is None else [locate(directory).home]
    for home in homes:
        if home in _held:
            _let_go(home)


atexit.register(release)


def _hold(place: Place) -> bool:
    """Shares `in-use.lock` for the life of the process; false when it already did."""
    if place.home in _held:
        return False
    descriptor = place.open(place.in_use, os.O_RDWR)
    _await_lock(descriptor)
    if _held.setdefault(place.home, (descriptor, place))[0] != descriptor:  # another thread was quicker
        os.close(descriptor)
        return False
    return True


def _reach(place: Place, settings: Mapping[str, str]) -> str:
    """Directory of the socket of a server that accepts connections, started by us or by whoever is doing it."""
    said_before: int | None = None
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        server_lock = place.open(place.server_lock, os.O_RDWR)
        try:
            if _try_lock(server_lock, fcntl.LOCK_EX):
                if said_before is not None:
                    raise PostgresUnavailable(
                        f"PostgreSQL n’a pas pu démarrer : {cluster.reason(place, said_before)} (journal : {place.log})"
                    )
                said_before = cluster.start(place, server_lock, settings)
                deadline = time.monotonic() + PATIENCE  # the making of the cluster does not count
            elif sockets := _answering(place):
                return sockets
        finally:
            os.close(server_lock)
        time.sleep(PAUSE)
    raise PostgresUnavailable(
        f"PostgreSQL ne répond pas depuis {PATIENCE:.0f} secondes (journal : {place.log}). "
        "Réessayez, ou indiquez une autre base dans DATABASE_URL."
    )


def _answering(place: Place) -> str | None:
    """Directory of the live server's socket once it accepts connections and has our database, else None."""
    try:
        _pid, _data, _began, _port, sockets, _tcp, _memory, state = (
            (place.data / "postmaster.pid").read_text().split("\n")[:8]
        )
    except (OSError, ValueError):  # not yet written
        return None
    if state.strip() != "ready":  # starting, or recovering
        return None
    try:
        with psycopg.connect(
            host=sockets,
            port=cluster.PORT,
            user="postgres",
            dbname="postgres",
            autocommit=True,
            connect_timeout=10,
        ) as connection:
            if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
                connection.execute(f"CREATE DATABASE {DATABASE}")
    except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):  # another holder was quicker
        return sockets
    except psycopg.OperationalError as refusal:  # recovering from the death of a backend, unless it is merely full
        return sockets if "too many clients" in str(refusal) else None
    return sockets


def _let_go(home: Path) -> None:
    descriptor, place = _held.pop(home)
    os.close(descriptor)  # the descriptors of forked children still hold
    descriptor = place.open(place.in_use, os.O_RDWR)
    try:
        if _try_lock(descriptor, fcntl.LOCK_EX):
            _stop(place)
        else:  # others use it, or its keeper is stopping it
            _await_lock(descriptor)
    finally:
        os.close(descriptor)


def _stop(place: Place) -> None:
    """Stops the server, if it runs; the caller has the exclusive right to `in-use.lock`."""
    server_lock = place.open(place.server_lock, os.O_RDWR)
    try:
        if not _try_lock(server_lock, fcntl.LOCK_EX):
            pid = int((place.data / "postmaster.pid").read_text().splitlines()[0])
            os.kill(pid, signal.SIGINT)
            _await_lock(server_lock)
    except (OSError, IndexError, ValueError):
        pass  # it has only begun to start, or is already dying: the keeper sees to it
    finally:
        os.close(server_lock)


def _await_lock(descriptor: int) -> None:
    """Shares the lock as soon as nobody has it alone."""
    deadline = time.monotonic() + PATIENCE
    while not _try_lock(descriptor, fcntl.LOCK_SH):
        if time.monotonic() > deadline:
            raise PostgresUnavailable(f"Le serveur de base de données ne s’arrête pas depuis {PATIENCE:.0f} secondes.")
        time.sleep(PAUSE)


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
