"""Reads the tables of facts that stand beside the matching core, each once, when it is first needed."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "facts"


@cache
def column(table: str, name: str) -> tuple[str, ...]:
    """The values of one column, in the order of the file."""
    return tuple(row[name] for row in _rows(table))


@cache
def mapping(table: str, key: str, value: str) -> Mapping[str, str]:
    """One column by another; the last row wins where a key comes twice."""
    return {row[key]: row[value] for row in _rows(table)}


@cache
def phrases(table: str, name: str) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """The phrases of a column by their first word, each cut into words, the longest first."""
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for text in column(table, name):
        words = tuple(text.split())
        by_first.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(found, key=len, reverse=True)) for first, found in by_first.items()}


def _rows(table: str) -> list[dict[str, str]]:
    with (FOLDER / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
