"""How offers are named in lists."""

import pytest

from traitdunion.offers.models import Offer
from traitdunion.search import wording


class TestContract:
    @pytest.mark.parametrize(
        ("offer", "said"),
        [
            (Offer(contract_type="CDI", is_work_study=False), "CDI"),
            (Offer(contract_type="MIS", contract_label="Mission intérimaire - 3 mois", is_work_study=False), "Intérim"),
            (Offer(contract_type="FRA", contract_label="Franchise", is_work_study=False), "Franchise"),
            (Offer(contract_type="CDD", is_work_study=True), "Alternance, CDD"),
            (Offer(is_work_study=True), "Alternance"),
            (Offer(is_work_study=False), ""),
        ],
    )
    def test_says_what_one_would_sign(self, offer: Offer, said: str) -> None:
        assert wording.contract(offer) == said


class TestPlace:
    @pytest.mark.parametrize(
        ("label", "commune", "said"),
        [
            ("57 - METZ", "Metz (57)", "Metz (57)"),
            ("57 - METZ", None, "57 - METZ"),
            (None, None, "lieu non précisé"),
        ],
    )
    def test_is_the_commune_else_what_is_said(self, label: str | None, commune: str | None, said: str) -> None:
        assert wording.place(Offer(place_label=label), commune) == said


class TestDistance:
    @pytest.mark.parametrize(
        ("km", "said"), [(0.4, "à moins de 1 km"), (1.0, "à 1 km"), (12.6, "à 13 km"), (1234.0, "à 1\u202f234 km")]
    )
    def test_is_in_whole_kilometres(self, km: float, said: str) -> None:
        assert wording.distance(km) == said
