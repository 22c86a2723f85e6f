"""Reads the occupation in a title: learned from job titles, offers and trainings whose ROME code is known.

Plain measures of evidence (`evidence`) are weighed by what held-out titles taught (`weighing`), so that a score says
how often such an answer is right; below a threshold the model says that it does not know.

Tried in cross-validation and left out (first right / in first five, 0.704 / 0.871 as it is; 1,466 titles, one point is
noise): a centroid for each ROME 4 code instead of its parent's, 0.701 / 0.864; both, 0.707 / 0.872 for a quarter of the
speed; sharper neighbours, 0.703 / 0.866; measures squared or relative to the best, 0.702 / 0.868. Descriptions give
their own titles 0.4 to 0.8 point, and matches nothing (`make bench`): they are read where they are given (files,
people's words), and left out of profiles, whose offers share a title and not a text.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from traitdunion.matching import titles
from traitdunion.matching.evidence import CANDIDATES, Bayes, Centroids, Evidence, Indices
from traitdunion.matching.features import Vector, Vocabulary, to_length_one
from traitdunion.matching.lessons import Example, ExampleKind, Lessons, described_rows, reading
from traitdunion.matching.prediction import Prediction
from traitdunion.matching.storage import Parts, UnreadableModel
from traitdunion.matching.weighing import Weighing

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Example", "ExampleKind", "Model", "Prediction", "UnreadableModel"]

VERSION = 4
"""Of the file and of the reading of titles: raise it when either changes, so that old models are learned again."""

LEAST_SCORE = 0.08
"""When the first occupation scores less, the model says that it does not know."""
_BLOCK = 2_000
_COMPANY = 0.15
"""How far a likely code of a training brings those that often stand beside it; tuned by cross-validation."""
_FELLOWS = 0.5
"""Part of a training's score that comes from the codes of the trainings whose titles are nearest."""
_FELLOW_NEAREST = 12
"""Power to which their likeness is raised: the nearest few count."""
_FELLOW_DOUBT = 0.05
"""Likeness (so raised) that stands for no training: where none is close, that part of the score is withheld."""

_prediction = partial(tuple.__new__, Prediction)
"""A prediction of a pair, by C alone: fifty thousand are made for ten thousand titles."""


