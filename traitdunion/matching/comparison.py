"""Compares offers with trainings by blocks: how strongly each pair has each reason to go together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from traitdunion.matching import titles
from traitdunion.matching.families import Families, Family, generic_stems, length_of, rows, told_weights
from traitdunion.matching.profiles import OfferFacts, Reference
from traitdunion.matching.reasons import LEVEL_LOSS, WEIGHTS, Reason, ReasonKind

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Matrix: TypeAlias = npt.NDArray[np.float32]
Indices: TypeAlias = npt.NDArray[np.intp]

_FLOOR = {
    ReasonKind.LIKELY_OCCUPATION: 0.0005,
    ReasonKind.NEAR_OCCUPATION: 0.02,
    ReasonKind.TITLE: 0.02,
    ReasonKind.SKILLS: 0.2,
}
"""Strengths below these are no reason: nobody would say them aloud."""
_CONTRADICTED = 0.15
"""Trust left to a code that the offer's title contradicts."""
_SURE, _UNHEARD = 0.7, 0.03
"""A title contradicts a code when it tells another occupation so surely, and the code's own so little."""
_SECOND_THOUGHT = 0.5
"""Trust in what the title tells when the offer bears a code that nothing contradicts."""
_ASIDE = 0.1
"""What is left of a likeness of titles between different occupations: "médiateur services" is no "médiateur social"."""
_UNSAID, _HEARD = 0.5, 0.3
"""What is left of a mobility of the offer's code when its title tells nothing of the training's trade: too little to be
shown alone ("data analyst" to "guide conférencier"); and how much the title must tell for it to count in full."""
_TOLD_NEAR = 0.25
"""Trust in the mobilities of an occupation that only the title tells; shared by the root of their number."""


