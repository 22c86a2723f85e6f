"""What people type for a place, over every commune of France."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from traitdunion.territories import communes
from traitdunion.territories.communes import Place
from traitdunion.territories.distances import Point

METZ = Point(49.1081, 6.196)
RENNES = Point(48.1118, -1.6819)


def resolve(france: Session, text: str, near: Point | None = METZ) -> Place:
    """As somebody around Metz would be understood."""
    return communes.resolve(france, text, near=near)


def first(place: Place) -> str:
    """The label of what was chosen, or of the first suggestion."""
    return (place.commune or place.suggestions[0]).label


class TestAName:
    @pytest.mark.parametrize(
        ("text", "label"),
        [
            ("metz", "Metz (57)"),
            ("METZ", "Metz (57)"),
            ("  Metz  ", "Metz (57)"),
            ("Metz (57)", "Metz (57)"),
            ("57 - METZ", "Metz (57)"),
            ("Metz, France", "Metz (57)"),
            ("à Metz", "Metz (57)"),
            ("près de Metz", "Metz (57)"),
            ("Metz et ses environs", "Metz (57)"),
            ("Montigny les Metz", "Montigny-lès-Metz (57)"),
            ("Montigny-lez-Metz", "Montigny-lès-Metz (57)"),
            ("st avold", "Saint-Avold (57)"),
            ("St-Avold", "Saint-Avold (57)"),
            ("SAINTE MARIE AUX CHENES", "Sainte-Marie-aux-Chênes (57)"),
            ("ste marie aux chênes", "Sainte-Marie-aux-Chênes (57)"),
            ("le ban saint martin", "Le Ban-Saint-Martin (57)"),
            ("Ban St Martin", "Le Ban-Saint-Martin (57)"),
            ("oeting", "Œting (57)"),
            ("l'hopital", "L'Hôpital (57)"),
            ("Pont a Mousson", "Pont-à-Mousson (54)"),
            ("Paris", "Paris (75)"),
            ("Paris 17e", "Paris 17e Arrondissement (75)"),
            ("paris 1er", "Paris 1er Arrondissement (75)"),
            ("75 - PARIS 02", "Paris 2e Arrondissement (75)"),
            ("Lyon 3e Arrondissement", "Lyon 3e Arrondissement (69)"),
            ("Marseille 13", "Marseille 13e Arrondissement (13)"),
            ("Marseille (13)", "Marseille (13)"),
            ("Mayenne", "Mayenne (53)"),
            ("Pointe-à-Pitre", "Pointe-à-Pitre (971)"),
            ("noumea", "Nouméa (988)"),
            ("y", "Y (80)"),
        ],
    )
    def test_is_understood_without_doubt(self, france: Session, text: str, label: str) -> None:
        place = resolve(france, text)

        assert place.commune is not None
        assert (place.label, place.is_guess, place.suggestions) == (label, False, ())
        assert place.centre == place.commune.centre

    @pytest.mark.parametrize(
        ("text", "label"),
        [
            ("thionvile", "Thionville (57)"),
            ("tionville", "Thionville (57)"),
            ("sarreguemine", "Sarreguemines (57)"),
            ("forbac", "Forbach (57)"),
            ("mets", "Metz (57)"),
            ("Monigny les Mets", "Montigny-lès-Metz (57)"),
            ("sainte marie aux chenne", "Sainte-Marie-aux-Chênes (57)"),
            ("strasboug", "Strasbourg (67)"),
            ("stras", "Strasbourg (67)"),
            ("thion", "Thionville (57)"),
            ("metz centre", "Metz (57)"),
            ("metz technopole", "Metz (57)"),
            ("Metz (54)", "Metz (57)"),
            ("Bellegarde-sur-Valserine", "Valserhône (01)"),
            ("montigny", "Montigny-lès-Metz (57)"),
            ("st julien", "Saint-Julien-lès-Metz (57)"),
            ("briey", "Val de Briey (54)"),
        ],
    )
    def test_is_guessed_and_said_to_be(self, france: Session, text: str, label: str) -> None:
        place = resolve(france, text)

        assert (place.label, place.is_guess) == (label, True)

    def test_of_which_little_is_left_has_its_likeliest_first(self, france: Session) -> None:
        place = resolve(france, "mtz")

        assert first(place) == "Metz (57)"
        assert place.suggestions

    @pytest.mark.parametrize("text", ["boulogne", "ars", "luxembourg", "saint"])
    def test_that_may_be_several_places_is_asked_again(self, france: Session, text: str) -> None:
        place = resolve(france, text)

        assert not place.is_found
        assert place.suggestions

    def test_that_begins_several_names_is_rather_a_near_one(self, france: Session) -> None:
        around_metz, around_rennes = (resolve(france, "pont", near=near) for near in (METZ, RENNES))

        assert first(around_metz) == "Pont-à-Mousson (54)"
        assert first(around_rennes) == "Pont-Péan (35)"


class TestHomonyms:
    @pytest.mark.parametrize(
        ("text", "near", "label"),
        [
            ("Saint-Denis", METZ, "Saint-Denis (93)"),
            ("saint martin", METZ, "Saint-Martin (67)"),
            ("Saint-Denis", None, "Saint-Denis (974)"),
            ("Saint-Denis", Point(-21.1, 55.5), "Saint-Denis (974)"),
            ("Fleury", METZ, "Fleury (57)"),
            ("Fleury", Point(43.2, 3.1), "Fleury (11)"),
            ("La Rochelle", METZ, "La Rochelle (17)"),
            ("Valence", METZ, "Valence (26)"),
            ("Marly", METZ, "Marly (57)"),
            ("Moulins", METZ, "Moulins (03)"),
        ],
    )
    def test_are_chosen_by_nearness_or_people(self, france: Session, text: str, near: Point | None, label: str) -> None:
        place = resolve(france, text, near=near)

        assert (place.label, place.is_guess) == (label, True)

    def test_are_all_suggested(self, france: Session) -> None:
        place = resolve(france, "Saint-Denis")

        assert {"Saint-Denis (974)", "Saint-Denis (11)", "Saint-Denis (30)"} <= {
            commune.label for commune in place.suggestions
        }

    def test_are_told_apart_by_their_departement(self, france: Session) -> None:
        place = resolve(france, "Saint-Denis (11)")

        assert (place.label, place.is_guess) == ("Saint-Denis (11)", False)

    def test_are_no_more_than_asked_for(self, france: Session) -> None:
        assert len(communes.resolve(france, "Saint-Martin", limit=3).suggestions) == 3


class TestAPostcode:
    @pytest.mark.parametrize(
        ("text", "label"),
        [
            ("57000", "Metz (57)"),
            ("57 000", "Metz (57)"),
            ("F-57000 Metz", "Metz (57)"),
            ("57950 Montigny", "Montigny-lès-Metz (57)"),
            ("57036 METZ CEDEX 01", "Metz (57)"),
            ("75017", "Paris 17e Arrondissement (75)"),
            ("75017 Paris", "Paris 17e Arrondissement (75)"),
            ("97400", "Saint-Denis (974)"),
            ("57463", "Metz (57)"),
            ("2A004", "Ajaccio (2A)"),
        ],
    )
    def test_is_understood(self, france: Session, text: str, label: str) -> None:
        assert resolve(france, text).label == label

    def test_of_several_communes_suggests_the_others(self, france: Session) -> None:
        place = resolve(france, "57050")

        assert (place.label, place.is_guess) == ("Metz (57)", True)
        assert "Plappeville (57)" in [commune.label for commune in place.suggestions]

    @pytest.mark.parametrize(("text", "label"), [("75000", "Paris (75)"), ("13000", "Marseille (13)")])
    def test_that_stands_for_a_whole_city_is_the_city(self, france: Session, text: str, label: str) -> None:
        place = resolve(france, text)

        assert (place.label, place.is_guess) == (label, True)

    def test_that_is_unknown_suggests_the_main_towns_of_its_departement(self, france: Session) -> None:
        place = resolve(france, "57999")

        assert not place.is_found
        assert place.suggestions[0].label == "Metz (57)"

    def test_that_is_none_gives_nothing(self, france: Session) -> None:
        place = resolve(france, "00000")

        assert (place.is_found, place.suggestions) == (False, ())


class TestAnArea:
    @pytest.mark.parametrize(
        ("text", "label", "departments"),
        [
            ("57", "Moselle (57)", ("57",)),
            ("Moselle", "Moselle (57)", ("57",)),
            ("57 - Moselle", "Moselle (57)", ("57",)),
            ("2b", "Haute-Corse (2B)", ("2B",)),
            ("Bretagne", "Bretagne", ("22", "29", "35", "56")),
            ("région Bretagne", "Bretagne", ("22", "29", "35", "56")),
            ("lorraine", "Lorraine", ("54", "55", "57", "88")),
            ("La Réunion", "La Réunion (974)", ("974",)),
        ],
    )
    def test_is_searched_by_its_departements(
        self, france: Session, text: str, label: str, departments: tuple[str, ...]
    ) -> None:
        place = resolve(france, text)

        assert (place.label, place.departments, place.centre) == (label, departments, None)

    def test_gives_way_to_a_town_of_its_name(self, france: Session) -> None:
        assert resolve(france, "Vienne").label == "Vienne (38)"
        assert resolve(france, "Vienne (86)").label == "Vienne (86)"


class TestHostileText:
    @pytest.mark.parametrize(
        "text",
        [
            *("", "   ", "\0", "😀", "%", "_", "'; DROP TABLE communes; --", "\\", "99", "(57", "-"),
            *("x" * 10_000, "saint " * 2_000, "5" * 10_000, "\u0301" * 500, "ﷺ" * 300, "\ud800"),
            "saint martain les bain de la mer sur le mont aux deux eglises du haut",
        ],
    )
    def test_is_no_trouble(self, france: Session, text: str) -> None:
        place = resolve(france, text)

        assert len(place.text) <= 80
        assert len(place.suggestions) <= 8

    @settings(max_examples=40)
    @given(st.text(max_size=60) | st.text(alphabet="saintelxmz 057(-)'é", max_size=40))
    def test_never_raises(self, france: Session, text: str) -> None:
        place = resolve(france, text)

        assert place.commune is None or place.area is None

    def test_is_nothing_when_nothing_was_typed(self, france: Session) -> None:
        assert resolve(france, " ") == Place(text="")


class TestEveryCommune:
    def test_is_found_by_its_label(self, france: Session) -> None:
        sample = france.execute(
            text(
                "SELECT label, code FROM (SELECT name || ' (' || department || ')' AS label, code,"
                " row_number() OVER (ORDER BY code) AS n FROM communes) AS all_of_them WHERE n % 350 = 0"
            )
        )

        wrong = [
            label for label, code in sample if (found := resolve(france, label).commune) is None or found.code != code
        ]

        assert not wrong


class TestQueries:
    @pytest.mark.parametrize("typed", ["metz", "57000", "thionvile", "mets", "saint martain", "pont"])
    def test_read_no_table_whole(self, france: Session, typed: str) -> None:
        seen: list[tuple[str, Any]] = []
        connection = france.connection()

        def note(_connection: object, _cursor: object, sql: str, values: object, *_: object) -> None:
            seen.append((sql, values))

        event.listen(connection, "before_cursor_execute", note)
        resolve(france, typed)
        event.remove(connection, "before_cursor_execute", note)

        plans = ["\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}", values).scalars()) for sql, values in seen]
        assert plans
        assert not [plan for plan in plans if "Seq Scan" in plan]
