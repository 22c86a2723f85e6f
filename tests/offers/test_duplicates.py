"""Which offers are one: the rule, and its result in the database."""

from hypothesis import given
from hypothesis import strategies as st

from traitdunion.offers import duplicates


class TestCanonical:
    def test_shows_the_oldest_of_offers_whose_titles_are_alike(self) -> None:
        found = duplicates.canonical([(7, "boulanger tourier"), (3, "tourier boulanger"), (5, "vendeur")])

        assert found == {3: None, 5: None, 7: 3}

    def test_keeps_apart_titles_that_are_not_alike(self) -> None:
        found = duplicates.canonical([(1, "cuisinier"), (2, "serveur")])

        assert found == {1: None, 2: None}

    @given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["a b", "b a", "a b c", "xyz"])), max_size=12))
    def test_does_not_depend_on_the_order_given(self, offers: list[tuple[int, str]]) -> None:
        distinct = list(dict(offers).items())

        assert duplicates.canonical(distinct) == duplicates.canonical(list(reversed(distinct)))

    @given(st.lists(st.text(max_size=20), max_size=12))
    def test_never_shows_an_offer_under_a_hidden_one(self, titles: list[str]) -> None:
        found = duplicates.canonical(enumerate(titles))

        assert all(found[shown] is None for shown in found.values() if shown is not None)
