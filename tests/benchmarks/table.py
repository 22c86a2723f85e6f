"""The table that `make bench` prints."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A measure: what, our figure, the plain baseline of the same run, their ratio, what the issue asks."""

    what: str
    figure: str
    baseline: str = "–"
    ratio: str = "–"
    asked: str = "–"


def print_table(rows: Iterable[Row]) -> None:
    """The rows in columns as wide as what they hold."""
    lines = [("what", "figure", "baseline", "ratio", "asked"), *(astuple(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(5)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
