"""What a search of offers finds, and in which order."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.offers.models import Offer
from traitdunion.search import offers, words
from traitdunion.search.criteria import MOST, PAGE_SIZE, WORK_STUDY, Circle, Criteria, Order
from traitdunion.territories.distances import Point, kilometres

METZ = Point(49.1081, 6.196)
AROUND_METZ = Circle(centre=METZ, km=30, department="57")


def found(session: Session, page: int = 1, **criteria: object) -> list[int]:
    """The ids on a page of the results."""
    wanted = words.understand(session, str(criteria.pop("q", "")))
    results = offers.find(
        session,
        Criteria(wanted=wanted, **criteria),  # type: ignore[arg-type]
        region_code=make.REGION,
        page=page,
    )
    assert results.count >= len(results.found)
    return [each.offer.id for each in results.found]


def at(km: float) -> dict[str, Any]:
    """Coordinates so far north of Metz."""
    return {"latitude": METZ.latitude + km / 111.2, "longitude": METZ.longitude}


class TestFind:
    @pytest.mark.parametrize("q", ["boulanger", "boulangère", "boulangers", "boulangé"])
    def test_finds_a_word_whatever_its_form(self, session: Session, q: str) -> None:
        offer = make.offer(session, "Boulanger / Boulangère (H/F)")
        make.offer(session, "Maçon", description="Monter des murs.")

        assert found(session, q=q) == [offer.id]

    def test_wants_all_the_words_wherever_they_are(self, session: Session) -> None:
        offer = make.offer(session, "Boulanger", company_name="Aux Délices", description="Le four est neuf.")
        make.offer(session, "Boulanger", company_name="Au Blé")

        assert found(session, q="boulanger délices four") == [offer.id]

    def test_leaves_out_withdrawn_offers_and_duplicates(self, session: Session) -> None:
        offer = make.offer(session)
        make.offer(session, withdrawn_at=make.NOW)
        make.offer(session, duplicate_of_id=offer.id)

        assert found(session) == [offer.id]

    def test_shows_titles_first_then_the_latest(self, session: Session) -> None:
        said = make.offer(session, "Vendeur", description="Avec un boulanger.", updated_at=make.NOW)
        old = make.offer(session, "Boulanger", updated_at=make.NOW - timedelta(days=9))
        recent = make.offer(session, "Boulanger", updated_at=make.NOW - timedelta(days=1))

        assert found(session, q="boulanger") == [recent.id, old.id, said.id]

    def test_shows_titles_first_then_the_nearest(self, session: Session) -> None:
        said = make.offer(session, "Vendeur", description="Avec un boulanger.", **at(0))
        far = make.offer(session, "Boulanger", **at(20))
        near = make.offer(session, "Boulanger", **at(5))

        assert found(session, q="boulanger", circle=AROUND_METZ) == [near.id, far.id, said.id]

    def test_sorts_by_distance_or_date_when_asked(self, session: Session) -> None:
        said = make.offer(session, "Vendeur", description="Avec un boulanger.", **at(0), updated_at=make.NOW)
        titled = make.offer(session, "Boulanger", **at(5), updated_at=make.NOW - timedelta(days=1))

        assert found(session, q="boulanger", circle=AROUND_METZ) == [titled.id, said.id]
        for order in (Order.DISTANCE, Order.DATE):
            assert found(session, q="boulanger", circle=AROUND_METZ, order=order) == [said.id, titled.id]

    def test_tells_titles_from_texts(self, session: Session) -> None:
        said = make.offer(session, "Vendeur", description="Avec un boulanger.")
        titled = make.offer(session, "Boulanger")
        wanted = words.understand(session, "boulanger")

        results = offers.find(session, Criteria(wanted=wanted), region_code=make.REGION, page=1)

        assert {each.offer.id: each.is_titled for each in results.found} == {titled.id: True, said.id: False}

    @pytest.mark.parametrize("order", [Order.DATE, Order.DISTANCE])
    def test_does_not_part_what_is_sorted_otherwise(self, session: Session, order: Order) -> None:
        make.offer(session, "Vendeur", description="Avec un boulanger.")
        wanted = words.understand(session, "boulanger")

        results = offers.find(session, Criteria(wanted=wanted, order=order), region_code=make.REGION, page=1)

        assert [each.is_titled for each in results.found] == [True]

    def test_keeps_to_the_circle(self, session: Session) -> None:
        inside = make.offer(session, **at(29.5))
        make.offer(session, **at(30.5))

        assert found(session, circle=AROUND_METZ) == [inside.id]

    def test_puts_offers_of_the_departement_without_place_last(self, session: Session) -> None:
        nowhere: dict[str, Any] = {"commune_code": None, "latitude": None, "longitude": None}
        unplaced = make.offer(session, **nowhere, department="57")
        make.offer(session, **nowhere, department="67")
        make.offer(session, **nowhere, department=None)
        placed = make.offer(session, **at(25))

        assert found(session, circle=AROUND_METZ) == [placed.id, unplaced.id]

    def test_keeps_to_the_departements_of_an_area(self, session: Session) -> None:
        offer = make.offer(session, department="57")
        make.offer(session, department="67")

        assert found(session, departments=("57", "54")) == [offer.id]

    def test_leaves_out_offers_that_ask_for_a_higher_level(self, session: Session) -> None:
        unsaid, low = make.offer(session, level=None), make.offer(session, level=0)
        make.offer(session, level=5)

        assert set(found(session, level=3)) == {unsaid.id, low.id}

    def test_keeps_to_a_contract(self, session: Session) -> None:
        permanent = make.offer(session, contract_type="CDI")
        study = make.offer(session, contract_type="CDD", is_work_study=True)

        assert found(session, contract="CDI") == [permanent.id]
        assert found(session, contract=WORK_STUDY) == [study.id]

    def test_keeps_to_offers_with_a_training_of_the_region(self, session: Session) -> None:
        with_training, elsewhere = make.offer(session, "Boulanger"), make.offer(session, "Maçon")
        make.match(session, with_training, make.training(session))
        make.match(session, elsewhere, make.training(session, region_code="53"))
        make.offer(session, "Infirmier")

        assert found(session, has_training=True) == [with_training.id]

    def test_gives_every_offer_once_over_the_pages(self, session: Session) -> None:
        made = {make.offer(session, updated_at=make.NOW).id for _ in range(PAGE_SIZE + 3)}

        for criteria in ({}, {"circle": AROUND_METZ}, {"q": "boulanger"}):
            pages = [found(session, page=page, **criteria) for page in (1, 2)]
            assert [len(page) for page in pages] == [PAGE_SIZE, 3]
            assert set(pages[0]) | set(pages[1]) == made

    def test_shows_the_last_page_past_it(self, session: Session) -> None:
        for _ in range(PAGE_SIZE + 1):
            make.offer(session)

        for criteria in (Criteria(), Criteria(circle=AROUND_METZ)):
            results = offers.find(session, criteria, region_code=make.REGION, page=1_000_000)
            assert (results.page, results.last_page, len(results.found)) == (2, 2, 1)

    def test_counts_no_further_than_what_can_be_paged_through(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(offers, "MOST", PAGE_SIZE)
        for _ in range(PAGE_SIZE + 1):
            make.offer(session)

        for criteria in (Criteria(), Criteria(circle=AROUND_METZ)):
            results = offers.find(session, criteria, region_code=make.REGION, page=1)
            assert (results.count, results.is_more) == (PAGE_SIZE, True)
        assert MOST % PAGE_SIZE == 0

    def test_counts_funded_trainings_in_one_query(self, session: Session) -> None:
        baker, mason = make.offer(session, "Boulanger"), make.offer(session, "Maçon")
        make.match(session, baker, make.training(session), rank=1)
        make.match(session, baker, make.training(session), rank=2)
        make.match(session, baker, make.training(session, is_funded=False), rank=3)
        make.match(session, baker, make.training(session, withdrawn_at=make.NOW), rank=4)

        results = offers.find(session, Criteria(), region_code=make.REGION, page=1)

        assert {each.offer.id: each.trainings for each in results.found} == {baker.id: 2, mason.id: 0}

    @given(
        points=st.lists(st.tuples(st.floats(48.4, 49.8), st.floats(5.2, 7.2)), min_size=1, max_size=12),
        km=st.integers(1, 60),
    )
    def test_agrees_with_the_exact_distance(self, session: Session, points: list[tuple[float, float]], km: int) -> None:
        with session.begin_nested() as savepoint:
            made = {
                make.offer(session, latitude=south, longitude=east).id: Point(south, east) for south, east in points
            }
            given_back = set(found(session, circle=Circle(centre=METZ, km=km)))
            savepoint.rollback()

        for id_, point in made.items():
            exact = kilometres(METZ, point)
            if abs(exact - km) > 0.006 * km:  # the sphere is 0.6 % off
                assert (id_ in given_back) == (exact <= km)


class TestElsewhere:
    def test_counts_what_larger_radii_would_find(self, session: Session) -> None:
        make.offer(session, **at(40))
        make.offer(session, **at(90))
        criteria = Criteria(wanted=words.understand(session, "boulanger"), circle=AROUND_METZ)

        assert offers.elsewhere(session, criteria, region_code=make.REGION).radii == {50: 1, 100: 2, 200: 2}

    def test_names_the_nearest_communes_that_have_some(self, session: Session) -> None:
        thionville = make.commune(session, "57672", "Thionville")
        nancy = make.commune(session, "54395", "Nancy")
        make.offer(session, commune_code=nancy.code, **at(-47))
        for _ in range(2):
            make.offer(session, commune_code=thionville.code, **at(35))
        make.offer(session, "Maçon", description="Monter des murs.", **at(1))
        criteria = Criteria(wanted=words.understand(session, "boulanger"), circle=AROUND_METZ)

        named = offers.elsewhere(session, criteria, region_code=make.REGION).communes

        assert [(commune.name, count, round(km)) for commune, count, km in named] == [
            ("Thionville", 2, 35),
            ("Nancy", 1, 47),
        ]

    def test_has_nothing_to_say_without_a_place_or_beyond_the_largest_radius(self, session: Session) -> None:
        make.offer(session)
        largest = Criteria(circle=Circle(centre=METZ, km=200))

        assert offers.elsewhere(session, Criteria(), region_code=make.REGION) == offers.Elsewhere()
        assert not offers.elsewhere(session, largest, region_code=make.REGION).radii


class TestInsteadOf:
    def test_gives_the_same_occupation_nearest_first_then_the_departement(self, session: Session) -> None:
        gone = make.offer(session, withdrawn_at=make.NOW)
        far, near = make.offer(session, **at(60)), make.offer(session, **at(10))
        other = make.offer(session, "Maçon", rome_code="F1703")
        make.offer(session, "Maçon", rome_code="F1703", department="67")
        make.offer(session, withdrawn_at=make.NOW)

        others = offers.instead_of(session, gone, region_code=make.REGION)

        assert [each.offer.id for each in others] == [near.id, far.id, other.id]

    def test_gives_any_living_offer_rather_than_none(self, session: Session) -> None:
        gone = make.offer(session, withdrawn_at=make.NOW)
        living = make.offer(session, "Maçon", rome_code="F1703", department="67")

        others = offers.instead_of(session, gone, region_code=make.REGION)

        assert [each.offer.id for each in others] == [living.id]

    def test_bears_an_offer_of_which_nothing_is_known(self, session: Session) -> None:
        gone = make.offer(
            session,
            withdrawn_at=make.NOW,
            rome_code=None,
            commune_code=None,
            department=None,
            latitude=None,
            longitude=None,
        )

        assert offers.instead_of(session, gone, region_code=make.REGION) == []


class TestLinks:
    def test_lead_to_every_living_source_once(self, session: Session) -> None:
        make.source(session, "partner", label="Jobs du coin")
        shown = make.offer(session, url="https://a.exemple.fr/1")
        make.offer(session, source="partner", url="https://b.exemple.fr/2", duplicate_of_id=shown.id)
        make.offer(session, url="https://a.exemple.fr/1", duplicate_of_id=shown.id)
        make.offer(session, url="https://a.exemple.fr/3", duplicate_of_id=shown.id, withdrawn_at=make.NOW)

        links = offers.links(session, shown)

        assert [(link.url, link.site) for link in links] == [
            ("https://a.exemple.fr/1", "France Travail"),
            ("https://b.exemple.fr/2", "Jobs du coin"),
        ]

    @pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://a.exemple.fr", "//a.exemple.fr", "", None])
    def test_are_of_the_web_only(self, session: Session, url: str | None) -> None:
        offer: Offer = make.offer(session, url=url)

        assert [(link.url, link.reference) for link in offers.links(session, offer)] == [(None, offer.source_id)]
