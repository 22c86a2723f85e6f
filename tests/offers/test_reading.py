"""Reading an offer: each field, each quirk of the source, and what is refused."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.offers.samples import COMMUNES, offer
from traitdunion.offers import files, reading

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def read(record: dict[str, Any]) -> reading.OfferDraft | reading.Refusal:
    """The record as read on 21 November 2026."""
    return reading.read(record, content_hash=b"-", communes=COMMUNES, now=NOW)


def draft(**fields: Any) -> reading.OfferDraft:
    """The draft of an offer with these fields."""
    found = read(offer(**fields))
    assert isinstance(found, reading.OfferDraft), found
    return found


class TestRead:
    def test_keeps_what_decides(self) -> None:
        found = draft()

        assert found.title == "Boulanger / Boulangère (H/F)"
        assert found.rome_code == "D1102"
        assert found.company_name == "Au bon pain"
        assert (found.commune_code, found.department) == ("57463", "57")
        assert found.published_at == datetime(2026, 11, 1, 8, tzinfo=UTC)

    def test_gives_the_same_search_to_both_genders(self) -> None:
        him, her = draft(intitule="Serveur"), draft(intitule="Serveuse")

        assert him.search == her.search
        assert him.profile_key == her.profile_key

    def test_weighs_the_title_above_the_description(self) -> None:
        assert "cuir:1D" not in draft(intitule="Cuir").search
        assert "cuir:1A" in draft(intitule="Cuir").search

    def test_takes_empty_lists_for_empty_objects(self) -> None:
        found = draft(salaire=[], agence=[], entreprise=[], origineOffre=[], lieuTravail=[])

        assert found.salary_label is None
        assert found.employer_key is None
        assert found.commune_code is None

    @pytest.mark.parametrize(
        ("told", "shown"),
        [
            (
                "Annuel de 23520.0 Euros à 25920.00 Euros sur 13.0 mois",
                "Annuel de 23520 Euros à 25920 Euros sur 13 mois",
            ),
            ("Horaire de 11.88 Euros", "Horaire de 11,88 Euros"),
            ("Selon le profil", "Selon le profil"),
            ("Voir le 01.02.2026", "Voir le 01.02.2026"),
        ],
    )
    def test_writes_salaries_as_french_does(self, told: str, shown: str) -> None:
        assert draft(salaire={"libelle": told}).salary_label == shown

    def test_keeps_the_lowest_level_that_is_compulsory(self) -> None:
        asked = [
            {"niveauLibelle": "Bac+2 ou équivalents", "exigence": "E"},
            {"niveauLibelle": "Bac ou équivalent", "exigence": "E"},
            {"niveauLibelle": "CAP, BEP et équivalents", "exigence": "S"},
        ]

        assert draft(formations=asked).level == 4
        assert draft(formations=asked[2:]).level is None

    def test_names_a_titleless_offer_by_its_job_title(self) -> None:
        assert draft(intitule=None).title == "Boulanger / Boulangère"

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"id": None}, "l’offre n’a pas d’identifiant"),
            ({"intitule": None, "appellationlibelle": None}, "l’offre n’a pas d’intitulé"),
            ({"intitule": " \n", "appellationlibelle": None}, "l’offre n’a pas d’intitulé"),
        ],
    )
    def test_refuses_what_could_not_be_shown(self, fields: dict[str, Any], reason: str) -> None:
        assert read(offer(**fields)) == reading.Refusal(reason)

    @pytest.mark.parametrize("code", ["Z9999", "D11", "", 12, None, "D110²"])
    def test_leaves_out_a_code_that_is_none(self, code: object) -> None:
        assert draft(romeCode=code).rome_code is None

    @pytest.mark.parametrize("date", ["0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "hier", 3, "2026-13-01"])
    def test_leaves_out_a_date_out_of_range(self, date: object) -> None:
        assert draft(dateCreation=date, dateActualisation=date).published_at is None

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a/b", "https://", "pas une adresse", 4])
    def test_keeps_only_addresses_of_the_web(self, url: object) -> None:
        assert draft(origineOffre={"urlOrigine": url}).url is None

    def test_stores_a_record_without_nul(self) -> None:
        found = draft(description="a\x00b")

        assert found.description == "ab"
        assert "\\u0000" not in found.record

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers(-(2**60), 2**60) | st.text(max_size=30),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
            max_leaves=8,
        ),
        st.sampled_from(sorted(offer())),
    )
    def test_never_fails_on_a_field(self, value: Any, field: str) -> None:
        record = {**offer(), field: value}

        assert isinstance(reading.source_id(record), str | reading.Refusal)
        assert isinstance(read(record), reading.OfferDraft | reading.Refusal)


class TestPlace:
    def test_puts_back_swapped_coordinates(self) -> None:
        found = draft(lieuTravail={"commune": "57463", "latitude": 6.18, "longitude": 49.11})

        assert (found.latitude, found.longitude) == (49.11, 6.18)
        assert not found.is_place_approximate

    def test_finds_the_commune_by_its_label(self) -> None:
        found = draft(lieuTravail={"libelle": "57 - METZ"})

        assert found.commune_code == "57463"
        assert found.is_place_approximate

    def test_finds_the_commune_by_its_postcode(self) -> None:
        assert draft(lieuTravail={"libelle": "54 - NANCY", "codePostal": "54100"}).commune_code == "54395"

    def test_finds_the_commune_by_coordinates_even_swapped(self) -> None:
        assert draft(lieuTravail={"libelle": "France", "latitude": 49.37, "longitude": 6.15}).commune_code == "57672"
        assert draft(lieuTravail={"libelle": "France", "latitude": 6.15, "longitude": 49.37}).commune_code == "57672"

    def test_keeps_the_departement_of_a_label_without_commune(self) -> None:
        found = draft(lieuTravail={"libelle": "57 - Moselle"})

        assert (found.commune_code, found.department, found.place_label) == (None, "57", "57 - Moselle")

    @pytest.mark.parametrize("degrees", [999, "999", float("nan"), "nord", [], 1e308])
    def test_gives_up_impossible_coordinates(self, degrees: object) -> None:
        found = draft(lieuTravail={"commune": "57463", "latitude": degrees, "longitude": degrees})

        assert found.is_place_approximate
        assert found.latitude == 49.1081

    def test_gives_up_coordinates_far_from_the_commune(self) -> None:
        found = draft(lieuTravail={"commune": "57463", "latitude": 43.3, "longitude": 5.4})

        assert found.is_place_approximate


class TestFingerprint:
    def test_ignores_the_order_of_fields(self) -> None:
        one, other = offer(), dict(reversed(offer().items()))

        assert reading.fingerprint(one) == reading.fingerprint(other)
        assert reading.fingerprint(one) != reading.fingerprint(offer(intitule="Autre"))


@pytest.mark.real_data
def test_every_real_offer_is_read(real_data: Path) -> None:
    drafts = [
        read(line.record) for line in files.read(real_data / "offers" / "offers.jsonl") if isinstance(line.record, dict)
    ]

    assert len(drafts) == 4553
    assert not [found for found in drafts if isinstance(found, reading.Refusal)]
    assert orjson.loads(drafts[0].record)["id"] == drafts[0].source_id  # type: ignore[union-attr]
