"""The pages of a booking: the form, the code, the company's answer, the offered place, the calendar."""

import re
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core import clock
from traitdunion.immersions import bookings, calendars, waiting
from traitdunion.immersions.models import Actor, Booking, Slot
from traitdunion.notifications.models import Message

WHO = {"nom": "Léa Martin", "adresse": "lea@exemple.fr", "naissance": "01/02/1990", "code_postal": "57000"}


def slot_ahead(session: Session, days: int = 20, **fields: Any) -> Slot:
    return make.slot(session, first_day=clock.today() + timedelta(days=days), **fields)


def someone(session: Session, **fields: Any) -> Person:
    return make.person(session, **{"birth_date": date(1990, 1, 1), "postcode": "57000", **fields})


def staffed(session: Session) -> tuple[Company, Person]:
    company, person = make.company(session), make.person(session, "Ada")
    session.add(CompanyMember(company_id=company.id, person_id=person.id, state="active", created_at=make.NOW))
    session.flush()
    return company, person


def path_in(session: Session, kind: str) -> str:
    """The path of the link that a message bears."""
    text = session.scalars(select(Message.text).where(Message.kind == kind).order_by(Message.id.desc())).first()
    found = re.search(r"https?://[^/\s]+(/(?:reservations|connexion)/\S+)", text or "")
    assert found, text
    return found[1]


class TestBookPage:
    def test_asks_four_fields_of_a_stranger(self, pages: PageClient, session: Session) -> None:
        page = pages.get(f"/immersions/{slot_ahead(session).id}/reserver", is_form=True)

        shown = [str(field["name"]) for field in page.select("main form [name]")]
        assert [name for name in shown if name not in {"csrf_token", "shown", "website", "mot"}] == list(WHO)

    def test_is_one_button_for_whoever_is_known(self, pages: PageClient, session: Session) -> None:
        slot, person = slot_ahead(session), someone(session)
        pages.sign_in(person)

        page = pages.get(f"/immersions/{slot.id}/reserver", is_form=True)

        assert [str(field["name"]) for field in page.select("main form [name]:not([type=hidden])")] == [
            "website",
            "mot",
        ]
        assert person.name in page.main

    def test_asks_a_known_person_only_what_is_missing(self, pages: PageClient, session: Session) -> None:
        slot, person = slot_ahead(session), someone(session, birth_date=None)
        pages.sign_in(person)

        page = pages.get(f"/immersions/{slot.id}/reserver", is_form=True)
        answer = pages.post(f"/immersions/{slot.id}/reserver", {"naissance": "1990-02-01"})

        assert page.find("input", {"name": "naissance"})
        assert not page.find("input", {"name": "nom"})
        assert answer.status_code == 303
        session.refresh(person)
        assert person.birth_date == date(1990, 2, 1)

    def test_becomes_the_waiting_list_when_full(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session)
        bookings.book(session, slot, someone(session), now=clock.now())

        page = pages.get(f"/immersions/{slot.id}/reserver", is_form=True)

        assert "liste d’attente" in page.main

    def test_says_that_it_is_over(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session, days=-3)

        page = pages.get(f"/immersions/{slot.id}/reserver", 410)

        assert "déjà commencé" in page.main

    @pytest.mark.parametrize("fields", [{"state": "draft"}, {"company": None}])
    def test_does_not_exist_before_it_is_shown(
        self, pages: PageClient, session: Session, fields: dict[str, Any]
    ) -> None:
        if "company" in fields:
            fields = {"company": make.company(session, verified_at=None)}

        pages.get(f"/immersions/{slot_ahead(session, **fields).id}/reserver", 404)


