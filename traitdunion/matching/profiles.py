"""What matching knows of an offer, of a training and of ROME: frozen values that whoever asks fills in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from traitdunion.matching.prediction import Prediction


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What matching knows of an offer, or of all offers with the same title, code and level.

    `level` is 0 (none) or 3–7; `predicted` what the model reads in the title; `candidates` limits the ranking.
    """

    key: str
    title: str
    rome_code: str | None = None
    level: int | None = None
    skills: tuple[str, ...] = ()
    predicted: tuple[Prediction, ...] = ()
    candidates: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What matching knows of a training: its codes (v3 or v4), the level asked to enter it and the one it gives."""

    id: str
    title: str
    rome_codes: tuple[str, ...] = ()
    entry_level: int | None = None
    level: int | None = None
    region: str | None = None
    predicted: tuple[Prediction, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """ROME as matching needs it: the v3 parent of each v4 code, the near codes of each v3 code, the labels."""

    parents: Mapping[str, str]
    mobilities: Mapping[str, Collection[str]]
    labels: Mapping[str, str]

    def parent(self, code: str) -> str:
        """The v3 code; a code without a known parent stands for itself."""
        return self.parents.get(code, code)

    def borne(self, offer: OfferFacts) -> str | None:
        """The v3 code of an offer; None when it bears none, or one that the reference does not know."""
        code = self.parent(offer.rome_code) if offer.rome_code else None
        return None if code is None or (self.labels and code not in self.labels) else code

    def is_near(self, one: str, other: str) -> bool:
        """Whether two v3 codes are of one professional domain (three first signs), or a mobility joins them."""
        return one[:3] == other[:3] or other in self.mobilities.get(one, ()) or one in self.mobilities.get(other, ())
