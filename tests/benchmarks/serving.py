"""The service in processes of its own, as `make run` starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests
from flask import current_app

from traitdunion.core import db

_ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def beside(*, page: str = "/", **settings: str) -> Iterator[str]:
    """The address of a site on the current application's database, without worker, once it gives the page."""
    environment = {
        **os.environ,
        "DATABASE_URL": db.database().url,
        "SECRET_KEY": str(current_app.config["SECRET_KEY"]),
        "VAR_DIR": str(current_app.config["VAR_DIR"]),
        **settings,
    }
    with started(environment, "--without-worker", page=page) as address:
        yield address


@contextmanager
def started(environment: Mapping[str, str], *options: str, page: str = "/") -> Iterator[str]:
    """The address of `flask serve`, once it gives the page; stopped at the end. Raises RuntimeError if it cannot."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "traitdunion", "serve", *options],
        cwd=_ROOT,
        env={**environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(f"{address}{page}"):
            if process.poll() is not None:
                raise RuntimeError("the service did not start")
            time.sleep(0.02)
        yield address
    finally:
        process.terminate()
        process.wait(60)


def _answers(address: str) -> bool:
    try:
        requests.get(address, timeout=30).raise_for_status()
    except requests.ConnectionError:
        return False
    return True
