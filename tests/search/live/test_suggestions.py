"""What fields propose: few, near, living, and tolerant of how people write."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.core import db
from traitdunion.rome.models import JobTitle
from traitdunion.search.live import gathering, suggestions
from traitdunion.search.live.models import REFERENCE, SuggestedJob
from traitdunion.search.live.suggestions import Suggestion

HERE = ("57",)
_ROWS = text("SELECT label, xmin::text FROM suggested_jobs ORDER BY label")


def known(session: Session, *rows: tuple[str, str, int]) -> None:
    """Names that were gathered: département, label, offers."""
    for department, label, offers in rows:
        name = gathering.named(department, label, label, offers)
        assert name is not None
        session.add(SuggestedJob(**name._asdict()))
    session.flush()


def values(found: Sequence[Suggestion]) -> list[str]:
    """What would be put in the field."""
    return [one.value for one in found]


class TestOfJobs:
    def test_begins_any_word_and_puts_what_recruits_here_first(self, session: Session) -> None:
        known(
            session,
            (REFERENCE, "Pâtissier / Pâtissière", 0),
            ("57", "Boulanger pâtissier", 3),
            ("57", "Pâtissier", 1),
            ("75", "Pâtissier chocolatier", 50),
        )

        found = suggestions.of_jobs(session, "PATI", departments=HERE)

        assert values(found) == ["Pâtissier / Pâtissière", "Boulanger pâtissier"]

    @pytest.mark.parametrize("typed", ["boulangere", "Boulangèr", "boulagner", "  boul ", "boul/"])
    def test_bears_gender_accents_and_typing_errors(self, session: Session, typed: str) -> None:
        known(session, (REFERENCE, "Boulanger / Boulangère", 0), (REFERENCE, "Maçon / Maçonne", 0))

        assert values(suggestions.of_jobs(session, typed, departments=HERE)) == ["Boulanger / Boulangère"]

    @pytest.mark.parametrize("typed", ["", "b", " % ", "_", "''"])
    def test_proposes_nothing_under_two_letters(self, session: Session, typed: str) -> None:
        known(session, (REFERENCE, "Boulanger / Boulangère", 0))

        assert suggestions.of_jobs(session, typed, departments=HERE) == []

    def test_never_proposes_more_than_a_phone_shows(self, session: Session) -> None:
        known(session, *(("57", f"Vendeur en {word}", 1) for word in "fruits chaussures meubles livres jeux".split()))
        known(session, *(("57", f"Vendeur de {word}", 1) for word in "pain motos tissus sport vins".split()))

        assert len(suggestions.of_jobs(session, "vend", departments=HERE)) == suggestions.MOST


class TestOfPlaces:
    def test_puts_the_territory_first_then_the_largest_and_tells_homonyms_apart(self, session: Session) -> None:
        make.commune(session, "57663", "Sainte-Ruffine", population=500)
        make.commune(session, "35001", "Saint-Ruffin", population=90_000, postcodes=["35000"])
        make.commune(session, "21001", "Sainte-Ruffine", population=9_000)

        found = suggestions.of_places(session, "ste ruff", departments=HERE)

        assert values(found)[:2] == ["Sainte-Ruffine (57)", "Sainte-Ruffine (21)"]
        assert found[0].detail == "57000"

    @pytest.mark.parametrize("typed", ["570", "57 00", "57000"])
    def test_understands_a_postcode(self, session: Session, typed: str) -> None:
        make.commune(session)
        make.commune(session, "54395", "Nancy", postcodes=["54000", "54100"])

        assert values(suggestions.of_places(session, typed, departments=HERE)) == ["Metz (57)"]

    def test_finds_communes_of_corsica_by_their_postcode(self, session: Session) -> None:
        make.commune(session, "2A004", "Ajaccio", postcodes=["20000"], department="2A")

        assert values(suggestions.of_places(session, "200", departments=HERE)) == ["Ajaccio (2A)"]

    @pytest.mark.parametrize("typed", ["thion", "THIONVILLE (57", "tionville", "Thionvile"])
    def test_bears_half_words_and_typing_errors(self, session: Session, typed: str) -> None:
        make.commune(session)
        make.commune(session, "57672", "Thionville")

        assert values(suggestions.of_places(session, typed, departments=HERE)) == ["Thionville (57)"]

    def test_finds_a_word_in_the_middle_of_a_name(self, session: Session) -> None:
        make.commune(session, "57480", "Montigny-lès-Metz")
        make.commune(session)

        found = suggestions.of_places(session, "metz", departments=HERE)

        assert values(found) == ["Metz (57)", "Montigny-lès-Metz (57)"]

    @given(typed=st.text(max_size=30))
    def test_bears_anything(self, session: Session, typed: str) -> None:
        cleaned = typed.replace("\0", "").encode(errors="ignore").decode()

        assert suggestions.of_places(session, cleaned, departments=HERE) is not None
        assert suggestions.of_jobs(session, cleaned, departments=HERE) is not None


class TestClean:
    @pytest.mark.parametrize(
        ("title", "label"),
        [
            ("Boulanger / Boulangère (H/F)", "Boulanger / Boulangère"),
            ("VENDEUR EN BOULANGERIE F/H", "Vendeur en boulangerie"),
            ("Aide à domicile - H/F/X", "Aide à domicile"),
            ("Chef d'équipe (F/H)", "Chef d’équipe"),
            ("Boulanger CDI 35h Metz", None),
            ("H/F", None),
            ("", None),
            ("Conducteur " * 9, None),
        ],
    )
    def test_leaves_a_job_alone(self, title: str, label: str | None) -> None:
        assert gathering.clean(title) == label


class TestGather:
    def test_takes_the_names_of_living_offers_and_of_rome(self, engine: Engine) -> None:
        with db.transaction() as session:
            for title in ("Boulanger H/F", "Boulanger H/F", "BOULANGER"):
                make.offer(session, title)
            make.offer(session, "Maçon", withdrawn_at=datetime(2026, 11, 1, tzinfo=UTC))
            make.occupation(session)
            session.add(
                JobTitle(
                    ogr_code=11573,
                    label="Boulanger / Boulangère",
                    short_label="",
                    occupation_code="D1102",
                    parent_code="D1102",
                    is_rare=False,
                    in_v3=True,
                    in_v4=True,
                )
            )

        count = gathering.gather(engine)

        with db.transaction() as session:
            rows = session.execute(
                select(SuggestedJob.department, SuggestedJob.label, SuggestedJob.offers).order_by(
                    SuggestedJob.department
                )
            ).all()
        assert [tuple(row) for row in rows] == [("", "Boulanger / Boulangère", 0), ("57", "Boulanger", 3)]
        assert count == 2

    def test_forgets_what_is_gone_and_changes_nothing_else(self, engine: Engine) -> None:
        with db.transaction() as session:
            offer = make.offer(session, "Boulanger")
            make.offer(session, "Maçon")
        gathering.gather(engine)
        with db.transaction() as session:
            before = session.execute(_ROWS).all()
            session.get_one(type(offer), offer.id).withdrawn_at = make.NOW

        gathering.gather(engine)

        with db.transaction() as session:
            after = session.execute(_ROWS).all()
        assert [row for row in before if row.label == "Maçon"] == after  # the row was not written again
