"""Tables that people send: CSV with a header line; `;`, `,` or tabs; UTF-8 or Windows-1252."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from traitdunion.core.errors import Refused

_SEPARATORS = ";,\t"


class FileRefused(Refused):
    """Nothing of the file can be read; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the file: its number, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line that was not kept, and why."""

    number: int
    why: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a table may hold: a title is compared once folded by `fold`, as `aliases` are; unknown ones are left out."""

    columns: Sequence[str]
    compulsory: Sequence[str]
    aliases: Mapping[str, str]
    most_lines: int
    most_bytes: int
    fold: Callable[[str], str]

    def column(self, title: str) -> str:
        """The column of that title, "" for one that is not known."""
        folded = self.fold(title)
        known = {self.fold(name): name for name in self.columns} | dict(self.aliases)
        return known.get(folded, "")


def read(content: bytes, shape: Shape) -> list[Line]:
    """The lines that are not empty. Raises FileRefused."""
    if len(content) > shape.most_bytes:
        raise FileRefused(f"Ce fichier est trop lourd\u00a0: {shape.most_bytes // 1_000_000}\u00a0Mo au plus.")
    if b"\0" in content or content.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
        raise FileRefused(
            "Ce n’est pas un fichier CSV. Dans votre tableur, choisissez «\u00a0Enregistrer sous\u00a0», CSV."
        )
    text = _decoded(content)
    header, _, _ = text.lstrip("\r\n").partition("\n")
    separator = max(_SEPARATORS, key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        lines = list(_lines(rows, shape))
    except csv.Error:
        raise FileRefused("Ce fichier ne se lit pas\u00a0: un guillemet est peut-être resté ouvert.") from None
    if not lines:
        raise FileRefused("Ce fichier n’a aucune ligne sous ses titres de colonnes.")
    if len(lines) > shape.most_lines:
        raise FileRefused(f"{len(lines)}\u00a0lignes\u00a0: importez-en {shape.most_lines} à la fois au plus.")
    return lines


def write(columns: Sequence[str], rows: Iterable[Mapping[str, str]], *, ends_with: str = "\n") -> str:
    """A table of these columns, separated by semicolons."""
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, delimiter=";", extrasaction="ignore", lineterminator=ends_with)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(rows: Iterator[list[str]], shape: Shape) -> Iterator[Line]:
    columns: list[str] | None = None
    start = 1
    for row in rows:
        number, start = start, getattr(rows, "line_num", start) + 1
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if columns is None:
            columns = _columns(cells, shape)
            continue
        yield Line(number=number, cells={name: cell for name, cell in zip(columns, cells, strict=False) if name})


def _columns(header: list[str], shape: Shape) -> list[str]:
    """What each column is, "" for one that is not known. Raises FileRefused when a compulsory one is missing."""
    found = [shape.column(title) for title in header]
    missing = [name for name in shape.compulsory if name not in found]
    if missing:
        raise FileRefused(f"Il manque des colonnes\u00a0: {', '.join(missing)}. La première ligne donne leurs titres.")
    return found
