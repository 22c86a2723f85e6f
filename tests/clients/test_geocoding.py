"""The geocoder over real HTTP: likely addresses, unlikely ones, faults."""

import time
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from traitdunion.clients.geocoding import Geocoder, Unavailable


def feature(score: object = 0.97, **properties: Any) -> dict[str, Any]:
    """An answer of the Base Adresse Nationale."""
    known = {"label": "1 Rue du Four 57000 Metz", "score": score, "postcode": "57000", "citycode": "57463"}
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [6.17, 49.12]},
                "properties": {**known, **properties},
            }
        ],
    }


@pytest.fixture
def geocoder(httpserver: HTTPServer) -> Geocoder:
    """A client of a local service with a path, as the real one has."""
    return Geocoder(httpserver.url_for("/geocodage"), timeout=0.4)


class TestFind:
    def test_gives_the_coordinates_of_a_likely_address(self, geocoder: Geocoder, httpserver: HTTPServer) -> None:
        httpserver.expect_request(
            "/geocodage/search", query_string={"q": "1 rue du Four 57000 Metz", "limit": "1"}
        ).respond_with_json(feature())

        found = geocoder.find("1 rue du Four 57000 Metz")

        assert found is not None
        assert (found.latitude, found.longitude) == (49.12, 6.17)
        assert (found.commune_code, found.postcode) == ("57463", "57000")

    @pytest.mark.parametrize("answer", [feature(score=0.49), {"features": []}, feature(score="beaucoup")])
    def test_gives_nothing_unlikely(self, geocoder: Geocoder, httpserver: HTTPServer, answer: dict[str, Any]) -> None:
        httpserver.expect_request("/geocodage/search").respond_with_json(answer)

        assert geocoder.find("n’importe où") is None

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_is_unavailable_on_faults(self, geocoder: Geocoder, httpserver: HTTPServer, status: int) -> None:
        httpserver.expect_request("/geocodage/search").respond_with_data("", status=status)

        with pytest.raises(Unavailable):
            geocoder.find("1 rue du Four")

    @pytest.mark.parametrize("body", ["", "<html>", '{"features": [{}]}', '{"features": 3}'])
    def test_is_unavailable_when_unreadable(self, geocoder: Geocoder, httpserver: HTTPServer, body: str) -> None:
        httpserver.expect_request("/geocodage/search").respond_with_data(body, content_type="application/json")

        with pytest.raises(Unavailable):
            geocoder.find("1 rue du Four")

    def test_is_unavailable_when_slow(self, geocoder: Geocoder, httpserver: HTTPServer) -> None:
        def stall(_request: Request) -> Response:
            time.sleep(0.8)
            return Response("{}")

        httpserver.expect_request("/geocodage/search").respond_with_handler(stall)

        with pytest.raises(Unavailable):
            geocoder.find("1 rue du Four")
