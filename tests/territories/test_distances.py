"""Distances in Python and in SQL, against the geodesic."""

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Float, column, select, values
from sqlalchemy.orm import Session

from traitdunion.territories.distances import Box, Point, box, haversine, kilometres, on_sphere, within

METZ = Point(49.1081, 6.196)
NANCY = Point(48.6901, 6.1749)

points = st.builds(
    Point,
    st.floats(-90, 90, allow_nan=False, allow_subnormal=False),
    st.floats(-180, 180, allow_nan=False, allow_subnormal=False),
)


def holds(box: Box, point: Point) -> bool:
    """The point is in the box, whether or not the box crosses the date line."""
    if box.west <= box.east:
        meridians = box.west <= point.longitude <= box.east
    else:
        meridians = point.longitude >= box.west or point.longitude <= box.east
    return box.south <= point.latitude <= box.north and meridians


class TestKilometres:
    def test_is_the_geodesic_distance(self) -> None:
        assert kilometres(METZ, NANCY) == pytest.approx(46.51, abs=0.01)

    @given(points, points)
    def test_agrees_with_geopy(self, one: Point, other: Point) -> None:
        assert kilometres(one, other) == pytest.approx(geodesic(one, other).kilometers, rel=1e-5, abs=1e-4)

    @given(points, st.floats(-2, 2), st.floats(-2, 2))
    def test_agrees_with_geopy_nearby(self, one: Point, north: float, east: float) -> None:
        other = Point(max(-90.0, min(90.0, one.latitude + north)), one.longitude + east)

        assert kilometres(one, other) == pytest.approx(geodesic(one, other).kilometers, rel=1e-5, abs=1e-4)


class TestOnSphere:
    @given(points, points)
    def test_is_hardly_off(self, one: Point, other: Point) -> None:
        assert on_sphere(one, other) == pytest.approx(kilometres(one, other), rel=0.006, abs=0.001)


class TestBox:
    @given(points, points, st.floats(0.1, 20_000))
    def test_holds_the_whole_circle(self, centre: Point, point: Point, km: float) -> None:
        is_inside = kilometres(centre, point) <= km

        assert holds(box(centre, km), point) or not is_inside

    def test_is_not_much_wider_than_the_circle(self) -> None:
        around = box(METZ, 30)

        assert kilometres(Point(around.north, METZ.longitude), METZ) == pytest.approx(30, rel=0.02)
        assert kilometres(Point(METZ.latitude, around.east), METZ) == pytest.approx(30, rel=0.02)

    def test_crosses_the_date_line(self) -> None:
        around = box(Point(-16.5, 179.9), 50)

        assert around.west > around.east
        assert holds(around, Point(-16.5, -179.9))


class TestInSql:
    @pytest.fixture
    def rows(self) -> list[Point]:
        """From the pole to the antipodes, and around Metz."""
        far = [Point(90, 0), Point(-90, 0), Point(-METZ.latitude, METZ.longitude - 180), Point(0, 180), Point(0, -180)]
        return [METZ, NANCY, Point(49.3578, 6.1683), *far, Point(-22.27, 166.45), Point(48.11, -1.68)]

    def test_haversine_agrees_with_the_geodesic(self, session: Session, rows: list[Point]) -> None:
        table = values(column("latitude", Float), column("longitude", Float), name="places").data([*map(tuple, rows)])
        distance = haversine(table.c.latitude, table.c.longitude, METZ)

        found = session.execute(select(table.c.latitude, table.c.longitude, distance)).all()

        for latitude, longitude, km in found:
            assert km == pytest.approx(kilometres(Point(latitude, longitude), METZ), rel=0.006, abs=0.001)
        assert len(found) == len(rows)

    @pytest.mark.parametrize(
        ("centre", "km", "count"),
        [
            (METZ, 1, 1),
            (METZ, 30, 2),
            (METZ, 50, 3),
            (METZ, 21_000, 10),
            (Point(90, 10), 10, 1),
            (Point(0, 179), 200, 2),
        ],
    )
    def test_within_keeps_what_is_near(
        self, session: Session, rows: list[Point], centre: Point, km: float, count: int
    ) -> None:
        table = values(column("latitude", Float), column("longitude", Float), name="places").data([*map(tuple, rows)])

        found = session.execute(select(table).where(within(table.c.latitude, table.c.longitude, centre, km))).all()

        assert len(found) == count
