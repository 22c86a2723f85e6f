"""The formats of catalogues: each module reads a stream of bytes into drafts, and touches nothing else."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import BinaryIO

from traitdunion.trainings.drafts import NotTrainings, Reading
from traitdunion.trainings.formats import csv, json, lheo


class Format(StrEnum):
    """The formats that are read; the values are those of the command line, and are stored."""

    LHEO = "lheo"
    CSV = "csv"
    JSON = "json"


_READERS: dict[Format, Callable[[BinaryIO], Iterator[Reading]]] = {
    Format.LHEO: lheo.read,
    Format.CSV: csv.read,
    Format.JSON: json.read,
}
_MARKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks, the zeros of UTF-16, and blanks."""


def read(stream: BinaryIO, format_: Format) -> Iterator[Reading]:
    """The drafts and refusals of a file, in its order.

    Raises NotTrainings before the first one when the file is something else, CutShort after the last good one when the
    rest cannot be read. Whatever the bytes, nothing else is raised.
    """
    return _READERS[format_](stream)


def detect(head: bytes) -> Format:
    """The format, by the first kilobytes of a file. Raises NotTrainings for an empty or a binary one."""
    start = head.lstrip(_MARKS)
    if not start:
        raise NotTrainings("le fichier est vide.")
    if start.startswith(b"<"):
        return Format.LHEO
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise NotTrainings("le fichier est en UTF-16 ; enregistrez-le en UTF-8.")
    if start.startswith((b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0")):
        raise NotTrainings(
            "c’est un fichier binaire ou compressé ; donnez le fichier qu’il contient, en XML, CSV ou JSON."
        )
    return Format.JSON if start.startswith((b"{", b"[")) else Format.CSV
