"""The service: gunicorn for the site and a worker for the jobs, forked from one process that stops them together.

Forked, not started anew: the application is loaded once, so that the service opens a second sooner.
"""

import contextlib
import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
import requests
import structlog
from flask import Flask, current_app
from gunicorn.app.base import BaseApplication

from traitdunion.core import db, jobs, schema

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 8
_GRACE_SECONDS = 10
_MESSAGES = ("notifications",)
MESSAGES_AT_ONCE = 8
"""A relay answers in a tenth of a second or so: they wait for it together."""
_PR_SET_PDEATHSIG = 1
_STOPS = frozenset({signal.SIGINT, signal.SIGTERM})


def init_app(app: Flask, steps: tuple[Callable[[], None], ...]) -> None:
    """Keeps what each feature does to make an empty database useful; each step may be run again without harm."""
    app.extensions["set_up"] = steps


def warm_up(app: Flask, function: Callable[[], None]) -> None:
    """Registers what each process of the site does at its start, in the background, so that no visitor waits for it."""
    app.extensions.setdefault("warm_up", []).append(function)


def beside(app: Flask, name: str, prepare: Callable[[], Callable[[], None] | None]) -> None:
    """Registers what runs in a process of its own beside the site.

    `prepare` is called once, before any process is forked: what it does to the settings holds for all of them. It gives
    what the process does, None where there is nothing to run.
    """
    app.extensions.setdefault("beside", []).append((name, prepare))


def set_up() -> None:
    """Migrations, then the steps of the features, on the current application's database."""
    if not schema.is_current():
        schema.upgrade()
    for step in current_app.extensions["set_up"]:
        step()


def run(app: Flask, *, with_worker: bool) -> None:
    """Serves until Ctrl-C or SIGTERM, or until one of the children dies (exit status 1)."""
    with app.app_context():
        _ = db.database().url  # found, and held, by this process before its children use it
        beside = [(name, work) for name, prepare in app.extensions.get("beside", ()) if (work := prepare()) is not None]
        db.engine().dispose()  # no connection may be shared with them
    port = int(app.config["PORT"])
    # A stop may come from a terminal, a supervisor or a container: the same end for all.
    # Said for both: what a shell starts in the background inherits that SIGINT is ignored.
    for stop in _STOPS:
        signal.signal(stop, _interrupt)
    children: list[BaseProcess] = []
    try:
        # One that comes while a child is being made waits for it: nobody else would stop that child.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        children += [_start(name, work) for name, work in beside]
        site = _start("site", lambda: _Site(app, port).run())
        children.append(site)
        if with_worker:
            children.append(_start("worker", lambda: jobs.run_worker(app)))
            # Somebody waits for a code while hours of offers are read: messages have a worker of their own.
            children.append(
                _start("messages", lambda: jobs.run_worker(app, queues=_MESSAGES, concurrency=MESSAGES_AT_ONCE))
            )
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        _announce(port, site)
        _wait(children)
    except KeyboardInterrupt:
        click.echo("Arrêt…")
    finally:
        _stop(children)


class _Site(BaseApplication):  # type: ignore[misc]
    """gunicorn, for an application that is already loaded."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app = app
        self._settings: dict[str, Any] = {
            # A proxy may be on another machine; without one, nobody else's business.
            "bind": f"{'0.0.0.0' if app.config['TRUSTED_PROXIES'] else '127.0.0.1'}:{port}",  # noqa: S104
            "workers": app.config["WEB_PROCESSES"],
            "worker_class": "gthread",
            "threads": _THREADS,
            "loglevel": "warning",
            "graceful_timeout": _GRACE_SECONDS,
            "post_worker_init": lambda _process: Thread(target=_warm, args=(app,), daemon=True).start(),
        }
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> "WSGIApplication":
        return self._app


def _warm(app: Flask) -> None:
    for function in app.extensions.get("warm_up", ()):
        try:
            with app.app_context():
                function()
        except Exception as error:  # whoever needs it first meets the same trouble, and says so
            structlog.get_logger().warning("not warmed up", reason=type(error).__name__)
    # What is there now stays: no collection goes through its 250,000 objects again, while visitors wait (140 ms alone).
    gc.collect()
    gc.freeze()


def _start(name: str, work: Callable[[], None]) -> BaseProcess:
    child = multiprocessing.get_context("fork").Process(target=_alone, args=(work,), name=name)
    child.start()
    return child


def _alone(work: Callable[[], None]) -> None:
    # A session of its own: Ctrl-C reaches the parent alone, which then stops its children in order.
    os.setsid()
    for stop in _STOPS:
        signal.signal(stop, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
    if sys.platform == "linux":
        # A child of a killed service does not stay behind, holding the port.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    work()


def _announce(port: int, site: BaseProcess) -> None:
    address = f"http://127.0.0.1:{port}"
    local = requests.Session()
    local.trust_env = False  # a proxy of the operator's has nothing to do with the loopback
    for _ in range(600):
        try:
            local.get(f"{address}/robots.txt", timeout=2)
        except requests.RequestException:
            if not site.is_alive():
                raise click.ClickException(f"Le site n’a pas pu démarrer sur le port {port} (déjà pris ?).") from None
            time.sleep(0.05)
        else:
            click.echo(f"Trait d’union est ouvert : {address}  (Ctrl-C pour tout arrêter)")
            click.echo("Aucun compte n’est nécessaire pour chercher une offre ou une formation.")
            click.echo(f"Se connecter : {address}/connexion, par une adresse e-mail ou un numéro de portable.")
            with contextlib.suppress(requests.RequestException):
                if local.get(f"{address}/demo", timeout=5).ok:
                    click.echo(f"Démonstration : {address}/demo dit qui vous pouvez être, et où lire vos messages.")
            return


def _wait(children: list[BaseProcess]) -> None:
    while True:
        for child in children:
            child.join(0.25)
            if not child.is_alive():
                raise click.ClickException(f"Un processus du service s’est arrêté ({child.name}, {child.exitcode}).")


def _stop(children: list[BaseProcess]) -> None:
    for child in children:
        child.terminate()
    latest = time.monotonic() + _GRACE_SECONDS + 2  # for all of them together
    for child in children:
        child.join(max(0.0, latest - time.monotonic()))
        if child.is_alive() and child.pid is not None:
            os.killpg(child.pid, signal.SIGKILL)
            child.join()


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
