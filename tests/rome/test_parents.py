"""Guessing parents from codes and labels alone, and how well it is done."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.rome import official, parents

DOMAIN = {
    "D1101": "Boucher / Bouchère",
    "D1102": "Boulanger / Boulangère",
    "D1103": "Charcutier / Charcutière - traiteur",
    "D1104": "Boulanger / Boulangère de grande surface",
    "D1105": "Poissonnier / Poissonnière",
}
codes = st.from_regex(r"[A-C]1[0-9]{3}", fullmatch=True)


class TestGuess:
    def test_gives_a_later_code_the_earlier_one_with_the_same_words(self) -> None:
        assert parents.guess(DOMAIN)["D1104"] == "D1102"

    def test_leaves_a_code_to_itself_when_nothing_is_alike(self) -> None:
        assert parents.guess(DOMAIN)["D1105"] == "D1105"

    def test_leaves_the_first_codes_of_a_domain_to_themselves(self) -> None:
        guessed = parents.guess(DOMAIN | {"D1102": "Boucher / Bouchère de grande surface"})

        assert guessed["D1102"] == "D1102"

    @given(st.dictionaries(codes, st.text(max_size=30), max_size=30))
    def test_gives_every_code_an_earlier_code_of_its_domain_that_has_itself(self, labels: Mapping[str, str]) -> None:
        guessed = parents.guess(labels)

        assert guessed.keys() == labels.keys()
        for code, parent in guessed.items():
            assert parent[:3] == code[:3]
            assert parent <= code
            assert guessed[parent] == parent

    @pytest.mark.real_data
    def test_is_as_right_as_its_docstring_says(self, real_data: Path) -> None:
        release = official.read(real_data / "rome" / "official")
        lines = release.editions[4].occupations

        guessed = parents.guess({code: line.label for code, line in lines.items()})

        right = {code for code, line in lines.items() if guessed[code] == line.parent_code}
        own = {code for code, line in lines.items() if line.parent_code == code}
        assert len(right) / len(lines) == pytest.approx(0.44, abs=0.01)
        assert len(right & own) / len(own) == pytest.approx(0.94, abs=0.01)
        assert len(right - own) / len(lines.keys() - own) == pytest.approx(0.18, abs=0.01)
