"""Puts right the texts of offers: what software in between did to them, never what their author wrote."""

import html
import re
from collections.abc import Mapping

from traitdunion.matching import titles

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_C1 = re.compile(r"[\x80-\x9f]")
_BREAK_TAG = re.compile(r"</?(?:p|br|div|ul|ol|h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_ITEM_TAG = re.compile(r"<li\b[^<>]{0,200}>", re.IGNORECASE)
_PLAIN_TAG = re.compile(r"</?(?:b|i|u|em|strong|span|font|li)\b[^<>]{0,200}>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\s*\n\s*\n\s*")


def line(value: object, limit: int = 500) -> str | None:
    """One line of clean text, at most `limit` characters; None when nothing is left or it is not a text."""
    if not isinstance(value, str):
        return None
    return " ".join(clean(value[: limit * 4]).split())[:limit] or None


def paragraphs(value: object, limit: int = 100_000) -> str:
    """Clean text with its line breaks; "" when there is none."""
    if not isinstance(value, str):
        return ""
    return _BLANK_LINES.sub("\n\n", clean(value[:limit])).strip()


def clean(text: str) -> str:
    """Without control characters, entities escaped once too often, layout tags, lost bullets and mojibake.

    Other tags stay, as text: pages escape them. `¿` at a word's place is a bullet that lost its encoding.
    """
    if not text.isascii() or not text.isprintable():
        text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
        text = _C1.sub(lambda found: found.group().encode("latin-1").decode("cp1252", "ignore"), text)
        text = titles.repaired(text)
        if "¿ " in text:
            text = text.replace("¿ ", "• ")
    if "&" in text:
        text = html.unescape(html.unescape(text)).replace("\x00", "")
    if "<" in text:
        text = _PLAIN_TAG.sub("", _ITEM_TAG.sub("\n• ", _BREAK_TAG.sub("\n", text)))
    return text


def storable(value: object) -> object:
    """The same JSON value without NUL, the one character of JSON that PostgreSQL refuses."""
    match value:
        case str():
            return value.replace("\x00", "")
        case Mapping():
            return {str(storable(key)): storable(part) for key, part in value.items()}
        case list():
            return [storable(part) for part in value]
        case _:
            return value
