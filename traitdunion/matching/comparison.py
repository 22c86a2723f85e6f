"""Compares offers with trainings by blocks: how strongly each pair has each reason to go together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log, sqrt
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from traitdunion.matching import reference as facts
from traitdunion.matching import titles
from traitdunion.matching.prediction import Prediction
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
_GENERIC = 0.08
"""Weight left to a word that many trades share."""
_CONTRADICTED = 0.15
"""Trust left to a code that the offer's title contradicts."""
_SURE, _UNHEARD = 0.7, 0.03
"""A title contradicts a code when it tells another occupation so surely, and the code's own so little."""
_UNTOLD = 0.25
"""Share lost by a code of a training that the training's own title does not tell."""
_SECOND_THOUGHT = 0.5
"""Trust in what the title tells when the offer bears a code that nothing contradicts."""
_GENERAL = 0.1
"""Weight left to the codes of a training that leads to no trade of its own."""
_ASIDE = 0.1
"""What is left of a likeness of titles between different occupations: "médiateur services" is no "médiateur social"."""
_TOLD_NEAR = 0.25
"""Trust in the mobilities of an occupation that only the title tells; shared by the root of their number."""
_LEVEL_SUITS = {None: 0.7, 0: 1.0, 1: 0.8, 2: 0.4, 3: 0.1}
"""By the number of levels between the training's diploma and what the offer asks; unknown counts as middling."""


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

    def borne(self, offer: "OfferFacts") -> str | None:
        """The v3 code of an offer; None when it bears none, or one that the reference does not know."""
        code = self.parent(offer.rome_code) if offer.rome_code else None
        return None if code is None or (self.labels and code not in self.labels) else code

    def is_near(self, one: str, other: str) -> bool:
        """Whether two v3 codes are of one professional domain (three first signs), or a mobility joins them."""
        return one[:3] == other[:3] or other in self.mobilities.get(one, ()) or one in self.mobilities.get(other, ())


@dataclass(frozen=True, slots=True)
class Family:
    """Trainings that differ only by who gives them and where: same subject, codes and levels."""

    subject: str
    title: str
    codes: tuple[str, ...]
    predicted: Mapping[str, float]
    entry_level: int | None
    level: int | None
    is_general: bool
    ids_by_region: Mapping[str | None, Sequence[str]]

    @property
    def first_id(self) -> str:
        return min(ids[0] for ids in self.ids_by_region.values())

    def ids_among(self, wanted: frozenset[str]) -> list[str]:
        return [each for ids in self.ids_by_region.values() for each in ids if each in wanted]