@dataclass(frozen=True, slots=True)
class Strengths:
    """Strength of each reason for each pair: rows are offers, columns families."""

    by_kind: Mapping[ReasonKind, Matrix]
    families: Families
    meant: Sequence[Mapping[str, float]]
    """By row: the codes that the offer bears or its title tells, and how surely."""
    contradicted: Mapping[int, tuple[str, str, float]]
    """By row: the code that the title contradicts, the one it tells, and how surely."""

    def scores(self) -> Matrix:
        """The score of each pair, by the formula of `reasons.score`."""
        first, *others = [kind for kind in self.by_kind if kind is not ReasonKind.LEVEL]
        doubt = 1.0 - WEIGHTS[first] * self.by_kind[first]
        for kind in others:
            doubt *= 1.0 - WEIGHTS[kind] * self.by_kind[kind]
        suits = self.by_kind[ReasonKind.LEVEL]
        return np.asarray((1.0 - doubt) * (1.0 - LEVEL_LOSS * (1.0 - suits)), dtype=np.float32)

    def reasons(self, row: int, column: int, offer: OfferFacts, family: Family) -> tuple[Reason, ...]:
        """What there is to say of one pair, the strongest first."""
        found: list[Reason] = []
        for kind, matrix in self.by_kind.items():
            strength = round(float(matrix[row, column]), 6)
            if strength > 0 or kind is ReasonKind.LEVEL:
                found.append(Reason(kind, strength, *self._said(kind, row, offer, family)))
        if row in self.contradicted:
            code, told, surely = self.contradicted[row]
            found.append(Reason(ReasonKind.TITLE_OVER_CODE, surely, codes=(code, told)))
        found.sort(key=lambda reason: -WEIGHTS.get(reason.kind, 0.0) * reason.strength)
        return tuple(found)

    def _said(
        self, kind: ReasonKind, row: int, offer: OfferFacts, family: Family
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words and the codes of a reason."""
        if kind is ReasonKind.TITLE:
            return words_in_common(family.title, offer.title), ()
        if kind is ReasonKind.SKILLS:
            return words_in_common(family.title, " ".join(offer.skills)), ()
        reference, meant = self.families.reference, self.meant[row]
        if kind is ReasonKind.SAME_OCCUPATION:
            borne = reference.borne(offer)
            return (), tuple(code for code in family.codes if code == borne)
        aims = told_weights(family)
        if kind is ReasonKind.LIKELY_OCCUPATION:
            shared = {code: meant[code] * sure for code, sure in aims.items() if code in meant}
            return (), tuple(sorted(shared, key=lambda code: (-shared[code], code))[:2])
        if kind is ReasonKind.NEAR_OCCUPATION:
            ways = {(code, aim): sure for code, sure in meant.items() for aim in reference.mobilities.get(code, ())}
            near = [way for way in ways if way[1] in aims and way[0] not in aims]
            return (), min(near, key=lambda way: (-ways[way], way), default=())
        return (), ()


def compare(offers: Sequence[OfferFacts], families: Families) -> Strengths:
    """The strengths of all reasons between these offers and all families."""
    reference = families.reference
    contradicted = {row: found for row, offer in enumerate(offers) if (found := _contradiction(offer, reference))}
    borne, likely = _codes(offers, contradicted, reference)
    own, told = rows(borne, families.code_columns), rows(likely, families.code_columns)
    same = _dense(own @ families.borne)
    is_same = same > _CONTRADICTED
    probably = _dense(told @ families.told + own @ families.guessed)
    alike = _title_likeness(offers, families)
    heard = np.minimum(1.0, (probably + alike) / _HEARD)
    probably[is_same] = 0.0
    same *= 1 - families.breadths * (1 - heard)
    around = rows([_departures(row, reference) for row in likely], families.code_columns)
    near = _dense(own @ families.near) * (_UNSAID + (1 - _UNSAID) * heard) + _dense(around @ families.near)
    near[is_same] = 0.0
    is_told = np.array([bool(row) or bool(more) for row, more in zip(borne, likely, strict=True)], dtype=np.bool_)
    alike[~is_same & is_told[:, None] & families.are_told] *= _ASIDE
    asked = np.array([0 if offer.level is None else 1 + min(max(offer.level, 0), 7) for offer in offers], dtype=np.intp)
    by_kind = {
        ReasonKind.SAME_OCCUPATION: same,
        ReasonKind.LIKELY_OCCUPATION: probably,
        ReasonKind.NEAR_OCCUPATION: near,
        ReasonKind.TITLE: alike,
        ReasonKind.SKILLS: _skill_likeness(offers, families),
        ReasonKind.LEVEL: families.level_suits[asked],
    }
    for kind, floor in _FLOOR.items():
        by_kind[kind][by_kind[kind] < floor] = 0.0
    meant = [more | row for row, more in zip(borne, likely, strict=True)]
    bounded = {kind: np.minimum(matrix, 1.0) for kind, matrix in by_kind.items()}
    return Strengths(bounded, families, meant, contradicted)


def words_in_common(shown: str, other: str) -> tuple[str, ...]:
    """The telling words of the first text, as written there, whose stem the second holds too; each stem once."""
    wanted = _stems_meant(other)
    return tuple(word for stem, word in _telling_words(shown) if stem in wanted)


@lru_cache(maxsize=20_000)
def _telling_words(text: str) -> tuple[tuple[str, str], ...]:
    """The words that not every trade shares, each after its stem, each stem once."""
    found: dict[str, str] = {}
    for word in titles.words(text):
        for stem in titles.stems(word):
            if stem not in generic_stems():
                found.setdefault(stem, word)
    return tuple(found.items())


@lru_cache(maxsize=20_000)
def _stems_meant(text: str) -> frozenset[str]:
    """The stems of the text, its abbreviations spelt out too."""
    return frozenset([*titles.stems(text), *titles.stems(titles.normalise(text))])


def _dense(product: "csr_array") -> Matrix:
    return np.asarray(product.toarray(), dtype=np.float32)


def _title_likeness(offers: Sequence[OfferFacts], families: Families) -> Matrix:
    """Half cosine, half how much of the shorter title the other holds, over weighed stems."""
    weighed = [families.weigh(titles.stems(titles.normalise(offer.title))) for offer in offers]
    shared = _dense(rows(weighed, families.stem_columns) @ families.stems)
    lengths = np.array([length_of(row) for row in weighed], dtype=np.float32)[:, None]
    cosine = shared / np.maximum(lengths * families.lengths, 1e-6)
    held = shared / np.maximum(np.minimum(lengths, families.lengths) ** 2, 1e-6)
    only_generic = shared < families.least_telling
    likeness = np.asarray(0.5 * cosine + 0.5 * held, dtype=np.float32)
    likeness[only_generic] = 0.0
    return likeness


def _skill_likeness(offers: Sequence[OfferFacts], families: Families) -> Matrix:
    """How much of the training's subject the skills of the offer tell."""
    if not any(offer.skills for offer in offers):
        return np.zeros((len(offers), len(families)), dtype=np.float32)
    weighed = [families.weigh(titles.stems(" ".join(offer.skills))) for offer in offers]
    shared = _dense(rows(weighed, families.stem_columns) @ families.stems)
    return np.asarray(shared / np.maximum(families.lengths**2, 1e-6), dtype=np.float32)


def _codes(
    offers: Sequence[OfferFacts], contradicted: Mapping[int, tuple[str, str, float]], reference: Reference
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """For each offer, the code that it bears and those that its title tells, with the trust in each."""
    borne: list[dict[str, float]] = []
    likely: list[dict[str, float]] = []
    for row, offer in enumerate(offers):
        told = _told(offer, reference)
        code = reference.borne(offer)
        if code is None:
            borne.append({})
            likely.append(told)
            continue
        borne.append({code: _CONTRADICTED if row in contradicted else 1.0})
        trust = 1.0 if row in contradicted else _SECOND_THOUGHT
        likely.append({other: sure * trust for other, sure in told.items() if other != code})
    return borne, likely


def _told(offer: OfferFacts, reference: Reference) -> dict[str, float]:
    """The v3 codes that the title tells, each with its probability."""
    told: dict[str, float] = {}
    for prediction in offer.predicted:
        code = reference.parent(prediction.code)
        told[code] = told.get(code, 0.0) + prediction.score
    return told


def _contradiction(offer: OfferFacts, reference: Reference) -> tuple[str, str, float] | None:
    """The code that the title contradicts, the one that it tells instead, and how surely; None when they agree."""
    borne = reference.borne(offer)
    if borne is None or not offer.predicted:
        return None
    told = _told(offer, reference)
    first = max(told, key=lambda code: (told[code], code))
    if told[first] < _SURE or told.get(borne, 0.0) > _UNHEARD or reference.is_near(first, borne):
        return None
    return borne, first, round(min(told[first], 1.0), 4)


def _departures(likely: Mapping[str, float], reference: Reference) -> dict[str, float]:
    """The codes told whose mobilities count, little, and less when they lead anywhere."""
    return {
        code: sure * _TOLD_NEAR / sqrt(max(1, len(reference.mobilities.get(code, ())))) for code, sure in likely.items()
    }
