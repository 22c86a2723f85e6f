"""Départements and régions by their names."""

import pytest

from traitdunion.territories import areas


class TestFind:
    @pytest.mark.parametrize(
        ("name", "found"),
        [
            ("Moselle", ("57",)),
            ("la moselle", ("57",)),
            ("Côtes d'Armor", ("22",)),
            ("Savoie (Haute)", ("74",)),
            ("ILLE ET VILAINE", ("35",)),
            ("Bretagne", ("22", "29", "35", "56")),
            ("Île de France", ("75", "77", "78", "91", "92", "93", "94", "95")),
            ("PACA", ("04", "05", "06", "13", "83", "84")),
            ("Lorraine", ("54", "55", "57", "88")),
            ("Guadeloupe", ("971",)),
        ],
    )
    def test_gives_the_departements(self, name: str, found: tuple[str, ...]) -> None:
        area = areas.find(name)

        assert area is not None
        assert area.departments == found

    @pytest.mark.parametrize("name", ["", "de la", "France", "Metz", "Haute"])
    def test_gives_nothing_for_another_name(self, name: str) -> None:
        assert areas.find(name) is None


class TestFacts:
    def test_cover_france(self) -> None:
        assert len(areas.departments()) == 101 + 8
        assert len(areas.regions()) == 18
        assert {code for region in areas.regions().values() for code in region.departments} <= set(areas.departments())

    def test_label_a_departement_with_its_code(self) -> None:
        assert areas.departments()["57"].label == "Moselle (57)"
        assert areas.regions()["53"].label == "Bretagne"
