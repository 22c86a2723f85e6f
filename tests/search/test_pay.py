"""What an offer pays reads as people say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.search import pay


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("Mensuel de 1990 Euros à 2220 Euros sur 12 mois", "1\u202f990 à 2\u202f220\u00a0€ par mois"),
        ("Mensuel de 1990 Euros à 1990 Euros", "1\u202f990\u00a0€ par mois"),
        ("Horaire de 12,5 Euros sur 12 mois", "12,50\u00a0€ l’heure"),
        ("Annuel de 25000 Euros sur 13 mois", "25\u202f000\u00a0€ par an, sur 13 mois"),
        ("Selon profil", "Selon profil"),
        ("Autre de 10 Euros à 20 Euros", "Autre de 10 Euros à 20 Euros"),
        ("Annuel de", "Annuel de"),
        (None, None),
    ],
)
def test_is_said_plainly(label: str | None, said: str | None) -> None:
    assert pay.readable(label) == said


@given(st.text())
def test_leaves_what_it_does_not_know(label: str) -> None:
    assert pay.readable(label) == label
