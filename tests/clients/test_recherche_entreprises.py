"""API Recherche d’entreprises over real HTTP: what is asked, what is read, its faults."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.companies.samples import SIRET, answer, establishment, firm
from traitdunion.clients import recherche_entreprises
from traitdunion.clients.http import Patience
from traitdunion.clients.recherche_entreprises import RechercheEntreprises, Rejected, Unavailable


@pytest.fixture
def turns() -> list[float]:
    """When the pace was asked for."""
    return []


@pytest.fixture
def api(httpserver: HTTPServer, turns: list[float]) -> Iterator[RechercheEntreprises]:
    """A client that waits for nobody."""
    hurried = Patience(connect=1, read=0.3, attempts=2, longest_wait=2)
    with RechercheEntreprises(
        httpserver.url_for("/"),
        pace=lambda: turns.append(time.monotonic()),
        patience=hurried,
        sleep=lambda _seconds: None,
    ) as built:
        yield built


class TestFind:
    def test_reads_what_the_register_shows(self, api: RechercheEntreprises, httpserver: HTTPServer) -> None:
        asked: list[Request] = []

        def serve(request: Request) -> Response:
            asked.append(request)
            return Response('{"results": []}', content_type="application/json")

        httpserver.expect_ordered_request("/search").respond_with_json(answer(firm()))
        httpserver.expect_ordered_request("/search").respond_with_handler(serve)

        found = api.find(SIRET)
        unknown = api.find(SIRET)

        assert found is not None
        assert (found.name, found.legal_name) == ("Au Bon Pain", "BOULANGERIE MARTIN")
        assert (found.address, found.postcode, found.city) == ("12 rue du Four", "57000", "Metz")
        assert (found.commune_code, found.naf, found.is_open) == ("57463", "10.71C", True)
        assert (found.latitude, found.longitude) == (49.1193, 6.1757)
        assert unknown is None
        assert dict(asked[0].args) == {
            "q": SIRET,
            "minimal": "true",
            "include": "siege,matching_etablissements",
            "per_page": "1",
        }

    def test_takes_a_turn_before_each_attempt(
        self, api: RechercheEntreprises, httpserver: HTTPServer, turns: list[float]
    ) -> None:
        httpserver.expect_ordered_request("/search").respond_with_data("", status=500)
        httpserver.expect_ordered_request("/search").respond_with_json(answer(firm()))

        api.find(SIRET)

        assert len(turns) == 2

    def test_waits_a_little_when_told_so_and_not_long(self, api: RechercheEntreprises, httpserver: HTTPServer) -> None:
        httpserver.expect_ordered_request("/search").respond_with_data("", status=429, headers={"Retry-After": "1"})
        httpserver.expect_ordered_request("/search").respond_with_json(answer(firm()))
        httpserver.expect_ordered_request("/search").respond_with_data("", status=429, headers={"Retry-After": "60"})

        assert api.find(SIRET) is not None
        with pytest.raises(Unavailable, match="429, 1 essais"):
            api.find(SIRET)

    @pytest.mark.parametrize("body", ["", "[", "<html>", "[]", '{"results": 3}', '{"results": [3]}'])
    def test_is_unavailable_when_the_answer_is_unreadable(
        self, api: RechercheEntreprises, httpserver: HTTPServer, body: str
    ) -> None:
        httpserver.expect_request("/search").respond_with_data(body)

        with pytest.raises(Unavailable, match="réponse illisible"):
            api.find(SIRET)

    def test_is_unavailable_when_it_is_too_slow(self, api: RechercheEntreprises, httpserver: HTTPServer) -> None:
        def stall(_request: Request) -> Response:
            time.sleep(0.6)
            return Response("{}")

        httpserver.expect_request("/search").respond_with_handler(stall)

        with pytest.raises(Unavailable, match="délai dépassé"):
            api.find(SIRET)

    def test_says_when_it_is_refused(self, api: RechercheEntreprises, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/search").respond_with_json({"erreur": "Veuillez…"}, status=400)

        with pytest.raises(Rejected, match="400"):
            api.find(SIRET)


class TestRead:
    @pytest.mark.parametrize(
        ("different", "field", "expected"),
        [
            ({"liste_enseignes": None}, "name", "Boulangerie Martin"),
            ({"nom_commercial": "Le Fournil"}, "name", "Le Fournil"),
            ({"etat_administratif": "F"}, "is_open", False),
            ({"latitude": "[ND]"}, "latitude", None),
            ({"latitude": None}, "longitude", None),
            ({"latitude": "123.4"}, "latitude", None),
            ({"adresse": "[NON-DIFFUSIBLE]"}, "address", None),
            ({"adresse": "57000 METZ"}, "address", None),
            ({"adresse": None}, "address", None),
            ({"code_postal": None}, "postcode", None),
            ({"adresse": "LIEU DIT L’ÉTANG 57000 METZ"}, "address", "Lieu Dit l’Étang"),
        ],
    )
    def test_leaves_out_what_is_hidden(self, different: dict[str, Any], field: str, expected: object) -> None:
        found = recherche_entreprises.read(firm(establishment(**different)), SIRET)

        assert getattr(found, field) == expected

    def test_finds_the_head_office_where_it_is_told_apart(self) -> None:
        office = firm(establishment("73282932000082"), siege=establishment())

        assert recherche_entreprises.read(office, SIRET) is not None

    def test_finds_no_other_establishment_of_the_firm(self) -> None:
        assert recherche_entreprises.read(firm(establishment("73282932000082")), SIRET) is None

    def test_names_nobody_who_asked_not_to_be_shown(self) -> None:
        hidden = firm(
            establishment(liste_enseignes=None), nom_complet="[NON-DIFFUSIBLE]", nom_raison_sociale="[NON-DIFFUSIBLE]"
        )

        found = recherche_entreprises.read(hidden, SIRET)

        assert found is not None
        assert found.name == "Établissement au nom non diffusé"
