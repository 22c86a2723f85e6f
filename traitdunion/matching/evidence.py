"""What examples tell of a title, occupation by occupation: five plain measures, each a sparse product.

None decides alone; `weighing` learns how far each is to be believed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from traitdunion.matching.features import Vector, to_length_one

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Cube: TypeAlias = npt.NDArray[np.float32]
"""Titles × candidates × measures."""
Indices: TypeAlias = npt.NDArray[np.intp]

MEASURES = ("neighbours", "centroid", "words", "frequency", "vocabulary", "description")
"""Likeness to the nearest titles, to the middle of all titles, naive Bayes on stems, how often the occupation is met,
naive Bayes of the title over the words of descriptions, and the same of the description asked about (0 without)."""

CANDIDATES = 25
"""Occupations that are weighed for a title: the right one is among them for 95 titles in 100."""
_SHARED = 100
"""Occupations that must share a feature for it to be kept dense."""
_PRIOR_WORDS = 5.0
"""Words of the general language that each occupation is supposed to have said: smoothing of naive Bayes."""
_PRIOR_DESCRIPTIONS = 3.0


@dataclass(frozen=True, slots=True)
class Bayes:
    """Log-likelihood ratios, kept sparse: a constant for the words an occupation never said, plus those it said."""

    unsaid: Vector
    said: "csr_array"
    """Features × occupations."""

    @classmethod
    def learn(cls, counts: "csr_array", totals: Vector, prior: float) -> "Bayes":
        """From counts (occupations × features) and how much each occupation said in all."""
        whole = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()
        usual = np.maximum(whole / max(float(totals.sum()), 1e-9), 1e-9)
        said = counts.tocsr(copy=True).astype(np.float32)
        said.data = np.log1p(said.data / (prior * usual[said.indices])).astype(np.float32)
        return cls(np.log(prior / (totals + prior)).astype(np.float32), said.T.tocsr())

    def of(self, rows: "csr_array") -> Vector:
        """Titles × occupations."""
        weight = np.asarray(rows.sum(axis=1), dtype=np.float32).reshape(-1, 1)
        return np.asarray((rows @ self.said).toarray() + weight * self.unsaid, dtype=np.float32)


class Centroids:
    """The middle of all titles of each occupation: features × occupations, columns of length 1.

    The features that many occupations share are kept dense as well: the product takes a third of the time.
    """

    def __init__(self, whole: "csr_array") -> None:
        self.whole = whole
        filled = np.diff(whole.indptr)
        self._shared = np.flatnonzero(filled >= _SHARED)
        self._dense = whole[self._shared].toarray().astype(np.float32)
        self._rest = whole.copy()
        self._rest.data[np.repeat(filled >= _SHARED, filled)] = 0
        self._rest.eliminate_zeros()

    def likeness(self, rows: "csr_array") -> Vector:
        """Titles × occupations."""
        return np.asarray((rows @ self._rest).toarray() + rows[:, self._shared] @ self._dense, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was learned of each occupation; arrays only, so that it can be written to a file."""

    stem_count: int
    neighbours: "csr_array"
    """Stems × examples, columns of length 1."""
    weights: "csr_array"
    """Examples × occupations: how much each example counts for its occupation."""
    centroids: Centroids
    words: Bayes
    vocabulary: Bayes
    """Over the stems of descriptions."""

    @classmethod
    def learn(
        cls, rows: "csr_array", stem_count: int, weights: "csr_array", described: "csr_array", described_as: "csr_array"
    ) -> "Evidence":
        """From rows of examples (the first `stem_count` features are stems), what each counts for each occupation
        (examples × occupations), and descriptions (rows of 0 and 1 over their own stems) with their occupations."""
        stems = rows[:, :stem_count].tocsr()
        votes = weights.T.tocsr()
        said = stems.copy()
        said.data = np.ones_like(said.data)
        counts = (votes @ said).tocsr()
        told = (described_as.T.tocsr() @ described).tocsr()
        return cls(
            stem_count=stem_count,
            neighbours=to_length_one(stems).T.tocsr(),
            weights=weights.tocsr(),
            centroids=Centroids(to_length_one((votes @ rows).tocsr()).T.tocsr()),
            words=Bayes.learn(counts, _totals(counts, 1), _PRIOR_WORDS),
            vocabulary=Bayes.learn(told, _totals(described_as, 0), _PRIOR_DESCRIPTIONS),
        )

    def candidates(
        self, rows: "csr_array", told: "csr_array", described: "csr_array | None", frequency: Vector, count: int
    ) -> tuple[Indices, Cube]:
        """For each title its `count` likeliest occupations, in no order, and their measures.

        `told` holds the titles over the stems of descriptions; `frequency` how often each occupation is met (log).
        """
        stems = to_length_one(rows[:, : self.stem_count].tocsr())
        near = (stems @ self.neighbours).tocsr()
        # Squares and roots taken twice: the fourth power, several times as fast.
        near.data = np.square(np.square(near.data))
        neighbours = np.sqrt(np.sqrt((near @ self.weights).toarray()))
        centroid = self.centroids.likeness(rows)
        likely = neighbours + centroid
        count = min(count, likely.shape[1])
        chosen = np.argpartition(-likely, count - 1, axis=1)[:, :count]
        shape = likely.shape
        measures = (
            neighbours,
            centroid,
            self.words.of(stems),
            np.broadcast_to(frequency, shape),
            self.vocabulary.of(told),
            np.broadcast_to(np.float32(0), shape) if described is None else self.vocabulary.of(described),
        )
        cube = np.stack([np.take_along_axis(each, chosen, 1) for each in measures], axis=-1)
        return chosen, np.asarray(cube, dtype=np.float32)

    def borne_by_nearest(self, rows: "csr_array", borne: "csr_array", nearest: int, doubt: float) -> Vector:
        """For each title (rows) and occupation, the share of the nearest examples that bear it (examples × occupations,
        ones), each counted by its likeness raised to `nearest`; `doubt` is the weight of an example that bears none."""
        bearing = np.flatnonzero(np.diff(borne.indptr))
        near = (to_length_one(rows[:, : self.stem_count].tocsr()) @ self.neighbours[:, bearing]).tocsr()
        near.data **= nearest
        whole = np.asarray(near.sum(axis=1), dtype=np.float32).reshape(-1, 1)
        return np.asarray((near @ borne[bearing]).toarray() / (whole + doubt), dtype=np.float32)


def _totals(counts: "csr_array", axis: int) -> Vector:
    return np.asarray(counts.sum(axis=axis), dtype=np.float32).ravel()


def indicator(rows: Sequence[Sequence[int]], columns: int) -> "csr_array":
    """A sparse matrix of ones at these columns of each row."""
    from scipy.sparse import csr_array  # noqa: PLC0415 — 0.2 s that only matching needs

    starts = np.cumsum([0, *map(len, rows)], dtype=np.int32)
    at = np.array([column for row in rows for column in row], dtype=np.int32)
    return csr_array((np.ones(len(at), dtype=np.float32), at, starts), shape=(len(rows), columns))
