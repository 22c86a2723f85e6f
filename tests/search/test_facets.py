"""The counts beside each choice of the form are those of the page that the choice gives."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.search import entries, facets, offers, words
from traitdunion.search.criteria import CONTRACTS, LEVELS, WORK_STUDY, Circle, Criteria, Order
from traitdunion.search.facets import Cell, Filter
from traitdunion.territories.distances import Point, kilometres

METZ = Point(49.1081, 6.196)
TITLES = ("Boulanger", "Pâtissier")

made_offers = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(TITLES),
            "contract_type": st.sampled_from([*CONTRACTS[:4], "DDI", None]),
            "is_work_study": st.booleans(),
            "level": st.sampled_from([None, *LEVELS]),
            "km": st.sampled_from([None, 0, 3, 7, 15, 45, 90, 150]),
            "is_matched": st.booleans(),
        }
    ),
    min_size=1,
    max_size=14,
)
asked_criteria = st.builds(
    Criteria,
    circle=st.sampled_from([None, *(Circle(centre=METZ, km=km, department="57") for km in (1, 10, 30, 100, 120))]),
    level=st.sampled_from([None, *LEVELS]),
    contract=st.sampled_from([None, *CONTRACTS]),
    has_training=st.booleans(),
    without_diploma=st.booleans(),
    occupations=st.sampled_from([(), ("D1102",)]),
    order=st.sampled_from(Order),
)


def stored(session: Session, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows, with the id of the offer that each became."""
    for number, row in enumerate(rows):
        km = row["km"]
        there = {"latitude": METZ.latitude + km / 111.2, "longitude": METZ.longitude} if km is not None else {}
        offer = make.offer(
            session,
            f"{row['title']} {number if row['is_matched'] else 'ordinaire'}",
            contract_type=row["contract_type"],
            is_work_study=row["is_work_study"],
            level=row["level"],
            rome_code="D1102" if row["title"] == TITLES[0] else "D1104",
            profile_key=f"{number}" if row["is_matched"] else "none",
            **{"commune_code": None, "latitude": None, "longitude": None, "department": "57", **there},
        )
        if row["is_matched"]:
            make.match(session, offer, make.training(session))
        row["id"] = offer.id
    session.flush()
    return list(rows)


def meets(row: dict[str, Any], criteria: Criteria, q: str) -> bool:
    """What a person would say of the offer, computed without the code under test."""
    circle = criteria.circle
    return (
        (not q or row["title"].lower() == q)
        and (circle is None or row["km"] is None or row["km"] <= circle.km)
        and (not criteria.occupations or row["title"] == TITLES[0])
        and (criteria.level is None or row["level"] is None or row["level"] <= criteria.level)
        and (
            criteria.contract is None
            or (row["is_work_study"] if criteria.contract == WORK_STUDY else row["contract_type"] == criteria.contract)
        )
        and (not criteria.has_training or row["is_matched"])
        and (not criteria.without_diploma or row["level"] == 0)
    )


@pytest.fixture(params=["few", "many", "too many"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same searches, answered by one scan, then as if they met too many offers for one, for two."""
    if request.param != "few":
        monkeypatch.setattr(entries, "FEW", 2)
    if request.param == "too many":
        monkeypatch.setattr(entries, "MANY", 4)


@pytest.mark.usefixtures("_either_way")
class TestCounts:
    @settings(max_examples=40)
    @given(rows=made_offers, criteria=asked_criteria, q=st.sampled_from(["", "boulanger"]))
    def test_are_those_of_each_choice_and_of_its_page(
        self, session: Session, rows: list[dict[str, Any]], criteria: Criteria, q: str
    ) -> None:
        with session.begin_nested() as savepoint:
            known = stored(session, rows)
            criteria = replace(criteria, wanted=words.understand(session, q))
            counts = entries.find(session, criteria, region_code=make.REGION, start=0, size=20).counts
            pages = {
                choice: offers.find(session, variant, region_code=make.REGION, page=1)
                for choice, variant in facets.choices(criteria).items()
            }
            savepoint.rollback()

        for choice, variant in facets.choices(criteria).items():
            expected = {row["id"] for row in known if meets(row, variant, q)}
            assert counts[choice] == len(expected), choice
            assert pages[choice].count == len(expected), choice
            assert {each.offer.id for each in pages[choice].found} == expected, choice

    @settings(max_examples=20)
    @given(rows=made_offers, criteria=asked_criteria)
    def test_above_what_is_read_only_say_that_there_are_more(
        self, session: Session, rows: list[dict[str, Any]], criteria: Criteria
    ) -> None:
        with session.begin_nested() as savepoint, pytest.MonkeyPatch.context() as patched:
            patched.setattr(entries, "MOST", 3)
            known = stored(session, rows)
            counts = entries.find(session, criteria, region_code=make.REGION, start=0, size=20).counts
            savepoint.rollback()

        for choice, variant in facets.choices(criteria).items():
            expected = sum(meets(row, variant, "") for row in known)
            assert min(counts[choice], 4) == min(expected, 4), choice

    @settings(max_examples=30)
    @given(rows=made_offers, criteria=asked_criteria, q=st.sampled_from(["", "boulanger", "ordinaire"]))
    def test_do_not_depend_on_the_page(
        self, session: Session, rows: list[dict[str, Any]], criteria: Criteria, q: str
    ) -> None:
        with session.begin_nested() as savepoint:
            stored(session, rows)
            criteria = replace(criteria, wanted=words.understand(session, q))
            whole = entries.find(session, criteria, region_code=make.REGION, start=0, size=100)
            parts = [
                entries.find(session, criteria, region_code=make.REGION, start=start, size=3)
                for start in range(0, 15, 3)
            ]
            savepoint.rollback()

        assert [id_ for part in parts for id_ in part.ids] == list(whole.ids)
        assert all(part.counts == whole.counts for part in parts)


class TestCounted:
    def test_counts_what_fails_one_filter_for_the_other_choices_of_that_filter(self) -> None:
        criteria = Criteria(contract="CDI", has_training=True)
        cells = [Cell("CDD", False, None, True, 0, 5), Cell("CDD", False, None, False, 0, 7)]

        counts = facets.counted(criteria, cells)

        assert facets.total(criteria, counts) == 0
        assert (counts[Filter.CONTRACT, "CDD"], counts[Filter.CONTRACT, None]) == (5, 5)
        assert counts[Filter.TRAINING, False] == 0

    def test_distances_agree_with_the_geodesic(self) -> None:
        there = Point(METZ.latitude + 30 / 111.2, METZ.longitude)

        assert abs(kilometres(METZ, there) - 30) < 0.1


class TestForm:
    def test_says_the_counts_in_the_choices(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.offer(session, contract_type="CDI", level=0)
        make.offer(session, contract_type="CDD", level=5)
        session.commit()

        page = pages.get("/offres?lieu=metz&contrat=CDI")

        said = [option.get_text() for option in page.select("option")]
        for label in (
            "CDI (1)",
            "CDD (1)",
            "Intérim (0)",
            "Tous les contrats (2)",
            "30 km (1)",
            "Tous les niveaux (1)",
        ):
            assert label in said, label
        labels = [label.get_text() for label in page.select("label")]
        assert "Accessible sans diplôme (1)" in labels
        assert "Avec une formation financée (0)" in labels

    def test_says_when_there_are_more_than_are_read(
        self, session: Session, pages: PageClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("traitdunion.search.facets.MOST", 1)
        for _ in range(2):
            make.offer(session, contract_type="CDI")
        session.commit()

        page = pages.get("/offres")

        assert "CDI (plus de 1)" in [option.get_text() for option in page.select("option")]
