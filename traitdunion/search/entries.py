"""The entries of offers that a search finds: one statement counts them for every choice and gives a page of them.

A search that meets few entries, as nearly all do, is answered whole by one scan. Where there are more, the scan stops
early: what it met is then a lower bound, enough to say "more than MOST" of most choices; only the others are counted,
no further than that; and the page is taken by the way that meets the fewest: from the smallest circle that holds it,
or the titles that say the words before the texts that do.

SQL is written by hand: its pieces are constants of this module, and whatever a person typed is a parameter.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from traitdunion.core import db
from traitdunion.search import facets
from traitdunion.search.criteria import MOST, WORK_STUDY, Criteria, Order
from traitdunion.search.facets import Cell, Choice, Filter
from traitdunion.territories import distances
from traitdunion.territories.distances import EARTH_KM, Point

FEW = 4_000
"""Entries that one scan meets at most: some 10 ms."""
MANY = 20_000
"""Entries that a second one meets at most, where the first has not decided every choice."""
_INNER_KM = (1, 2)
"""Circles smaller than those offered, from which the nearest offers of a large city are taken."""

_NEARNESS = "x * :x + y * :y + z * :z"
_TITLED = "terms @@ CAST(:titled AS tsquery)"
_FUNDED = "coalesce(:region = ANY(funded_in), false)"
_LATEST = "updated_at DESC NULLS LAST, offer_id DESC"
_RING = "width_bucket({nearness}, CAST(:rings AS float8[]))"
_SCAN = """
    WITH met AS MATERIALIZED (
        SELECT offer_id, updated_at, contract_type, is_work_study, level, {funded} AS is_funded,
            {nearness} AS nearness, {titled} AS is_titled
        FROM offer_entries WHERE {where} LIMIT :few
    ), alike AS (
        SELECT contract_type, is_work_study, level, is_funded, {ring} AS ring, count(*) AS offers
        FROM met GROUP BY contract_type, is_work_study, level, is_funded, ring
    ), page AS (
        SELECT offer_id, is_titled FROM met WHERE {asked} ORDER BY {order} LIMIT :size OFFSET :start
    )
    SELECT * FROM (
        SELECT array_agg(contract_type), array_agg(is_work_study), array_agg(level), array_agg(is_funded),
            array_agg(ring), array_agg(offers)
        FROM alike
    ) AS cells, (SELECT array_agg(offer_id), array_agg(is_titled) FROM page) AS found
"""
_MET = """
    SELECT contract_type, is_work_study, level, is_funded, ring, count(*)
    FROM (
        SELECT contract_type, is_work_study, level, {funded} AS is_funded, {ring} AS ring
        FROM offer_entries WHERE {where} LIMIT :many
    ) AS met
    GROUP BY contract_type, is_work_study, level, is_funded, ring
"""
_PAGE = "SELECT offer_id FROM offer_entries WHERE {where} ORDER BY {order} LIMIT :size OFFSET :start"
_CAPPED = "(SELECT count(*) FROM (SELECT FROM offer_entries WHERE {where} LIMIT :most) AS capped)"
_COMMUNES = """
    SELECT offers.commune_code, count(*), max({nearness}) AS nearness
    FROM offer_entries JOIN offers ON offers.id = offer_id
    WHERE {where} AND x IS NOT NULL AND offers.commune_code IS NOT NULL
    GROUP BY offers.commune_code ORDER BY nearness DESC, offers.commune_code LIMIT :most
"""
_REPAIR = text(
    "UPDATE offer_entries SET funded_in = regions FROM (SELECT key, funded_regions(key) AS regions"
    " FROM (SELECT DISTINCT profile_key AS key FROM offer_entries) AS keys) AS found"
    " WHERE profile_key = key AND funded_in IS DISTINCT FROM regions"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of ids, in order, each with whether its title says the words; the counts of every choice.

    Counts are exact up to MOST; above, they only say that there are more.
    """

    ids: Mapping[int, bool]
    counts: facets.Counts


