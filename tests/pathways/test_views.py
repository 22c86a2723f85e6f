"""The pages by which people correct a match: two links, a page with one button, thanks; a GET writes nothing."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.pages import Page, PageClient, check
from traitdunion.accounts.models import AuditEntry
from traitdunion.offers.models import Offer
from traitdunion.pathways import corrections, views
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Author, Correction, Kind, MatchDecision, Voice
from traitdunion.trainings.models import Training

NETWORKS = ("192.0.2.7", "198.51.100.7", "203.0.113.7")


@pytest.fixture
def offer(session: Session) -> Offer:
    """A baker's offer, with a training."""
    offer = factories.offer(session)
    factories.match(session, offer, factories.training(session))
    session.commit()
    return offer


@pytest.fixture
def address(session: Session, offer: Offer) -> str:
    """Where one says what one thinks of the training."""
    return f"/offres/{offer.id}/formations/{session.scalars(select(Training.id)).one()}/avis"


def opened(pages: PageClient, address: str, answer: str = "non") -> Page:
    """The page with the button; the only one here that may set a cookie."""
    response = pages.client.get(f"{address}?reponse={answer}")
    assert response.status_code == 200, response.text
    page = Page(response.text, "lxml")
    page.response = response
    check(page, address)
    return page


def click(pages: PageClient, page: Page, *, remote: str = NETWORKS[0]) -> TestResponse:
    """Presses the button of the page, as a browser does."""
    form = page.select_one("main form")
    assert form is not None
    fields = {str(field["name"]): str(field["value"]) for field in form.find_all("input")}
    return pages.client.post(str(form["action"]), data=fields, environ_base={"REMOTE_ADDR": remote})


def count(session: Session) -> int:
    """How many voices were kept."""
    return session.scalar(select(func.count()).select_from(Correction)) or 0


class TestOffer:
    def test_asks_what_one_thinks_of_each_training(self, pages: PageClient, offer: Offer, address: str) -> None:
        page = pages.get(f"/offres/{offer.id}?q=boulanger")

        links = [str(link["href"]) for link in page.select(".result a[rel=nofollow]")]
        assert links == [f"{address}?reponse={answer}&q=boulanger" for answer in ("oui", "non")]

    def test_thanks(self, pages: PageClient, offer: Offer) -> None:
        assert "Merci, votre avis est enregistré." in pages.get(f"/offres/{offer.id}?avis=merci").main
        assert "Merci" not in pages.get(f"/offres/{offer.id}").main

    def test_says_what_people_confirmed(self, session: Session, pages: PageClient, offer: Offer, address: str) -> None:
        pair = Pair(offer.profile_key, int(address.split("/")[4]))
        corrections.decide(session, pair, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=factories.NOW)
        session.commit()

        assert (
            "Des personnes ont confirmé que cette formation mène à ce métier." in pages.get(f"/offres/{offer.id}").main
        )


class TestOpinionPage:
    @pytest.mark.parametrize(
        ("answer", "heading"), [("oui", "Cette formation est utile"), ("non", "Cette formation ne correspond pas")]
    )
    def test_says_what_one_is_about_to_say(self, pages: PageClient, address: str, answer: str, heading: str) -> None:
        page = opened(pages, address, answer)

        assert page.h1 is not None
        assert page.h1.get_text(strip=True) == heading
        assert len(page.select("main form button")) == 1

    def test_writes_nothing(self, session: Session, pages: PageClient, address: str) -> None:
        opened(pages, address)

        assert count(session) == 0

    def test_is_listed_nowhere(self, pages: PageClient, address: str) -> None:
        page = opened(pages, address)

        assert page.select_one('meta[name=robots][content="noindex, nofollow"]') is not None
        assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"

    @pytest.mark.parametrize("wrong", ["?reponse=peut-etre", ""])
    def test_is_not_there_without_an_answer(self, pages: PageClient, address: str, wrong: str) -> None:
        pages.get(address + wrong, 404)

    def test_is_not_there_for_what_was_not_proposed(self, session: Session, pages: PageClient, offer: Offer) -> None:
        other = factories.training(session, "CAP maçon")
        session.commit()

        for training_id in (other.id, 2**63):
            pages.get(f"/offres/{offer.id}/formations/{training_id}/avis?reponse=oui", 404)


class TestGiveOpinion:
    def test_goes_back_to_the_offer_and_the_search(self, pages: PageClient, offer: Offer, address: str) -> None:
        page = opened(pages, address, "oui&q=boulanger&lieu=Metz&_external=1")

        answer = click(pages, page)

        assert answer.status_code == 303
        assert answer.location == f"/offres/{offer.id}?q=boulanger&lieu=Metz&avis=merci#formations"

    def test_counts_a_second_click_for_nothing(self, session: Session, pages: PageClient, address: str) -> None:
        page = opened(pages, address)

        assert [click(pages, page).status_code for _ in range(2)] == [303, 303]

        assert count(session) == 1

    def test_counts_neighbours_of_a_network_once(self, session: Session, pages: PageClient, address: str) -> None:
        page = opened(pages, address)

        for remote in ("192.0.2.7", "192.0.2.200"):
            click(pages, page, remote=remote)

        assert count(session) == 1

    def test_takes_the_training_away_when_three_agree(
        self, session: Session, pages: PageClient, offer: Offer, address: str
    ) -> None:
        page = opened(pages, address)

        for remote in NETWORKS:
            assert click(pages, page, remote=remote).status_code == 303

        assert "CAP boulanger" not in pages.get(f"/offres/{offer.id}").main
        assert click(pages, page).status_code == 303  # a click on what has just gone is thanked for too

    def test_takes_the_word_of_an_operator_at_once(
        self, session: Session, pages: PageClient, offer: Offer, address: str
    ) -> None:
        pages.sign_in(factories.person(session, is_operator=True))
        page = opened(pages, address)

        click(pages, page)

        assert "CAP boulanger" not in pages.get(f"/offres/{offer.id}").main
        assert session.scalars(select(MatchDecision.author)).one() == Author.OPERATOR
        assert session.scalars(select(AuditEntry.act)).one() == "decide match"

    def test_counts_a_person_once_wherever_they_are(self, session: Session, pages: PageClient, address: str) -> None:
        pages.sign_in(factories.person(session))
        page = opened(pages, address)

        for remote in NETWORKS:
            click(pages, page, remote=remote)

        assert session.scalars(select(Correction.voice)).all() == [Voice.JOB_SEEKER]

    @pytest.mark.parametrize("token", ["", "invented"])
    def test_is_refused_without_the_token_of_the_page(
        self, session: Session, pages: PageClient, address: str, token: str
    ) -> None:
        opened(pages, address)

        answer = pages.client.post(f"{address}?reponse=non", data={"csrf_token": token})

        assert answer.status_code == 400
        assert count(session) == 0

    def test_is_refused_to_who_insists(self, pages: PageClient, address: str) -> None:
        page = opened(pages, address)

        answers = [click(pages, page).status_code for _ in range(views.LIMIT.most + 1)]

        assert answers == [303] * views.LIMIT.most + [429]
