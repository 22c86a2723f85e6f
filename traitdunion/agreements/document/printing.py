"""A sheet as PDF/UA-1: tagged, readable aloud, the same bytes for the same sheet and instant.

Typst sets it, with the fonts that it brings. What people wrote reaches it as JSON, never as source, so that nothing in
it is ever executed; a sign that those fonts lack (emoji, Chinese) is printed as ▯, since PDF/UA forbids holes.
"""

import io
import os
import queue
import re
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import segno
import typst

from traitdunion.agreements.document.sheet import Sheet

GENERATOR = f"typst {version('typst')}"
TEMPLATE = Path(__file__).with_name("agreement.typ")

_AUTHOR = "Trait d’union"
_AT_ONCE = min(4, os.cpu_count() or 1)
"""Typst sets each page on all processors: more documents at once would only take more memory."""
_MISSING = "▯"
_DESCRIBED = "Code QR qui ouvre la page de vérification de ce document"
_LACKED = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# Signs without a shape of their own, and those that turn the direction of what follows: a name must not hide in them.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_PLAIN = re.compile("[^\n -~\u00a0-\u017f\u0192\u2010-\u2026\u202f\u20ac▯]")

# Several presses at once, each for one thread at a time; None stands for one that is not made yet.
_presses: queue.LifoQueue[typst.Compiler | None] = queue.LifoQueue()
for _ in range(_AT_ONCE):
    _presses.put(None)


def pdf(sheet: Sheet, *, at: datetime) -> bytes:
    """The document's bytes; `at` is the instant that the file says it was made."""
    content = source(sheet)
    lacked: set[str] = set()
    while True:
        try:
            return _set(content, at=at)
        except typst.TypstError as error:
            found = _lacked(error.diagnostic) - lacked
            if not found:
                break
            lacked |= found
            content = _mapped(content, _without(lacked))
    # What cannot be set for another reason than a missing sign: the letters of French, at least.
    return _set(_mapped(content, lambda text: _PLAIN.sub(_MISSING, text)), at=at)


def source(sheet: Sheet) -> dict[str, Any]:
    """All that the template is given; with the template itself, it makes the bytes."""
    given: dict[str, Any] = _mapped(asdict(sheet), lambda text: _UNSEEN.sub(" ", text.replace("\r\n", "\n")))
    return {**given, "author": _AUTHOR, "picture": _picture(sheet.proof.address), "described": _DESCRIBED}


@cache
def template() -> bytes:
    """The template's own bytes."""
    return TEMPLATE.read_bytes()


def _set(content: dict[str, Any], *, at: datetime) -> bytes:
    press = _presses.get()
    try:
        press = press or _press()
        written = press.compile(
            sys_inputs={"sheet": orjson.dumps(content).decode()},
            format="pdf",
            pdf_standards=["ua-1"],
            timestamp=int(at.timestamp()),
        )
    finally:
        _presses.put(press)
    assert isinstance(written, bytes)  # noqa: S101 — narrows the type: a PDF is one file
    return written


def _press() -> typst.Compiler:
    return typst.Compiler(TEMPLATE, root=TEMPLATE.parent, font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def _picture(address: str) -> str:
    written = io.BytesIO()
    segno.make(address, error="m", micro=False).save(written, kind="svg", border=2, xmldecl=False)
    return written.getvalue().decode()


def _lacked(diagnostic: str) -> set[str]:
    """The signs that no font has, of what Typst says of all of them; never those that every font has."""
    texts = (_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in _LACKED.findall(diagnostic))
    return {sign for text in texts for sign in text if not (sign.isascii() and sign.isprintable())}


def _without(lacked: set[str]) -> Callable[[str], str]:
    signs = str.maketrans(dict.fromkeys(lacked, _MISSING))
    return lambda text: text.translate(signs)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The same lists and objects, each of their texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: one if name == "picture" else _mapped(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(one, change) for one in value]
    return value
