"""`make run`: from the command to the first page, on a database that is already there, and on none."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests

from tests.benchmarks.table import Row, print_table

_ROOT = Path(__file__).resolve().parents[2]


def rows(*, full: bool = False) -> list[Row]:
    """First start (demonstration included) and the best of three second ones, in seconds."""
    with tempfile.TemporaryDirectory(prefix="tu", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        first = _seconds_to_open(folder)
        second = min(_seconds_to_open(folder) for _ in range(3))
    bare = _seconds_to_import()
    return [
        Row("make run, first start with the demonstration", f"{first:.1f} s", asked="≤ 60 s, of which loading < 20 s"),
        Row(
            "make run, second start", f"{second:.1f} s", f"{bare:.1f} s (import alone)", f"{second / bare:.1f}", "≤ 3 s"
        ),
    ]


def _seconds_to_open(var_dir: str) -> float:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "traitdunion", "serve"],
        cwd=_ROOT,
        env={**environment, "VAR_DIR": var_dir, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                requests.get(f"http://127.0.0.1:{port}/", timeout=30).raise_for_status()
            except requests.ConnectionError:
                if process.poll() is not None:
                    raise RuntimeError("the service did not start") from None
                time.sleep(0.02)
            else:
                return time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _seconds_to_import() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import traitdunion; traitdunion.create_app()"], cwd=_ROOT, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    print_table(rows())
