"""What the guard finds: which rule, how grave, in which words, by which source, and what to do about it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from traitdunion.agreements.guard.cases import Case

USAGE = "Usage du prescripteur"
"""The source of what no text says."""


class Level(StrEnum):
    """How grave it is; the values are shown and stored with the answers."""

    BLOCK = "block"
    """The law forbids it, or the agreement would have no meaning: nobody may sign."""
    WARNING = "warning"
    """The law leaves it to the prescriber, who answers it in writing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its French sentence when the case breaks it, else None."""

    name: str
    level: Level
    source: str
    remedy: str
    """What to do, for whoever fills the agreement in."""
    check: Callable[[Case], str | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a case breaks."""

    rule: str
    level: Level
    sentence: str
    source: str
    remedy: str

    @property
    def is_blocking(self) -> bool:
        """Nobody may sign before it is put right."""
        return self.level is Level.BLOCK
