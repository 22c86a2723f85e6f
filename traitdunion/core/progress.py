"""Progress of long commands: a bar on a terminal, a line per minute elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click
from tqdm import tqdm

_SECONDS_BETWEEN_LINES = 60


class Progress(Protocol):
    """What long work tells about itself."""

    def update(self, n: int = 1, /) -> object:
        """`n` more units are done."""


class _Lines:
    def __init__(self, label: str, unit: str, total: int | None) -> None:
        self._label, self._unit, self._total = label, unit, total
        self._done = 0
        self._last = time.monotonic()

    def update(self, n: int = 1, /) -> None:
        self._done += n
        if time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            of_total = f" sur {self._total}" if self._total is not None else ""
            click.echo(f"{self._label} : {self._done}{of_total} {self._unit}", err=True)


@contextmanager
def track(label: str, *, unit: str = "", total: int | None = None) -> Iterator[Progress]:
    """A progress to `update(n)`; `total` in the same unit, None when it is not known."""
    if sys.stderr.isatty():
        with tqdm(desc=label, total=total, unit=f" {unit}", leave=False) as bar:
            yield bar
    else:
        yield _Lines(label, unit, total)
