"""A few occupations for what somebody types, where no model was learned."""

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.rome import proposing
from traitdunion.rome.models import JobTitle


@pytest.fixture(autouse=True)
def occupations(session: Session) -> None:
    """Bakers and masons; a job title of the latter."""
    make.occupation(session)
    make.occupation(session, "F1703", "Maçon / Maçonne")
    session.add(
        JobTitle(
            ogr_code=1,
            label="Limousin / Limousine du bâtiment",
            short_label="Limousin",
            occupation_code="F1703",
            parent_code="F1703",
            is_rare=True,
            in_v3=True,
            in_v4=True,
        )
    )
    session.flush()


class TestPropose:
    @pytest.mark.parametrize(
        ("title", "first"),
        [
            ("boulanger", "D1102"),
            ("Boulangère", "D1102"),
            ("BOULANGERE", "D1102"),
            ("boulangé", "D1102"),
            ("macon", "F1703"),
            ("ouvrier maçon", "F1703"),
            ("limousin", "F1703"),
        ],
    )
    def test_puts_the_likeliest_first(self, session: Session, title: str, first: str) -> None:
        assert proposing.propose(session, title)[0].code == first

    @pytest.mark.parametrize("title", ["zzzz", "", "%", "'; --", "\u202f"])
    def test_proposes_nothing_for_nothing(self, session: Session, title: str) -> None:
        assert proposing.propose(session, title) == []

    def test_never_proposes_more_than_asked(self, session: Session) -> None:
        assert len(proposing.propose(session, "boulanger maçon", most=1)) == 1