def find(session: Session, criteria: Criteria, *, region_code: str, start: int, size: int) -> Found:
    """The offers from the place `start` (0 is the first) in order, `size` of them, and the counts of every choice."""
    rings = _rings(criteria)
    filters, values = _filters(criteria, funded="is_funded")
    if criteria.circle:
        filters.append("(nearness >= :within OR nearness IS NULL)")
        values["within"] = _cosine(criteria.circle.km)
    where, own = _base(_widened(criteria))
    statement = _text(
        _SCAN.format(
            funded=_FUNDED,
            nearness=_NEARNESS if criteria.circle else "CAST(NULL AS float8)",
            titled="true" if criteria.wanted.is_empty else _TITLED,
            where=" AND ".join(where) or "true",
            ring=_RING.format(nearness="nearness"),
            asked=" AND ".join(filters) or "true",
            order=_order(criteria, nearness="nearness", titled="is_titled"),
        )
    )
    values |= own | {"region": region_code, "rings": _thresholds(rings), "few": FEW + 1, "size": size, "start": start}
    values["titled"] = _titled(criteria)
    (found,) = db.rows(session, statement, values)
    *alike, ids, titled = (column or () for column in found)
    cells = _cells(zip(*alike, strict=True), rings)
    counts = facets.counted(criteria, cells)
    if sum(cell.offers for cell in cells) <= FEW:
        return Found(ids=dict(zip(ids, titled, strict=True)), counts=counts)
    counts = _completed(session, criteria, counts, region_code=region_code)
    if start >= facets.total(criteria, counts):
        return Found(ids={}, counts=counts)
    page = _page(session, criteria, cells, region_code=region_code, start=start, size=size)
    return Found(ids=page, counts=counts)


def count(session: Session, variants: Sequence[Criteria], *, region_code: str) -> list[int]:
    """How many offers meet each of the criteria, cut at MOST + 1: one statement."""
    if not variants:
        return []
    values: dict[str, Any] = {"region": region_code, "most": MOST + 1}
    counted = []
    for number, variant in enumerate(variants):
        conditions, own = _conditions(variant, mark=f"_{number}")
        counted.append(_CAPPED.format(where=conditions))
        values |= own
    return list(session.execute(_text(f"SELECT {', '.join(counted)}"), values).one())


def nearest_communes(
    session: Session, criteria: Criteria, *, region_code: str, most: int
) -> list[tuple[str, int, float]]:
    """Of the communes with offers that meet all but the circle, the nearest to its centre: code, offers, km."""
    if criteria.circle is None:
        return []
    conditions, values = _conditions(replace(criteria, circle=None))
    values |= {"region": region_code, "most": most, **_centre(criteria.circle.centre)}
    rows = session.execute(_text(_COMMUNES.format(where=conditions, nearness=_NEARNESS)), values)
    return [(code, offers, EARTH_KM * math.acos(min(1.0, nearness))) for code, offers, nearness in rows]


def repair(session: Session) -> int:
    """Puts right the entries that two changes at the same moment left wrong; returns how many there were.

    An offer stored while its profile is being matched elsewhere may not see the trainings of that profile.
    """
    return int(session.execute(_REPAIR).rowcount)  # type: ignore[attr-defined]


def _completed(
    session: Session, criteria: Criteria, least: Mapping[Choice, int], *, region_code: str
) -> dict[Choice, int]:
    """The counts, where only a lower bound of each is known: those that are not above MOST are counted."""
    counts = dict(least)
    km = criteria.circle.km if criteria.circle else 0
    wider = {(name, value) for name, value in counts if name is Filter.RADIUS and value > km}
    pending = {choice for choice, bound in counts.items() if bound <= MOST}
    if pending - wider:
        cells = _met(session, criteria, region_code=region_code)
        for choice, bound in facets.counted(criteria, cells).items():
            counts[choice] = max(counts[choice], bound)
        # Only what is beyond the circle is not met.
        is_whole = sum(cell.offers for cell in cells) <= MANY
        pending = {choice for choice in (wider if is_whole else counts) if counts[choice] <= MOST}
    variants = facets.choices(criteria)
    ordered = list({variants[choice] for choice in pending})
    exact = dict(zip(ordered, count(session, ordered, region_code=region_code), strict=True))
    return counts | {choice: exact[variants[choice]] for choice in pending}


