"""`trainings import` of a LHEO file of 200 MB: speed against plain parsing of it, memory against a file of 20 MB."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lxml import etree

from tests.benchmarks import scratch
from tests.benchmarks.table import Row, print_table
from tests.trainings import samples
from traitdunion.core import clock, db
from traitdunion.territories.communes import Index
from traitdunion.trainings import importing

_LARGE, _SMALL = 200_000_000, 20_000_000  # bytes
_SECTORS = "".join(f'<extra info="branche">{number:02}.01Z</extra>\n' for number in range(60))
_NOISE = f'<extras info="eligibilite-cpf" numero="1">{_SECTORS}</extras>' * 5
"""What makes real records large: who may use their training account, sector by sector."""


def rows(*, full: bool = False) -> list[Row]:
    """The measures: speed of a first and of a second import, peak memory of a large and of a small file."""
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.xml", Path(folder) / "small.xml"
        _write(large, _LARGE)
        _write(small, _SMALL)
        plain = _parse(large)
        of_large, of_small = _measure(large), _measure(small)
    first, again = of_large["first"], of_large["again"]
    return [
        Row("trainings import, LHEO 200 MB", f"{first:.1f} MB/s", f"{plain:.1f} MB/s", f"{first / plain:.2f}"),
        Row("the same again, all unchanged", f"{again:.1f} MB/s", f"{plain:.1f} MB/s", f"{again / plain:.2f}"),
        Row(
            "trainings import, LHEO 200 MB, peak memory",
            f"{of_large['peak']:.0f} MB",
            f"{of_small['peak']:.0f} MB",
            f"{of_large['peak'] / of_small['peak']:.2f}",
            "flat",
        ),
    ]


def _write(path: Path, size: int) -> None:
    start, _, end = samples.lheo("|").partition(b"|")
    record = samples.training("F{0}", samples.session("S{0}")).replace('"A1"', '"A{0}"')
    record = record.replace("</session>", f"{_NOISE}</session>")
    count = size // len(record.encode())
    with path.open("wb") as file:
        file.write(start)
        file.writelines(record.replace("{0}", str(number)).encode() for number in range(count))
        file.write(end)


def _parse(path: Path) -> float:
    """MB a second of lxml alone, with the same events and the same freeing."""
    started = time.perf_counter()
    for _, element in etree.iterparse(path, events=("end",), tag="{*}formation"):
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
    return path.stat().st_size / 1e6 / (time.perf_counter() - started)


def _measure(path: Path) -> dict[str, float]:
    """Speeds in MB a second and peak memory in MB, of a process that imports the file twice."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_trainings", str(path)],
        capture_output=True,
        check=True,
        text=True,
    )
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _import_twice(path: Path) -> None:
    with scratch.application():
        speeds = [_import(path), _import(path)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"first": speeds[0], "again": speeds[1], "peak": peak}))


def _import(path: Path) -> float:
    started = time.perf_counter()
    with db.transaction() as session:
        importing.import_file(session, path, communes=Index.load(session), now=clock.now())
    return path.stat().st_size / 1e6 / (time.perf_counter() - started)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _import_twice(Path(sys.argv[1]))
    else:
        print_table(rows())
