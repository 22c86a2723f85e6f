"""Turns titles into rows of weighed features: stems with their order, and the character n-grams of each word.

Stems tell the trade; n-grams forgive typing errors and join the words of one family ("boulanger", "boulangerie").
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from traitdunion.matching import titles

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Vector: TypeAlias = npt.NDArray[np.float32]

_GRAMS = (3, 4, 5)
_MOST_WORDS = 60
"""Words read of a title; the rest of a longer one is no title."""
_REMEMBERED = 200_000
"""Words whose n-grams are kept, some 60 MB."""


class Vocabulary:
    """Columns: the stems, pairs of stems and first stems come first, then the n-grams; weights are TF-IDF.

    Made from titles already normalised. `stem_count` columns are stems; `rarity` is the IDF of each column.
    """

    def __init__(self, stems: Sequence[str], grams: Sequence[str], rarity: Vector) -> None:
        self.stems, self.grams, self.rarity = stems, grams, rarity
        self.stem_count = len(stems)
        self._stem_columns = {stem: column for column, stem in enumerate(stems)}
        self._gram_columns = {gram: column for column, gram in enumerate(grams, start=len(stems))}
        self._columns_by_word: dict[str, tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self.rarity)

    @classmethod
    def learn(cls, normals: Sequence[str]) -> "Vocabulary":
        """The vocabulary of these normalised titles."""
        stems: dict[str, int] = {}
        grams: dict[str, int] = {}
        grams_by_word: dict[str, list[str]] = {}
        for normal in normals:
            for feature in set(stem_features(normal)):
                stems[feature] = stems.get(feature, 0) + 1
            seen: set[str] = set()
            for word in normal.split(maxsplit=_MOST_WORDS):
                cut = grams_by_word.get(word)
                if cut is None:
                    cut = grams_by_word[word] = gram_features(word)
                seen.update(cut)
            for gram in seen:
                grams[gram] = grams.get(gram, 0) + 1
        counts = np.array([*stems.values(), *grams.values()], dtype=np.float32)
        rarity = np.log((1 + len(normals)) / (1 + counts)).astype(np.float32) + np.float32(1)
        return cls(list(stems), list(grams), rarity)

    def weighed(self, weights: Vector) -> "Vocabulary":
        """The same columns, the rarity of each multiplied."""
        return Vocabulary(self.stems, self.grams, (self.rarity * weights).astype(np.float32))

    def rows(self, normals: Iterable[str]) -> "csr_array":
        """One row for each normalised title, of length 1; a row of zeros where nothing is known."""
        from scipy.sparse import csr_array  # noqa: PLC0415 — 0.2 s that only matching needs

        if len(self._columns_by_word) > _REMEMBERED:
            self._columns_by_word.clear()
        columns: list[int] = []
        starts = [0]
        stem_columns, by_word = self._stem_columns, self._columns_by_word
        for normal in normals:
            columns += [at for feature in stem_features(normal) if (at := stem_columns.get(feature)) is not None]
            for word in normal.split(maxsplit=_MOST_WORDS):
                known = by_word.get(word)
                columns += self._meet(word) if known is None else known
            starts.append(len(columns))
        where = np.array(columns, dtype=np.int32)
        parts = (self.rarity[where], where, np.array(starts, dtype=np.int32))
        rows: csr_array[np.float32] = csr_array(parts, shape=(len(starts) - 1, len(self)))
        rows.sum_duplicates()
        return to_length_one(rows)

    def _meet(self, word: str) -> tuple[int, ...]:
        """The columns of the n-grams of a word not met before."""
        columns = self._gram_columns
        found = tuple(at for gram in gram_features(word) if (at := columns.get(gram)) is not None)
        self._columns_by_word[word] = found
        return found


def stem_features(normal: str) -> list[str]:
    """The stems of a normalised title, each pair of neighbours, and the first one marked: it often names the trade."""
    found = titles.stems(normal)[:_MOST_WORDS]
    if not found:
        return found
    return [*found, *(f"{one} {other}" for one, other in pairwise(found)), f"^{found[0]}"]


def gram_features(word: str) -> list[str]:
    """The runs of 3 to 5 signs of a word set between spaces, and the word itself when it is longer."""
    padded = f" {word[:40]} "
    length = len(padded)
    found = [padded[start : start + size] for size in _GRAMS for start in range(length - size + 1)]
    if length > _GRAMS[-1]:
        found.append(padded)
    return found


def to_length_one(rows: "csr_array") -> "csr_array":
    """The same rows, each divided by its Euclidean length, in place; rows of zeros stay."""
    per_row = np.diff(rows.indptr)
    squares = np.bincount(np.repeat(np.arange(len(per_row)), per_row), weights=rows.data**2, minlength=len(per_row))
    lengths = np.sqrt(np.maximum(squares, 1e-12))
    rows.data = (rows.data / np.repeat(lengths, per_row)).astype(np.float32)
    return rows
