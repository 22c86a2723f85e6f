"""Single values of a catalogue, read totally: what cannot be one is None, whatever a stranger wrote."""

import html
import math
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_C1 = re.compile(r"[\x80-\x9f]")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?", re.DOTALL)
_FRENCH_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_YEARS = range(1990, 2100)
_ROME = re.compile(r"[A-N][0-9]{4}")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_SPACES = re.compile(r"[\s€]")
_LINK = re.compile(r"https?://[^\s<>\"]{4,}", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>]{1,100}@[^\s@<>]+\.[^\s@<>]{2,}")
_LONGEST_TEXT = 20_000
_TRUE = frozenset({"1", "true", "vrai", "oui", "o", "yes"})
_FALSE = frozenset({"0", "false", "faux", "non", "n", "no"})


def line(value: object, limit: int = 250) -> str | None:
    """One line of text of at most `limit` characters; None for nothing or for the dash that stands for nothing."""
    if value is None or isinstance(value, bool):
        return None
    text = " ".join(_clean(_string(value)[: limit * 4]).split())[:limit].rstrip()
    return None if text in {"", "-"} else text


def paragraphs(value: object) -> str | None:
    """Text with its line breaks, at most 20,000 characters; None for nothing or for a dash."""
    text = _clean(_string(value)[:_LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")).strip()
    return None if text in {"", "-"} else text


def day(value: object) -> date | None:
    """A day written 20261121, 2026-11-21 or 21/11/2026; None for 00000000, 99999999, 20170900 and the like.

    A day of the month that is unknown (00) is an unknown day: a deadline must never be guessed.
    """
    text = _string(value).strip()[:40]
    if found := _DAY.fullmatch(text):
        year, month, day_of_month = (int(part) for part in found.groups())
    elif found := _FRENCH_DAY.fullmatch(text):
        day_of_month, month, year = (int(part) for part in found.groups())
    else:
        return None
    try:
        return date(year, month, day_of_month) if year in _YEARS else None
    except ValueError:
        return None


def whole(value: object, *, most: int) -> int | None:
    """A whole number from 0 to `most`; decimals are rounded."""
    found = amount(value, most=most)
    return None if found is None else round(found)


def amount(value: object, *, most: int) -> Decimal | None:
    """A number from 0 to `most`, with a comma or a point, spaces and € allowed, to the hundredth."""
    text = _SPACES.sub("", _string(value)[:60]).replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    try:
        found = Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return found if 0 <= found <= most else None


def flag(value: object) -> bool | None:
    """Yes (1, true, oui) or no (0, false, non)."""
    text = _string(value).strip().lower()[:10]
    return True if text in _TRUE else False if text in _FALSE else None


def point(latitude: object, longitude: object) -> tuple[float, float] | tuple[None, None]:
    """Coordinates in degrees on Earth, both or none; (0, 0) is nobody's school."""
    try:
        found = float(_string(latitude)[:40].replace(",", ".")), float(_string(longitude)[:40].replace(",", "."))
    except ValueError:
        return None, None
    is_on_earth = all(map(math.isfinite, found)) and abs(found[0]) <= 90 and abs(found[1]) <= 180
    return found if is_on_earth and found != (0.0, 0.0) else (None, None)


def siret(value: object) -> str | None:
    """14 digits whose control key is right (Luhn; La Poste's own establishments sum to a multiple of 5)."""
    digits = re.sub(r"[\s.]", "", _string(value)[:40])
    if not re.fullmatch(r"[0-9]{14}", digits) or not digits.strip("0"):
        return None
    doubled = sum(int(digit) if at % 2 else sum(divmod(2 * int(digit), 10)) for at, digit in enumerate(digits))
    is_la_poste = digits.startswith("356000000") and sum(map(int, digits)) % 5 == 0
    return digits if doubled % 10 == 0 or is_la_poste else None


def link(value: object) -> str | None:
    """An address that starts with http or https, made so when it starts with www; nothing else is ever a link."""
    text = line(value, 1000) or ""
    if text.lower().startswith("www."):
        text = f"https://{text}"
    return text if _LINK.fullmatch(text) else None


def email(value: object) -> str | None:
    """An e-mail address, by its looks."""
    text = line(value, 320) or ""
    return text if _EMAIL.fullmatch(text) else None


def identifier(value: object) -> str | None:
    """A publisher's identifier, at most 200 characters."""
    return line(value, 200)


def rome_codes(values: Iterable[object]) -> tuple[str, ...]:
    """The ROME codes among `values`, each once, in their order."""
    return codes((_string(value).strip().upper() for value in values), _ROME)


def numeric_codes(values: Iterable[object], digits: int = 5) -> tuple[str, ...]:
    """The codes of so many digits among `values` (FORMACODE, publics), each once, in their order."""
    return codes((_string(value).strip() for value in values), re.compile(rf"[0-9]{{{digits}}}"))


def codes(values: Iterable[str], shape: re.Pattern[str]) -> tuple[str, ...]:
    """Those of `values` that have the shape, each once, in their order; at most a hundred."""
    return tuple(dict.fromkeys(value for value in values if shape.fullmatch(value)))[:100]


def certifications(*, rncp: object = None, rs: object = None, certifinfo: object = None) -> tuple[str, ...]:
    """The codes of a certification, written RNCP320, RS5000, CERTIFINFO:80735."""
    found = (
        prefix + digits.group()
        for prefix, value in (("RNCP", rncp), ("RS", rs), ("CERTIFINFO:", certifinfo))
        if (digits := re.search(r"[0-9]{1,10}", _string(value)[:60]))
    )
    return tuple(found)


def postcode(value: object) -> str | None:
    """Five digits."""
    return next(iter(numeric_codes([value])), None)


def commune_code(value: object) -> str | None:
    """An INSEE code of a commune, by its looks (2A and 2B in Corsica); catalogues put postcodes there too."""
    text = _string(value).strip().upper()
    return text if re.fullmatch(r"[0-9][0-9AB][0-9]{3}", text) else None


def _clean(text: str) -> str:
    # Catalogues escape entities once too often, and write Windows-1252 as if it were Latin-1.
    if "&" in text:
        text = html.unescape(text)
    if text.isprintable():
        return text
    return _UNSTORABLE.sub("", _C1.sub(lambda found: found.group().encode("latin-1").decode("cp1252", "ignore"), text))


def _string(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return format(value, "f") if math.isfinite(value) else ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    return ""