def _met(session: Session, criteria: Criteria, *, region_code: str) -> list[Cell]:
    """What the words, the place and the occupations leave, whatever the filters: MANY + 1 of them at most."""
    rings = _rings(criteria)
    where, values = _base(criteria)
    ring = _RING.format(nearness=_NEARNESS if criteria.circle else "CAST(NULL AS float8)")
    statement = _text(_MET.format(funded=_FUNDED, ring=ring, where=" AND ".join(where) or "true"))
    values |= {"region": region_code, "rings": _thresholds(rings), "many": MANY + 1}
    return _cells(session.execute(statement, values).all(), rings)


def _page(
    session: Session, criteria: Criteria, cells: Sequence[Cell], *, region_code: str, start: int, size: int
) -> dict[int, bool]:
    """One page of a search that finds many; `cells` are those that were met."""
    if criteria.wanted.is_empty or criteria.order is not Order.RELEVANCE:
        if criteria.circle is not None and criteria.order is not Order.DATE:
            enough = _enough(criteria, cells, start + size)
            criteria = replace(criteria, circle=criteria.circle.widened(enough))
        return dict.fromkeys(_ids(session, criteria, {}, region_code=region_code, start=start, size=size), True)
    # Titles first, by themselves; texts only where there are not enough of them.
    titled, texts = _titled(criteria), f"{criteria.wanted.query} & !({_titled(criteria)})"
    found = dict.fromkeys(
        _ids(session, criteria, {"words": titled}, region_code=region_code, start=0, size=start + size), True
    )
    if len(found) < start + size:
        left = start + size - len(found)
        found |= dict.fromkeys(
            _ids(session, criteria, {"words": texts}, region_code=region_code, start=0, size=left), False
        )
    return dict(list(found.items())[start:])


def _ids(
    session: Session, criteria: Criteria, changed: dict[str, Any], *, region_code: str, start: int, size: int
) -> Sequence[int]:
    """The ids in order; `changed` parameters replace those of the criteria."""
    conditions, values = _conditions(criteria)
    if criteria.circle:
        values |= _centre(criteria.circle.centre)
    if not criteria.wanted.is_empty:
        values["titled"] = _titled(criteria)  # a tie of distances is for the titles
    order = _order(criteria, nearness=f"({_NEARNESS})", titled="" if changed else f"({_TITLED})")
    statement = _text(_PAGE.format(where=conditions, order=order))
    return session.scalars(statement, values | {"region": region_code, "size": size, "start": start} | changed).all()


def _enough(criteria: Criteria, cells: Sequence[Cell], wanted: int) -> int:
    """The smallest radius (km) known to hold so many offers that meet the criteria."""
    assert criteria.circle is not None  # noqa: S101 — narrows the type: the caller looked
    placed = [cell for cell in cells if cell.reach]
    for km in _rings(criteria):
        smaller = replace(criteria, circle=criteria.circle.widened(km))
        if km < criteria.circle.km and facets.total(smaller, facets.counted(smaller, placed)) >= wanted:
            return km
    return criteria.circle.km


def _conditions(criteria: Criteria, mark: str = "") -> tuple[str, dict[str, Any]]:
    """Everything that is asked, with its parameters, whose names end in `mark`; but for `:region`."""
    where, values = _base(criteria, mark)
    filters, own = _filters(criteria, mark)
    return " AND ".join([*where, *filters]) or "true", values | own


