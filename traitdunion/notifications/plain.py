"""The text part of a letter, made from its HTML part."""

import re
from collections.abc import Iterator

import lxml.html
from lxml.html import HtmlElement

_SPACES = re.compile(r"[ \t\r\f]+")  # not those of French typography
_COLON = "\u00a0: "
_BLOCKS = {"p", "h1", "h2", "h3", "ul", "ol", "div", "hr", "table", "dl"}
_LINES = {"br", "li", "tr", "dt", "dd"}
_LEFT_OUT = {"head", "style", "script", "h1"}  # the title is the subject, which mailboxes show above


def from_html(html: str) -> str:
    """Paragraphs parted by a blank line, items as « - », the address of a link after its words."""
    document = lxml.html.document_fromstring(html)
    lines = [
        _SPACES.sub(" ", line).replace(f" {_COLON}", _COLON).strip(" ")
        for line in "".join(_pieces(document)).split("\n")
    ]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip() + "\n"


def _pieces(element: HtmlElement) -> Iterator[str]:
    tag = element.tag
    if not isinstance(tag, str) or tag in _LEFT_OUT:
        return
    yield "\n\n" if tag in _BLOCKS else "\n" if tag in _LINES else ""
    yield "- " if tag == "li" else ""
    yield _flat(element.text)
    for child in element:
        yield from _pieces(child)
        yield _flat(child.tail)
    href = (element.get("href") or "").strip().removeprefix("mailto:")
    if tag == "a" and href and href != element.text_content().strip():
        yield f"{_COLON}{href}"
    yield "\n\n" if tag in _BLOCKS else ""


def _flat(text: str | None) -> str:
    return (text or "").replace("\n", " ")
