"""Writes learned arrays and words to one file and reads them back: versioned, in one step, nothing executable in it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zipfile import BadZipFile

import numpy as np

from traitdunion.matching.features import Vector

if TYPE_CHECKING:
    from scipy.sparse import csr_array


class UnreadableModel(Exception):
    """The file is absent, damaged or of another version: the model has to be learned again."""


class Parts:
    """Named vectors, sparse matrices and lists of words."""

    def __init__(self, arrays: Mapping[str, Any] | None = None) -> None:
        self._arrays: dict[str, Any] = dict(arrays or {})

    def put_vector(self, name: str, values: Vector) -> None:
        """Numbers, in single precision."""
        self._arrays[name] = np.asarray(values, dtype=np.float32)

    def put_matrix(self, name: str, matrix: "csr_array") -> None:
        """A sparse matrix by rows."""
        rows = matrix.tocsr()
        self._arrays[f"{name}/values"] = rows.data.astype(np.float32)
        self._arrays[f"{name}/columns"] = rows.indices.astype(np.int32)
        self._arrays[f"{name}/starts"] = rows.indptr.astype(np.int64)
        self._arrays[f"{name}/shape"] = np.array(rows.shape, dtype=np.int64)

    def put_words(self, name: str, words: Sequence[str]) -> None:
        """Words without line breaks."""
        self._arrays[name] = np.frombuffer("\n".join(words).encode(), dtype=np.uint8)

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def vector(self, name: str) -> Vector:
        """The numbers of that name."""
        return np.asarray(self._arrays[name], dtype=np.float32)

    def matrix(self, name: str) -> "csr_array":
        """The sparse matrix of that name."""
        from scipy.sparse import csr_array  # noqa: PLC0415 — 0.2 s that only matching needs

        parts = (self._arrays[f"{name}/{part}"] for part in ("values", "columns", "starts"))
        rows, columns = (int(size) for size in self._arrays[f"{name}/shape"])
        return csr_array(tuple(parts), shape=(rows, columns))

    def words(self, name: str) -> list[str]:
        """The words of that name."""
        text = self._arrays[name].tobytes().decode()
        return text.split("\n") if text else []

    def write(self, path: Path, version: int) -> None:
        """Writes beside the file, then takes its place."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{uuid4().hex}.npz")
        try:
            with beside.open("wb") as stream:
                np.savez(stream, allow_pickle=False, version=np.array([version]), **self._arrays)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    @classmethod
    def read(cls, path: Path, version: int) -> "Parts":
        """Raises `UnreadableModel` when the file is absent, damaged or of another version."""
        try:
            # Opened here: numpy leaves a damaged file open.
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            found = int(arrays["version"][0])
        except (OSError, BadZipFile, ValueError, KeyError, IndexError, EOFError) as error:
            raise UnreadableModel(f"{path}: {error}") from error
        if found != version:
            raise UnreadableModel(f"{path}: version {found}, wanted {version}")
        return cls(arrays)
