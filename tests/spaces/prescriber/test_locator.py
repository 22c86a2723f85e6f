"""The plan of the sheet: names that do not cover each other, a way that one can think of."""

from itertools import combinations

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.spaces.prescriber import locator
from traitdunion.territories.distances import Point

HERE = Point(49.0, 6.0)


def texts(drawn: str) -> list[str]:
    return [text.text or "" for text in etree.fromstring(drawn).iter("{*}text")]


class TestWind:
    @pytest.mark.parametrize(
        ("north", "east", "told"),
        [
            (1, 0, "au nord"),
            (1, 1.5, "au nord-est"),
            (0, 1, "à l’est"),
            (-1, 0, "au sud"),
            (0, -1, "à l’ouest"),
            (1, -1.5, "au nord-ouest"),
        ],
    )
    def test_is_one_of_eight(self, north: float, east: float, told: str) -> None:
        assert locator.wind(HERE, Point(HERE.latitude + north / 10, HERE.longitude + east / 10)) == told


class TestDraw:
    def test_shows_home_the_distance_and_the_towns(self, session: Session) -> None:
        slot = make.slot(session, latitude=49.0, longitude=6.0)
        make.commune(session, "57001", "Chezmoi", postcodes=["57990"], latitude=49.1, longitude=6.0)
        make.commune(session, "57002", "Voisine", latitude=48.98, longitude=6.1)
        make.commune(session, "57003", "Lointaine", latitude=47.0, longitude=6.0)

        told = texts(locator.draw(session, slot, "57990"))

        assert {"Chezmoi", "Voisine", "11 km", "1 rue du Four", "N", "10 km"} == set(told)

    def test_leaves_out_names_that_would_cover_others(self, session: Session) -> None:
        slot = make.slot(session, latitude=49.0, longitude=6.0)
        for number in range(40):
            make.commune(
                session, f"57{number:03d}", f"Commune {number}", latitude=49.0 + number / 1_000, longitude=6.02
            )

        drawn = etree.fromstring(locator.draw(session, slot, None))
        names = [text for text in drawn.iter("{*}text") if (text.text or "").startswith("Commune")]

        assert 1 < len(names) < 40
        assert all(
            abs(float(one.get("y", 0)) - float(other.get("y", 0))) >= 15 for one, other in combinations(names, 2)
        )

    def test_says_nothing_of_a_home_that_is_not_known(self, session: Session) -> None:
        slot = make.slot(session)

        assert locator.way(session, slot, None) is None
        assert locator.way(session, slot, "99999") is None
        assert texts(locator.draw(session, slot, "99999")) == ["1 rue du Four", "N", "5 km"]

    def test_says_within_the_same_commune(self, session: Session) -> None:
        make.commune(session)

        found = locator.way(session, make.slot(session), "57000")

        assert found is not None
        assert found.sentence == "À Metz même."
