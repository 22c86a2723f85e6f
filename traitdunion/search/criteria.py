"""What a search looks for, and one page of what it found: plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from traitdunion.search.words import Wanted
from traitdunion.territories.distances import Point
from traitdunion.trainings.drafts import Mode
from traitdunion.trainings.levels import Level

PAGE_SIZE = 20
MOST = 1_000
"""Results that can be paged through, and up to which they are counted: nobody reads more."""

WORK_STUDY = "alternance"
"""Stands among contract types for every offer of work-study, whatever its contract."""

CONTRACTS = ("CDI", "CDD", "MIS", "SAI", WORK_STUDY)
"""Contract types that can be chosen."""

LEVELS = tuple(level.value for level in Level)
"""Levels that can be chosen."""

RADII = (5, 10, 20, 30, 50, 100)
"""Radii offered, in km."""

Thing = TypeVar("Thing")


class Order(StrEnum):
    """How results are sorted; the values are those of the address."""

    RELEVANCE = ""
    DISTANCE = "distance"
    DATE = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Around a place: `km` from `centre`; what says no more than its `department` is there too, at the end."""

    centre: Point
    km: int
    department: str | None = None

    def widened(self, km: int) -> "Circle":
        """The same place, further around."""
        return replace(self, km=km)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """When and how one enters a training; None or False asks for nothing."""

    month: date | None = None
    """The first day of the month in which a session starts."""
    is_permanent: bool = False
    """One enters at any time."""
    mode: Mode | None = None

    @property
    def next_month(self) -> date | None:
        """The first day of the month that follows."""
        return (self.month + timedelta(days=31)).replace(day=1) if self.month else None

    @property
    def is_open(self) -> bool:
        """It asks for nothing."""
        return self == Entry()


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """All of them hold at once; None or empty asks for nothing."""

    wanted: Wanted = field(default_factory=Wanted)
    circle: Circle | None = None
    departments: tuple[str, ...] = ()
    level: int | None = None
    """The person's: offers that ask for more are left out."""
    contract: str | None = None
    has_training: bool = False
    without_diploma: bool = False
    """The offer says that it asks for no diploma; one that says nothing of it is left out."""
    occupations: tuple[str, ...] = ()
    """ROME codes: one of them."""
    entry: Entry = field(default_factory=Entry)
    """Of trainings."""
    order: Order = Order.RELEVANCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Results(Generic[Thing]):
    """One page; `count` is exact up to MOST, which stands for more when `is_more`."""

    found: Sequence[Thing]
    count: int
    is_more: bool
    page: int
    counts: Mapping[tuple[Any, Any], int] = field(default_factory=dict)
    """What `facets` counted; empty where nothing is."""

    @property
    def last_page(self) -> int:
        """The last page that exists, from 1."""
        return max(1, -(-self.count // PAGE_SIZE))
