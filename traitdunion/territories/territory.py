"""What a territory is: for whom an instance speaks, where, in whose name and colours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from traitdunion.territories.distances import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Funder:
    """Who pays the trainings."""

    name: str
    """With its article, as sentences need it: « la Région … »."""
    lheo_code: str
    """In LHEO's dict-financeurs, where 2 is a conseil régional."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom people may write to."""

    name: str
    email: str | None
    phone: str | None
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Legal:
    """Who answers for the site before the law; None where nobody said it yet."""

    publisher: str | None = None
    """Name, legal form, address and telephone; the contact stands in for it."""
    director: str | None = None
    """Of publication: a person's name and office."""
    data_officer: str | None = None
    """E-mail or postal address of the data protection officer (délégué à la protection des données)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """`#rrggbb`, each with a contrast of at least 4.5 with white."""

    brand: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """An image, and what it says to those who do not see it."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Territory:
    """One TOML file; `reading` makes it."""

    key: str
    name: str
    region_code: str
    region_name: str
    departments: tuple[str, ...]
    """Those whose offers are fetched: they reach beyond the default radius, and may lie in another région."""
    centre: Point
    centre_code: str
    """INSEE code of the commune in the middle."""
    default_radius_km: int
    funder: Funder
    contact: Contact
    colours: Colours
    legal: Legal = Legal()
    logos: tuple[Logo, ...] = ()
    holidays: Mapping[str, str] = field(default_factory=dict, hash=False)
    """By département, python-holidays' code of the local public holidays; see `holiday_subdivision`."""
    hosts: tuple[str, ...] = ()
    is_default: bool = False

    def holiday_subdivision(self, department: str) -> str | None:
        """The subdivision of France, for python-holidays, whose public holidays hold there; None: the national ones."""
        return self.holidays.get(department)
