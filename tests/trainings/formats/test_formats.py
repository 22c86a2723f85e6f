"""The format of a file, by its content; and memory that does not grow with it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.trainings import samples
from traitdunion.trainings import formats
from traitdunion.trainings.drafts import NotTrainings
from traitdunion.trainings.formats import Format

MEASURE = """
import resource, sys
from traitdunion.trainings import formats
with open(sys.argv[1], "rb") as stream:
    readings = formats.read(stream, formats.Format(sys.argv[2]))
    next(readings)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = 1 + sum(1 for _ in readings)
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


class TestDetect:
    @pytest.mark.parametrize(
        ("head", "format_"),
        [
            (b'\xef\xbb\xbf<?xml version="1.0"?><lheo>', Format.LHEO),
            ("<lheo/>".encode("utf-16"), Format.LHEO),
            (b'\n {"id": 1}', Format.JSON),
            (b"[", Format.JSON),
            (b"intitule;codes_rome", Format.CSV),
        ],
    )
    def test_goes_by_the_first_sign(self, head: bytes, format_: Format) -> None:
        assert formats.detect(head) == format_

    @pytest.mark.parametrize(
        "head", [b"", b" \n", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x89PNG\r\n", "intitule".encode("utf-16")]
    )
    def test_knows_what_is_none(self, head: bytes) -> None:
        with pytest.raises(NotTrainings):
            formats.detect(head)


class TestRead:
    @pytest.mark.parametrize("format_", [Format.LHEO, Format.JSON])
    def test_takes_the_memory_of_one_record(self, tmp_path: Path, format_: Format) -> None:
        path = tmp_path / "catalogue"
        count = 20_000_000 // 10_000
        with path.open("wb") as file:
            if format_ == Format.LHEO:
                record = samples.training("F%d").replace("Le pain", "Le pain " * 1_000)
                start, _, end = samples.lheo("|").partition(b"|")
                file.write(start)
                file.writelines((record % number).encode() for number in range(count))
                file.write(end)
            else:
                record = f'{{"id": "%d", "title": "A", "rome_codes": [], "description": "{"x" * 9_940}"}}\n'
                file.writelines((record % number).encode() for number in range(count))

        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(path), format_], capture_output=True, text=True, check=True
        )

        read, megabytes = map(int, done.stdout.split())
        assert path.stat().st_size > 19_000_000
        assert read == count
        assert megabytes < 8
