"""The queue of matches: seen by operators alone, decided by one click, on the record, and measured."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.pages import PageClient
from traitdunion.accounts.models import AuditEntry
from traitdunion.core import clock
from traitdunion.offers.models import Offer
from traitdunion.pathways import corrections, drawing
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Author, Kind, MatchDecision, Voice

ADDRESS = "/admin/rapprochements"


@pytest.fixture
def pair(session: Session, pages: PageClient) -> Pair:
    """A baker's training for a baker's offer, and an operator who is signed in."""
    offer, training = factories.offer(session), factories.training(session)
    factories.match(session, offer, training)
    pages.sign_in(factories.person(session, is_operator=True))
    session.commit()
    return Pair(offer.profile_key, training.id)


def fields(pair: Pair, answer: str = "non", queue: str = "doute") -> dict[str, object]:
    """What the button sends."""
    return {"profil": pair.profile_key, "formation": pair.training_id, "avis": answer, "file": queue}


class TestPage:
    def test_shows_the_reasons_and_both_buttons(self, pages: PageClient, pair: Pair) -> None:
        page = pages.get(f"{ADDRESS}?file=doute", is_form=True)

        assert "Boulanger / Boulangère (H/F)" in page.main
        assert "Cette formation prépare au métier de l’offre" in page.main
        buttons = page.select("li form button")
        assert [button["value"] for button in buttons] == ["oui", "non"]
        assert all("CAP boulanger" in button.get_text() for button in buttons)

    def test_shows_what_people_spoke_of(self, session: Session, pages: PageClient, pair: Pair) -> None:
        corrections.say(session, pair, kind=Kind.REFUSED, voice=Voice.ANONYMOUS, network=b"1", now=clock.now())
        session.commit()

        page = pages.get(f"{ADDRESS}?file=avis", is_form=True)

        assert "Dont on parle (1)" in page.main
        assert "0 pour, 1 contre" in page.main

    @pytest.mark.parametrize("queue", ["", "?file=avis", "?file=inconnue", "?file=tirage"])
    def test_says_that_nothing_waits(self, pages: PageClient, pair: Pair, queue: str) -> None:
        page = pages.get(f"{ADDRESS}{queue}", is_form=True)

        assert "Rien n’attend ici." in page.main
        assert "Aucun tirage n’a encore été fait" in page.main


class TestDecide:
    def test_counts_at_once_and_is_on_the_record(self, session: Session, pages: PageClient, pair: Pair) -> None:
        answer = pages.post(ADDRESS, fields(pair), form=f"{ADDRESS}?file=doute")

        assert (answer.status_code, answer.location) == (303, f"{ADDRESS}?file=doute#file")
        offer = session.scalars(select(Offer)).one()
        assert "CAP boulanger" not in pages.get(f"/offres/{offer.id}").main
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.act, entry.subject_id, entry.details["verdict"]) == ("decide match", pair.training_id, "refused")

    def test_stands_over_what_people_agreed(self, session: Session, pages: PageClient, pair: Pair) -> None:
        corrections.decide(session, pair, verdict=Kind.REFUSED, author=Author.AGREEMENT, now=clock.now())
        session.commit()

        pages.post(ADDRESS, fields(pair, "oui"), form=f"{ADDRESS}?file=tirage")

        decided = session.scalars(select(MatchDecision).execution_options(populate_existing=True)).one()
        assert (decided.verdict, decided.author) == ("confirmed", "operator")

    @pytest.mark.parametrize(
        "changed",
        [
            {"avis": "peut-être"},
            {"profil": "inconnu"},
            {"profil": "a" * 9_000},
            {"formation": "9" * 30},
            {"formation": "x"},
        ],
    )
    def test_changes_nothing_when_it_is_not_understood(
        self, session: Session, pages: PageClient, pair: Pair, changed: dict[str, object]
    ) -> None:
        answer = pages.post(ADDRESS, {**fields(pair), **changed}, form=f"{ADDRESS}?file=tirage")

        assert answer.status_code == 303
        assert session.scalars(select(MatchDecision)).all() == []
        assert "rien n’a changé" in pages.get(f"{ADDRESS}?file=doute", is_form=True).main


class TestDraw:
    def test_fills_the_queue_and_the_chart(self, session: Session, pages: PageClient, pair: Pair) -> None:
        pages.post(f"{ADDRESS}/tirage", form=f"{ADDRESS}?file=tirage")
        drawn = pages.get(ADDRESS, is_form=True)
        pages.post(ADDRESS, fields(pair, "oui", "tirage"), form=ADDRESS)

        page = pages.get(ADDRESS, is_form=True)

        assert "Tirés au hasard (1)" in drawn.main
        assert "pas encore relu" in drawn.main
        assert "Tirés au hasard (0)" in page.main
        assert "100\u00a0%" in page.get_text()
        assert page.select_one("svg rect[width='100%']") is not None

    def test_measures_each_month_apart(self, session: Session, pages: PageClient, pair: Pair) -> None:
        this = drawing.month_of(clock.today())
        for month in (this, drawing.month_of(this - timedelta(days=1))):
            drawing.draw(session, month=month)
        session.commit()

        page = pages.get(ADDRESS, is_form=True)

        assert len(page.select("table.months tbody tr")) == 2


@pytest.mark.parametrize("path", ["/admin", ADDRESS, "/admin/journal", "/admin/personnes", "/admin/entreprises"])
def test_is_for_operators_alone(session: Session, pages: PageClient, path: str) -> None:
    assert pages.client.get(path).status_code == 303
    pages.sign_in(factories.person(session))
    session.commit()

    assert pages.client.get(path).status_code == 403
