"""`make run`: from the command to the first page, on a database that is already there, and on none."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import serving
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
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    begun = time.perf_counter()
    with serving.started({**environment, "VAR_DIR": var_dir}):
        return time.perf_counter() - begun


def _seconds_to_import() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import traitdunion; traitdunion.create_app()"], cwd=_ROOT, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    print_table(rows())
