"""Look-ups in memory."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.territories.communes import Entry, Index
from traitdunion.territories.distances import Point, haversine
from traitdunion.territories.models import Commune


@pytest.fixture(scope="module")
def index(france: Session) -> Index:
    """Of every commune of France."""
    return Index.load(france)


def name(entry: Entry | None) -> str | None:
    """What the tests compare."""
    return entry and entry.name


class TestFindByCode:
    @pytest.mark.parametrize(
        ("code", "found"),
        [
            ("57463", "Metz"),
            ("2A004", "Ajaccio"),
            ("75117", "Paris 17e Arrondissement"),
            ("75056", "Paris"),
            ("49069", "Orée d'Anjou"),  # Champtoceaux, which joined it; offers still say 49069
            ("57000", None),
            ("75000", None),
            ("", None),
        ],
    )
    def test_knows_communes_of_today_and_those_that_joined_them(
        self, index: Index, code: str, found: str | None
    ) -> None:
        assert name(index.find_by_code(code)) == found


class TestFindByLabel:
    @pytest.mark.parametrize(
        ("label", "found"),
        [
            ("57 - METZ", "Metz"),
            ("57 - Metz", "Metz"),
            ("Metz (57)", "Metz"),
            ("57000 Metz", "Metz"),
            ("METZ", "Metz"),
            ("78 - ST GERMAIN EN LAYE", "Saint-Germain-en-Laye"),
            ("74 - ST JEAN D AULPS", "Saint-Jean-d'Aulps"),
            ("75 - PARIS 02", "Paris 2e Arrondissement"),
            ("75 - Paris 1er Arrondissement", "Paris 1er Arrondissement"),
            ("69 - LYON 03", "Lyon 3e Arrondissement"),
            ("75 - Paris (Dept.)", "Paris"),
            ("75 - Paris", "Paris"),
            ("01 - Bellegarde-sur-Valserine", "Valserhône"),
            ("974 - ST DENIS", "Saint-Denis"),
            ("38 - VIENNE", "Vienne"),
            ("71 - LOUHANS", "Louhans-Châteaurenaud"),
            ("75", None),
            # not a commune
            ("35 - Ille et Vilaine", None),
            ("59 - Nord", None),
            ("74 - Savoie (Haute)", None),
            ("53 - Mayenne", None),
            ("Ile-de-France", None),
            ("Bretagne", None),
            ("France", None),
            ("57", None),
            ("", None),
            ("\0", None),
            # not one commune
            ("Saint-Denis", None),
            ("57 - Marseille", None),
        ],
    )
    def test_reads_what_sources_write(self, index: Index, label: str, found: str | None) -> None:
        assert name(index.find_by_label(label)) == found
        assert name(index.find_by_label(label)) == found  # the second time from memory


class TestFindByPostcode:
    @pytest.mark.parametrize(
        ("postcode", "named", "found"),
        [
            ("57000", None, "Metz"),
            ("57050", "PLAPPEVILLE", "Plappeville"),
            ("57050", "57 - Metz", "Metz"),
            ("57050", None, None),
            ("57050", "Marseille", None),
            ("57000", "anything", "Metz"),
            ("75017", None, "Paris 17e Arrondissement"),
            ("75017", "Paris", "Paris 17e Arrondissement"),
            ("13000", "Bouches du Rhône", None),
            ("", None, None),
        ],
    )
    def test_needs_the_name_where_several_share_it(
        self, index: Index, postcode: str, named: str | None, found: str | None
    ) -> None:
        assert name(index.find_by_postcode(postcode, named)) == found


class TestNearest:
    def test_is_the_commune_whose_centre_is_nearest(self, index: Index) -> None:
        found = index.nearest(49.119718, 6.176262, within_km=15)

        assert name(found) == "Metz"

    def test_is_a_city_rather_than_its_districts(self, index: Index) -> None:
        assert name(index.nearest(48.8873, 2.3068, within_km=15)) in {"Paris", "Clichy", "Levallois-Perret"}

    @pytest.mark.parametrize("place", [(48.0, 4.0), (44.5, 0.5), (50.9, 2.3), (42.2, 9.1), (-21.1, 55.5)])
    def test_agrees_with_a_look_at_all_of_them(self, index: Index, france: Session, place: tuple[float, float]) -> None:
        away = haversine(Commune.latitude, Commune.longitude, Point(*place))
        nearest = france.scalar(select(Commune.name).where(Commune.kind == "commune").order_by(away).limit(1))

        assert name(index.nearest(*place, within_km=100)) == nearest

    @pytest.mark.parametrize(
        "place", [(6.196, 49.1081), (0.0, 0.0), (999.0, 0.0), (float("nan"), 0.0), (90.0, 180.0), (-90.0, -180.0)]
    )
    def test_is_nothing_where_no_commune_is(self, index: Index, place: tuple[float, float]) -> None:
        assert index.nearest(*place, within_km=15) is None

    def test_is_no_further_than_asked(self, index: Index) -> None:
        metz = index.find_by_code("57463")
        assert metz is not None
        alone = Index([metz])

        assert alone.nearest(49.1081, 6.4, within_km=14) is None
        assert alone.nearest(49.1081, 6.4, within_km=16) == metz


class TestLoad:
    def test_has_every_commune(self, index: Index) -> None:
        assert len(index) > 36_000  # those that joined others included

    def test_of_an_empty_table_finds_nothing(self) -> None:
        index = Index([])

        assert (len(index), index.find_by_label("57 - METZ"), index.nearest(49, 6, within_km=50)) == (0, None, None)
