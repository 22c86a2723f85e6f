"""SIRET: everything that people type for one."""

import pytest
import stdnum.luhn
from hypothesis import given
from hypothesis import strategies as st

from tests import factories as make
from tests.companies.samples import LA_POSTE, SIRET
from traitdunion.companies import siret
from traitdunion.companies.siret import SiretRefused


class TestRead:
    @pytest.mark.parametrize(
        "typed",
        [
            SIRET,
            "732 829 320 00074",
            " 732.829.320.00074 ",
            "732-829-320-00074",
            "732\u00a0829\u00a0320\u202f00074",
            "SIRET: 732 829 320 00074",
            "７３２８２９３２００００７４",
        ],
    )
    def test_takes_every_way_of_writing(self, typed: str) -> None:
        assert siret.read(typed) == SIRET

    def test_takes_the_special_ones_of_la_poste(self) -> None:
        assert not stdnum.luhn.is_valid(LA_POSTE)

        assert siret.read(LA_POSTE) == LA_POSTE
        assert siret.read("35600000000048") == "35600000000048"  # its head office has the usual key

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("", "Écrivez le SIRET"),
            ("   ", "Écrivez le SIRET"),
            ("732829320", "9\u00a0chiffres\u00a0: c’est un SIREN"),
            ("7328293200007", "celui-ci en a 13, il en manque 1"),
            ("732829320000744", "celui-ci en a 15, 1 de trop"),
            ("73282932000075", "n’existe pas"),
            ("73282932000047", "n’existe pas"),
            ("35600000049838", "n’existe pas"),
            ("FR44732829320", "numéro de TVA"),
            ("7328293200007A", "que des chiffres"),
            ("boulangerie", "que des chiffres"),
            ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "que des chiffres"),
        ],
    )
    def test_says_what_is_wrong(self, typed: str, words: str) -> None:
        with pytest.raises(SiretRefused, match=words):
            siret.read(typed)

    @given(st.text(max_size=40))
    def test_gives_fourteen_digits_or_refuses(self, typed: str) -> None:
        try:
            read = siret.read(typed)
        except SiretRefused:
            return
        assert len(read) == 14
        assert read.isascii()
        assert read.isdigit()

    @given(st.integers(0, 99_999_999), st.integers(0, 13), st.integers(1, 9))
    def test_sees_any_one_wrong_digit(self, number: int, position: int, added: int) -> None:
        right = make.siret(number)
        wrong = right[:position] + str((int(right[position]) + added) % 10) + right[position + 1 :]

        if right.startswith("356000000") or wrong.startswith("356000000"):
            return
        assert siret.read(right) == right
        with pytest.raises(SiretRefused):
            siret.read(wrong)


class TestWrite:
    def test_groups_the_digits(self) -> None:
        assert siret.write(SIRET) == "732\u00a0829\u00a0320\u00a000074"
