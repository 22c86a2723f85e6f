"""Bytes to lines of text: UTF-8, and Windows-1252 wherever the bytes are no UTF-8."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of a line that are kept; what follows is passed over."""
_MODE = "windows-1252-where-no-utf-8"


def text(raw: bytes) -> str:
    """The text, without byte order mark; total."""
    return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8", _MODE)


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each line with its number from 1, its end included."""
    number = 0
    while raw := stream.readline(LONGEST_LINE):
        number += 1
        yield number, raw
        ending = raw[-1:]
        while ending not in {b"\n", b""}:
            ending = stream.readline(LONGEST_LINE)[-1:]


def chunks(stream: BinaryIO, size: int) -> Iterator[str]:
    """The text in pieces of about `size` bytes."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")(_MODE)
    while raw := stream.read(size):
        yield decoder.decode(raw)
    yield decoder.decode(b"", final=True)


def _from_windows(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_MODE, _from_windows)