class TestBook:
    def test_books_in_one_click(self, pages: PageClient, session: Session) -> None:
        slot, person = slot_ahead(session, accepts_at_once=True), someone(session)
        pages.sign_in(person)

        answer = pages.post(f"/immersions/{slot.id}/reserver")
        page = pages.get(answer.headers["Location"], is_form=True)

        assert answer.status_code == 303
        assert "C’est réservé" in page.main
        assert "Confirmée" in page.main

    def test_shows_the_same_booking_at_the_second_click(self, pages: PageClient, session: Session) -> None:
        slot, person = slot_ahead(session, places=2), someone(session)
        pages.sign_in(person)

        places = {pages.post(f"/immersions/{slot.id}/reserver", form="/contact").headers["Location"] for _ in range(2)}

        assert len(places) == 1
        assert len(bookings.of_person(session, person.id)) == 1

    def test_tells_who_loses_and_what_else_there_is(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        slot, person = slot_ahead(session), someone(session)
        slot_ahead(session, company=make.company(session, "Au Fournil"))
        pages.sign_in(person)
        bookings.book(session, slot, someone(session), now=clock.now())

        answer = pages.post(f"/immersions/{slot.id}/reserver")

        assert answer.status_code == 409
        assert "La dernière place vient d’être prise" in answer.text
        assert "Au Fournil" in answer.text

    @pytest.mark.parametrize(
        ("field", "typed", "told"),
        [
            ("nom", " ", "Écrivez votre prénom"),
            ("adresse", "lea@@exemple.fr", ""),
            ("adresse", "03 87 00 00 00", ""),
            ("naissance", "31/02/1990", ""),
            ("naissance", "01/01/2999", "futur"),
            ("code_postal", "5700", "cinq chiffres"),
            ("naissance", f"01/01/{date.today().year - 12}", "16"),  # noqa: DTZ011
        ],
    )
    def test_says_what_to_correct_and_keeps_the_rest(
        self, pages: PageClient, session: Session, field: str, typed: str, told: str
    ) -> None:
        slot = slot_ahead(session)

        answer = pages.post(f"/immersions/{slot.id}/reserver", {**WHO, field: typed})

        assert answer.status_code in {409, 422}
        assert told in answer.text
        assert "Léa Martin" in answer.text or field == "nom"
        assert not session.scalars(select(Message)).all()

    def test_sends_a_code_then_books_with_what_was_said(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session, accepts_at_once=True)

        asked = pages.post(f"/immersions/{slot.id}/reserver", {**WHO, "mot": "Bonjour"})
        assert asked.headers["Location"].endswith("/connexion/code")
        assert not session.scalars(select(Booking)).all()
        letter = session.scalars(select(Message).where(Message.kind == "sign_in")).one()
        code = re.search(r"\b(\d{6})\b", letter.text.replace("\u202f", "").replace("\u00a0", ""))
        assert code
        done = pages.post("/connexion/code", {"code": code[1]})
        page = pages.get(done.headers["Location"], is_form=True)

        booking = session.scalars(select(Booking)).one()
        assert "Confirmée" in page.main
        assert (booking.person.name, booking.person.email) == ("Léa Martin", "lea@exemple.fr")
        assert (booking.person.birth_date, booking.word) == (date(1990, 2, 1), "Bonjour")

    def test_answers_the_same_to_an_address_that_is_known(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session)
        someone(session, email="lea@exemple.fr")

        known = pages.post(f"/immersions/{slot.id}/reserver", WHO)
        unknown = pages.post(f"/immersions/{slot.id}/reserver", {**WHO, "adresse": "zoe@exemple.fr"})

        assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])

    def test_sends_nothing_to_a_robot_who_thinks_it_did(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session)

        answer = pages.post(f"/immersions/{slot.id}/reserver", {**WHO, "website": "https://exemple.fr"})

        assert answer.status_code == 303
        assert not session.scalars(select(Message)).all()

    def test_says_after_the_code_that_the_place_is_gone(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session)
        pages.post(f"/immersions/{slot.id}/reserver", WHO)
        bookings.book(session, slot, someone(session), now=clock.now())
        text = session.scalars(select(Message.text).where(Message.kind == "sign_in")).one()
        code = re.search(r"\b(\d{6})\b", text)
        assert code

        answer = pages.post("/connexion/code", {"code": code[1]})

        assert "La dernière place vient d’être prise" in answer.text


