"""What a field proposes for the first letters that were typed: names of jobs, communes."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select, true
from sqlalchemy.orm import Session

from traitdunion.matching import titles
from traitdunion.search.live.models import REFERENCE, SuggestedJob
from traitdunion.territories import names
from traitdunion.territories.models import Commune

MOST = 8
_SHORTEST = 2
"""Letters under which nothing is proposed: everything would begin so."""
_SHORTEST_GUESSED = 4
_FEW = 3
_MOST_WORDS = 6
_LONGEST = 80
_POSTCODE = 5

Way = tuple[ColumnElement[bool], tuple[ColumnElement[Any], ...]]
"""Which communes, and in what order before the usual one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What is put in the field, and what is said beside it."""

    value: str
    detail: str | None = None


def of_jobs(session: Session, typed: str, *, departments: Collection[str]) -> list[Suggestion]:
    """Names of jobs some words of which begin with those typed; first those that begin so and recruit most there.

    Blind to accents and capitals; where few are found, words that look like those typed are taken as well.
    """
    words = titles.words(titles.fold(typed))[:_MOST_WORDS]
    if sum(map(len, words)) < _SHORTEST:
        return []
    begun = [SuggestedJob.words.contains(f" {word}") for word in words]
    found = _jobs(session, begun, words[0], departments)
    if len(found) < _FEW and len("".join(words)) >= _SHORTEST_GUESSED:
        alike = literal(" ".join(words)).op("<%", is_comparison=True)(SuggestedJob.words)
        found += [label for label in _jobs(session, [alike], " ".join(words), departments) if label not in found]
    return [Suggestion(value=label) for label in found[:MOST]]


def of_places(session: Session, typed: str, *, departments: Collection[str]) -> list[Suggestion]:
    """Communes whose postcode or name begins so, then those another word of whose name holds it, else is like it.

    Each time those of the territory first, then the most populous.
    """
    is_here = Commune.department.in_(departments).desc()
    found: dict[str, Commune] = {}
    for condition, order in _ways(typed[:_LONGEST]):
        wanted = select(Commune).where(condition).order_by(*order, is_here, Commune.population.desc(), Commune.code)
        for commune in session.scalars(wanted.limit(MOST)):
            found.setdefault(commune.code, commune)
        if len(found) >= _FEW:
            break
    return [Suggestion(value=one.label, detail=_postcodes(one)) for one in list(found.values())[:MOST]]


def _jobs(
    session: Session, conditions: Sequence[ColumnElement[bool]], start: str, departments: Collection[str]
) -> list[str]:
    offers = func.sum(SuggestedJob.offers)
    is_rome = SuggestedJob.department == REFERENCE
    # ROME writes both genders with their accents, offers as they like.
    label = func.coalesce(func.max(SuggestedJob.label).filter(is_rome), func.max(SuggestedJob.label))
    begins = func.bool_or(SuggestedJob.words.startswith(f" {start}"))
    rows = session.execute(
        select(label)
        .where(*conditions, SuggestedJob.department.in_([REFERENCE, *departments]))
        .group_by(SuggestedJob.key)
        .order_by((offers > 0).desc(), begins.desc(), offers.desc(), func.length(SuggestedJob.key), SuggestedJob.key)
        .limit(MOST)
    )
    return list(dict.fromkeys(rows.scalars()))


def _ways(typed: str) -> Iterator[Way]:
    """The ways to understand what was typed, the surest first."""
    figures = "".join(typed.split())
    if _SHORTEST <= len(figures) <= _POSTCODE and figures.isascii() and figures.isdigit():
        # A postcode begins as its département's code, but in Corsica, where some départements have letters.
        start = "2" if figures.startswith("20") else figures[:2]
        written = literal(" ") + func.array_to_string(Commune.postcodes, " ")
        yield and_(Commune.department.startswith(start), written.contains(f" {figures}")), ()
        return
    reading = names.read(typed)
    there = Commune.department == reading.department if reading.department else true()
    if len(reading.key) >= _SHORTEST:
        yield and_(Commune.search_key.startswith(reading.key), there), ()
    if len(reading.key) >= _SHORTEST_GUESSED:
        telling = names.telling_words(reading.key)
        yield and_(Commune.telling_words.contains(telling), there), ()
        alike = Commune.telling_words.op("%", is_comparison=True)(telling)
        yield and_(alike, there), (func.similarity(Commune.telling_words, telling).desc(),)


def _postcodes(commune: Commune) -> str:
    first, *others = sorted(commune.postcodes)
    return f"{first}…" if others else first
