"""A stranger's plain text made readable: paragraphs, lists and safe links; nothing in it is ever HTML."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_BULLET = re.compile(r"^\s*(?:[-–—•●▪■◦·*➢➤✓✔→»]|o(?=\s{2}))\s*(?=\S)")
_RULE = re.compile(r"^(?:[\s\W_]{4,}|[-–—•●▪■*·_.]+)$")
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'«»“”\u00a0\u202f]+", re.IGNORECASE)
_CLOSING = ".,;:!?…)]}"  # signs that end the sentence rather than the address


def readable(text: str) -> Markup:
    """The text, escaped: blank lines part paragraphs, dashes and bullets make lists, http(s) addresses are links."""
    blocks = (_block(kind, lines) for kind, lines in _blocks(text))
    return Markup("\n").join(blocks)


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Runs of lines of one kind: ("list", items) or ("paragraph", lines)."""
    kind, lines, is_parted = "", list[str](), False
    for raw in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = raw.strip()
        if not line or _RULE.match(line):
            is_parted = True
            continue
        bullet = _BULLET.match(line)
        found = "list" if bullet else "paragraph"
        # Items of one list are often a blank line apart.
        if lines and (found != kind or (is_parted and found == "paragraph")):
            yield kind, lines
            lines = []
        kind, is_parted = found, False
        lines.append(line[bullet.end() :] if bullet else line)
    if lines:
        yield kind, lines


def _block(kind: str, lines: list[str]) -> Markup:
    if kind == "list":
        return Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(_linked(line)) for line in lines)
        )
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(_linked(line) for line in lines))


def _linked(line: str) -> Markup:
    parts, at = list[Markup](), 0
    for found in _ADDRESS.finditer(line):
        address = found.group().rstrip(_CLOSING)
        parts.append(escape(line[at : found.start()]))
        # `nofollow`: the service does not vouch for it; `noopener`: the page cannot reach back to ours.
        parts.append(Markup('<a href="{0}" rel="noopener nofollow">{0}</a>').format(address))
        at = found.start() + len(address)
    parts.append(escape(line[at:]))
    return Markup("").join(parts)
