"""Départements and régions, today's and those of before 2016: what people and offers name besides communes."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from traitdunion.territories import names

_FACTS = Path(__file__).with_name("facts") / "areas.csv"
_SMALL_WORDS = frozenset({"d", "de", "du", "des", "et", "l", "la", "le", "les"})

DEPARTMENT = "department"
REGION = "region"
FORMER_REGION = "former region"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A département or a région; `code` is INSEE's, empty for a région of before 2016."""

    kind: str
    code: str
    name: str
    departments: tuple[str, ...]

    @property
    def label(self) -> str:
        """« Moselle (57) », « Bretagne »."""
        return f"{self.name} ({self.code})" if self.kind == DEPARTMENT else self.name


@cache
def departments() -> Mapping[str, Area]:
    """The départements and overseas collectivities, by code."""
    return MappingProxyType({area.code: area for area, _ in _read() if area.kind == DEPARTMENT})


@cache
def regions() -> Mapping[str, Area]:
    """Today's régions, by code."""
    return MappingProxyType({area.code: area for area, _ in _read() if area.kind == REGION})


def find(name: str) -> Area | None:
    """The area of that name, whatever the order of its words: France Travail writes « Savoie (Haute) »."""
    return _by_words().get(_words(name))


@cache
def _by_words() -> Mapping[frozenset[str], Area]:
    found: dict[frozenset[str], Area] = {}
    for area, aliases in _read():  # départements first: Guadeloupe is also a région, of the same extent
        for name in (area.name, *aliases):
            found.setdefault(_words(name), area)
    found.pop(frozenset(), None)
    return MappingProxyType(found)


def _words(name: str) -> frozenset[str]:
    return frozenset(names.fold(name).split()) - _SMALL_WORDS


def _read() -> list[tuple[Area, list[str]]]:
    with _FACTS.open(encoding="utf-8", newline="") as file:
        return [
            (
                Area(
                    kind=row["kind"],
                    code=row["code"],
                    name=row["name"],
                    departments=tuple(row["departments"].split()),
                ),
                row["aliases"].split("|") if row["aliases"] else [],
            )
            for row in csv.DictReader(file)
        ]