class Families:
    """The trainings grouped in families, as sparse rows over the codes and over the stems."""

    def __init__(self, trainings: Iterable[TrainingFacts], reference: Reference) -> None:
        self.reference = reference
        self._all = _families(trainings, reference)
        self._column_by_id = {
            each: column
            for column, family in enumerate(self._all)
            for ids in family.ids_by_region.values()
            for each in ids
        }
        columns: dict[str | None, list[int]] = {}
        for column, family in enumerate(self._all):
            for region in family.ids_by_region:
                columns.setdefault(region, []).append(column)
        self.columns_by_region = {region: np.array(found, dtype=np.intp) for region, found in columns.items()}
        self._index_codes(reference)
        self._index_stems(reference)
        suits = [[_suits(asked, family) for family in self._all] for asked in (None, *range(8))]
        self.level_suits = np.array(suits, dtype=np.float32)

    def __len__(self) -> int:
        return len(self._all)

    def __getitem__(self, column: int) -> Family:
        return self._all[column]

    def columns_of(self, ids: Iterable[str]) -> list[int]:
        """The columns of the families to which these trainings belong, each once."""
        return sorted({self._column_by_id[each] for each in ids if each in self._column_by_id})

    def _index_codes(self, reference: Reference) -> None:
        weighed = [_code_weights(family) for family in self._all]
        told = [_told_weights(family) for family in self._all]
        origins = _origins(reference)
        near = [_neighbours(codes, origins) for codes in told]
        codes = {code for row in (*weighed, *told, *near) for code in row}
        self.code_columns = {code: at for at, code in enumerate(sorted(codes))}
        self.borne = rows(weighed, self.code_columns).T.tocsr()
        self.told = rows(told, self.code_columns).T.tocsr()
        guessed = [{} if family.codes else weights for family, weights in zip(self._all, told, strict=True)]
        self.guessed = rows(guessed, self.code_columns).T.tocsr()
        self.near = rows(near, self.code_columns).T.tocsr()
        self.are_told = np.array([bool(row) for row in told], dtype=np.bool_)

    def _index_stems(self, reference: Reference) -> None:
        read = [titles.stems(family.subject) for family in self._all]
        known = [*read, *(titles.stems(label) for label in reference.labels.values())]
        seen: dict[str, int] = {}
        for found in known:
            for stem in set(found):
                seen[stem] = seen.get(stem, 0) + 1
        self._rarest = log(1 + len(known))
        self.idf = {stem: log(1 + len(known) / count) for stem, count in seen.items()}
        weighed = [self.weigh(found) for found in read]
        self.stem_columns = {stem: at for at, stem in enumerate(sorted({s for row in weighed for s in row}))}
        self.stems = rows(weighed, self.stem_columns).T.tocsr()
        self.lengths = np.array([_length(row) for row in weighed], dtype=np.float32)
        self.least_telling = 8 * (_GENERIC * self._rarest) ** 2

    def weigh(self, found: Iterable[str]) -> dict[str, float]:
        """Weight of each stem: rare words tell more, words that many trades share next to nothing."""
        generic = generic_stems()
        return {stem: self.idf.get(stem, self._rarest) * (_GENERIC if stem in generic else 1.0) for stem in found}


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
        aims = _told_weights(family)
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
    probably[is_same] = 0.0
    around = [_departures(row, more, reference) for row, more in zip(borne, likely, strict=True)]
    near = _dense(rows(around, families.code_columns) @ families.near)
    near[is_same] = 0.0
    alike = _title_likeness(offers, families)
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


@cache
def generic_stems() -> frozenset[str]:
    """Stems of the words that many trades share: alone they never make a match."""
    return frozenset(titles.stem(word) for word in facts.column("generic_words", "word"))


def rows(weights: Sequence[Mapping[str, float]], columns: Mapping[str, int]) -> "csr_array":
    """A sparse matrix with one row for each mapping; what has no column is left out."""
    from scipy.sparse import csr_array  # noqa: PLC0415 — 0.2 s that only matching needs

    values: list[float] = []
    at: list[int] = []
    starts = [0]
    for row in weights:
        for name, weight in row.items():
            column = columns.get(name)
            if column is not None:
                values.append(weight)
                at.append(column)
        starts.append(len(at))
    shape = (len(weights), len(columns))
    return csr_array((np.array(values, dtype=np.float32), np.array(at, dtype=np.int32), np.array(starts)), shape=shape)


def _dense(product: "csr_array") -> Matrix:
    return np.asarray(product.toarray(), dtype=np.float32)


def _title_likeness(offers: Sequence[OfferFacts], families: Families) -> Matrix:
    """Half cosine, half how much of the shorter title the other holds, over weighed stems."""
    weighed = [families.weigh(titles.stems(titles.normalise(offer.title))) for offer in offers]
    shared = _dense(rows(weighed, families.stem_columns) @ families.stems)
    lengths = np.array([_length(row) for row in weighed], dtype=np.float32)[:, None]
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


