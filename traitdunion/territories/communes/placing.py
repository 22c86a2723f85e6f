"""Puts a commune and coordinates that came together in agreement, for whoever imports places."""

from typing import NamedTuple

from traitdunion.territories.communes.index import Entry, Index
from traitdunion.territories.distances import Point, on_sphere

_FAR_KM = 30
"""Coordinates further than this from their commune's centre are not in it: the widest commune of mainland France,
Arles, reaches 40 km, but its people live within 30."""
_NEAREST_KM = 15
"""Coordinates without a commune belong to the commune whose centre is nearest, within this distance."""


class Placed(NamedTuple):
    """A commune, and a point in it; `is_approximate`: the point is the commune's centre."""

    commune: Entry
    point: Point
    is_approximate: bool


def settle(communes: Index, commune: Entry | None, point: Point | None) -> Placed | None:
    """What a source's commune and coordinates mean together; None when neither tells a commune.

    Latitude and longitude are swapped in some 60 of 4,553 real offers: they are put back when that brings them to the
    commune, or, without commune, to one. Coordinates elsewhere than the commune give way to its centre.
    """
    written = () if point is None else (point, Point(point.longitude, point.latitude))
    readings = [reading for reading in written if abs(reading.latitude) <= 90]
    if commune is None:
        for reading in readings:
            near = communes.nearest(*reading, within_km=_NEAREST_KM)
            if near is not None:
                return Placed(near, reading, is_approximate=False)
        return None
    centre = Point(commune.latitude, commune.longitude)
    for reading in readings:
        if on_sphere(reading, centre) <= _FAR_KM:
            return Placed(commune, reading, is_approximate=False)
    return Placed(commune, centre, is_approximate=True)
