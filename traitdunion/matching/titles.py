"""Reads the title of a job or a training: what it says of the trade, without gender, contract, place or salary."""

import html
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache

from traitdunion.matching import reference

_LONGEST = 2_000
"""Characters read of a title: real ones have less than 300, and what follows 2,000 is never a title."""
_MEMOISED = 300_000
"""Words remembered: French job adverts have some 100,000 distinct forms, typing errors included."""

_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r"[^\W_]+|\|")
_MOJIBAKE = re.compile(
    r"[\u00c2-\u00f4]"
    r"[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2010-\u203a\u20ac\u2122]+"
)
_ELISION = re.compile(r"\b(?:qu|[dlnsjmtc])['\u2019\u02bc`\u00b4]")
_GENDER_MENTION = re.compile(r"\b[hfm]\s?[/.,&|-]\s?[hfm](?:\s?[/.,&|-]\s?(?:nb|nc|[xdn]))?\b")
_FEMININE_ENDING = re.compile(
    r"(?<=[a-z])\s?[(/.\u00b7\u2022\u2219\u2027_-]\s?"
    r"(?:t?rice|ice|t?euse|se|i?ere|i?enne|n?ne|esse|elle|l?le|ale|[ae]nte|[ts]e|ee|i?ve|fe|[et])s?"
    r"(?:\)s?|[.\u00b7\u2022-]s)?(?![a-z])"
)
_BREAK = re.compile(r"\s[-\u2013\u2014/]+|[-\u2013\u2014/]+\s|[\u2013\u2014/|(),;:*#\u2022\u00b7<>\[\]{}\"]+")
_FIGURES = re.compile(
    r"\d+(?:h\d*|e|er|ere|eme|nd|nde|k|ke|km|m|eur|euros|x\d+|x\d+h|j|jours|mois|ans|kg|t|p|pct|h\d+)?|(?:\D*\d){3}.*"
)
_IN_BRACKETS = re.compile(r"\s\([^()]{3,}\)\s*$|\((?=[^()]*\s)[^()]*\)")
"""At the end, or several words; "(trice)" stays, for the gender it tells."""
_ENGINEER_OF = re.compile(r"ing[ée]nieure? dipl[oô]m[ée]e? (?:de|du|d)\b.*?,? sp[ée]cialit[ée]", re.IGNORECASE)
_EDGES = frozenset(
    re.split(" ", "a au aux avec chez d dans de des du en et l la le les ou par pour sans sur un une vers nos son ses")
)
_BEFORE_PLACE = frozenset(re.split(" ", "a au aux de du des en le la les sur vers pres proche secteur region"))
_LONGEST_GENDER_PAIR = 6
"""Words of "Conducteur routier de marchandises / Conductrice routière de marchandises" that may be said twice."""


def normalise(title: str) -> str:
    """The words that say the trade: lower case, no accent, masculine, abbreviations spelt out, one space between them.

    Gender mentions and doublets, figures, contract, hours, salary, level and place are left out. Total, idempotent, and
    never empty for a title with a letter: a title that is only noise ("H/F") comes back folded, with its noise.
    """
    title = title[:_LONGEST]
    words = _settled(_PIECE.findall(_plain(title)))
    if words or not any(sign.isalpha() for sign in title):
        return " ".join(words)
    folded = _WORD.findall(fold(title))
    return " ".join(_settled(folded) or folded or _WORD.findall(title))


def is_noise(title: str) -> bool:
    """Whether nothing in the title says a trade: empty, figures, signs, or only mentions such as "H/F" and "CDI"."""
    return not _settled(_PIECE.findall(_plain(title[:_LONGEST])))


def subject(title: str) -> str:
    """What a training is about: its normalised title without the words of the diploma ("CAP", "titre professionnel"),
    nor the school that gives it (in brackets, or between "ingénieur diplômé de" and "spécialité").

    The normalised title itself when nothing else is left ("Licence").
    """
    title = re.sub(r"^\s*TP\b", "titre professionnel", title[:_LONGEST])
    normal = normalise(_ENGINEER_OF.sub("ingénieur", _IN_BRACKETS.sub(" ", title))) or normalise(title)
    left = _without_phrases(normal.split(), reference.phrases("diplomas", "words"))
    return " ".join(_without_edges(left)) or normal


def wish(text: str) -> str:
    """What a person's words tell of a trade, without those around them that say the wish itself ("je veux travailler
    dans un", "près de chez moi"); inside, the same words may name the trade ("responsable formation").

    "" when they tell nothing else ("je cherche un emploi"): a wish is no title, and may well name no trade.
    """
    words = [piece for piece in _PIECE.findall(_plain(text[:_LONGEST])) if piece != "|"]
    before, after = _wish_words()
    left: list[str] = []
    while left != words:
        left = words
        words = _without_edges(left)
        words = words[_matched(words, before) :]
        words = words[: len(words) - _matched(words[::-1], after)]
    return " ".join(words) if _settled(words) else ""


def stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in their order: blind to gender, number, capitals and accents.

    Grammatical words, single letters and cut-off feminine endings are left out. Made for long texts (10 MB/s).
    """
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if len(_known) > _MEMOISED:
        _known.clear()
    known = _known
    return [stem for word in _WORD.findall(text.lower()) if (stem := known[word])]


def words(text: str) -> list[str]:
    """The words of a text as they are written, in their order."""
    return _WORD.findall(text)


def repaired(text: str) -> str:
    """The text whose UTF-8 was read as Windows-1252 on the way ("Ã©" → "é"), read again; unchanged otherwise."""
    return _MOJIBAKE.sub(_repaired, text) if "\u00c3" in text or "\u00c2" in text or "\u00e2" in text else text


def stem(word: str) -> str:
    """The stem of one word; "" for a grammatical word. A word that holds separators is folded and read as one."""
    folded = "".join(_WORD.findall(fold(word)))
    return "" if len(folded) < 2 or folded in _stop_words() else _inflected(folded)


def fold(text: str) -> str:
    """Lower case, no accent, ligatures opened ("œ" → "oe")."""
    return text.lower() if text.isascii() else text.translate(_folds)


class _Folds(dict[int, str]):
    """Folded form by sign; worked out at the first meeting, since looking signs up is ten times as fast."""

    def __missing__(self, number: int) -> str:
        opened = {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}.get(chr(number))
        if opened is None:
            opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", chr(number)).casefold())
        found = "".join(sign for sign in opened if not unicodedata.combining(sign))
        self[number] = found
        return found


_folds = _Folds()


class _Stems(dict[str, str]):
    """Stem by word as written in lower case; worked out at the first meeting."""

    def __missing__(self, word: str) -> str:
        found = stem(word)
        self[word] = found
        return found


_known = _Stems()


def _inflected(word: str) -> str:
    """The word without the marks of number and gender: the endings are those of French grammar."""
    exception = _exceptions().get(word)
    if exception is not None:
        return exception
    if len(word) < 4:
        return word
    if word.endswith("aux") and not word.endswith("eaux") and len(word) > 5:
        word = word[:-3] + "al"
    elif word[-1] in "sx":
        word = word[:-1]
    for ending, replaced, shortest in _FEMININE:
        if word.endswith(ending) and len(word) >= shortest:
            word = word[: -len(ending)] + replaced
            break
    for ending in ("ere", "er", "ee", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_FEMININE = (
    ("trice", "teur", 7),
    ("drice", "deur", 7),
    ("euse", "eur", 6),
    ("tesse", "te", 7),
    ("tresse", "tre", 8),
    ("enne", "en", 6),
    ("onne", "on", 6),
    ("elle", "el", 6),
    ("ette", "et", 8),
    ("ive", "if", 6),
    ("ffe", "f", 6),
)
"""Feminine ending, masculine one, and the shortest word that may bear it ("presse" and "vitesse" are no feminines)."""


def _plain(title: str) -> str:
    """Folded text whose gender endings and mentions are gone and whose breaks are bars."""
    title = repaired(title)
    if "&" in title:
        title = html.unescape(title)
    text = fold(title)
    if "'" in text or not text.isascii():
        text = _ELISION.sub(" ", text)
    text = _GENDER_MENTION.sub(" | ", text)
    text = _FEMININE_ENDING.sub("", text)
    return _BREAK.sub(" | ", text)


def _repaired(found: re.Match[str]) -> str:
    """UTF-8 that was read as Windows-1252, read again; left alone when it is not that."""
    octets = bytearray()
    for sign in found.group():
        try:
            octets += sign.encode("cp1252")
        except UnicodeEncodeError:
            if ord(sign) > 255:
                return found.group()
            octets.append(ord(sign))
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return found.group()


def _settled(pieces: Sequence[str]) -> list[str]:
    """Cleaned again until nothing changes: what one removal brings together may itself be noise."""
    words = _cleaned(pieces)
    while (again := _cleaned(words)) != words:
        words = again
    return words


def _cleaned(pieces: Sequence[str]) -> list[str]:
    words = _without_phrases(_spelt_out(pieces), reference.phrases("title_noise", "words"))
    words = [word for word in words if not _is_figures(word)]
    return _without_edges(_without_doublets(_without_places(words)))


def _spelt_out(pieces: Sequence[str]) -> list[str]:
    if len(_spelt) > _MEMOISED:
        _spelt.clear()
    return [word for piece in pieces for word in _spelt[piece]]


class _Spelt(dict[str, tuple[str, ...]]):
    """What stands for a word: its masculine, or the words that it abbreviates; worked out at the first meeting."""

    def __missing__(self, piece: str) -> tuple[str, ...]:
        found = _abbreviations().get(piece) or (_masculine(piece),)
        self[piece] = found
        return found


_spelt = _Spelt()


def _without_phrases(words: list[str], by_first: Mapping[str, tuple[tuple[str, ...], ...]]) -> list[str]:
    if by_first.keys().isdisjoint(words):
        return words
    kept: list[str] = []
    at = 0
    for start in [place for place, word in enumerate(words) if word in by_first]:
        if start < at:
            continue
        for phrase in by_first[words[start]]:
            if len(phrase) == 1 or tuple(words[start : start + len(phrase)]) == phrase:
                kept += words[at:start]
                at = start + len(phrase)
                break
    return kept + words[at:]


def _matched(words: Sequence[str], phrases: Collection[tuple[str, ...]]) -> int:
    """How many words the longest of the phrases that begin them has."""
    return max((len(phrase) for phrase in phrases if tuple(words[: len(phrase)]) == phrase), default=0)


@cache
def _wish_words() -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
    """The phrases that say a wish before the trade, and those after it, these read backwards."""
    found: dict[str, set[tuple[str, ...]]] = {"start": set(), "end": set()}
    for said, where in zip(
        reference.column("wish_words", "words"), reference.column("wish_words", "where"), strict=True
    ):
        words = tuple(said.split())
        found[where].add(words if where == "start" else words[::-1])
    return frozenset(found["start"]), frozenset(found["end"])


def _without_places(words: list[str]) -> list[str]:
    """Without the places that end a part of the title, or make the whole of a part."""
    places = reference.phrases("places", "name")
    if places.keys().isdisjoint(words):
        return words
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = _place_length(words, at, places)
        if length:
            while kept and kept[-1] in _BEFORE_PLACE:
                kept.pop()
            at += length
        else:
            kept.append(words[at])
            at += 1
    return kept


def _place_length(words: Sequence[str], at: int, places: Mapping[str, tuple[tuple[str, ...], ...]]) -> int:
    for name in places.get(words[at], ()):
        end = at + len(name)
        if tuple(words[at:end]) == name and (end == len(words) or words[end] == "|"):
            return len(name)
    return 0


def _without_doublets(words: list[str]) -> list[str]:
    """Without the second of two equal runs of stems ("boulanger / boulangère", "chef ou cheffe de rang")."""
    kept = [word for word in words if word != "|"]
    roots = [_known[word] or word for word in kept]
    if len(set(roots)) == len(roots):
        return kept
    at = 1
    while at < len(kept):
        for gap in range(_gap(kept, at) + 1):
            for length in range(1, min(_LONGEST_GENDER_PAIR, at, len(kept) - at - gap) + 1):
                if roots[at - length : at] == roots[at + gap : at + gap + length]:
                    del kept[at : at + gap + length], roots[at : at + gap + length]
                    break
            else:
                continue
            break
        else:
            at += 1
    return kept


def _gap(words: Sequence[str], at: int) -> int:
    """How many words may stand between the two halves of a doublet: "ou", "ou un"."""
    if words[at] not in ("ou", "et"):
        return 0
    return 2 if words[at + 1 : at + 2] in (["un"], ["une"]) else 1


def _without_edges(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while start < end and words[start] in _EDGES:
        start += 1
    while end > start and words[end - 1] in _EDGES:
        end -= 1
    return words[start:end]


@lru_cache(maxsize=100_000)
def _is_figures(word: str) -> bool:
    return (len(word) == 1 and word not in "cr|") or _FIGURES.fullmatch(word) is not None


def _masculine(word: str) -> str:
    """The masculine of a feminine trade name; a normal form, not always a word ("carrière" → "carrier")."""
    for ending, replaced, shortest in _MASCULINE:
        if len(word) >= shortest and word.endswith(ending):
            return word[: -len(ending)] + replaced
    return word


_MASCULINE = (
    ("trice", "teur", 7),
    ("drice", "deur", 7),
    ("euse", "eur", 6),
    ("euses", "eurs", 7),
    ("trices", "teurs", 8),
    ("iere", "ier", 6),
    ("ieres", "iers", 7),
    ("gere", "ger", 6),
    ("chere", "cher", 6),
    ("llere", "ller", 7),
    ("ienne", "ien", 6),
    ("iennes", "iens", 7),
    ("ante", "ant", 7),
    ("ente", "ent", 6),
    ("eure", "eur", 7),
    ("ffe", "f", 6),
    ("ee", "e", 5),
    ("onne", "on", 6),
)


@cache
def _abbreviations() -> Mapping[str, tuple[str, ...]]:
    table = reference.mapping("abbreviations", "short", "long")
    return {short: tuple(long.split()) for short, long in table.items()}


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(reference.column("stop_words", "word"))


@cache
def _exceptions() -> Mapping[str, str]:
    return reference.mapping("stem_exceptions", "word", "stem")
