"""What fits into an SMS: 160 signs of the GSM alphabet, or 70 of any other (3GPP TS 23.038)."""

import math
import unicodedata

_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")  # behind an escape: two signs each
_PLAINER = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}
)
_LETTERS = str.maketrans({"œ": "oe", "Œ": "OE"})


def is_gsm(text: str) -> bool:
    """The GSM alphabet has all its signs."""
    return all(sign in _ALPHABET or sign in _DOUBLE for sign in text)


def segments(text: str) -> int:
    """How many SMS it is sent, and paid, as."""
    if is_gsm(text):
        length, alone, joined = sum(2 if sign in _DOUBLE else 1 for sign in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def fitted(text: str) -> str:
    """The text in as few SMS as its words allow: French typography goes first, then the accents that GSM lacks.

    « é », « è », « à » and « ù » are in the alphabet and stay; « ê » or « ç » alone would halve what an SMS holds,
    so they stay only where they cost nothing. A name in another script stays as it is.
    """
    plain = text.replace("«\u00a0", '"').replace("\u00a0»", '"').translate(_PLAINER)
    bare = "".join(sign if is_gsm(sign) else _bare(sign) for sign in plain.translate(_LETTERS))
    return min((plain, bare) if is_gsm(bare) else (plain,), key=segments)


def _bare(sign: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part)) or sign
