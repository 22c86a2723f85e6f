"""Examples made ready for learning: each title once, as a row, and each part of them held out in turn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

from traitdunion.matching import titles
from traitdunion.matching.evidence import CANDIDATES, Cube, Evidence, indicator
from traitdunion.matching.features import Vector, Vocabulary, to_length_one
from traitdunion.matching.weighing import Weighing

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Truths: TypeAlias = npt.NDArray[np.bool_]

_FOLDS = 3
_MOST_HELD = 2_500
"""Titles of a fold and kind from which the weighing is learned: more change it no further."""
_MOST_DESCRIPTIONS = 40_000
_STEMS_READ = 300
"""Stems read of a description: what follows tells of the employer."""
_CAUTION = 3.0
"""Trainings added to the count before codes are said to go together."""
_COMMON_ENOUGH = 3
"""Descriptions in which a stem must be met to be remembered."""


class ExampleKind(StrEnum):
    """Where a title comes from; also what kind of title is asked about."""

    JOB_TITLE = "job_title"
    OFFER = "offer"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Example:
    """A title whose code is known.

    `weight` counts how often it was met, or how surely it is right; a training with several codes gives one example
    for each of them, with that share of its weight.
    """

    title: str
    code: str
    weight: float = 1.0
    kind: ExampleKind = ExampleKind.OFFER
    description: str | None = None


def reading(title: str, kind: ExampleKind) -> str:
    """What is read of a title: of a training, its subject."""
    return titles.subject(title) if kind is ExampleKind.TRAINING else titles.normalise(title)


def described_rows(texts: Iterable[Sequence[str]], columns: Mapping[str, int]) -> "csr_array":
    """Rows of ones at the known stems of each text, already cut into stems."""
    read = (dict.fromkeys(stems[:_STEMS_READ]) for stems in texts)
    return indicator([[at for stem in row if (at := columns.get(stem)) is not None] for row in read], len(columns))


class Lessons:
    """What the examples teach, whole or without the fold that is held out."""

    def __init__(self, examples: Iterable[Example]) -> None:
        self._met: dict[tuple[int, str, ExampleKind], float] = {}
        self._described: list[tuple[int, str, list[str]]] = []
        self.normals = self._read(examples)
        self.codes = sorted({code for _, code, _ in self._met})
        self._code_columns = {code: column for column, code in enumerate(self.codes)}
        self._folds = np.array([crc32(normal.encode()) % _FOLDS for normal in self.normals], dtype=np.intp)
        vocabulary = Vocabulary.learn(self.normals)
        self.vocabulary = vocabulary.weighed(_telling(vocabulary.rows(self.normals), self._weights(None)))
        self._rows = self.vocabulary.rows(self.normals)
        seen: dict[str, int] = {}
        for _, _, stems in self._described:
            for stem in set(stems):
                seen[stem] = seen.get(stem, 0) + 1
        self.described_stems = [stem for stem, count in seen.items() if count >= _COMMON_ENOUGH]
        self._described_columns = {stem: column for column, stem in enumerate(self.described_stems)}
        self._described_rows = described_rows((stems for _, _, stems in self._described), self._described_columns)

    def _read(self, examples: Iterable[Example]) -> list[str]:
        """Reads each title once; the normalised titles, in the order in which they were first met."""
        places: dict[str, int] = {}
        known: dict[tuple[str, ExampleKind], str] = {}
        for example in examples:
            asked = (example.title, example.kind)
            normal = known.get(asked)
            if normal is None:
                normal = known[asked] = reading(*asked)
            if not normal or example.weight <= 0:
                continue
            place = places.setdefault(normal, len(places))
            key = (place, example.code, example.kind)
            self._met[key] = self._met.get(key, 0.0) + example.weight
            if example.description and len(self._described) < _MOST_DESCRIPTIONS:
                stems = titles.stems(example.description)[:_STEMS_READ]
                self._described.append((place, example.code, stems))
        return list(places)

    def evidence(self, held: int | None = None) -> Evidence:
        """The evidence of all examples, or of those whose fold is not held out."""
        kept = self._folds != held
        described = np.array([kept[place] for place, _, _ in self._described], dtype=np.bool_)
        described_as = indicator([[self._code_columns[code]] for _, code, _ in self._described], len(self.codes))
        return Evidence.learn(
            self._rows[np.flatnonzero(kept)],
            self.vocabulary.stem_count,
            self._weights(None)[np.flatnonzero(kept)],
            self._described_rows[np.flatnonzero(described)],
            described_as[np.flatnonzero(described)],
        )

    def frequencies(self, held: int | None = None) -> dict[ExampleKind, Vector]:
        """How often each code is met in each kind of title (log of 1 and the damped count)."""
        kept = (self._folds != held).astype(np.float32)
        found = {
            kind: np.asarray(self._weights(kind).T @ kept, dtype=np.float32)
            for kind in ExampleKind
            if any(met is kind for _, _, met in self._met)
        }
        return {kind: np.log1p(counts).astype(np.float32) for kind, counts in found.items()}

    def borne(self) -> "csr_array":
        """Titles × codes: 1 where a training of that title bears the code."""
        borne = self._weights(ExampleKind.TRAINING)
        borne.data = np.ones_like(borne.data)
        return borne

    def companions(self) -> "csr_array":
        """Codes × codes: among trainings that bear the first, the (cautious) share that also bear the second."""
        borne = self.borne()
        together: csr_array = (borne.T @ borne).tocsr()
        alone = together.diagonal()
        together.setdiag(0)
        together.eliminate_zeros()
        together.data = together.data / (np.repeat(alone, np.diff(together.indptr)) + _CAUTION)
        return together

    def weighings(self) -> dict[tuple[ExampleKind, bool], Weighing]:
        """How far to believe each measure for each kind of title, without and with a description."""
        asked: dict[tuple[ExampleKind, bool], list[tuple[Cube, Truths, Vector]]] = {}
        for held in range(_FOLDS):
            evidence, frequencies = self.evidence(held), self.frequencies(held)
            for kind, is_described, places in self._questions(held):
                answer = self._asked(evidence, frequencies[kind], places, kind, is_described)
                asked.setdefault((kind, is_described), []).append(answer)
        found: dict[tuple[ExampleKind, bool], Weighing] = {}
        for key, answers in asked.items():
            measures, right, weights = (np.concatenate(part) for part in zip(*answers, strict=True))
            found[key] = Weighing.learn(measures, right, weights)
        return found

    def _questions(self, held: int) -> Iterator[tuple[ExampleKind, bool, list[int]]]:
        """The titles of the held fold, by kind, then those that have a description."""
        for kind in ExampleKind:
            places = sorted({place for place, _, met in self._met if met is kind and self._folds[place] == held})
            if places:
                yield kind, False, _spread(places)
        places = sorted({place for place, _, _ in self._described if self._folds[place] == held})
        if places:
            yield ExampleKind.OFFER, True, _spread(places)

    def _asked(
        self, evidence: Evidence, frequency: Vector, places: Sequence[int], kind: ExampleKind, is_described: bool
    ) -> tuple[Cube, Truths, Vector]:
        """The measures of the candidates, which are right, and what each title counts for.

        Titles of a frequent code count for less (root of the inverse), so that rare occupations are learned too.
        """
        told = described_rows((titles.stems(self.normals[place]) for place in places), self._described_columns)
        described = None
        if is_described:
            first = {place: row for row, (place, _, _) in reversed(list(enumerate(self._described)))}
            described = to_length_one(self._described_rows[[first[place] for place in places]].copy())
        chosen, measures = evidence.candidates(self._rows[places], told, described, frequency, CANDIDATES)
        truths = self._weights(kind)[places].toarray() > 0
        common = np.where(truths, truths.sum(axis=0), len(places)).min(axis=1)
        weights = (1.0 / np.sqrt(np.maximum(common, 1))).astype(np.float32)
        return measures, np.take_along_axis(truths, chosen, 1), weights

    def _weights(self, kind: ExampleKind | None) -> "csr_array":
        """Titles × codes: how much each title counts, in one kind or in all. What is met often counts by its log."""
        from scipy.sparse import csr_array  # noqa: PLC0415 — 0.2 s that only matching needs

        met = [(place, code, weight) for (place, code, of), weight in self._met.items() if kind in (None, of)]
        values = np.array([weight if weight < 1 else 1 + np.log(weight) for _, _, weight in met], dtype=np.float32)
        at = np.array([place for place, _, _ in met], dtype=np.int32)
        columns = np.array([self._code_columns[code] for _, code, _ in met], dtype=np.int32)
        return csr_array((values, (at, columns)), shape=(len(self.normals), len(self.codes)))


def _telling(rows: "csr_array", weights: "csr_array") -> Vector:
    """How much each feature tells one occupation from others: the root of its rarity among occupations.

    Rarity among titles alone overrates a rare word that any trade may use, and underrates one that a common trade does.
    """
    met, borne = rows.copy(), weights.T.tocsr()
    met.data, borne.data = np.ones_like(met.data), np.ones_like(borne.data)
    occupations = np.bincount((borne @ met).tocsr().indices, minlength=rows.shape[1])
    return np.asarray(np.sqrt(np.log((1 + weights.shape[1]) / (1 + occupations)) + 1), dtype=np.float32)


def _spread(places: list[int]) -> list[int]:
    """At most `_MOST_HELD` of them, evenly taken."""
    step = -(-len(places) // _MOST_HELD)
    return places[::step]
