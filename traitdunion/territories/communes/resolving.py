"""What a person typed for a place, understood: a commune, an area, and what else it might have been."""

import math
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, Text, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session

from traitdunion.territories import areas, names
from traitdunion.territories.areas import Area
from traitdunion.territories.distances import Point, on_sphere, within
from traitdunion.territories.models import Commune, CommuneKind

_LONGEST = 80  # characters of a text, then of its key, that are looked at
_READ = 60  # candidates read from the database at most, per question
_OCEAN_KM = 3_000  # a person here who types « Saint-Martin » does not mean the Caribbean
_BIG_ENOUGH = 10_000  # inhabitants: below, « Bretagne » is the région rather than the village of the same name
_NEAR_KM = 50.0
_SHORT = 5  # letters
_SURE = 0.74  # likeness below which nothing is chosen for the person: one edit in four letters is above
_LIKELY = 0.8
_AHEAD = 0.05  # how far ahead of the second the first must be; twice as far where it is not likely


class Territory(Protocol):
    """What resolving needs of a territory."""

    @property
    def centre(self) -> Point: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a text means; at most one of `commune` and `area`, and neither when nothing fits well enough.

    `suggestions` are the other communes it may mean, best first; none where there is no doubt. `is_guess`: the name
    differs from what was typed, or several communes answer to it, so that the page should say what it understood.
    """

    text: str
    commune: Commune | None = None
    area: Area | None = None
    suggestions: tuple[Commune, ...] = ()
    is_guess: bool = False

    @property
    def is_found(self) -> bool:
        """Something can be searched."""
        return self.commune is not None or self.area is not None

    @property
    def label(self) -> str | None:
        """« Metz (57) », « Moselle (57) », « Bretagne »; None when nothing was found."""
        found = self.commune or self.area
        return found.label if found else None

    @property
    def centre(self) -> Point | None:
        """Where to search around; None for an area, which is searched by `departments`."""
        return self.commune.centre if self.commune else None

    @property
    def departments(self) -> tuple[str, ...]:
        """The départements of an area; empty for a commune."""
        return self.area.departments if self.area else ()


def resolve(session: Session, text: str, *, near: Territory | Point | None = None, limit: int = 8) -> Place:
    """What `text` means: a name (blind to accents, case, hyphens, articles, st), a postcode, a département, a région.

    Of homonyms, the likeliest for somebody `near`: close or populous. Total: any text gives a Place, at worst empty.
    """
    point = near if near is None or isinstance(near, Point) else near.centre
    reading = names.read(text)
    reading = reading._replace(key=reading.key[:_LONGEST].strip())
    place = Place(text=text.strip()[:_LONGEST])
    read = _by_postcode if reading.postcode else _by_name
    found = read(session, place, reading, point)
    return replace(found, suggestions=found.suggestions[:limit])


def _by_postcode(session: Session, place: Place, reading: names.Reading, near: Point | None) -> Place:
    code = reading.postcode or ""
    found = _read(session, Commune.postcodes.contains([code])) or _by_code(session, code, reading.key)
    if not found:
        return _by_unknown_postcode(session, place, reading, near)
    # A district says more than its city.
    found = [one for one in found if one.kind == CommuneKind.ARRONDISSEMENT] or found
    if reading.key:
        first, *_ = _ranked(((_likeness(reading.key, one), one) for one in found), near)
        if first.likeness >= _SURE:
            return replace(place, commune=first.commune, is_guess=first.likeness < 1.0)
    return replace(place, commune=found[0], suggestions=tuple(found[1:]), is_guess=len(found) > 1 or bool(reading.key))


def _by_code(session: Session, code: str, key: str) -> list[Commune]:
    """The commune of that INSEE code, unless it bears another name: a cedex looks like the code of somewhere else."""
    found = _read(session, Commune.code == code) or _read(session, Commune.former_codes.contains([code]))
    return [one for one in found if not key or _likeness(key, one) >= _SURE]


def _by_unknown_postcode(session: Session, place: Place, reading: names.Reading, near: Point | None) -> Place:
    """No commune has it: « 75000 » stands for the main town; a cedex tells the département by its first figures."""
    code = reading.postcode or ""
    department = next((code[:width] for width in (3, 2) if code[:width] in areas.departments()), None)
    if reading.key or department is None:
        return _by_name(session, place, reading._replace(department=department), near)
    main_towns = _read(session, Commune.department == department, Commune.kind == CommuneKind.COMMUNE, limit=8)
    if code.endswith("000") and main_towns:
        return replace(place, commune=main_towns[0], is_guess=True)
    return replace(place, suggestions=tuple(main_towns))


def _by_name(session: Session, place: Place, reading: names.Reading, near: Point | None) -> Place:
    key, department = reading.key, areas.departments().get(reading.department or "")
    if not key:
        return replace(place, area=department)
    found = _named(session, key, near)
    area = areas.find(key)
    if area and (department is None or department.code in area.departments):
        namesakes = [one for one in found if one.search_key == key]
        wanted = [one for one in namesakes if department is None or one.department == department.code]
        if all(one.population < _BIG_ENOUGH for one in wanted):
            return replace(place, area=area, suggestions=tuple(namesakes))
    candidates = [(_likeness(key, one), one) for one in found] or _misspelt(session, key)
    if department:
        inside = [(likeness, one) for likeness, one in candidates if one.department == department.code]
        candidates = inside or candidates
    chosen = _choose(place, _ranked(candidates, near))
    outside = chosen.commune and department and chosen.commune.department != department.code
    return replace(chosen, is_guess=True) if outside else chosen


def _named(session: Session, key: str, near: Point | None) -> list[Commune]:
    """Communes so named now or before, or whose name begins so: the most populous, and those around `near`."""
    found = _read(session, Commune.search_keys.contains([key]))
    if len(key) > 1:
        begins = Commune.search_key.like(f"{key}%")
        found += (longer := _read(session, begins))
        if len(longer) == _READ and near is not None:
            found += _read(session, begins, within(Commune.latitude, Commune.longitude, near, _NEAR_KM))
    return list({one.code: one for one in found}.values())


def _misspelt(session: Session, key: str) -> list[tuple[float, Commune]]:
    """Communes named like the first words of `key` (« Metz centre »), or whose name looks like it (« Thionvile »)."""
    if len(key) < 3:
        return []
    whole, words = key.split(), names.telling_words(key)
    beginnings = [" ".join(whole[:count]) for count in range(1, min(len(whole), 5))]
    beginnings = [
        one for one in beginnings if words.startswith(names.telling_words(one))
    ]  # « saint » alone says nothing
    found = _read(session, Commune.search_keys.overlap(beginnings)) if beginnings else []
    if len(key) <= _SHORT:  # too few trigrams to share
        near_it = any_(literal(_one_edit_away(key), ARRAY(Text)))
        found += _read(session, Commune.search_key == near_it)
    likest = (func.similarity(Commune.telling_words, words).desc(), Commune.population.desc())
    found += _read(session, Commune.telling_words.op("%")(words), order=likest)
    return [(_likeness(key, one), one) for one in {one.code: one for one in found}.values()]


def _one_edit_away(key: str) -> list[str]:
    """The keys made by adding, leaving out, changing or swapping one letter."""
    cuts = [(key[:at], key[at:]) for at in range(len(key) + 1)]
    letters = f"{string.ascii_lowercase} "
    edits = {before + letter + after[skipped:] for before, after in cuts for letter in letters for skipped in (0, 1)}
    edits |= {before + after[1:] for before, after in cuts}
    edits |= {before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1}
    return sorted(edits)


def _read(
    session: Session,
    *conditions: ColumnElement[bool],
    order: Sequence[ColumnElement[Any] | InstrumentedAttribute[Any]] = (Commune.population.desc(), Commune.code),
    limit: int = _READ,
) -> list[Commune]:
    return list(session.scalars(select(Commune).where(*conditions).order_by(*order).limit(limit)))


def _likeness(key: str, commune: Commune) -> float:
    """1 for the name, 0.93 for its first words, 0.9 for one that joined it, 0.8 for first letters, else by edits."""
    own = commune.search_key
    if key == own:
        return 1.0
    if own.startswith(f"{key} "):
        return 0.93
    if key in commune.search_keys:
        return 0.9
    if own.startswith(key):
        return 0.8
    by_edits = OSA.normalized_similarity(key, own)
    if " " in key:  # words in another order
        by_edits = max(by_edits, 0.97 * fuzz.token_sort_ratio(key, own) / 100)
    begins_it = any(key.startswith(f"{name} ") for name in commune.search_keys)
    return float(min(max(by_edits, 0.85 if begins_it else 0.0), 0.95))


class _Candidate(NamedTuple):
    score: float
    likeness: float
    commune: Commune


def _ranked(candidates: Iterable[tuple[float, Commune]], near: Point | None) -> list[_Candidate]:
    """Likeliest first: by likeness, 0.04 for ten times more people, up to 0.15 for nearness, less across an ocean."""

    def score(likeness: float, commune: Commune) -> float:
        people = 0.04 * math.log10(commune.population + 1)
        if near is None:
            return likeness + people
        km = on_sphere(commune.centre, near)
        return likeness + people + 0.15 / (1 + km / _NEAR_KM) - (0.08 if km > _OCEAN_KM else 0.0)

    found = [_Candidate(score(likeness, one), likeness, one) for likeness, one in candidates]
    return sorted(found, key=lambda candidate: (-candidate.score, candidate.commune.code))


def _choose(place: Place, ranked: list[_Candidate]) -> Place:
    """The first when it is well ahead, else the likeliest of the name when it is hardly behind, else suggestions."""
    if not ranked:
        return place
    first = ranked[0]
    lead = first.score - ranked[1].score if len(ranked) > 1 else 1.0
    is_ahead = lead >= (_AHEAD if first.likeness >= _LIKELY else 2 * _AHEAD)
    namesakes = [candidate for candidate in ranked if candidate.likeness == 1.0]
    chosen: _Candidate | None = None
    if first.likeness >= _SURE and is_ahead:
        chosen = first
    elif namesakes and namesakes[0].score > first.score - _AHEAD:
        chosen = namesakes[0]
    others = tuple(candidate.commune for candidate in ranked if candidate is not chosen)
    if chosen is None:
        return replace(place, suggestions=others)
    if chosen is first and is_ahead and namesakes == [chosen]:
        return replace(place, commune=chosen.commune)
    return replace(place, commune=chosen.commune, suggestions=others, is_guess=True)
