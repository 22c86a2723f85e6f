"""What each letter says: whole sentences, in French typography, with what one needs to come."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import TYPOGRAPHY
from traitdunion.accounts.models import Person
from traitdunion.companies.models import CompanyMember
from traitdunion.immersions import bookings, letters, waiting
from traitdunion.immersions.models import Actor, Booking, RefusalReason, Slot
from traitdunion.notifications.models import Message

NOW = make.NOW
LONGEST_SMS = 459  # signs of three parts, beyond which providers cut or charge more


def person_with(session: Session, *, is_reached_by_sms: bool) -> Person:
    address = {"email": None, "phone": "+33639980011"} if is_reached_by_sms else {}
    return make.person(session, "Léa", birth_date=date(2009, 1, 1), **address)


def story(session: Session, *, is_reached_by_sms: bool) -> None:
    """A little of everything that may happen: every letter is written."""
    make.occupation(session)
    company, ada = make.company(session), make.person(session, "Ada")
    session.add(CompanyMember(company_id=company.id, person_id=ada.id, state="active", created_at=NOW))
    make.slot(session, company=make.company(session, "Au Fournil"), title="Tourier", first_day=date(2026, 12, 18))

    def slot(day: int, **fields: object) -> Slot:
        return make.slot(
            session, company=company, first_day=date(2026, 12, day), equipment="Chaussures", transport="Bus", **fields
        )

    def me() -> Person:
        person = person_with(session, is_reached_by_sms=is_reached_by_sms)
        if is_reached_by_sms:
            person.phone = f"+3363998{len(people):04d}"
        people.append(person)
        return person

    people: list[Person] = []

    def booked(of: Slot) -> Booking:
        return bookings.book(session, of, me(), word="Bonjour, j’aime le pain.", now=NOW)

    accepted = booked(slot(7, accepts_at_once=True))
    bookings.accept(session, booked(slot(8)), now=NOW)
    bookings.refuse(session, booked(slot(9)), reason=RefusalReason.NO_TIME, word="Désolée.", now=NOW)
    bookings.expire(session, booked(slot(10)), now=NOW + timedelta(days=9))
    bookings.cancel(session, accepted, by=Actor.COMPANY, word="Four en panne.", now=NOW)
    moved = booked(slot(11, accepts_at_once=True))
    bookings.reschedule(session, moved, slot(14, accepts_at_once=True), by=Actor.PERSON, word=None, now=NOW)
    full = slot(15, accepts_at_once=True)
    held = booked(full)
    for _ in range(2):
        waiting.join(session, full, me(), word=None, now=NOW)
    bookings.cancel(session, held, by=Actor.PERSON, word="Je suis malade.", now=NOW)
    _later(session, waiting.lapsed, NOW + timedelta(days=2))
    letters.reminded(session, moved, now=NOW)


def _later(session: Session, due: Callable[..., object], now: datetime) -> None:
    for booking in list(due(session, now=now)):  # type: ignore[call-overload]
        waiting.end(session, booking, now=now)


class TestLetters:
    @pytest.mark.parametrize("is_reached_by_sms", [False, True], ids=["e-mail", "sms"])
    def test_are_written_in_good_french(self, session: Session, is_reached_by_sms: bool) -> None:
        story(session, is_reached_by_sms=is_reached_by_sms)

        written = session.scalars(select(Message)).all()
        assert {message.kind for message in written} >= {
            *("booking_requested", "booking_accepted", "booking_refused", "booking_expired", "booking_cancelled"),
            *("booking_moved", "waiting_joined", "place_offered", "waiting_over", "booking_reminder"),
            *("company_request", "company_booking", "company_cancelled", "company_moved"),
        }
        for message in written:
            # What may not break has no sign of its own in an SMS, nor in a subject.
            for pattern, trouble in TYPOGRAPHY if message.channel == "email" else ():
                found = pattern.search(message.text)
                assert not found, f"{message.kind}: {trouble}\n{message.text}"
            assert "None" not in message.text
            assert message.channel != "sms" or len(message.text) <= LONGEST_SMS, message.text

    def test_bear_no_personal_data_in_their_addresses(self, session: Session) -> None:
        story(session, is_reached_by_sms=False)

        for message in session.scalars(select(Message)):
            addresses = [word for word in message.text.split() if word.startswith("http")]
            assert not any("exemple" in address or "Léa" in address for address in addresses)

    def test_propose_the_same_job_elsewhere(self, session: Session) -> None:
        story(session, is_reached_by_sms=False)

        for kind in ("booking_refused", "booking_expired", "waiting_over"):
            text = session.scalars(select(Message.text).where(Message.kind == kind)).first()
            assert text
            assert "Le même métier, près de là" in text

    def test_give_the_company_an_address_only_in_its_own_page(self, session: Session) -> None:
        story(session, is_reached_by_sms=False)

        for text in session.scalars(select(Message.text).where(Message.kind == "company_request")):
            assert "@" not in text
