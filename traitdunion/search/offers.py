"""The offers a search finds, and the living ones that stand in for a withdrawn one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, text, true
from sqlalchemy.orm import Session

from traitdunion.core import db
from traitdunion.offers.models import Offer, OfferSighting, OfferSource
from traitdunion.pathways.models import StoredMatch
from traitdunion.search import entries, facets, places
from traitdunion.search.criteria import MOST, PAGE_SIZE, Circle, Criteria, Order, Results
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.territories.models import Commune

ALIVE = and_(Offer.withdrawn_at.is_(None), Offer.duplicate_of_id.is_(None))
"""What the partial indexes of `offers` say: its source still shows it, and it is shown once."""

_FURTHER_KM = (50, 100, 200)
_NEAREST_COMMUNES = 5
_LISTED = text(
    """
    SELECT offers.id, title, company_name, contract_type, contract_label, is_work_study, place_label,
        offers.latitude, offers.longitude, level, updated_at,
        CASE WHEN communes.code IS NOT NULL THEN communes.name || ' (' || communes.department || ')' END,
        seen_at,
        (
            SELECT count(*) FROM matches JOIN trainings ON trainings.id = matches.training_id
            WHERE matches.profile_key = offers.profile_key
                AND is_funded AND trainings.withdrawn_at IS NULL AND region_code = :region
        )
    FROM offers
        LEFT JOIN communes ON communes.code = commune_code
        LEFT JOIN offer_sightings ON offer_id = offers.id
    WHERE offers.id = ANY(:ids)
    """
)


class ListedOffer(NamedTuple):
    """Of an offer, what a list shows."""

    id: int
    title: str
    company_name: str | None
    contract_type: str | None
    contract_label: str | None
    is_work_study: bool
    place_label: str | None
    latitude: float | None
    longitude: float | None
    level: int | None
    updated_at: datetime | None


class FoundOffer(NamedTuple):
    """An offer in a list: `km` from the place asked for, None when either is unknown; its funded trainings counted.

    `commune`: its label, None when unknown.
    `seen_at`: when its source last showed it.
    Not `is_titled`: sorted after those whose title says the words looked for, since only its text does.
    """

    offer: ListedOffer
    commune: str | None
    km: float | None
    trainings: int
    seen_at: datetime | None
    is_titled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where to read an offer and apply: `url` is http or https, None where the source gives none."""

    url: str | None
    site: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What an empty result proposes: how many offers larger radii (km) find, the nearest communes, their offers, km.

    MOST + 1 offers stand for more than MOST.
    """

    radii: Mapping[int, int] = field(default_factory=dict)
    communes: Sequence[tuple[Commune, int, float]] = ()


def find(session: Session, criteria: Criteria, *, region_code: str, page: int) -> Results[FoundOffer]:
    """One page of the living offers that meet the criteria; a page past the last one is the last one."""
    page = min(page, MOST // PAGE_SIZE)
    met = _page(session, criteria, region_code, page)
    count = facets.total(criteria, met.counts)
    if not met.ids and count and page > 1:
        page = -(-min(count, MOST) // PAGE_SIZE)
        met = _page(session, criteria, region_code, page)
    near = criteria.circle.centre if criteria.circle else None
    is_parted = criteria.order is Order.RELEVANCE
    found = listed(session, list(met.ids), near=near, region_code=region_code)
    if is_parted:
        found = [each._replace(is_titled=met.ids[each.offer.id]) for each in found]
    return Results(found=found, count=min(count, MOST), is_more=count > MOST, page=page, counts=met.counts)


def first(session: Session, criteria: Criteria, *, region_code: str, most: int) -> list[int]:
    """The ids of the first offers that meet the criteria, in the order of the list."""
    return list(entries.find(session, criteria, region_code=region_code, start=0, size=most).ids)


def listed(session: Session, ids: Sequence[int], *, near: Point | None, region_code: str) -> list[FoundOffer]:
    """The offers of these ids, in their order, with what a list shows: one query, however many they are.

    By hand: filling models of twenty offers and communes took three times as long as the search itself.
    """
    rows = db.rows(session, _LISTED, {"ids": list(ids), "region": region_code}) if ids else []
    found: dict[int, FoundOffer] = {}
    for *columns, commune, seen_at, count in rows:
        offer = ListedOffer._make(columns)
        km = kilometres(near, offer)
        found[offer.id] = FoundOffer(offer=offer, commune=commune, km=km, trainings=count, seen_at=seen_at)
    return [found[id_] for id_ in ids if id_ in found]


def point(offer: Offer | ListedOffer) -> Point | None:
    """Where the offer is; None when unknown."""
    return None if offer.latitude is None or offer.longitude is None else Point(offer.latitude, offer.longitude)


def kilometres(near: Point | None, offer: Offer | ListedOffer) -> float | None:
    """The distance that is shown; None when one of the two places is unknown."""
    there = point(offer)
    return None if near is None or there is None else distances.kilometres(near, there)


def instead_of(session: Session, offer: Offer, *, region_code: str, most: int = 3) -> list[FoundOffer]:
    """Living offers for who wanted this one: of its occupation, else its département, else any; the nearest first."""
    near = point(offer)
    ids: list[int] = []
    likenesses: list[ColumnElement[bool] | None] = [
        Offer.rome_code == offer.rome_code if offer.rome_code else None,
        Offer.department == offer.department if offer.department else None,
        true(),
    ]
    for likeness in likenesses:
        if likeness is not None and len(ids) < most:
            found = select(Offer.id).where(ALIVE, likeness, Offer.id.not_in([*ids, offer.id]))
            ids += session.scalars(found.order_by(*_nearest_first(near)).limit(most - len(ids)))
    return listed(session, ids, near=near, region_code=region_code)


def leading_from(
    session: Session, training_id: int, *, near: Point | None, region_code: str, most: int = 5
) -> tuple[list[FoundOffer], int]:
    """The living offers that go with a training, the nearest first, and how many there are."""
    matched = select(StoredMatch.profile_key).where(StoredMatch.training_id == training_id)
    rows = session.execute(
        select(Offer.id, func.count().over())
        .where(ALIVE, Offer.profile_key.in_(matched))
        .order_by(*_nearest_first(near))
        .limit(most)
    ).all()
    found = listed(session, [id_ for id_, _ in rows], near=near, region_code=region_code)
    return found, rows[0][1] if rows else 0


def nearest(
    session: Session, which: ColumnElement[bool], *, near: Point | None, region_code: str, most: int = 5
) -> list[FoundOffer]:
    """The first of the offers that meet a condition: the nearest to a place, the latest without one."""
    ids = session.scalars(select(Offer.id).where(which).order_by(*_nearest_first(near)).limit(most)).all()
    return listed(session, ids, near=near, region_code=region_code)


def beside(session: Session, offer: Offer, *, km: int, region_code: str, most: int = 4) -> tuple[list[FoundOffer], int]:
    """The other living offers of its occupation within `km` of it, the nearest first, and how many there are.

    None where its occupation or its place is unknown.
    """
    here = point(offer)
    if here is None or offer.rome_code is None:
        return [], 0
    inside = places.inside(Offer.latitude, Offer.longitude, Circle(centre=here, km=km))
    rows = session.execute(
        select(Offer.id, func.count().over())
        .where(ALIVE, Offer.rome_code == offer.rome_code, Offer.id != offer.id, inside)
        .order_by(*_nearest_first(here))
        .limit(most)
    ).all()
    found = listed(session, [id_ for id_, _ in rows], near=here, region_code=region_code)
    return found, rows[0][1] if rows else 0


def seen_at(session: Session, offer: Offer) -> datetime | None:
    """When the source last showed the offer; None where nobody noted it."""
    sighting = session.get(OfferSighting, offer.id)
    return sighting.seen_at if sighting else None


def valid_through(session: Session, offer: Offer, *, file_days: int) -> datetime | None:
    """When an offer read from a file will be withdrawn unless it is imported again; None for one that is crawled."""
    sighting = session.get(OfferSighting, offer.id)
    is_of_file = sighting is not None and sighting.slice.startswith("file:")
    return sighting.seen_at + timedelta(days=file_days) if sighting and is_of_file else None


def links(session: Session, offer: Offer) -> list[Link]:
    """Where to apply: at the source of the offer, then at those of its living duplicates, each address once."""
    labels = dict(session.execute(select(OfferSource.name, OfferSource.label)).all())
    found: dict[str, Link] = {}
    for each in [offer, *(other for other in offer.duplicates if not other.is_withdrawn)]:
        url = each.url if each.url and each.url.lower().startswith(("https://", "http://")) else None
        link = Link(url=url, site=each.partner or labels.get(each.source, each.source), reference=each.source_id)
        found.setdefault(url or f"{each.source} {each.source_id}", link)
    return list(found.values())


def elsewhere(session: Session, criteria: Criteria, *, region_code: str) -> Elsewhere:
    """What there is further around the place of a search that found nothing; nothing to say without a place."""
    circle = criteria.circle
    if circle is None:
        return Elsewhere()
    further = {km: replace(criteria, circle=circle.widened(km)) for km in _FURTHER_KM if km > circle.km}
    counts = entries.count(session, list(further.values()), region_code=region_code)
    nearest = entries.nearest_communes(session, criteria, region_code=region_code, most=_NEAREST_COMMUNES)
    communes = {
        commune.code: commune
        for commune in session.scalars(select(Commune).where(Commune.code.in_([code for code, _, _ in nearest])))
    }
    return Elsewhere(
        radii={km: count for km, count in zip(further, counts, strict=True) if count},
        communes=[(communes[code], count, km) for code, count, km in nearest if code in communes],
    )


def _page(session: Session, criteria: Criteria, region_code: str, page: int) -> entries.Found:
    return entries.find(session, criteria, region_code=region_code, start=(page - 1) * PAGE_SIZE, size=PAGE_SIZE)


def _nearest_first(near: Point | None) -> list[ColumnElement[Any]]:
    return [*([_haversine(near).asc().nulls_last()] if near else []), *_latest_first()]


def _latest_first() -> list[ColumnElement[Any]]:
    return [Offer.updated_at.desc().nulls_last(), Offer.id.desc()]


def _haversine(centre: Point) -> ColumnElement[float]:
    return distances.haversine(Offer.latitude, Offer.longitude, centre)
