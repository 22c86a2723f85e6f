"""The service: gunicorn for the site and a worker for the jobs, children of one process that stops them together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType

import click
import requests
from alembic import command
from flask import Flask, current_app

from traitdunion.core import db, schema

_THREADS = 8
_GRACE_SECONDS = 10
_PR_SET_PDEATHSIG = 1


def init_app(app: Flask, steps: tuple[Callable[[], None], ...]) -> None:
    """Keeps what each feature does to make an empty database useful; each step may be run again without harm."""
    app.extensions["set_up"] = steps


def set_up() -> None:
    """Migrations, then the steps of the features, on the current application's database."""
    command.upgrade(schema.alembic_config(), "head")
    for step in current_app.extensions["set_up"]:
        step()


def run(app: Flask, *, with_worker: bool) -> None:
    """Serves until Ctrl-C or SIGTERM, or until one of the children dies (exit status 1)."""
    with app.app_context():
        # The children find the database that this process holds, instead of each starting it.
        environment = {**os.environ, "DATABASE_URL": db.database().url, "SECRET_KEY": str(app.config["SECRET_KEY"])}
    port = int(app.config["PORT"])
    children = [_start(_web(app, port), environment)]
    if with_worker:
        children.append(_start([sys.executable, "-m", "flask", "--app", "traitdunion", "worker"], environment))
    # A stop may come from a terminal, a supervisor or a container: the same end for all.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _announce(port, children[0])
        _wait(children)
    except KeyboardInterrupt:
        click.echo("Arrêt…")
    finally:
        _stop(children)


def _web(app: Flask, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "traitdunion:create_app()"),
        *("--bind", f"127.0.0.1:{port}" if not app.config["TRUSTED_PROXIES"] else f"0.0.0.0:{port}"),
        *("--workers", str(app.config["WEB_PROCESSES"]), "--threads", str(_THREADS), "--preload"),
        *("--log-level", "warning", "--graceful-timeout", str(_GRACE_SECONDS)),
    ]


def _start(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process alone, which then stops its children in order.
    return subprocess.Popen(arguments, env=environment, start_new_session=True, preexec_fn=_die_with_parent)  # noqa: PLW1509


def _die_with_parent() -> None:
    # Where the kernel can (Linux), a child of a killed service does not stay behind, holding the port.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _announce(port: int, web: subprocess.Popen[bytes]) -> None:
    address = f"http://127.0.0.1:{port}"
    for _ in range(150):
        try:
            requests.get(f"{address}/robots.txt", timeout=2)
        except requests.RequestException:
            if web.poll() is not None:
                raise click.ClickException(f"Le site n’a pas pu démarrer sur le port {port} (déjà pris ?).") from None
            time.sleep(0.1)
        else:
            click.echo(f"Trait d’union est ouvert : {address}  (Ctrl-C pour tout arrêter)")
            click.echo("Aucun compte n’est nécessaire pour chercher une offre ou une formation.")
            return


def _wait(children: list[subprocess.Popen[bytes]]) -> None:
    while True:
        for child in children:
            if child.poll() is not None:
                raise click.ClickException(f"Un processus du service s’est arrêté (état {child.returncode}).")
        time.sleep(0.5)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(_GRACE_SECONDS + 2)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
