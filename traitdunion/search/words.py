"""What a person typed, understood: the stems to look for, and a word that no offer says put right."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from traitdunion.matching import titles

MOST_WORDS = 8
"""Words that are looked for: all must be there, so that more would find nothing anyway."""
_LONGEST_STEM = 60
"""Signs of a stem; longer ones are not stored with offers."""
_SHORTEST_CORRECTED = 4
_NEIGHBOURS = 30
_WORD = re.compile(r"[^\W_]+")

_KNOWN = sql("SELECT word FROM title_words WHERE word = ANY(:words)")
# `%` reads the trigram index: words that share at least three trigrams in ten.
_NEAR = sql(
    "SELECT word, stem FROM title_words WHERE word % :word ORDER BY similarity(word, :word) DESC, word LIMIT :most"
)
_SAID = sql(
    "SELECT EXISTS (SELECT 1 FROM offer_entries WHERE terms @@ cast(:query AS tsquery))"
    " OR EXISTS (SELECT 1 FROM trainings WHERE search @@ cast(:query AS tsquery))"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: all these stems; `corrected` is the text that was understood, None when it is as typed."""

    typed: str = ""
    stems: tuple[str, ...] = ()
    corrected: str | None = None

    @property
    def understood(self) -> str:
        """The words as they were understood."""
        return self.corrected or self.typed

    @property
    def words(self) -> list[str]:
        """The words that say something, as they were understood, each once."""
        return [word for word, stem in _meaningful(_split(self.understood)).items() if stem in self.stems]

    @property
    def is_empty(self) -> bool:
        """Nothing to look for: no word, or none that says anything ("H/F", "le")."""
        return not self.stems

    @property
    def query(self) -> str:
        """The text of a tsquery: all the stems."""
        return _tsquery(self.stems)

    @property
    def title_query(self) -> str:
        """The text of a tsquery: all the stems, with weight A."""
        return _tsquery(self.stems, ":A")


def _tsquery(stems: Sequence[str], mark: str = "") -> str:
    # Stems are made of letters and digits only: nothing to escape.
    return " & ".join(f"'{stem}'{mark}" for stem in stems)


def understand(session: Session, typed: str, *, exactly: bool = False) -> Wanted:
    """What the person looks for; a word that no offer and no training has becomes the nearest one of titles.

    With `exactly`, words are taken as they are typed; else those around them that say a wish are left out. Gender,
    number, capitals and accents never matter.
    """
    words = _split(typed)
    stem_by_word = _meaningful(words)
    if not exactly:
        stem_by_word = _without_wish(typed, stem_by_word)
    if exactly or not stem_by_word:
        return Wanted(typed, tuple(dict.fromkeys(stem_by_word.values())))
    folded = {word: titles.fold(word) for word in stem_by_word}
    known = set(session.scalars(_KNOWN, {"words": list(folded.values())}))
    corrections: dict[str, str] = {}
    for word, stem in stem_by_word.items():
        near = None if folded[word] in known else _nearest(session, folded[word], stem)
        if near is not None:
            corrections[word], stem_by_word[word] = near
    corrected = " ".join(corrections.get(word, word) for word in words) if corrections else None
    return Wanted(typed, tuple(dict.fromkeys(stem_by_word.values())), corrected)


def _split(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def _meaningful(words: Sequence[str]) -> dict[str, str]:
    """The first words that say something, with their stems."""
    found: dict[str, str] = {}
    for word in words:
        stem = titles.stem(word)
        if stem and len(stem) <= _LONGEST_STEM and len(found) < MOST_WORDS:
            found[word] = stem
    return found


def _without_wish(typed: str, stem_by_word: dict[str, str]) -> dict[str, str]:
    """Without the words that say the wish itself ("je veux travailler dans"), which no offer has; unless it is all."""
    told = set(titles.stems(titles.wish(typed)))
    return {word: stem for word, stem in stem_by_word.items() if stem in told} or stem_by_word


def _nearest(session: Session, word: str, stem: str) -> tuple[str, str] | None:
    """The word of titles that was probably meant, with its stem; None when the word is good, or like no other."""
    near = [(found.word, found.stem) for found in session.execute(_NEAR, {"word": word, "most": _NEIGHBOURS})]
    is_good = any(found == stem for _, found in near)
    if is_good or len(word) < _SHORTEST_CORRECTED or word.isdigit():
        return None
    if session.scalar(_SAID, {"query": _tsquery((stem,))}):
        return None
    allowed = 1 if len(word) <= 5 else 2 if len(word) <= 8 else 3
    # Among equally near words, the one that titles write in most ways: a typing error stands alone.
    shares = Counter(found for _, found in near)
    ranked = sorted((OSA.distance(word, other), -shares[found], other, found) for other, found in near)
    return next(((other, found) for distance, _, other, found in ranked if distance <= allowed), None)
