"""What is asked of occupations, each in one query."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.orm import Session

from tests.rome import releases
from traitdunion.rome import occupations, official, reference

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def rome(session: Session) -> Session:
    """A session where both versions are in place."""
    reference.replace(session, releases.read(releases.files()), source="…", now=NOW)
    return session


@pytest.fixture
def rome_4_alone(session: Session) -> Session:
    """A session where only what France Travail still publishes is in place."""
    reference.replace(session, releases.read(releases.files(4)), source="…", now=NOW)
    return session


class TestLabels:
    def test_are_those_of_rome_4(self, rome: Session) -> None:
        assert occupations.labels(rome)["D1102"] == "Boulanger / Boulangère"
        assert len(occupations.labels(rome)) == 6


class TestParents:
    def test_are_codes_of_rome_3(self, rome: Session) -> None:
        assert occupations.parents(rome) == {
            "A1101": "A1101",
            "A1102": "A1101",
            "D1102": "D1102",
            "D1104": "D1104",
            "D1120": "D1102",
            "L1303": "L1303",
        }

    @pytest.mark.real_data
    def test_are_those_of_the_official_files(self, session: Session, real_data: Path) -> None:
        release = official.read(real_data / "rome" / "official")
        reference.replace(session, release, source="…", now=NOW)

        parents = occupations.parents(session)

        assert parents == {code: line.parent_code for code, line in release.editions[4].occupations.items()}
        assert all(parents[code] == code for code in release.editions[3].occupations)


class TestMobilities:
    def test_are_those_of_rome_3_where_it_is_known(self, rome: Session) -> None:
        assert occupations.mobilities(rome) == {
            "D1102": frozenset({"D1104"}),
            "D1104": frozenset({"D1102"}),
            "A1101": frozenset({"L1303"}),
        }

    def test_are_else_the_nearest_of_rome_4_between_parents(self, rome_4_alone: Session) -> None:
        assert occupations.mobilities(rome_4_alone) == {"D1102": frozenset({"D1104"})}

    def test_are_none_with_the_facts_alone(self, session: Session) -> None:
        reference.load_facts(session, now=NOW)

        assert occupations.mobilities(session) == {}

    @pytest.mark.real_data
    def test_are_all_there_in_the_official_files(self, session: Session, real_data: Path) -> None:
        reference.replace(session, official.read(real_data / "rome" / "official"), source="…", now=NOW)

        mobilities = occupations.mobilities(session)

        assert (len(mobilities), sum(map(len, mobilities.values()))) == (532, 4_008)


class TestTitles:
    def test_give_every_name_with_its_code(self, rome: Session) -> None:
        titles = list(occupations.titles(rome))

        assert {name for name, code in titles if code == "D1102"} == {
            "Boulanger / Boulangère",
            "Boulangerie - viennoiserie",
        }
        assert ("Tourier / Tourière", "D1120") in titles
        assert len(titles) == len(set(titles))

    def test_are_the_labels_with_the_facts_alone(self, session: Session) -> None:
        reference.load_facts(session, now=NOW)

        assert len(list(occupations.titles(session))) == 1_584


class TestGet:
    def test_finds_an_occupation_by_its_code(self, rome: Session) -> None:
        found = occupations.get(rome, "D1120")

        assert found is not None
        assert found.label == "Tourier / Tourière"

    def test_gives_none_for_an_unknown_code(self, rome: Session) -> None:
        assert occupations.get(rome, "Z9999") is None


@pytest.mark.parametrize(
    "ask",
    [
        occupations.labels,
        occupations.parents,
        occupations.mobilities,
        lambda session: list(occupations.titles(session)),
    ],
)
def test_each_question_is_one_query(rome: Session, ask: Callable[[Session], Any]) -> None:
    rome.flush()  # what the fixture wrote is no part of the question
    queries: list[str] = []
    connection = rome.connection()
    sqlalchemy.event.listen(connection, "before_cursor_execute", lambda *call: queries.append(call[2]))

    ask(rome)

    assert len(queries) == 1