def _base(criteria: Criteria, mark: str = "") -> tuple[list[str], dict[str, Any]]:
    """What indexes answer: words, place, occupations."""
    where: list[str] = []
    values: dict[str, Any] = {}
    if not criteria.wanted.is_empty:
        where.append(f"terms @@ CAST(:words{mark} AS tsquery)")
        values[f"words{mark}"] = criteria.wanted.query
    if criteria.occupations:
        where.append(f"rome_code = ANY(:occupations{mark})")
        values[f"occupations{mark}"] = list(criteria.occupations)
    if criteria.circle:
        box = distances.box(criteria.circle.centre, criteria.circle.km)
        west, east = (box.west, box.east) if box.west <= box.east else (-180.0, 180.0)
        inside = (
            f"point(longitude, latitude) <@ box(point(:west{mark}, :south{mark}), point(:east{mark}, :north{mark}))"
            f" AND {_NEARNESS} >= :cosine{mark}"
        )
        values |= _centre(criteria.circle.centre) | {
            f"west{mark}": west,
            f"south{mark}": box.south,
            f"east{mark}": east,
            f"north{mark}": box.north,
            f"cosine{mark}": _cosine(criteria.circle.km),
        }
        if criteria.circle.department is None:
            where.append(inside)
        else:
            where.append(f"({inside} OR x IS NULL AND department = :department{mark})")
            values[f"department{mark}"] = criteria.circle.department
    elif criteria.departments:
        where.append(f"department = ANY(:departments{mark})")
        values[f"departments{mark}"] = list(criteria.departments)
    return where, values


def _filters(criteria: Criteria, mark: str = "", *, funded: str = _FUNDED) -> tuple[list[str], dict[str, Any]]:
    filters: list[str] = []
    values: dict[str, Any] = {}
    if criteria.level is not None:
        filters.append(f"(level IS NULL OR level <= :level{mark})")
        values[f"level{mark}"] = criteria.level
    if criteria.contract == WORK_STUDY:
        filters.append("is_work_study")
    elif criteria.contract:
        filters.append(f"contract_type = :contract{mark}")
        values[f"contract{mark}"] = criteria.contract
    if criteria.has_training:
        filters.append(funded)
    if criteria.without_diploma:
        filters.append("level = 0")
    return filters, values


def _order(criteria: Criteria, *, nearness: str, titled: str) -> str:
    if criteria.order is Order.DATE:
        return _LATEST
    by_title = [f"{titled} DESC"] if titled and not criteria.wanted.is_empty else []
    by_nearness = [f"{nearness} DESC NULLS LAST"] if criteria.circle else []
    if criteria.order is Order.DISTANCE:
        return ", ".join([*by_nearness, *by_title, _LATEST])
    return ", ".join([*by_title, *by_nearness, _LATEST])


def _titled(criteria: Criteria) -> str:
    """The text of a tsquery: the title says all the words."""
    return " & ".join(f"'={stem}'" for stem in criteria.wanted.stems)


def _widened(criteria: Criteria) -> Criteria:
    """The same, as far around as the form offers to look."""
    return replace(criteria, circle=criteria.circle.widened(_rings(criteria)[-1])) if criteria.circle else criteria


def _rings(criteria: Criteria) -> list[int]:
    """The radii by which entries are told apart, from the smallest."""
    return sorted({*_INNER_KM, *facets.radii(criteria)}) if criteria.circle else []


def _thresholds(rings: Sequence[int]) -> list[float]:
    return [_cosine(km) for km in reversed(rings)]


def _cells(rows: Iterable[Any], rings: Sequence[int]) -> list[Cell]:
    # `ring` counts the radii that hold the entries: all of them where they are in the smallest.
    return [
        Cell(contract, is_work_study, level, is_funded, rings[-ring] if ring else 0, offers)
        for contract, is_work_study, level, is_funded, ring, offers in rows
    ]


def _cosine(km: float) -> float:
    """The nearness of what is so far away: the cosine of the angle seen from the centre of the Earth."""
    return math.cos(km / EARTH_KM)


def _centre(point: Point) -> dict[str, float]:
    north, east = math.radians(point.latitude), math.radians(point.longitude)
    return {"x": math.cos(north) * math.cos(east), "y": math.cos(north) * math.sin(east), "z": math.sin(north)}


@lru_cache(maxsize=1_000)
def _text(statement: str) -> TextClause:
    return text(statement)
