"""The facts of this repository, in the table.

Apart from test_loading: `france` holds its rows until the module ends, and another transaction would wait for them.
"""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traitdunion.territories import communes
from traitdunion.territories.models import Commune


class TestLoadFacts:
    def test_fills_the_table_with_france(self, france: Session) -> None:
        counts = france.execute(select(Commune.kind, func.count()).group_by(Commune.kind)).all()
        kinds = {str(kind): int(count) for kind, count in counts}

        assert kinds["arrondissement"] == 45
        assert kinds["commune"] > 34_900
        assert len(set(france.scalars(select(Commune.department)))) > 100

    def test_gives_each_its_facts(self, france: Session) -> None:
        metz = france.get_one(Commune, "57463")

        assert (metz.name, metz.kind, metz.department, metz.region) == ("Metz", "commune", "57", "44")
        assert metz.postcodes == ["57000", "57050", "57070"]
        assert metz.population > 100_000
        assert metz.centre == pytest.approx((49.108, 6.196), abs=0.01)

    def test_changes_nothing_the_second_time(self, france: Session) -> None:
        counts = communes.load_facts(france)

        assert (counts.added, counts.changed, counts.removed) == (0, 0, 0)
