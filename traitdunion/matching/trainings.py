"""Ranks the trainings that lead to the work of an offer, each with the reasons why.

All pairs are compared by sparse products over occupations and stems, in blocks of offers; reasons are then written
down for the few trainings that are kept, and the score comes from the reasons alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from traitdunion.matching import comparison
from traitdunion.matching.comparison import Strengths
from traitdunion.matching.families import Families, Family
from traitdunion.matching.profiles import OfferFacts, Reference, TrainingFacts
from traitdunion.matching.reasons import Reason, ReasonKind, score

__all__ = ["Catalogue", "Match", "OfferFacts", "Reason", "ReasonKind", "Reference", "TrainingFacts", "rank"]

LEAST_SCORE = 0.25
"""Below it nothing is said: a wrong match is a wrong orientation. A near occupation alone does not pass."""
_MOST_NEAR = 3
"""Trainings shown to one offer, in one region, chiefly because their occupation is near."""
_SAME_TITLE = 2
"""Trainings of one title, level and codes that one offer may show in one region."""
_BLOCK_CELLS = 4_000_000
"""Pairs compared at once: some 200 MB of strengths."""


@dataclass(frozen=True, slots=True)
class Match:
    """A training that leads to the work of an offer: `score` in 0–1, computed from `reasons`, the strongest first."""

    training_id: str
    score: float
    reasons: tuple[Reason, ...]


class Catalogue:
    """Trainings made ready to be compared; build it once, rank many offers."""

    def __init__(
        self, trainings: Sequence[TrainingFacts], reference: Reference, counted: Sequence[str] | None = None
    ) -> None:
        """`counted` are the `subjects` of the trainings that tell which words are rare; of these ones when None."""
        self._families = Families(trainings, reference, counted)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What the trainings are about, once for each family of like ones."""
        return self._families.subjects

    def rank(self, offers: Sequence[OfferFacts], *, top: int = 10) -> list[list[Match]]:
        """For each offer its matches, the best first: at most `top` for each region that trainings name.

        An offer with `candidates` has these ranked, whatever their score. Ties are settled by the training's id, so
        that the same facts give the same answer, alone or in a batch.
        """
        if not len(self._families):
            return [[] for _ in offers]
        return [matches for block in self._blocks(offers) for matches in self._ranked(block, top)]

    def _blocks(self, offers: Sequence[OfferFacts]) -> Iterator[Sequence[OfferFacts]]:
        size = max(1, min(2_000, _BLOCK_CELLS // len(self._families)))
        for start in range(0, len(offers), size):
            yield offers[start : start + size]

    def _ranked(self, offers: Sequence[OfferFacts], top: int) -> Iterator[list[Match]]:
        strengths = comparison.compare(offers, self._families)
        scores = strengths.scores()
        by_region = {
            region: _best_columns(scores, columns, top) for region, columns in self._families.columns_by_region.items()
        }
        for row, offer in enumerate(offers):
            if offer.candidates is not None:
                columns = self._families.columns_of(offer.candidates)
                explained = _explained(strengths, row, offer, columns)
                matches = [
                    Match(each, found, reasons)
                    for found, family, reasons in explained
                    for each in family.ids_among(offer.candidates)
                ]
                yield sorted(matches, key=_order)[:top]
                continue
            matches = []
            for region, best in by_region.items():
                columns = [int(at) for at in best[row] if scores[row, at] >= LEAST_SCORE]
                matches += _diverse(_explained(strengths, row, offer, columns), region, top)
            yield sorted(matches, key=_order)


def rank(
    offers: Sequence[OfferFacts], trainings: Sequence[TrainingFacts], reference: Reference, top: int = 10
) -> list[list[Match]]:
    """For each offer its trainings, the best first, each with its reasons (`Catalogue.rank`)."""
    return Catalogue(trainings, reference).rank(offers, top=top)


def _explained(
    strengths: Strengths, row: int, offer: OfferFacts, columns: Sequence[int]
) -> list[tuple[float, Family, tuple[Reason, ...]]]:
    """The families of these columns with their reasons and the score that these give, the best first."""
    found = []
    for column in columns:
        family = strengths.families[column]
        reasons = strengths.reasons(row, column, offer, family)
        found.append((score(reasons), family, reasons))
    return sorted(found, key=lambda each: (-each[0], each[1].first_id))


def _diverse(
    explained: Sequence[tuple[float, Family, tuple[Reason, ...]]], region: str | None, top: int
) -> list[Match]:
    """One training of each family of the region, then a second one where there is room; few of near occupations."""
    matches: list[Match] = []
    near = 0
    for turn in range(_SAME_TITLE):
        for found, family, reasons in explained:
            ids = family.ids_by_region[region]
            is_near = reasons[0].kind is ReasonKind.NEAR_OCCUPATION
            if turn < len(ids) and len(matches) < top and not (is_near and near >= _MOST_NEAR):
                matches.append(Match(ids[turn], found, reasons))
                near += is_near
    return matches


def _order(match: Match) -> tuple[float, str]:
    return -match.score, match.training_id


def _best_columns(scores: comparison.Matrix, columns: comparison.Indices, top: int) -> comparison.Indices:
    """The columns of the `top` highest scores of each row; equal scores are taken in the order of the columns."""
    part = scores[:, columns] if len(columns) < scores.shape[1] else scores
    if part.shape[1] <= top:
        return np.broadcast_to(columns, part.shape)
    worst_first = np.arange(part.shape[1], dtype=np.int32) - np.rint(part * 100_000).astype(np.int32) * part.shape[1]
    chosen = np.argpartition(worst_first, top, axis=1)[:, :top]
    return np.asarray(columns[chosen], dtype=np.intp)