def _families(trainings: Iterable[TrainingFacts], reference: Reference) -> list[Family]:
    grouped: dict[tuple[object, ...], list[TrainingFacts]] = {}
    subjects: dict[str, str] = {}
    for training in trainings:
        subject = subjects.setdefault(training.title, titles.subject(training.title))
        codes = tuple(sorted({reference.parent(code) for code in training.rome_codes}))
        key = (subject, codes, training.entry_level, training.level, training.predicted)
        grouped.setdefault(key, []).append(training)
    found = [_family(subjects[members[0].title], members, reference) for members in grouped.values()]
    return sorted(found, key=lambda family: family.first_id)


def _family(subject: str, members: Sequence[TrainingFacts], reference: Reference) -> Family:
    first = min(members, key=lambda training: training.id)
    ids: dict[str | None, list[str]] = {}
    for training in sorted(members, key=lambda training: training.id):
        ids.setdefault(training.region, []).append(training.id)
    predicted: dict[str, float] = {}
    for prediction in first.predicted:
        code = reference.parent(prediction.code)
        predicted[code] = predicted.get(code, 0.0) + prediction.score
    return Family(
        subject=subject,
        title=first.title,
        codes=tuple(sorted({reference.parent(code) for code in first.rome_codes})),
        predicted=predicted,
        entry_level=first.entry_level,
        level=first.level,
        is_general=_is_general(subject),
        ids_by_region=ids,
    )


def _is_general(subject: str) -> bool:
    padded = f" {subject} "
    return any(f" {words} " in padded for words in facts.column("general_trainings", "words"))


def _code_weights(family: Family) -> dict[str, float]:
    """How much each code of the family says: less when there are many, and when the family's own title tells others."""
    if not family.predicted:
        return dict.fromkeys(family.codes, _specificity(family))
    told = {code: min(1.0, 2 * family.predicted.get(code, 0.0)) for code in family.codes}
    return {code: _specificity(family) * (1 - _UNTOLD * (1 - sure)) for code, sure in told.items()}


def _specificity(family: Family) -> float:
    """How much a shared code says: less when the training has many, almost nothing when it leads to no trade."""
    return _GENERAL if family.is_general else 1.0 / (1.0 + 0.06 * max(0, len(family.codes) - 1))


def _told_weights(family: Family) -> dict[str, float]:
    """The codes of the family, or those that its title tells, with their probability."""
    known = dict.fromkeys(family.codes, 1.0) if family.codes else family.predicted
    return {code: sure * (_GENERAL if family.is_general else 1.0) for code, sure in known.items()}


def _origins(reference: Reference) -> dict[str, list[str]]:
    """For each code those from which a mobility leads to it."""
    found: dict[str, list[str]] = {}
    for origin, aims in reference.mobilities.items():
        for aim in aims:
            found.setdefault(aim, []).append(origin)
    return found


def _neighbours(codes: Mapping[str, float], origins: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """The codes from which a mobility leads to these, with the surest of the probabilities."""
    found: dict[str, float] = {}
    for code, sure in codes.items():
        for origin in origins.get(code, ()):
            if sure > found.get(origin, 0.0) and origin not in codes:
                found[origin] = sure
    return found


def _departures(borne: Mapping[str, float], likely: Mapping[str, float], reference: Reference) -> dict[str, float]:
    """The codes whose mobilities count: the one borne in full, those told less, and less when they lead anywhere."""
    found = {
        code: sure * _TOLD_NEAR / sqrt(max(1, len(reference.mobilities.get(code, ())))) for code, sure in likely.items()
    }
    return found | dict(borne)


def _suits(asked: int | None, family: Family) -> float:
    """How well the level of the family suits the level asked (a row of `level_suits`)."""
    given = family.level if family.level is not None else family.entry_level and family.entry_level + 1
    if asked is None or not given:
        return _LEVEL_SUITS[None]
    return _LEVEL_SUITS[min(3, abs(max(given, 3) - max(asked, 3)))]


def _length(weights: Mapping[str, float]) -> float:
    return sqrt(sum(weight * weight for weight in weights.values()))
