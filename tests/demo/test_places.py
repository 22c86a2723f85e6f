"""The demonstration happens around the territory, whichever it is."""

from collections import Counter
from random import Random

import pytest
from sqlalchemy.orm import Session

from tests.demo.samples import town
from traitdunion.demo import places
from traitdunion.territories import communes, territories
from traitdunion.territories.communes import records
from traitdunion.territories.distances import Point, kilometres
from traitdunion.territories.territories import FILES


class TestAround:
    def test_gives_the_inhabited_communes_near_the_centre(self, session: Session) -> None:
        territory = territories.load([FILES])["metz"]
        communes.replace(session, [one for one in records.read(records.FACTS) if one.department in {"57", "54", "55"}])

        found = places.around(session, territory)

        assert len(found) > 100
        assert {town.department for town in found} <= set(territory.departments)
        assert all(town.population and town.postcodes for town in found)
        assert max(kilometres(territory.centre, Point(town.latitude, town.longitude)) for town in found) < 35.5

    def test_gives_nothing_without_communes(self, session: Session) -> None:
        assert places.around(session, territories.load([FILES])["metz"]) == []


class TestDraw:
    def test_prefers_large_towns(self) -> None:
        small, large = town(60), town(0)
        random = Random(1)

        drawn = Counter(places.draw(random, [small, large]).code for _ in range(1000))

        assert drawn[large.code] > 900


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Metz", "à Metz"),
        ("Le Ban-Saint-Martin", "au Ban-Saint-Martin"),
        ("Les Étangs", "aux Étangs"),
        ("La Maxe", "à La Maxe"),
        ("L’Hôpital", "à L’Hôpital"),
        ("Lessy", "à Lessy"),
    ],
)
def test_at_contracts_as_french_does(name: str, said: str) -> None:
    assert places.at(name) == said
