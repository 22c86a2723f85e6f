"""Names made comparable, and what a text says of a place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.territories import names


class TestKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Metz", "METZ"),
            ("Sainte-Marie-aux-Chênes", "STE MARIE AUX CHENES"),
            ("Saint-Avold", "st avold"),
            ("Le Ban-Saint-Martin", "ban st-martin"),
            ("Le Ban-Saint-Martin", "Ban-Saint-Martin (Le)"),
            ("L’Haÿ-les-Roses", "L'HAY LES ROSES"),
            ("L'Haÿ-les-Roses", "hay les roses"),
            ("Œting", "oeting"),
            ("Plaine-Haute-Lœuvre", "plaine haute loeuvre"),
            ("Villers-lès-Nancy", "villers lez nancy"),
            ("Châlons-sur-Marne", "chalons s/ marne"),
            ("Paris 17e Arrondissement", "paris 17"),
            ("Paris 1er Arrondissement", "PARIS 01"),
            ("Lyon 3e Arrondissement", "Lyon 3ème arr."),
            ("Marseille 16e Arrondissement", "marseille 16 EME"),
        ],
    )
    def test_is_the_same_for_writings_of_one_name(self, one: str, other: str) -> None:
        assert names.key(one) == names.key(other)

    @pytest.mark.parametrize(
        ("one", "other"),
        [("Saint-Denis", "Sainte-Denis"), ("Paris 1er", "Paris 11e"), ("Lez-Fontaine", "Fontaine"), ("La", "Le")],
    )
    def test_tells_other_names_apart(self, one: str, other: str) -> None:
        assert names.key(one) != names.key(other)

    @given(st.text())
    def test_is_total_and_plain(self, name: str) -> None:
        assert re.fullmatch(r"(?:[a-z0-9]+(?: [a-z0-9]+)*)?", names.key(name))

    @given(st.text(alphabet="aelstz ´’-éœ/0127", max_size=40))
    def test_is_its_own_key(self, name: str) -> None:
        key = names.key(name)

        assert names.key(key) == key


class TestTellingWords:
    def test_leaves_out_what_many_names_have(self) -> None:
        assert names.telling_words("sainte marie aux chenes") == "marie chenes"

    def test_keeps_a_name_that_has_nothing_else(self) -> None:
        assert names.telling_words("saint") == "saint"


class TestRead:
    @pytest.mark.parametrize(
        ("text", "reading"),
        [
            ("57 - METZ", ("metz", None, "57")),
            ("Metz (57)", ("metz", None, "57")),
            ("metz 57", ("metz", None, "57")),
            ("57000", ("", "57000", None)),
            ("57 000 Metz", ("metz", "57000", None)),
            ("F-57036 METZ CEDEX 01", ("metz", "57036", None)),
            ("2A - AJACCIO", ("ajaccio", None, "2A")),
            ("2a004", ("", "2A004", None)),
            ("971 - POINTE A PITRE", ("pointe a pitre", None, "971")),
            ("75 - PARIS 02", ("paris 2", None, "75")),
            ("Paris 17", ("paris 17", None, None)),
            ("Paris 75", ("paris", None, "75")),
            ("Marseille 13", ("marseille 13", None, None)),
            ("Marseille (13)", ("marseille", None, "13")),
            ("75 - Paris (Dept.)", ("paris", None, "75")),
            ("à Metz", ("metz", None, None)),
            ("autour de Metz", ("metz", None, None)),
            ("Metz et ses environs", ("metz", None, None)),
            ("Metz, France", ("metz", None, None)),
            ("Roissy-en-France", ("roissy en france", None, None)),
            ("Ville-d’Avray", ("ville d avray", None, None)),
            ("région Grand Est", ("grand est", None, None)),
            ("\x00😀", ("", None, None)),
        ],
    )
    def test_finds_the_name_the_postcode_and_the_departement(
        self, text: str, reading: tuple[str, str | None, str | None]
    ) -> None:
        assert tuple(names.read(text)) == reading

    @given(st.text(max_size=400))
    def test_is_total(self, text: str) -> None:
        reading = names.read(text)

        assert reading.postcode is None or len(reading.postcode) == 5
