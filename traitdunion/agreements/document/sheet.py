"""What a document says, whatever it is written on: a title, and sections of facts, of paragraphs or of a table."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fact and its name; the value may have several lines."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Lines with as many cells as there are names in the header."""

    header: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, then paragraphs, facts and a table, any of which may be missing."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How whoever holds the document verifies it."""

    heading: str
    sentence: str
    page: str
    """Address of the page where the code is typed."""
    code: str
    """As it is printed: « K7Q2-9XWM-3PLA »."""
    address: str
    """What the QR code opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A whole document."""

    title: str
    subject: str
    """One sentence, for the properties of the file."""
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    proof: Proof
    footer: str
    """At the foot of each printed page, before its number."""
