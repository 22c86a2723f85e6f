"""How many offers each choice of the search form would give, all else as asked: pure sums over cells."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from traitdunion.search.criteria import CONTRACTS, LEVELS, RADII, WORK_STUDY, Criteria


class Filter(Enum):
    """What narrows a search besides words, place and occupation; the values are the names of the address."""

    CONTRACT = "contrat"
    LEVEL = "niveau"
    TRAINING = "formation"
    DIPLOMA = "diplome"
    RADIUS = "rayon"


Choice: TypeAlias = tuple[Filter, Any]
"""A filter and its value in Criteria; None or False asks for nothing."""

Counts: TypeAlias = Mapping[Choice, int]
"""By choice, the number of offers that the search gives with it."""


class Cell(NamedTuple):
    """So many offers that are alike for the filters; `reach` is the smallest radius told apart (km) that holds them.

    `reach` is 0 where no circle was asked for, and for those of which only the département is known.
    """

    contract: str | None
    is_work_study: bool
    level: int | None
    has_training: bool
    reach: int
    offers: int


_SAID: Mapping[Filter, Callable[[Cell], Any]] = {
    Filter.CONTRACT: lambda cell: (cell.contract, cell.is_work_study),
    Filter.LEVEL: lambda cell: cell.level,
    Filter.TRAINING: lambda cell: cell.has_training,
    Filter.DIPLOMA: lambda cell: cell.level == 0,
    Filter.RADIUS: lambda cell: cell.reach,
}
"""What an offer says of each filter."""

_PASSES: Mapping[Filter, Callable[[Any, Any], bool]] = {
    Filter.CONTRACT: lambda said, asked: asked is None or (said[1] if asked == WORK_STUDY else said[0] == asked),
    Filter.LEVEL: lambda said, asked: asked is None or said is None or said <= asked,
    Filter.TRAINING: lambda said, asked: said or not asked,
    Filter.DIPLOMA: lambda said, asked: said or not asked,
    Filter.RADIUS: lambda said, asked: said <= asked,
}
"""Whether what an offer says is what is asked: the same as the conditions of `entries`, a test holds them together."""


def radii(criteria: Criteria) -> list[int]:
    """The radii of the form, from the smallest; none without a circle."""
    return sorted({*RADII, criteria.circle.km}) if criteria.circle else []


def choices(criteria: Criteria) -> dict[Choice, Criteria]:
    """Each choice of the form, with the criteria of its page."""
    found: dict[Choice, Criteria] = {}
    for contract in (None, *CONTRACTS):
        found[Filter.CONTRACT, contract] = replace(criteria, contract=contract)
    for level in (None, *LEVELS):
        found[Filter.LEVEL, level] = replace(criteria, level=level)
    for is_wanted in (False, True):
        found[Filter.TRAINING, is_wanted] = replace(criteria, has_training=is_wanted)
        found[Filter.DIPLOMA, is_wanted] = replace(criteria, without_diploma=is_wanted)
    if criteria.circle:
        for km in radii(criteria):
            found[Filter.RADIUS, km] = replace(criteria, circle=criteria.circle.widened(km))
    return found


def total(criteria: Criteria, counts: Counts) -> int:
    """The number of offers that meet the criteria: they are a choice too."""
    return counts[Filter.CONTRACT, criteria.contract]


def counted(criteria: Criteria, cells: Iterable[Cell]) -> dict[Choice, int]:
    """The sum of every choice: an offer that fails one filter counts for the other choices of that filter."""
    asked = {
        Filter.CONTRACT: criteria.contract,
        Filter.LEVEL: criteria.level,
        Filter.TRAINING: criteria.has_training,
        Filter.DIPLOMA: criteria.without_diploma,
        Filter.RADIUS: criteria.circle.km if criteria.circle else 0,
    }
    sums: dict[Filter, Counter[Any]] = {name: Counter() for name in Filter}
    for cell in cells:
        said = {name: say(cell) for name, say in _SAID.items()}
        failed = [name for name in Filter if not _PASSES[name](said[name], asked[name])]
        for name in failed or Filter if len(failed) < 2 else ():
            sums[name][said[name]] += cell.offers
    return {
        (name, value): sum(offers for said, offers in sums[name].items() if _PASSES[name](said, value))
        for name, value in choices(criteria)
    }
