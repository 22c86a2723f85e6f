"""The home of the back-office says what waits, and the journal what was done."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.pages import PageClient
from traitdunion.about import messages
from traitdunion.about.models import Subject
from traitdunion.accounts import audit
from traitdunion.accounts.models import Person
from traitdunion.admin import journal
from traitdunion.core import clock


@pytest.fixture
def operator(session: Session, pages: PageClient) -> Person:
    """Somebody who runs the service, signed in."""
    found = factories.person(session, "Alix", is_operator=True)
    pages.sign_in(found)
    session.commit()
    return found


class TestHome:
    def test_counts_what_waits(self, session: Session, pages: PageClient, operator: Person) -> None:
        factories.company(session, verified_at=None, verification=None)
        messages.send(
            session, territory="metz", subject=Subject.QUESTION, body="Bonjour", reply_to=None, now=clock.now()
        )
        session.commit()

        page = pages.get("/admin")

        counts = {
            card.h3.get_text(): card.strong.get_text()
            for card in page.select(".admin-list > li")
            if card.h3 and card.strong
        }
        assert (counts["Messages reçus"], counts["Entreprises à vérifier"]) == ("1", "1")
        assert counts["Tâches en échec"] == "0"

    def test_links_to_every_page(self, pages: PageClient, operator: Person) -> None:
        for link in pages.get("/admin").select("main nav a"):
            assert pages.client.get(str(link["href"])).status_code == 200


class TestWishes:
    def test_say_where_people_would_like_to_try_and_name_nobody(
        self, session: Session, pages: PageClient, operator: Person
    ) -> None:
        for given in ("Camille", "Sacha"):
            person = factories.person(session, given)
            factories.interest(session, person, company_name="Au Fournil", employer_key="au fournil", department="57")
        session.commit()

        page = pages.get("/admin/souhaits")

        cells = [cell.get_text(strip=True) for cell in page.select("main tbody tr > *")]
        assert cells == ["Au Fournil", "Boulanger", "57", "2", "2"]
        assert "Camille" not in page.main

    def test_say_that_there_are_none(self, pages: PageClient, operator: Person) -> None:
        assert "Personne n’a encore dit" in pages.get("/admin/souhaits").main


class TestJournal:
    def test_says_that_nothing_was_done(self, pages: PageClient, operator: Person) -> None:
        assert "Rien n’a encore été fait." in pages.get("/admin/journal").main

    def test_names_who_did_what(self, session: Session, pages: PageClient, operator: Person) -> None:
        audit.record(
            session, by=operator.id, act="company.verify", subject="companies", subject_id=7, now=factories.NOW
        )
        audit.record(session, by=None, act="something new", subject="things", subject_id=8, now=factories.NOW)
        session.commit()

        page = pages.get("/admin/journal")

        rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
        assert rows[0].startswith("20/11/2026 à 10:00 ligne de commande")
        assert "something new\u00a0: things n°\u00a08" in rows[0]
        assert "Alix Exemple a vérifié\u00a0: l’entreprise n°\u00a07" in rows[1]

    def test_goes_back_in_time_page_by_page(self, session: Session, pages: PageClient, operator: Person) -> None:
        for number in range(journal.SIZE + 3):
            now = factories.NOW + timedelta(minutes=number)
            audit.record(session, by=None, act="ban", subject="people", subject_id=number + 1, now=now)
        session.commit()

        first = pages.get("/admin/journal")
        older = first.select_one("a[rel=next]")
        assert older is not None
        second = pages.get(str(older["href"]))

        assert (len(first.select("tbody tr")), len(second.select("tbody tr"))) == (journal.SIZE, 3)
        assert second.select_one("a[rel=next]") is None

    @pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
    def test_bears_any_address(self, pages: PageClient, operator: Person, before: str) -> None:
        pages.get(f"/admin/journal?avant={before}")
