"""The search forms read anything, and say what they replaced."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from traitdunion.search.forms import LONGEST, OfferSearch, TrainingSearch


def read(**arguments: str) -> OfferSearch:
    return OfferSearch(MultiDict(arguments), radius=30)


class TestWords:
    def test_are_cleaned_of_control_signs_and_double_spaces(self) -> None:
        form = read(q="  boulanger\x00 \u200bpâtissier\n")

        assert form.q.data == "boulanger pâtissier"
        assert not form.errors

    def test_are_cut_when_too_long_and_this_is_said(self) -> None:
        form = read(q="a" * 10_000)

        assert form.q.data == "a" * LONGEST
        assert "trop long" in form.q.errors[0]

    def test_are_tied_to_their_error_for_screen_readers(self) -> None:
        field = str(read(q="a" * 10_000).q())

        assert 'aria-describedby="q-erreur"' in field
        assert 'aria-invalid="true"' in field


class TestRadius:
    @pytest.mark.parametrize(("typed", "km"), [("10", 10), ("25", 25), ("50 km", 50), ("12,5", 12), ("", 30)])
    def test_is_read(self, typed: str, km: int) -> None:
        form = read(rayon=typed)

        assert form.rayon.data == km
        assert not form.errors

    @pytest.mark.parametrize(("typed", "km"), [("0", 1), ("-5", 1), ("10000", 200)])
    def test_is_brought_between_the_smallest_and_the_largest_and_this_is_said(self, typed: str, km: int) -> None:
        form = read(rayon=typed)

        assert form.rayon.data == km
        assert f"{km} km" in form.rayon.errors[0]

    @pytest.mark.parametrize("typed", ["abc", "１０", "1e3", "9" * 4_300, "NaN"])
    def test_is_the_territorys_when_it_is_no_number_and_this_is_said(self, typed: str) -> None:
        form = read(rayon=typed)

        assert form.rayon.data == 30
        assert "30 km" in form.rayon.errors[0]

    def test_offers_the_radius_that_was_asked_for(self) -> None:
        assert '<option selected value="25">25 km</option>' in str(read(rayon="25").rayon())


class TestPage:
    @pytest.mark.parametrize("typed", ["-1", "0", "abc", "1.5", "²", "9" * 30, ""])
    def test_is_the_first_when_it_is_none(self, typed: str) -> None:
        form = read(page=typed)

        assert form.page.data == 1
        assert not form.errors


class TestKept:
    def test_leaves_out_what_is_empty_or_usual(self) -> None:
        assert read(q="boulanger", lieu="", rayon="30", page="1", niveau="", inconnu="x").kept() == {"q": "boulanger"}

    def test_keeps_everything_that_was_asked(self) -> None:
        asked = {"q": "a", "lieu": "b", "rayon": "50", "niveau": "3", "contrat": "CDI", "formation": "1", "tri": "date"}
        asked |= {"diplome": "sans", "metier": "D1102"}

        kept = read(**asked, exact="1", page="3").kept(page=4)

        assert {name: str(value) for name, value in kept.items()} == {**asked, "exact": "1", "page": "4"}

    def test_drops_an_unknown_choice(self) -> None:
        assert read(niveau="12", contrat="<b>", tri="prix").kept() == {}


_FIELDS = "q lieu rayon page exact niveau contrat formation diplome metier tri autre".split()


class TestStart:
    def test_offers_twelve_months_from_this_one(self) -> None:
        form = TrainingSearch(MultiDict(), radius=30, today=date(2026, 11, 30))

        months = list(form.debut.choices or {})[2:]
        assert (months[0], months[1], months[2], months[-1]) == ("2026-11", "2026-12", "2027-01", "2027-10")

    @pytest.mark.parametrize("typed", ["2027-01", "2020-12", "toute-l-annee"])
    def test_is_kept(self, typed: str) -> None:
        form = TrainingSearch(MultiDict({"debut": typed}), radius=30, today=date(2026, 11, 30))

        assert form.kept()["debut"] == typed
        assert f'selected value="{typed}"' in form.debut()

    @pytest.mark.parametrize("typed", ["2027-13", "1027-01", "2027-1", "janvier", "2027-01-01", "٢٠٢٧-01"])
    def test_is_any_time_when_it_is_no_month(self, typed: str) -> None:
        assert "debut" not in TrainingSearch(MultiDict({"debut": typed}), radius=30, today=date(2026, 11, 30)).kept()


class TestAnything:
    @given(st.lists(st.tuples(st.sampled_from(_FIELDS), st.text(max_size=300)), max_size=12))
    def test_is_read_and_is_stable(self, arguments: list[tuple[str, str]]) -> None:
        form = OfferSearch(MultiDict(arguments), radius=30)

        assert 1 <= form.rayon.data <= 200
        assert form.page.data >= 1
        assert len(form.q.data) <= LONGEST
        assert form.q.data.isprintable()
        again = OfferSearch(MultiDict({name: str(value) for name, value in form.kept().items()}), radius=30)
        assert again.kept() == form.kept()
        assert not again.errors
