"""How many offers each choice of the search form would give, all else as asked: pure sums over cells."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from traitdunion.core.pages import number
from traitdunion.search.criteria import CONTRACTS, LEVELS, MOST, RADII, WORK_STUDY, Criteria


class Filter(StrEnum):
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


class _Rule(NamedTuple):
    """What an offer says of a filter, and whether that is what is asked: the same as the conditions of `entries`."""

    name: Filter
    said: Callable[[Cell], Any]
    passes: Callable[[Any, Any], bool]


_RULES = (
    _Rule(
        Filter.CONTRACT,
        lambda cell: (cell.contract, cell.is_work_study),
        lambda said, asked: asked is None or (said[1] if asked == WORK_STUDY else said[0] == asked),
    ),
    _Rule(Filter.LEVEL, lambda cell: cell.level, lambda said, asked: asked is None or said is None or said <= asked),
    _Rule(Filter.TRAINING, lambda cell: cell.has_training, lambda said, asked: said or not asked),
    _Rule(Filter.DIPLOMA, lambda cell: cell.level == 0, lambda said, asked: said or not asked),
    _Rule(Filter.RADIUS, lambda cell: cell.reach, lambda said, asked: said <= asked),
)
"""A test holds them together with `entries`."""

_ANYWHERE: list[Choice] = [
    *((Filter.CONTRACT, contract) for contract in (None, *CONTRACTS)),
    *((Filter.LEVEL, level) for level in (None, *LEVELS)),
    *((name, is_wanted) for name in (Filter.TRAINING, Filter.DIPLOMA) for is_wanted in (False, True)),
]


def radii(criteria: Criteria) -> list[int]:
    """The radii of the form, from the smallest; none without a circle."""
    return sorted({*RADII, criteria.circle.km}) if criteria.circle else []


def choices(criteria: Criteria) -> dict[Choice, Criteria]:
    """Each choice of the form, with the criteria of its page."""
    return {choice: _chosen(criteria, *choice) for choice in _choices(criteria)}


def total(criteria: Criteria, counts: Counts) -> int:
    """The number of offers that meet the criteria: they are a choice too."""
    return counts[Filter.CONTRACT, criteria.contract]


def counted(criteria: Criteria, cells: Iterable[Cell]) -> dict[Choice, int]:
    """The sum of every choice: an offer that fails one filter counts for the other choices of that filter."""
    radius = criteria.circle.km if criteria.circle else 0
    asked = (criteria.contract, criteria.level, criteria.has_training, criteria.without_diploma, radius)
    sums = [Counter[Any]() for _ in _RULES]  # by place: an enumeration is slow as a key
    for cell in cells:
        said = [rule.said(cell) for rule in _RULES]
        failed = [at for at, rule in enumerate(_RULES) if not rule.passes(said[at], asked[at])]
        for at in failed or range(len(_RULES)) if len(failed) < 2 else ():
            sums[at][said[at]] += cell.offers
    found = {rule.name: (rule.passes, list(of.items())) for rule, of in zip(_RULES, sums, strict=True)}
    return {choice: _sum(*found[choice[0]], choice[1]) for choice in _choices(criteria)}


def _sum(passes: Callable[[Any, Any], bool], found: Iterable[tuple[Any, int]], asked: Any) -> int:
    return sum([offers for said, offers in found if passes(said, asked)])


def _choices(criteria: Criteria) -> list[Choice]:
    around = [(Filter.RADIUS, km) for km in radii(criteria)]
    return [*_ANYWHERE, *around]


def _chosen(criteria: Criteria, name: Filter, value: Any) -> Criteria:
    match name:
        case Filter.CONTRACT:
            return replace(criteria, contract=value)
        case Filter.LEVEL:
            return replace(criteria, level=value)
        case Filter.TRAINING:
            return replace(criteria, has_training=value)
        case Filter.DIPLOMA:
            return replace(criteria, without_diploma=value)
        case Filter.RADIUS:
            return replace(criteria, circle=criteria.circle.widened(value) if criteria.circle else None)


def bounded(count: int) -> str:
    """The count as it is said: nothing is counted above MOST."""
    return f"plus de {number(MOST)}" if count > MOST else number(count)
