"""What pages ask for while somebody uses them."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient

NANCY: dict[str, Any] = {"commune_code": "54395", "department": "54", "latitude": 48.69, "longitude": 6.17}


def asked(pages: PageClient, path: str) -> Any:
    """The JSON at the address."""
    answer = pages.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


class TestOffersMap:
    def test_gathers_the_offers_of_the_list_by_place(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.commune(session, "54395", "Nancy", latitude=48.69, longitude=6.17)
        first = make.offer(session, company_name="Aux Délices")
        make.offer(session)
        make.offer(session, **NANCY)
        make.offer(session, "Maçon")
        session.commit()

        found = asked(pages, "/offres/carte.json?q=boulanger&lieu=metz&rayon=100&page=2")

        assert (found["count"], found["unplaced"], found["is_cut"]) == (3, 0, False)
        assert [(place["label"], place["km"], len(place["offers"])) for place in found["places"]] == [
            ("Metz (57)", 0, 2),
            ("Nancy (54)", 47, 1),
        ]
        assert found["around"] == {"latitude": 49.1081, "longitude": 6.196, "km": 100}
        assert {
            "title": first.title,
            "company": "Aux Délices",
            "url": f"/offres/{first.id}?q=boulanger&lieu=metz&rayon=100",
        } in found["places"][0]["offers"]

    def test_counts_those_without_a_place_apart(self, session: Session, pages: PageClient) -> None:
        make.offer(session, commune_code=None, latitude=None, longitude=None)
        session.commit()

        found = asked(pages, "/offres/carte.json")

        assert (found["places"], found["count"], found["unplaced"], found["around"]) == ([], 0, 1, None)

    def test_stops_at_what_can_be_paged_through(
        self, session: Session, pages: PageClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("traitdunion.search.live.maps.MOST", 2)
        for _ in range(3):
            make.offer(session)
        session.commit()

        found = asked(pages, "/offres/carte.json")

        assert (found["count"], found["is_cut"]) == (2, True)

    def test_is_kept_for_minutes_and_not_sent_twice(self, session: Session, pages: PageClient) -> None:
        make.offer(session)
        session.commit()

        answer = pages.client.get("/offres/carte.json")
        again = pages.client.get("/offres/carte.json", headers={"If-None-Match": answer.headers["ETag"]})

        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert again.status_code == 304

    def test_makes_do_with_any_parameters(self, pages: PageClient) -> None:
        assert asked(pages, "/offres/carte.json?lieu=xyzzy&rayon=-1&tri=a&niveau=99&q=%00&page=x")["places"] == []


class TestSuggestions:
    def test_are_kept_for_minutes(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        session.commit()

        answer = pages.client.get("/suggestions/lieux?q=met")

        assert answer.get_json() == {"suggestions": [{"value": "Metz (57)", "detail": "57000"}]}
        assert answer.headers["Cache-Control"] == "public, max-age=600"

    @pytest.mark.parametrize("query", ["", "?q=", "?q=%00%ff", "?q=" + "a" * 5_000, "?q=%25&q=%27"])
    @pytest.mark.parametrize("field", ["metiers", "lieux"])
    def test_bear_any_query(self, pages: PageClient, field: str, query: str) -> None:
        assert asked(pages, f"/suggestions/{field}{query}") == {"suggestions": []}


class TestPolicy:
    def test_lets_tiles_in_only_where_a_map_can_be_shown(self, pages: PageClient) -> None:
        with_map = pages.get("/offres").response.headers["Content-Security-Policy"]
        without = pages.get("/").response.headers["Content-Security-Policy"]

        assert "img-src 'self' data: https://data.geopf.fr;" in with_map
        assert "geopf" not in without
