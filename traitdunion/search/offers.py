"""The offers a search finds, and the living ones that stand in for a withdrawn one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, func, literal, or_, select, text, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only

from traitdunion.offers.models import Offer, OfferSighting, OfferSource
from traitdunion.pathways.models import StoredMatch
from traitdunion.search import places, trainings
from traitdunion.search.criteria import MOST, PAGE_SIZE, WORK_STUDY, Circle, Criteria, Order, Results
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.territories.models import Commune

ALIVE = and_(Offer.withdrawn_at.is_(None), Offer.duplicate_of_id.is_(None))
"""What the partial indexes of `offers` say: its source still shows it, and it is shown once."""

# The planner does not know that reading a whole text vector is dear, and would rather read the whole table; and the
# bitmap of a frequent word among a million offers needs 16 MB, without which it points to pages, read vector by vector.
_PLAN = text("SELECT set_config('enable_seqscan', 'off', true), set_config('work_mem', '32MB', true)")
_FURTHER_KM = (50, 100, 200)
_NEAREST_COMMUNES = 5
_IN_LISTS = load_only(
    Offer.title,
    Offer.company_name,
    Offer.contract_type,
    Offer.contract_label,
    Offer.is_work_study,
    Offer.commune_code,
    Offer.department,
    Offer.place_label,
    Offer.latitude,
    Offer.longitude,
    Offer.level,
    Offer.profile_key,
    Offer.published_at,
    Offer.updated_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOffer:
    """An offer in a list: `km` from the place asked for, None when either is unknown; its funded trainings counted.

    `seen_at`: when its source last showed it.
    Not `is_titled`: sorted after those whose title says the words looked for, since only its text does.
    """

    offer: Offer
    commune: Commune | None
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
    """What an empty result proposes: how many offers larger radii (km) find, the nearest communes, their offers, km."""

    radii: Mapping[int, int] = field(default_factory=dict)
    communes: Sequence[tuple[Commune, int, float]] = ()


def find(session: Session, criteria: Criteria, *, region_code: str, page: int) -> Results[FoundOffer]:
    """One page of the living offers that meet the criteria; a page past the last one is the last one."""
    page = min(page, MOST // PAGE_SIZE)
    is_titled, count = _page(session, criteria, region_code, page)
    if not is_titled and page > 1:
        _, count = _page(session, criteria, region_code, 1)
        page = max(1, -(-min(count, MOST) // PAGE_SIZE))
        is_titled, count = _page(session, criteria, region_code, page)
    near = criteria.circle.centre if criteria.circle else None
    found = [
        replace(each, is_titled=is_titled[each.offer.id])
        for each in listed(session, list(is_titled), near=near, region_code=region_code)
    ]
    return Results(found=found, count=min(count, MOST), is_more=count > MOST, page=page)


def first(session: Session, criteria: Criteria, *, region_code: str, most: int) -> list[int]:
    """The ids of the first offers that meet the criteria, in the order of the list."""
    session.execute(_PLAN)
    conditions = _conditions(criteria, where=_where(criteria), region_code=region_code)
    return list(session.scalars(select(Offer.id).where(*conditions).order_by(*_order(criteria)).limit(most)))


def listed(session: Session, ids: Sequence[int], *, near: Point | None, region_code: str) -> list[FoundOffer]:
    """The offers of these ids, in their order, with what a list shows: two queries, however many they are."""
    rows = session.execute(
        select(Offer, Commune, OfferSighting.seen_at)
        .outerjoin(Commune, Commune.code == Offer.commune_code)
        .outerjoin(OfferSighting, OfferSighting.offer_id == Offer.id)
        .where(Offer.id.in_(ids))
        .options(_IN_LISTS)
    ).all()
    by_id = {offer.id: (offer, commune, seen_at) for offer, commune, seen_at in rows}
    counts = trainings.count_by_profile(session, {offer.profile_key for offer, _, _ in rows}, region_code=region_code)
    return [
        FoundOffer(
            offer=offer,
            commune=commune,
            km=kilometres(near, offer),
            trainings=counts.get(offer.profile_key, 0),
            seen_at=seen_at,
        )
        for offer, commune, seen_at in (by_id[id_] for id_ in ids if id_ in by_id)
    ]


def point(offer: Offer) -> Point | None:
    """Where the offer is; None when unknown."""
    return None if offer.latitude is None or offer.longitude is None else Point(offer.latitude, offer.longitude)


def kilometres(near: Point | None, offer: Offer) -> float | None:
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
    return Elsewhere(
        radii=_count_further(session, criteria, circle, region_code),
        communes=_nearest_communes(session, criteria, circle, region_code),
    )


def _count_further(session: Session, criteria: Criteria, circle: Circle, region_code: str) -> dict[int, int]:
    radii = [km for km in _FURTHER_KM if km > circle.km]
    if not radii:
        return {}
    km = _haversine(circle.centre)
    widest = places.inside(Offer.latitude, Offer.longitude, circle.widened(radii[-1]))
    row = session.execute(
        select(*(func.count().filter(km <= radius) for radius in radii)).where(
            *_conditions(criteria, where=widest, region_code=region_code)
        )
    ).one()
    return {radius: count for radius, count in zip(radii, row, strict=True) if count}


def _nearest_communes(
    session: Session, criteria: Criteria, circle: Circle, region_code: str
) -> list[tuple[Commune, int, float]]:
    km = func.min(_haversine(circle.centre)).label("km")
    counted = (
        select(Offer.commune_code, func.count().label("offers"), km)
        .where(*_conditions(criteria, where=Offer.commune_code.is_not(None), region_code=region_code))
        .group_by(Offer.commune_code)
        .subquery()
    )
    rows = session.execute(
        select(Commune, counted.c.offers, counted.c.km)
        .join(counted, counted.c.commune_code == Commune.code)
        .order_by(counted.c.km, Commune.code)
        .limit(_NEAREST_COMMUNES)
    )
    return [(commune, offers, km) for commune, offers, km in rows]


def _page(session: Session, criteria: Criteria, region_code: str, page: int) -> tuple[dict[int, bool], int]:
    """The ids of one page, in order, each with `is_titled`, and how many offers there are in all.

    They are counted no further than MOST + 1 where that saves time.
    """
    session.execute(_PLAN)
    conditions = _conditions(criteria, where=_where(criteria), region_code=region_code)
    is_sorted_so = criteria.order is Order.RELEVANCE and not criteria.wanted.is_empty
    is_titled = _titled(criteria) if is_sorted_so else literal(True)
    one_page = (
        select(Offer.id, is_titled)
        .where(*conditions)
        .order_by(*_order(criteria))
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    if criteria.is_narrow:
        # Sorting has to meet every offer found: counting them costs nothing more.
        rows = session.execute(one_page.add_columns(func.count().over())).all()
        return {id_: titled for id_, titled, _ in rows}, (rows[0][2] if rows else 0)
    some = select(literal(1)).select_from(Offer).where(*conditions).limit(MOST + 1).subquery()
    count = session.scalar(select(func.count()).select_from(some)) or 0
    return dict(session.execute(one_page).all()), count


def _where(criteria: Criteria) -> ColumnElement[bool] | None:
    if criteria.circle is not None:
        known = places.inside(Offer.latitude, Offer.longitude, criteria.circle)
        if criteria.circle.department is None:
            return known
        return or_(known, and_(Offer.longitude.is_(None), Offer.department == criteria.circle.department))
    return Offer.department.in_(criteria.departments) if criteria.departments else None


def _conditions(
    criteria: Criteria, *, where: ColumnElement[bool] | None, region_code: str
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ALIVE]
    if where is not None:
        conditions.append(where)
    if not criteria.wanted.is_empty:
        conditions.append(_says(criteria.wanted.query))
    if criteria.level is not None:
        conditions.append(or_(Offer.level.is_(None), Offer.level <= criteria.level))
    if criteria.contract == WORK_STUDY:
        conditions.append(Offer.is_work_study.is_(True))
    elif criteria.contract:
        conditions.append(Offer.contract_type == criteria.contract)
    if criteria.has_training:
        conditions.append(Offer.profile_key.in_(trainings.profiles(region_code)))
    return conditions


def _order(criteria: Criteria) -> list[ColumnElement[Any]]:
    if criteria.order is Order.DATE:
        return _latest_first()
    nearest = _nearest_first(criteria.circle.centre if criteria.circle else None)
    by_title = [] if criteria.wanted.is_empty else [_titled(criteria).desc()]
    if criteria.order is Order.DISTANCE and criteria.circle:
        return [nearest[0], *by_title, *nearest[1:]]
    return [*by_title, *nearest]


def _nearest_first(near: Point | None) -> list[ColumnElement[Any]]:
    return [*([_haversine(near).asc().nulls_last()] if near else []), *_latest_first()]


def _latest_first() -> list[ColumnElement[Any]]:
    return [Offer.updated_at.desc().nulls_last(), Offer.id.desc()]


def _titled(criteria: Criteria) -> ColumnElement[bool]:
    return _says(criteria.wanted.query, Offer.title_search)


def _says(query: str, vector: InstrumentedAttribute[str] = Offer.search) -> ColumnElement[bool]:
    return vector.op("@@", is_comparison=True)(cast(query, TSQUERY))


def _haversine(centre: Point) -> ColumnElement[float]:
    return distances.haversine(Offer.latitude, Offer.longitude, centre)
