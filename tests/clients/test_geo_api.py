"""geo.api.gouv.fr over real HTTP: what is asked, what is read, what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.territories.samples import answer, commune
from traitdunion.clients import geo_api
from traitdunion.clients.geo_api import GeoApi, Unavailable
from traitdunion.clients.http import Patience


@pytest.fixture
def api(httpserver: HTTPServer) -> Iterator[GeoApi]:
    """A client that waits for nobody."""
    hurried = Patience(read=1, attempts=2)
    with GeoApi(httpserver.url_for("/"), patience=hurried, sleep=lambda _seconds: None) as built:
        yield built


class TestCommunes:
    def test_asks_for_districts_too(self, api: GeoApi, httpserver: HTTPServer) -> None:
        asked: list[Request] = []

        def serve(request: Request) -> Response:
            asked.append(request)
            return Response("[]", content_type="application/json")

        httpserver.expect_request("/communes").respond_with_handler(serve)
        api.communes()

        assert asked[0].args["type"] == "commune-actuelle,arrondissement-municipal"
        assert {"centre", "codesPostaux", "deleguees"} <= set(asked[0].args["fields"].split(","))

    def test_gives_what_the_service_knows(self, api: GeoApi, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/communes").respond_with_json([answer(), answer(code="98711", centre=None)])

        found = api.communes()

        assert found[0] == commune(postcodes=("57000", "57050", "57070"))
        assert found[1].centre is None

    def test_tries_again_after_an_answer_cut_short(self, api: GeoApi, httpserver: HTTPServer) -> None:
        httpserver.expect_ordered_request("/communes").respond_with_data(b'[{"code": "57463", "nom"')
        httpserver.expect_ordered_request("/communes").respond_with_json([answer()])

        assert len(api.communes()) == 1

    @pytest.mark.parametrize("body", ["[", "{}", "", "[1]", '[{"code": "57463"}]'])
    def test_is_unavailable_when_the_answer_stays_unreadable(
        self, api: GeoApi, httpserver: HTTPServer, body: str
    ) -> None:
        httpserver.expect_request("/communes").respond_with_data(body, content_type="application/json")

        with pytest.raises(Unavailable, match="réponse illisible, 2 essais"):
            api.communes()


class TestRead:
    def test_gathers_the_communes_that_joined_it(self) -> None:
        found = geo_api.read(
            answer(associees=[{"code": "57001", "nom": "Une"}], deleguees=[{"code": "57002", "nom": "Deux"}])
        )

        assert found.former == (("57001", "Une"), ("57002", "Deux"))

    def test_needs_no_population_and_no_postcode(self) -> None:
        unsaid = answer()
        del unsaid["population"], unsaid["codesPostaux"], unsaid["type"], unsaid["centre"], unsaid["deleguees"]

        found = geo_api.read(unsaid)

        assert (found.population, found.postcodes, found.kind, found.centre) == (0, (), "commune", None)

    @pytest.mark.parametrize(
        "different",
        [
            {"nom": ""},
            {"nom": 3},
            {"type": "epci"},
            {"centre": {}},
            {"centre": {"coordinates": [1]}},
            {"centre": {"coordinates": ["x", "y"]}},
            {"population": "beaucoup"},
            {"codesPostaux": [57000]},
            {"deleguees": [{}]},
        ],
    )
    def test_refuses_what_makes_no_sense(self, different: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=r"attendu|illisible"):
            geo_api.read(answer(**different))
