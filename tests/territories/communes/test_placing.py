"""A commune and coordinates that came together: which of them is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.offers.samples import COMMUNES
from traitdunion.territories.communes.placing import settle
from traitdunion.territories.distances import Point

METZ = COMMUNES.find_by_code("57463")
IN_METZ = Point(49.11, 6.18)


class TestSettle:
    def test_believes_coordinates_in_the_commune(self) -> None:
        assert settle(COMMUNES, METZ, IN_METZ) == (METZ, IN_METZ, False)

    def test_puts_swapped_coordinates_back(self) -> None:
        assert settle(COMMUNES, METZ, Point(6.18, 49.11)) == (METZ, IN_METZ, False)
        assert settle(COMMUNES, None, Point(6.18, 49.11)) == (METZ, IN_METZ, False)

    @pytest.mark.parametrize("point", [None, Point(43.3, 5.4), Point(150.0, 6.0), Point(90.0, 0.0)])
    def test_gives_coordinates_elsewhere_up_for_the_centre(self, point: Point | None) -> None:
        assert METZ is not None
        assert settle(COMMUNES, METZ, point) == (METZ, (METZ.latitude, METZ.longitude), True)

    def test_says_nothing_of_a_point_in_the_sea(self) -> None:
        assert settle(COMMUNES, None, Point(47.0, -10.0)) is None
        assert settle(COMMUNES, None, None) is None

    @given(st.floats(-180, 180), st.floats(-180, 180), st.sampled_from([METZ, None]))
    def test_never_fails(self, latitude: float, longitude: float, commune: object) -> None:
        placed = settle(COMMUNES, commune, Point(latitude, longitude))  # type: ignore[arg-type]

        assert placed is None or abs(placed.point.latitude) <= 90
