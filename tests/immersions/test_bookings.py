"""Booking, answering, moving, cancelling, recording."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.immersions import bookings, eligibility, places, slots, waiting
from traitdunion.immersions.booking_lifecycle import NotPossible
from traitdunion.immersions.models import Actor, Booking, BookingState, RefusalReason, Slot
from traitdunion.notifications.models import Message

NOW = make.NOW
ADULT = date(1990, 1, 1)
BEFORE_IT = datetime(2026, 11, 30, 5, tzinfo=UTC)
"""Two hours before the slots of these tests begin."""


def someone(session: Session, **fields: Any) -> Person:
    return make.person(session, **{"birth_date": ADULT, **fields})


def company(session: Session, members: int = 1) -> Company:
    found = make.company(session)
    for _ in range(members):
        person = make.person(session, "Ada")
        session.add(CompanyMember(company_id=found.id, person_id=person.id, state="active", created_at=NOW))
    session.flush()
    return found


def kinds(session: Session) -> Sequence[str]:
    """Of the messages about bookings; what their agreements ask for is tested with these."""
    about = Message.kind.not_like("agreement%")
    return session.scalars(select(Message.kind).where(about).order_by(Message.id)).all()


class TestBook:
    def test_asks_the_company_and_tells_both(self, session: Session) -> None:
        slot, person = make.slot(session, company=company(session, members=2)), someone(session)

        booking = bookings.book(session, slot, person, word="J’aime le pain.", now=NOW)

        assert booking.state == BookingState.REQUESTED
        assert booking.place_number == 1
        assert booking.expires_at == datetime(2026, 11, 25, 23, tzinfo=UTC)
        assert slot.state == "full"
        assert kinds(session) == ["booking_requested", "company_request", "company_request"]

    def test_is_accepted_at_once_where_the_company_allows_it(self, session: Session) -> None:
        slot = make.slot(session, company=company(session), accepts_at_once=True, places=2)

        booking = bookings.book(session, slot, someone(session), now=NOW)

        assert booking.state == BookingState.ACCEPTED
        assert booking.expires_at is None
        assert slot.state == "published"
        assert kinds(session) == ["booking_accepted", "company_booking"]

    def test_gives_the_same_booking_back_at_the_second_click(self, session: Session) -> None:
        slot, person = make.slot(session), someone(session)

        first = bookings.book(session, slot, person, now=NOW)
        second = bookings.book(session, slot, person, now=NOW)

        assert second is first
        assert kinds(session) == ["booking_requested"]

    def test_says_in_french_that_the_last_place_is_taken(self, session: Session) -> None:
        slot = make.slot(session)
        bookings.book(session, slot, someone(session), now=NOW)

        with pytest.raises(places.SlotFull, match="La dernière place vient d’être prise"):
            bookings.book(session, slot, someone(session), now=NOW)

    def test_refuses_two_at_once_for_a_person(self, session: Session) -> None:
        person = someone(session)
        first = date(2026, 11, 30)
        bookings.book(session, make.slot(session, kind="days", last_day=first + timedelta(3)), person, now=NOW)

        with pytest.raises(places.Overlaps):
            bookings.book(session, make.slot(session, first_day=first + timedelta(3)), person, now=NOW)

        assert len(bookings.of_person(session, person.id)) == 1

    def test_allows_the_day_after(self, session: Session) -> None:
        person = someone(session)
        bookings.book(session, make.slot(session), person, now=NOW)

        bookings.book(session, make.slot(session, first_day=date(2026, 12, 1)), person, now=NOW)

        assert len(bookings.of_person(session, person.id)) == 2

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"state": "cancelled"}, "a annulé"),
            ({"state": "frozen"}, "n’est plus ouverte"),
            ({"state": "draft"}, "n’est plus ouverte"),
            ({"book_by": date(2026, 11, 19)}, "La date limite"),
            ({"first_day": date(2026, 11, 20)}, "déjà commencé"),
        ],
    )
    def test_refuses_what_is_not_open(self, session: Session, fields: dict[str, object], message: str) -> None:
        slot = make.slot(session, **fields)

        with pytest.raises(eligibility.NotOpen, match=message):
            bookings.book(session, slot, someone(session), now=NOW)

    def test_refuses_a_slot_of_a_company_that_is_not_verified(self, session: Session) -> None:
        slot = make.slot(session, company=make.company(session, verified_at=None))

        with pytest.raises(eligibility.NotOpen):
            bookings.book(session, slot, someone(session), now=NOW)

    @pytest.mark.parametrize(
        ("born", "minors", "message"),
        [
            (None, True, "Indiquez votre date de naissance"),
            (date(2010, 12, 1), True, "16\u00a0ans"),  # the day after the slot
            (date(2008, 12, 1), False, "18\u00a0ans et plus"),
            (date(1890, 1, 1), True, "Vérifiez"),
            (date(2030, 1, 1), True, "Vérifiez"),
        ],
    )
    def test_looks_at_the_age_on_the_first_day(
        self, session: Session, born: date | None, minors: bool, message: str
    ) -> None:
        slot = make.slot(session, minors_welcome=minors)

        with pytest.raises(eligibility.CannotBook, match=message):
            bookings.book(session, slot, someone(session, birth_date=born), now=NOW)

    @pytest.mark.parametrize(("born", "minors"), [(date(2010, 11, 30), True), (date(2008, 11, 30), False)])
    def test_takes_whoever_has_that_birthday(self, session: Session, born: date, minors: bool) -> None:
        slot = make.slot(session, minors_welcome=minors)

        assert bookings.book(session, slot, someone(session, birth_date=born), now=NOW).id

    def test_refuses_who_is_shut_out(self, session: Session) -> None:
        with pytest.raises(eligibility.CannotBook, match="ne permet plus"):
            bookings.book(session, make.slot(session), someone(session, banned_at=NOW), now=NOW)

    def test_takes_the_place_that_was_offered(self, session: Session) -> None:
        slot, first, second = make.slot(session, accepts_at_once=True), someone(session), someone(session)
        held = bookings.book(session, slot, first, now=NOW)
        waiting.join(session, slot, second, word=None, now=NOW)
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=NOW)

        taken = bookings.book(session, slot, second, now=NOW)

        assert taken.state == BookingState.ACCEPTED


class TestAccept:
    def test_tells_the_person_once(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session), someone(session), now=NOW)

        bookings.accept(session, booking, now=NOW)
        bookings.accept(session, booking, now=NOW)

        assert booking.state == BookingState.ACCEPTED
        assert booking.answered_at == NOW
        assert kinds(session) == ["booking_requested", "booking_accepted"]

    def test_keeps_the_word_of_the_person(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session), someone(session), word="Bonjour", now=NOW)

        bookings.accept(session, booking, now=NOW)

        assert booking.word == "Bonjour"

    def test_says_that_it_was_cancelled_meanwhile(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session), someone(session), now=NOW)
        bookings.cancel(session, booking, by=Actor.PERSON, word=None, now=NOW)

        with pytest.raises(NotPossible, match="déjà annulée"):
            bookings.accept(session, booking, now=NOW)


class TestRefuse:
    def test_frees_the_place_and_proposes_the_same_job_nearby(self, session: Session) -> None:
        make.occupation(session)
        slot = make.slot(session)
        make.slot(session, company=make.company(session, "Au Fournil"), latitude=49.15)
        make.slot(session, company=make.company(session, "Trop loin"), latitude=49.9)
        booking = bookings.book(session, slot, someone(session), now=NOW)

        bookings.refuse(session, booking, reason=RefusalReason.NO_TIME, word="Désolée.", now=NOW)
        bookings.refuse(session, booking, reason=RefusalReason.NO_TIME, word="Désolée.", now=NOW)

        assert (booking.state, booking.place_number, slot.state) == (BookingState.REFUSED, None, "published")
        letter = session.scalars(select(Message).where(Message.kind == "booking_refused")).one()
        assert "Au Fournil" in letter.text
        assert "Trop loin" not in letter.text
        assert "Désolée." in letter.text
        assert "nous n’aurons pas le temps" in letter.text

    def test_is_too_late_after_a_yes(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session, accepts_at_once=True), someone(session), now=NOW)

        with pytest.raises(NotPossible, match="déjà confirmée"):
            bookings.refuse(session, booking, reason=RefusalReason.OTHER, word=None, now=NOW)


class TestCancel:
    def test_tells_both_with_an_event_that_takes_it_out_of_calendars(self, session: Session) -> None:
        slot = make.slot(session, company=company(session), accepts_at_once=True)
        booking = bookings.book(session, slot, someone(session), now=NOW)

        bookings.cancel(session, booking, by=Actor.PERSON, word="Je suis malade.", now=NOW)
        bookings.cancel(session, booking, by=Actor.PERSON, word=None, now=NOW)

        assert (booking.state, slot.state) == (BookingState.CANCELLED, "published")
        told = session.scalars(select(Message).where(Message.kind == "company_cancelled")).one()
        assert "Je suis malade." in told.text
        assert b"METHOD:CANCEL" in told.attachments[0].content
        assert kinds(session)[2:] == ["booking_cancelled", "company_cancelled"]

    def test_needs_a_word_within_four_hours(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session, accepts_at_once=True), someone(session), now=NOW)

        with pytest.raises(bookings.NeedsWord):
            bookings.cancel(session, booking, by=Actor.PERSON, word=None, now=BEFORE_IT)
        bookings.cancel(session, booking, by=Actor.PERSON, word="Pardon.", now=BEFORE_IT)

        assert booking.state == BookingState.CANCELLED

    def test_needs_a_word_of_the_company_always(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session, accepts_at_once=True), someone(session), now=NOW)

        with pytest.raises(bookings.NeedsWord):
            bookings.cancel(session, booking, by=Actor.COMPANY, word=None, now=NOW)

    def test_is_too_late_once_it_began(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session, accepts_at_once=True), someone(session), now=NOW)

        with pytest.raises(bookings.TooLate):
            bookings.cancel(session, booking, by=Actor.PERSON, word="x", now=BEFORE_IT + timedelta(hours=3))

    def test_follows_a_slot_that_the_company_gives_up(self, session: Session) -> None:
        slot = make.slot(session, accepts_at_once=True)
        held = bookings.book(session, slot, someone(session), now=NOW)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)

        slots.cancel(session, slot, reason="Le four est en panne.", now=NOW)

        assert (held.state, waits.state) == (BookingState.CANCELLED, BookingState.CANCELLED)
        told = session.scalars(select(Message.text).where(Message.kind == "booking_cancelled")).all()
        assert len(told) == 2
        assert all("Le four est en panne." in each for each in told)


class TestReschedule:
    def test_moves_the_event_and_offers_the_old_place(self, session: Session) -> None:
        at = company(session)
        old = make.slot(session, company=at, accepts_at_once=True)
        new = make.slot(session, company=at, accepts_at_once=True, first_day=date(2026, 12, 7))
        booking = bookings.book(session, old, someone(session), now=NOW)
        waits = waiting.join(session, old, someone(session), word=None, now=NOW)

        bookings.reschedule(session, booking, new, by=Actor.PERSON, word=None, now=NOW)
        bookings.reschedule(session, booking, new, by=Actor.PERSON, word=None, now=NOW)

        assert (booking.slot_id, booking.first_day, booking.state) == (new.id, date(2026, 12, 7), "accepted")
        assert waits.is_offered
        assert new.state == "full"
        moved = session.scalars(select(Message).where(Message.kind == "booking_moved")).one()
        assert b"SEQUENCE:1" in moved.attachments[0].content

    def test_asks_again_where_the_company_answers(self, session: Session) -> None:
        at = company(session)
        booking = bookings.book(
            session, make.slot(session, company=at, accepts_at_once=True), someone(session), now=NOW
        )
        new = make.slot(session, company=at, first_day=date(2026, 12, 7))

        bookings.reschedule(session, booking, new, by=Actor.PERSON, word=None, now=NOW)

        assert booking.state == BookingState.REQUESTED
        assert kinds(session)[-1] == "company_request"

    def test_stays_in_the_company_and_the_job(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session), someone(session), now=NOW)

        with pytest.raises(bookings.CannotMove):
            bookings.reschedule(
                session, booking, make.slot(session, first_day=date(2026, 12, 7)), by=Actor.PERSON, word=None, now=NOW
            )

    def test_keeps_the_old_place_when_the_new_slot_is_full(self, session: Session) -> None:
        at = company(session)
        booking = bookings.book(session, make.slot(session, company=at), someone(session), now=NOW)
        new = make.slot(session, company=at, first_day=date(2026, 12, 7))
        bookings.book(session, new, someone(session), now=NOW)

        with pytest.raises(places.SlotFull):
            bookings.reschedule(session, booking, new, by=Actor.PERSON, word=None, now=NOW)

        assert booking.first_day == date(2026, 11, 30)
        assert booking.place_number == 1


class TestRecord:
    def test_says_who_came_and_can_be_put_right(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session, accepts_at_once=True), someone(session), now=NOW)
        later = BEFORE_IT + timedelta(days=1)

        bookings.record(session, booking, has_come=False, now=later)
        bookings.record(session, booking, has_come=True, now=later)
        bookings.record(session, booking, has_come=True, now=later)

        assert booking.state == BookingState.DONE
        assert booking.place_number == 1

    def test_waits_for_the_start(self, session: Session) -> None:
        booking = bookings.book(session, make.slot(session, accepts_at_once=True), someone(session), now=NOW)

        with pytest.raises(bookings.TooEarly):
            bookings.record(session, booking, has_come=True, now=BEFORE_IT)


class TestExpire:
    def test_ends_a_request_without_answer_once(self, session: Session) -> None:
        slot = make.slot(session)
        booking = bookings.book(session, slot, someone(session), now=NOW)
        assert booking.expires_at

        bookings.expire(session, booking, now=booking.expires_at - timedelta(seconds=1))
        assert booking.state == BookingState.REQUESTED
        due = booking.expires_at
        bookings.expire(session, booking, now=due)
        bookings.expire(session, booking, now=due)

        assert (booking.state, slot.state) == (BookingState.EXPIRED, "published")
        assert kinds(session)[-1] == "booking_expired"
        assert kinds(session).count("booking_expired") == 1


class TestQuestions:
    def test_show_a_company_its_own_requests_the_most_urgent_first(self, session: Session) -> None:
        ours, theirs = company(session), company(session)
        late = bookings.book(session, make.slot(session, company=ours), someone(session), now=NOW)
        soon = bookings.book(session, make.slot(session, company=ours), someone(session), now=NOW - timedelta(days=2))
        bookings.book(session, make.slot(session, company=theirs), someone(session), now=NOW)

        assert list(bookings.requests_of(session, [ours.id])) == [soon, late]
        assert not bookings.expected_of(session, [ours.id])


class TestConstraints:
    """What must never be false is refused by the database itself, whatever the code does."""

    def put(self, session: Session, slot: Slot, person: Person, **fields: object) -> Booking:
        return make.booking(session, slot, person, **fields)

    def test_refuse_two_holders_of_a_place(self, session: Session) -> None:
        slot = make.slot(session)
        self.put(session, slot, someone(session))

        with pytest.raises(IntegrityError, match="uq_bookings_slot_id_place_number"):
            self.put(session, slot, someone(session))

    def test_refuse_a_place_that_the_slot_does_not_have(self, session: Session) -> None:
        with pytest.raises(IntegrityError, match="fk_bookings_slot_id_place_number"):
            self.put(session, make.slot(session), someone(session), place_number=2)

    def test_refuse_overlapping_days(self, session: Session) -> None:
        person = someone(session)
        self.put(session, make.slot(session), person)

        with pytest.raises(IntegrityError, match="ex_bookings_person_days"):
            self.put(session, make.slot(session), person)

    @pytest.mark.parametrize(
        "fields",
        [
            {"place_number": None},
            {"state": "waiting", "expires_at": None},
            {"state": "cancelled", "expires_at": None, "place_number": None},
            {"expires_at": None},
            {"offered_until": NOW},
        ],
    )
    def test_refuse_a_state_without_what_goes_with_it(self, session: Session, fields: dict[str, object]) -> None:
        with pytest.raises(IntegrityError, match="ck_bookings_"):
            self.put(session, make.slot(session), someone(session), **fields)

    def test_move_the_days_of_bookings_with_their_slot(self, session: Session) -> None:
        slot = make.slot(session)
        booking = self.put(session, slot, someone(session))

        session.execute(text("UPDATE slots SET first_day = '2026-12-01', last_day = '2026-12-01'"))
        session.refresh(booking)

        assert booking.first_day == date(2026, 12, 1)
