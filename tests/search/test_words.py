"""What a person typed, understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.search import words


@pytest.fixture
def offers(session: Session) -> None:
    """A baker, a waiter, a confectioner and a nurse."""
    make.offer(session, "Boulanger / Boulangère (H/F)")
    make.offer(session, "Serveur en restauration", description="Un sourire, un plateau, le permis.")
    make.offer(session, "Pâtissier confiseur")
    make.offer(session, "Infirmier de bloc")


@pytest.mark.usefixtures("offers")
class TestUnderstand:
    @pytest.mark.parametrize("typed", ["boulanger", "boulangère", "boulangers", "boulangé", "BOULANGERES", "Boulanger"])
    def test_is_blind_to_gender_number_case_and_accents(self, session: Session, typed: str) -> None:
        wanted = words.understand(session, typed)

        assert wanted.stems == words.understand(session, "boulanger").stems
        assert wanted.corrected is None

    def test_finds_the_waiter_for_a_waitress(self, session: Session) -> None:
        assert words.understand(session, "serveuse").stems == words.understand(session, "serveur").stems

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [("boulagner", "boulanger"), ("infirmer bloc", "infirmier bloc"), ("pattisier", "patissier")],
    )
    def test_puts_a_typing_error_right_and_says_so(self, session: Session, typed: str, meant: str) -> None:
        wanted = words.understand(session, typed)

        assert wanted.corrected == meant
        assert wanted.understood == meant
        assert wanted.stems == words.understand(session, meant).stems

    def test_leaves_a_word_that_only_descriptions_say(self, session: Session) -> None:
        assert words.understand(session, "plateau").corrected is None

    def test_leaves_a_word_that_only_trainings_say(self, session: Session) -> None:
        make.training(session, "CAP boulange")

        assert words.understand(session, "boulange").corrected is None

    def test_leaves_short_words_figures_and_words_like_no_other(self, session: Session) -> None:
        for typed in ("blo", "57000", "xylophoniste"):
            assert words.understand(session, typed).corrected is None

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("je veux travailler dans une boulangerie", "boulangerie"),
            ("formation boulanger", "boulanger"),
            ("boulangère près de chez moi", "boulangère"),
            ("responsable formation", "responsable formation"),
            ("travail", "travail"),
        ],
    )
    def test_leaves_out_the_words_of_the_wish_unless_they_are_all(
        self, session: Session, typed: str, meant: str
    ) -> None:
        wanted = words.understand(session, typed)

        assert wanted.stems == words.understand(session, meant).stems
        assert wanted.typed == typed

    def test_takes_words_as_they_are_when_asked_exactly(self, session: Session) -> None:
        wanted = words.understand(session, "boulagner", exactly=True)

        assert wanted.corrected is None
        assert wanted.stems != words.understand(session, "boulanger").stems

    @pytest.mark.parametrize("typed", ["", "le", "H/F", "!!!", "🙂", "& | ! ( ) : *"])
    def test_finds_nothing_to_look_for_in_words_that_say_nothing(self, session: Session, typed: str) -> None:
        assert words.understand(session, typed).is_empty

    def test_looks_for_a_few_words_only(self, session: Session) -> None:
        wanted = words.understand(session, " ".join(f"mot{number}" for number in range(1_000)))

        assert len(wanted.stems) == words.MOST_WORDS

    @given(typed=st.text(max_size=80) | st.text(alphabet="ab'\\:*&|!()<-> é"))
    def test_makes_a_query_that_postgresql_reads_of_anything(self, session: Session, typed: str) -> None:
        wanted = words.understand(session, typed.replace("\x00", ""))

        if not wanted.is_empty:
            query = text("SELECT cast(:query AS tsquery) IS NOT NULL AND cast(:titles AS tsquery) IS NOT NULL")
            assert session.scalar(query, {"query": wanted.query, "titles": wanted.title_query})
