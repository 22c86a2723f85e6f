"""`/mon-espace`: what is mine, what comes next, and what I may change."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.core import clock
from traitdunion.immersions import bookings, calendars, waiting
from traitdunion.immersions.models import Actor, Booking, Slot
from traitdunion.notifications import addresses
from traitdunion.notifications.models import Channel
from traitdunion.pathways import interests


def slot_ahead(session: Session, days: int = 20, **fields: Any) -> Slot:
    return make.slot(session, first_day=clock.today() + timedelta(days=days), **fields)


@pytest.fixture
def me(session: Session, pages: PageClient) -> Person:
    person = make.person(session, birth_date=date(1990, 1, 1), postcode="57000")
    pages.sign_in(person)
    return person


def book(session: Session, slot: Slot, person: Person) -> Booking:
    return bookings.book(session, slot, person, now=clock.now())


def other(session: Session) -> Person:
    return make.person(session, "Zoé", birth_date=date(1990, 1, 1))


class TestHome:
    def test_asks_to_sign_in_and_comes_back(self, pages: PageClient) -> None:
        answer = pages.client.get("/mon-espace")

        assert answer.headers["Location"].endswith("/connexion?suite=/mon-espace")

    def test_says_what_to_do_when_there_is_nothing(self, pages: PageClient, me: Person) -> None:
        page = pages.get("/mon-espace", is_form=True)

        assert page.find("a", href="/immersions", class_="btn")

    def test_says_that_messages_do_not_arrive(self, pages: PageClient, session: Session, me: Person) -> None:
        assert me.email
        address = addresses.find_or_add(session, Channel.EMAIL, me.email, now=clock.now())
        assert "n’arrivent pas" not in pages.get("/mon-espace", is_form=True).main

        address.bounced_at = clock.now()
        session.flush()

        page = pages.get("/mon-espace", is_form=True)
        assert f"Nos messages n’arrivent pas à {me.email} " in page.main
        assert page.select_one("main a[href='/mon-compte#adresse-actuelle']")

    def test_shows_what_i_have_to_do_first(self, pages: PageClient, session: Session, me: Person) -> None:
        book(session, slot_ahead(session, 10, title="Demandée"), me)
        offered = slot_ahead(session, 30, title="Offerte", accepts_at_once=True)
        held = book(session, offered, other(session))
        waiting.join(session, offered, me, word=None, now=clock.now())
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=clock.now())

        page = pages.get("/mon-espace", is_form=True)

        assert [link.get_text().strip() for link in page.select(".booking h3 a")] == ["Offerte", "Demandée"]
        assert "À vous :" in page.main
        assert "À l’entreprise :" in page.main

    def test_keeps_what_is_over_apart(self, pages: PageClient, session: Session, me: Person) -> None:
        booking = book(session, slot_ahead(session, title="Annulée un jour"), me)
        bookings.cancel(session, booking, by=Actor.PERSON, word=None, now=clock.now())

        page = pages.get("/mon-espace", is_form=True)

        assert page.select_one(".over a")
        assert not page.select(".booking")

    def test_opens_and_closes_the_calendar(self, pages: PageClient, session: Session, me: Person) -> None:
        pages.post("/mon-espace/calendrier", {"ouvert": "oui"}, form="/mon-espace")
        field = pages.get("/mon-espace", is_form=True).find(id="adresse-agenda")
        assert field
        path = "/" + str(field["value"]).split("/", 3)[3]

        assert pages.client.get(path).status_code == 200
        pages.post("/mon-espace/calendrier", {"ouvert": "non"}, form="/mon-espace")
        assert pages.client.get(path).status_code == 404
        assert calendars.find_feed(session, me, company=None) is None

    def test_lists_and_withdraws_wishes(self, pages: PageClient, session: Session, me: Person) -> None:
        wish = make.interest(session, me, title="Chocolatier")

        assert "Chocolatier" in pages.get("/mon-espace", is_form=True).main
        pages.post(f"/mon-espace/souhaits/{wish.id}/retirer", form="/mon-espace")
        assert "Chocolatier" not in pages.get("/mon-espace", is_form=True).main


class TestBookingPage:
    def test_is_not_there_for_others(self, pages: PageClient, session: Session, me: Person) -> None:
        theirs = book(session, slot_ahead(session), other(session))

        pages.get(f"/mon-espace/reservations/{theirs.id}", 404)
        for act in ("annuler", "deplacer", "prendre"):
            answer = pages.send("POST", f"/mon-espace/reservations/{theirs.id}/{act}", {"mot": "x"})
            assert answer.status_code == 404
        session.refresh(theirs)
        assert theirs.state == "requested"

    def test_cancels_once_however_often_one_clicks(self, pages: PageClient, session: Session, me: Person) -> None:
        booking = book(session, slot_ahead(session), me)
        path = f"/mon-espace/reservations/{booking.id}"

        for _ in range(2):
            assert pages.send("POST", f"{path}/annuler").status_code == 303
        page = pages.get(path, is_form=True)

        session.refresh(booking)
        assert (booking.state, booking.sequence) == ("cancelled", 1)
        assert "Annulée" in page.main
        assert not page.find("button", string=lambda text: bool(text) and "Annuler" in text)

    def test_asks_for_a_word_within_four_hours(self, pages: PageClient, session: Session, me: Person) -> None:
        soon = clock.now().astimezone(clock.PARIS) + timedelta(hours=2)
        if soon.hour >= 22 or soon.date() != clock.today():
            pytest.skip("the slot of this test would end tomorrow")
        starts_at = soon.time().replace(microsecond=0, second=0)
        slot = make.slot(
            session,
            first_day=soon.date(),
            book_by=soon.date(),
            starts_at=starts_at,
            ends_at=starts_at.replace(hour=23),
            accepts_at_once=True,
        )
        booking = book(session, slot, me)
        path = f"/mon-espace/reservations/{booking.id}"

        silent = pages.send("POST", f"{path}/annuler")
        said = pages.send("POST", f"{path}/annuler", {"mot": "Je suis malade."})

        assert silent.status_code == 422
        assert "écrivez un mot" in silent.text
        assert said.status_code == 303

    def test_moves_to_another_day(self, pages: PageClient, session: Session, me: Person) -> None:
        at = make.company(session)
        booking = book(session, slot_ahead(session, company=at), me)
        to = slot_ahead(session, 27, company=at)
        path = f"/mon-espace/reservations/{booking.id}"

        assert pages.get(path, is_form=True).find("option", value=str(to.id))
        answer = pages.send("POST", f"{path}/deplacer", {"creneau": to.id})

        session.refresh(booking)
        assert answer.status_code == 303
        assert booking.slot_id == to.id

    def test_refuses_a_day_that_is_not_proposed(self, pages: PageClient, session: Session, me: Person) -> None:
        booking = book(session, slot_ahead(session), me)
        elsewhere = slot_ahead(session, 27)

        answer = pages.send("POST", f"/mon-espace/reservations/{booking.id}/deplacer", {"creneau": elsewhere.id})

        session.refresh(booking)
        assert answer.status_code == 422
        assert booking.slot_id != elsewhere.id

    def test_tells_the_place_in_the_list_and_lets_one_leave(
        self, pages: PageClient, session: Session, me: Person
    ) -> None:
        slot = slot_ahead(session, accepts_at_once=True)
        book(session, slot, other(session))
        booking = waiting.join(session, slot, me, word=None, now=clock.now())
        path = f"/mon-espace/reservations/{booking.id}"

        page = pages.get(path, is_form=True)
        pages.send("POST", f"{path}/annuler")

        session.refresh(booking)
        assert "en tête de la liste" in page.main
        assert booking.state == "cancelled"

    def test_takes_an_offered_place(self, pages: PageClient, session: Session, me: Person) -> None:
        slot = slot_ahead(session, accepts_at_once=True)
        held = book(session, slot, other(session))
        booking = waiting.join(session, slot, me, word=None, now=clock.now())
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=clock.now())

        answer = pages.send("POST", f"/mon-espace/reservations/{booking.id}/prendre")

        session.refresh(booking)
        assert answer.status_code == 303
        assert booking.state == "accepted"


class TestWish:
    def test_is_kept_of_whoever_is_signed_in(self, pages: PageClient, session: Session, me: Person) -> None:
        offer = make.offer(session, company_name="Au Fournil", employer_key="au fournil")

        for _ in range(2):
            answer = pages.post(f"/offres/{offer.id}/essayer", {"mot": "J’habite à côté."})
            assert answer.status_code == 303

        (kept,) = interests.of_person(session, me.id)
        assert (kept.company_name, kept.word, kept.occupation_codes) == ("Au Fournil", "J’habite à côté.", ["D1102"])

    def test_does_not_forget_another_s(self, pages: PageClient, session: Session, me: Person) -> None:
        theirs = make.interest(session, other(session))

        assert pages.send("POST", f"/mon-espace/souhaits/{theirs.id}/retirer").status_code == 404