class Model:
    """What was learned: `learn` it or `load` it, then `predict`. It changes no more, and threads may share it."""

    def __init__(
        self,
        *,
        codes: Sequence[str],
        vocabulary: Vocabulary,
        described_stems: Sequence[str],
        evidence: Evidence,
        frequencies: Mapping[ExampleKind, Vector],
        weighings: Mapping[tuple[ExampleKind, bool], Weighing],
        companions: "csr_array",
        fellows: "csr_array",
    ) -> None:
        self.codes = tuple(codes)
        self._vocabulary = vocabulary
        self._described_stems = described_stems
        self._described_columns = {stem: column for column, stem in enumerate(described_stems)}
        self._evidence = evidence
        self._frequencies = dict(frequencies)
        self._weighings = dict(weighings)
        self._companions = companions
        self._fellows = fellows

    @classmethod
    def learn(cls, examples: Iterable[Example]) -> "Model":
        """Learns from these examples; raises ValueError when none has a title that can be read."""
        lessons = Lessons(examples)
        if not lessons.codes:
            raise ValueError("no example has a title that can be read")
        return cls(
            codes=lessons.codes,
            vocabulary=lessons.vocabulary,
            described_stems=lessons.described_stems,
            evidence=lessons.evidence(),
            frequencies=lessons.frequencies(),
            weighings=lessons.weighings(),
            companions=lessons.companions(),
            fellows=lessons.borne(),
        )

    def predict(
        self,
        texts: Sequence[str],
        descriptions: Sequence[str | None] | None = None,
        top: int = 5,
        kind: ExampleKind = ExampleKind.OFFER,
    ) -> list[list[Prediction]]:
        """For each title its likeliest codes, the best first; empty when the model does not know.

        `descriptions`, when given, has one text or None for each title. `kind` says whether these are titles of offers
        (or what a person typed) or of trainings. The answer for a title depends on nothing else in the batch.
        """
        told = list(descriptions) if descriptions is not None else [None] * len(texts)
        found: list[list[Prediction]] = [[] for _ in texts]
        for is_described in (False, True):
            places = [place for place in range(len(texts)) if bool(told[place]) is is_described]
            for start in range(0, len(places), _BLOCK):
                block = places[start : start + _BLOCK]
                normals = [reading(texts[place], kind) for place in block]
                extra = [told[place] or "" for place in block] if is_described else None
                for place, predictions in zip(block, self._predicted(normals, extra, top, kind), strict=True):
                    found[place] = predictions
        return found

    def _predicted(
        self, normals: Sequence[str], descriptions: Sequence[str] | None, top: int, kind: ExampleKind
    ) -> Iterator[list[Prediction]]:
        rows = self._vocabulary.rows(normals)
        told = described_rows((titles.stems(normal) for normal in normals), self._described_columns)
        described = None
        if descriptions is not None:
            described = to_length_one(described_rows(map(titles.stems, descriptions), self._described_columns))
        frequency = self._frequencies.get(kind, np.zeros(len(self.codes), dtype=np.float32))
        chosen, measures = self._evidence.candidates(rows, told, described, frequency, CANDIDATES)
        shares = self._weighing(kind, descriptions is not None).shares(measures)
        surest = shares.max(axis=1).tolist()
        if kind is ExampleKind.TRAINING:
            chosen, shares = self._with_fellows(rows, chosen, shares)
        order = np.argsort(-shares, axis=1, kind="stable")[:, :top]
        columns = np.take_along_axis(chosen, order, 1).tolist()
        scores = np.round(np.take_along_axis(shares, order, 1).astype(np.float64), 4).tolist()
        met = np.diff(rows.indptr).tolist()
        codes = self.codes
        for normal, features, sure, at, share in zip(normals, met, surest, columns, scores, strict=True):
            if not features or sure < LEAST_SCORE or (len(normal) < 12 and titles.is_noise(normal)):
                yield []
            else:
                yield list(map(_prediction, zip([codes[where] for where in at], share, strict=True)))

    def _with_fellows(self, rows: "csr_array", chosen: Indices, shares: Vector) -> tuple[Indices, Vector]:
        """A training has several codes: those that trainings bear together with a likely one are likelier, and those
        of the trainings with the nearest titles most of all. A title that no training resembles is believed less."""
        whole = np.zeros((len(chosen), len(self.codes)), dtype=np.float32)
        np.put_along_axis(whole, chosen, shares, axis=1)
        brought = np.asarray(whole @ self._companions, dtype=np.float32)
        whole += np.where(whole > 0, _COMPANY * (1 - whole) * brought, 0)
        whole *= 1 - _FELLOWS
        whole += _FELLOWS * self._evidence.borne_by_nearest(rows, self._fellows, _FELLOW_NEAREST, _FELLOW_DOUBT)
        count = min(CANDIDATES, whole.shape[1])
        likeliest = np.argsort(-whole, axis=1, kind="stable")[:, :count]
        return likeliest, np.take_along_axis(whole, likeliest, 1)

    def _weighing(self, kind: ExampleKind, is_described: bool) -> Weighing:
        """The weighing learned for such titles, else the nearest that was learned."""
        kinds = [kind, ExampleKind.OFFER, ExampleKind.JOB_TITLE, ExampleKind.TRAINING]
        wanted = [(each, described) for each in kinds for described in (is_described, False)]
        return next(self._weighings[each] for each in wanted if each in self._weighings)

    def save(self, path: Path) -> None:
        """Writes the model in one step: whoever reads meets the old file or the new one, never a half."""
        parts = Parts()
        parts.put_words("codes", self.codes)
        parts.put_words("stems", self._vocabulary.stems)
        parts.put_words("grams", self._vocabulary.grams)
        parts.put_vector("rarity", self._vocabulary.rarity)
        parts.put_words("described_stems", self._described_stems)
        evidence = self._evidence
        for name, bayes in (("words", evidence.words), ("vocabulary", evidence.vocabulary)):
            parts.put_vector(f"{name}.unsaid", bayes.unsaid)
            parts.put_matrix(f"{name}.said", bayes.said)
        parts.put_matrix("neighbours", evidence.neighbours)
        parts.put_matrix("weights", evidence.weights)
        parts.put_matrix("centroids", evidence.centroids.whole)
        parts.put_matrix("companions", self._companions)
        parts.put_matrix("fellows", self._fellows)
        for kind, frequency in self._frequencies.items():
            parts.put_vector(f"frequency.{kind}", frequency)
        for (kind, is_described), weighing in self._weighings.items():
            name = f"weighing.{kind}.{int(is_described)}"
            parts.put_vector(f"{name}.believed", weighing.believed)
            parts.put_vector(f"{name}.from", weighing.curve_from)
            parts.put_vector(f"{name}.to", weighing.curve_to)
        parts.write(path, VERSION)

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Reads a saved model; raises `UnreadableModel` when it is absent, damaged or of another version."""
        parts = Parts.read(path, VERSION)
        try:
            return cls._from(parts)
        except (KeyError, ValueError) as error:
            raise UnreadableModel(f"{path}: {error}") from error

    @classmethod
    def _from(cls, parts: Parts) -> "Model":
        vocabulary = Vocabulary(parts.words("stems"), parts.words("grams"), parts.vector("rarity"))
        words, described = (
            Bayes(parts.vector(f"{name}.unsaid"), parts.matrix(f"{name}.said")) for name in ("words", "vocabulary")
        )
        evidence = Evidence(
            stem_count=vocabulary.stem_count,
            neighbours=parts.matrix("neighbours"),
            weights=parts.matrix("weights"),
            centroids=Centroids(parts.matrix("centroids")),
            words=words,
            vocabulary=described,
        )
        weighings = {
            (kind, is_described): Weighing(
                parts.vector(f"{name}.believed"), parts.vector(f"{name}.from"), parts.vector(f"{name}.to")
            )
            for kind in ExampleKind
            for is_described in (False, True)
            if f"{(name := f'weighing.{kind}.{int(is_described)}')}.believed" in parts
        }
        frequencies = {kind: parts.vector(name) for kind in ExampleKind if (name := f"frequency.{kind}") in parts}
        return cls(
            codes=parts.words("codes"),
            vocabulary=vocabulary,
            described_stems=parts.words("described_stems"),
            evidence=evidence,
            frequencies=frequencies,
            weighings=weighings,
            companions=parts.matrix("companions"),
            fellows=parts.matrix("fellows"),
        )
