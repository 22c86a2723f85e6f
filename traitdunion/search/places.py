"""Where things are, in SQL: a box that an index answers, then the distance on a sphere."""

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.orm import InstrumentedAttribute

from traitdunion.search.criteria import Circle
from traitdunion.territories import distances

Column = InstrumentedAttribute[float | None]


def inside(latitude: Column, longitude: Column, circle: Circle) -> ColumnElement[bool]:
    """Within the circle, by the GiST index on `point(longitude, latitude)`; rows without coordinates are not."""
    box = distances.box(circle.centre, circle.km)
    west, east = (box.west, box.east) if box.west <= box.east else (-180.0, 180.0)
    square = func.box(func.point(west, box.south), func.point(east, box.north))
    return and_(
        func.point(longitude, latitude).op("<@", is_comparison=True)(square),
        distances.haversine(latitude, longitude, circle.centre) <= circle.km,
    )
