"""`/mon-espace`: what is proposed to me, and who may book in my place."""

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from tests.prescribers import followed_people as some
from traitdunion.core import clock
from traitdunion.prescribers import consents
from traitdunion.prescribers.models import CaseloadEntry, Prescriber


@pytest.fixture
def nadia(session: Session) -> Prescriber:
    return some.prescriber(session)


@pytest.fixture
def me(session: Session, pages: PageClient, nadia: Prescriber) -> CaseloadEntry:
    """Whom she follows, signed in."""
    entry = some.entry(session, nadia)
    pages.sign_in(entry.person)
    return entry


class TestProposals:
    def test_are_first_until_they_are_answered(
        self, session: Session, pages: PageClient, nadia: Prescriber, me: CaseloadEntry
    ) -> None:
        some.refer(session, nadia, some.entry(session, nadia, "Autre"), make.slot(session, title="D’une autre"))
        some.refer(session, nadia, me, make.slot(session, title="La mienne"), now=clock.now())

        page = pages.get("/mon-espace", is_form=True)
        link = page.select_one("a[href^='/propositions/']")

        assert "La mienne" in page.main
        assert "D’une autre" not in page.main
        assert link is not None
        assert "pour vous" in pages.get(str(link["href"]), is_form=True).main


class TestWithdraw:
    def test_ends_the_consent(self, session: Session, pages: PageClient, nadia: Prescriber, me: CaseloadEntry) -> None:
        consent = some.consent(session, nadia, me)
        page = pages.get("/mon-espace", is_form=True)

        answer = pages.post(f"/mon-espace/accords/{consent.id}/retirer", form="/mon-espace")

        assert consent.text in page.main
        assert answer.status_code == 303
        assert "Votre accord est retiré" in pages.get("/mon-espace", is_form=True).main
        assert consents.standing(session, me.id) is None

    def test_is_mine_alone(self, session: Session, pages: PageClient, nadia: Prescriber, me: CaseloadEntry) -> None:
        other = some.entry(session, nadia)
        theirs = some.consent(session, nadia, other)

        assert pages.send("POST", f"/mon-espace/accords/{theirs.id}/retirer").status_code == 404
        assert consents.standing(session, other.id) is theirs
