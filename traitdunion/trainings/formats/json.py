"""JSON: one object a line (JSONL), an array of objects, or a single object; simple objects or those of the Intercarif.

Streamed: a file of any size takes the memory of its longest record.
"""

import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from traitdunion.trainings.drafts import CutShort, NotTrainings, Reading, Refusal, TrainingDraft
from traitdunion.trainings.formats import decoding, flat, intercarif

_CHUNK = 1024 * 1024
_LONGEST_RECORD = 16 * 1024 * 1024
_PATIENCE = 100
"""Records without any sign of a training after which the file is taken for something else."""

Found = tuple[int, object, str]
"""The line where a value begins, the value (or _BROKEN), its text."""
_BROKEN = object()
_SIGN = re.compile(r"[^\s,]")


def read(stream: BinaryIO) -> Iterator[Reading]:
    """The trainings of the file, in their order.

    Raises NotTrainings when nothing in it looks like a training, CutShort where an array stops being JSON.
    """
    numbered = decoding.numbered_lines(stream)
    first = next((found for found in numbered if found[1].strip(b"\xef\xbb\xbf \t\r\n")), (1, b""))
    if _opens_document(decoding.text(first[1]).strip()):
        found = _values(first, stream)
    else:
        found = _values_by_line(itertools.chain([first], numbered))
    return _recognised(found)


def _recognised(found: Iterator[Found]) -> Iterator[Reading]:
    """The readings; refusals at the beginning wait until something shows that the file holds trainings."""
    waiting: list[Reading] = []
    is_sure = False
    try:
        for line, value, text in found:
            shape = _shape(value)
            draft = _draft(value, shape)
            refusal = Refusal(reason=draft, raw=text.encode("utf-8", "replace")) if isinstance(draft, str) else None
            if is_sure := is_sure or shape is not None:
                yield from waiting
                waiting.clear()
                yield line, refusal or draft  # type: ignore[misc]
            elif refusal is not None:
                waiting.append((line, refusal))
                if len(waiting) > _PATIENCE:
                    break
    except CutShort as cut:
        if not is_sure:
            raise NotTrainings("ce n’est pas du JSON complet.") from cut
        raise
    if not is_sure:
        raise NotTrainings("c’est du JSON sans formation : ni « title » avec « rome_codes », ni « sessions ».")


def _shape(value: object) -> str | None:
    if not isinstance(value, Mapping):
        return None
    if intercarif.is_training(value):
        return "intercarif"
    return "flat" if flat.is_training(map(flat.canonical, value)) else None


def _draft(value: object, shape: str | None) -> TrainingDraft | str:
    if value is _BROKEN:
        return "ce n’est pas du JSON complet"
    if not isinstance(value, Mapping) or shape is None:
        return "ce n’est pas la description d’une formation"
    if shape == "intercarif":
        return intercarif.read(value)
    return flat.read(flat.gather((flat.canonical(name), each) for name, each in value.items()))


def _opens_document(line: str) -> bool:
    """Whether the first line opens a value that spans lines; else each line is a value of its own."""
    return line.startswith("[") or (line.endswith(("{", ",", ":", "[")) and _loads(line) is _BROKEN)


def _values_by_line(lines: Iterator[tuple[int, bytes]]) -> Iterator[Found]:
    for number, raw in lines:
        text = decoding.text(raw).strip()
        if text:
            yield number, _loads(text) if len(raw) <= _LONGEST_RECORD else _BROKEN, text


def _loads(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _BROKEN


def _values(first: tuple[int, bytes], stream: BinaryIO) -> Iterator[Found]:
    """The values of an array, or the single value."""
    window = _Window(first, stream)
    if window.next_sign() == "[":
        window.at += 1
    while window.next_sign() not in {"", "]"}:
        line, start = window.line, window.at
        value = window.decode()
        yield line, value, window.text[start : window.at]
        if value is _BROKEN:
            raise CutShort(line, "le JSON est tronqué ou mal formé")


class _Window:
    """A piece of the text, read further as needed; `at` is where reading is, `line` its line."""

    def __init__(self, first: tuple[int, bytes], stream: BinaryIO) -> None:
        self.line, raw = first
        self.text = decoding.text(raw)
        self.at = 0
        self._chunks = decoding.chunks(stream, _CHUNK)
        self._decoder = json.JSONDecoder()

    def next_sign(self) -> str:
        """The next sign that is neither space nor comma, "" at the end."""
        while True:
            found = _SIGN.search(self.text, self.at)
            self._move(found.start() if found else len(self.text))
            if found or not self._read_more():
                return found.group() if found else ""

    def decode(self) -> object:
        """The value that begins here; _BROKEN when it is none, is cut, or is too long."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self.text, self.at)
            except (ValueError, RecursionError):
                if len(self.text) - self.at < _LONGEST_RECORD and self._read_more():
                    continue
                value, end = _BROKEN, len(self.text)
            self._move(end)
            return value

    def _move(self, to: int) -> None:
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def _read_more(self) -> bool:
        more = next(self._chunks, "")
        self.text, self.at = self.text[self.at :] + more, 0
        return bool(more)
