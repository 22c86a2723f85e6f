"""What the map of offers shows: the places of a search, each with its offers."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.offers.models import Offer
from traitdunion.search import offers
from traitdunion.search.criteria import MOST, Circle, Criteria
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.territories.models import Commune

TILES = "https://data.geopf.fr"
"""Who serves the ground of the map (IGN), asked by the browser once the person opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedOffer:
    """An offer in the popup of its place."""

    title: str
    company: str | None
    url: str


@dataclass(slots=True, kw_only=True)
class MapPlace:
    """Where some offers are: many have no place but the centre of their commune. `km` from the place looked for."""

    latitude: float
    longitude: float
    label: str | None
    km: int | None
    offers: list[PlacedOffer] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The circle that was looked in."""

    latitude: float
    longitude: float
    km: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMap:
    """`count` offers are placed; `unplaced` ones are in the list alone; `is_cut`: the search finds more than MOST."""

    places: list[MapPlace]
    count: int
    unplaced: int
    is_cut: bool
    around: Around | None


def of_offers(session: Session, criteria: Criteria, *, region_code: str, address: str) -> OfferMap:
    """The first MOST offers of the search, as the list sorts them; `address` is an offer's, with "{id}" for its id."""
    ids = offers.first(session, criteria, region_code=region_code, most=MOST + 1)
    # Columns rather than objects: a thousand of them cost three times less.
    columns = (
        *(Offer.id, Offer.title, Offer.company_name, Offer.latitude, Offer.longitude),
        *(Offer.place_label, Commune.name, Commune.department),
    )
    rows = session.execute(
        select(*columns).outerjoin(Commune, Commune.code == Offer.commune_code).where(Offer.id.in_(ids[:MOST]))
    )
    order = {id_: rank for rank, id_ in enumerate(ids)}
    places: dict[Point, MapPlace] = {}
    count = 0
    for id_, title, company, latitude, longitude, said, name, department in sorted(rows, key=lambda row: order[row[0]]):
        if latitude is None or longitude is None:
            continue
        point = Point(latitude, longitude)
        if point not in places:
            label = f"{name} ({department})" if name else said
            places[point] = MapPlace(
                latitude=latitude, longitude=longitude, label=label, km=_km(criteria.circle, point)
            )
        places[point].offers.append(PlacedOffer(title=title, company=company, url=address.replace("{id}", str(id_))))
        count += 1
    return OfferMap(
        places=list(places.values()),
        count=count,
        unplaced=min(len(ids), MOST) - count,
        is_cut=len(ids) > MOST,
        around=_around(criteria.circle),
    )


def _km(circle: Circle | None, point: Point) -> int | None:
    return None if circle is None else round(distances.on_sphere(circle.centre, point))


def _around(circle: Circle | None) -> Around | None:
    if circle is None:
        return None
    return Around(latitude=circle.centre.latitude, longitude=circle.centre.longitude, km=circle.km)