class TestAnswer:
    def asked(self, session: Session) -> tuple[Booking, str]:
        company, _ = staffed(session)
        slot = slot_ahead(session, company=company)
        booking = bookings.book(session, slot, someone(session, given_name="Zoé"), word="Bonjour", now=clock.now())
        return booking, path_in(session, "company_request")

    def test_shows_the_request_without_answering_it(self, pages: PageClient, session: Session) -> None:
        booking, path = self.asked(session)

        page = pages.get(path, is_form=True)
        session.refresh(booking)

        assert "Zoé Exemple" in page.main
        assert booking.state == "requested"
        assert page.response.headers["Cache-Control"] == "no-store"
        assert "noindex" in page.response.headers["X-Robots-Tag"]
        assert str(booking.person.email) not in page.text

    def test_accepts_by_one_button_once(self, pages: PageClient, session: Session) -> None:
        booking, path = self.asked(session)

        for _ in range(2):
            answer = pages.post(path, {"reponse": "oui"}, form="/contact")
            assert answer.status_code == 303
        page = pages.get(path)

        session.refresh(booking)
        assert booking.state == "accepted"
        assert "La réservation est confirmée" in page.main
        assert str(booking.person.email) in page.main

    def test_refuses_with_a_reason_and_cannot_accept_after(self, pages: PageClient, session: Session) -> None:
        booking, path = self.asked(session)

        pages.post(path, {"reponse": "non", "raison": "not_suited", "mot": "Désolée"})
        stale = pages.post(path, {"reponse": "oui"}, form="/contact")

        session.refresh(booking)
        assert (booking.state, booking.reason, booking.word) == ("refused", "not_suited", "Désolée")
        assert stale.status_code == 409
        assert "déjà refusé" in stale.text

    def test_does_not_open_to_who_left_the_company_or_changed_a_letter(
        self, pages: PageClient, session: Session
    ) -> None:
        _, path = self.asked(session)

        assert "pas valable" in pages.get(path[:-3] + "AAA", 410).main
        session.execute(delete(CompanyMember))
        assert "ne faites plus partie" in pages.get(path, 410).main


class TestPlace:
    def offered(self, session: Session) -> tuple[Booking, str]:
        slot = slot_ahead(session, accepts_at_once=True)
        held = bookings.book(session, slot, someone(session), now=clock.now())
        waits = waiting.join(session, slot, someone(session), word=None, now=clock.now())
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=clock.now())
        return waits, path_in(session, "place_offered")

    def test_is_taken_by_one_button(self, pages: PageClient, session: Session) -> None:
        waits, path = self.offered(session)

        page = pages.get(path, is_form=True)
        for _ in range(2):
            assert pages.post(path, {"reponse": "oui"}, form="/contact").status_code == 303
        after = pages.get(path)

        session.refresh(waits)
        assert "Une place s’est libérée" in page.main
        assert waits.state == "accepted"
        assert "L’entreprise vous attend" in after.main

    def test_may_be_left_to_the_next(self, pages: PageClient, session: Session) -> None:
        waits, path = self.offered(session)

        pages.post(path, {"reponse": "non"})

        session.refresh(waits)
        assert waits.state == "cancelled"
        assert "C’est noté" in pages.get(path).main

    def test_says_that_the_day_is_over(self, pages: PageClient, session: Session) -> None:
        waits, path = self.offered(session)
        waits.offered_until = clock.now() - timedelta(minutes=1)
        session.flush()

        assert "n’est plus gardée" in pages.get(path).main
        assert pages.post(path, {"reponse": "oui"}, form="/contact").status_code == 409


class TestFeed:
    def test_is_a_calendar_that_other_software_reads(self, pages: PageClient, session: Session) -> None:
        slot, person = slot_ahead(session, accepts_at_once=True), someone(session)
        bookings.book(session, slot, person, now=clock.now())
        feed = calendars.open_feed(session, person, company=None, now=clock.now())
        session.flush()
        with pages.app.app_context():
            path = f"/calendrier/{calendars.secret(feed)}.ics"

        answer = pages.client.get(path)

        assert answer.content_type.startswith("text/calendar")
        calendar = icalendar.Calendar.from_ical(answer.data)
        (event,) = calendar.walk("VEVENT")
        assert event.decoded("dtstart").utcoffset() is not None
        assert event["dtstart"].params["TZID"] == "Europe/Paris"
        assert calendar.walk("VTIMEZONE")

    def test_is_closed_by_its_owner(self, pages: PageClient, session: Session) -> None:
        person = someone(session)
        feed = calendars.open_feed(session, person, company=None, now=clock.now())
        session.flush()
        with pages.app.app_context():
            path = f"/calendrier/{calendars.secret(feed)}.ics"
        calendars.close_feed(session, person, company=None)

        assert pages.client.get(path).status_code == 404

    def test_of_a_company_ends_with_membership(self, pages: PageClient, session: Session) -> None:
        company, member = staffed(session)
        bookings.book(
            session, slot_ahead(session, company=company), someone(session, given_name="Zoé"), now=clock.now()
        )
        feed = calendars.open_feed(session, member, company=company, now=clock.now())
        session.flush()
        with pages.app.app_context():
            path = f"/calendrier/{calendars.secret(feed)}.ics"

        seen = pages.client.get(path)
        session.execute(delete(CompanyMember))

        assert "Zoé Exemple" in seen.text.replace("\r\n ", "")
        assert pages.client.get(path).status_code == 404
