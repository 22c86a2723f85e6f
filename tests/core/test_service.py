"""The service as a person runs it: it opens, it answers, and Ctrl-C stops all of it but not what others still use."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests
from flask import Flask

from traitdunion.core import service as core_service

ROOT = Path(__file__).resolve().parents[2]

# Holds the embedded server as a long import would, and says so.
HOLDER = """
import sys, time, pathlib, psycopg
from traitdunion.core import postgres
url = postgres.ensure(pathlib.Path(sys.argv[1])).replace("+psycopg", "")
print(url, flush=True)
sys.stdin.read()
with psycopg.connect(url) as connection:
    print(connection.execute("SELECT 41 + 1").fetchone()[0], flush=True)
"""


def free_port() -> int:
    """A port nobody listens to."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def var_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps its database, which is made by the first test that serves."""
    return tmp_path_factory.mktemp("var")


@contextmanager
def service(var_dir: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`flask serve`, without the demonstration and without an account at France Travail."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_URL", "TEST_"))},
        "VAR_DIR": str(var_dir),
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "DEMONSTRATION": "no",
    }
    command = [sys.executable, "-m", "flask", "--app", "traitdunion", "serve"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def wait_until_open(port: int, process: subprocess.Popen[str]) -> requests.Response:
    """The answer of /sante, once there is one."""
    for _ in range(1200):
        if process.poll() is not None:
            pytest.fail(process.stdout.read() if process.stdout else "stopped")
        try:
            return requests.get(f"http://127.0.0.1:{port}/sante", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
    pytest.fail("the service did not open in two minutes")


@pytest.mark.long
class TestServe:
    def test_opens_then_stops_whole_on_an_interrupt(self, var_dir: Path) -> None:
        port = free_port()
        with service(var_dir, port) as process:
            answer = wait_until_open(port, process)

            assert answer.json()["database"]["is_well"]

            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/sante", timeout=2)

    def test_leaves_the_database_to_who_still_uses_it(self, var_dir: Path) -> None:
        port = free_port()
        with service(var_dir, port) as process:
            wait_until_open(port, process)
            holder = subprocess.Popen(
                [sys.executable, "-c", HOLDER, str(var_dir / "postgres")],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert holder.stdout is not None
            url = holder.stdout.readline().strip()
            process.send_signal(signal.SIGINT)
            process.wait(30)

            told, _ = holder.communicate("", timeout=30)

        assert told.strip() == "42"
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=2)


class TestWarmUp:
    def test_does_all_even_when_one_fails(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        done: list[str] = []
        monkeypatch.setitem(app.extensions, "warm_up", [])

        def fail() -> None:
            raise RuntimeError

        core_service.warm_up(app, fail)
        core_service.warm_up(app, lambda: done.append("warm"))
        core_service._warm(app)

        assert done == ["warm"]
