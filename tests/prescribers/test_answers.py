"""A person's answer: one of the slots, a waiting list, or no; once, and never by somebody else's consent."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.prescribers import followed_people as some
from traitdunion.core.tokens import TokenRefused
from traitdunion.immersions import bookings, places
from traitdunion.immersions.models import Booking, BookingState
from traitdunion.notifications.models import DigestItem, Message
from traitdunion.prescribers import answers, caseload, consents, referral_letters
from traitdunion.prescribers.kinds import DeclineReason, ReferralState
from traitdunion.prescribers.models import Prescriber, Referral


@pytest.fixture
def nadia(session: Session) -> Prescriber:
    return some.prescriber(session)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Message.kind).order_by(Message.id)))


def decline(session: Session, referral: Referral) -> None:
    answers.decline(session, referral, reason=DeclineReason.TOO_FAR, word="Sans voiture", now=make.NOW)


class TestAccept:
    def test_books_as_the_person_who_is_told_at_their_own_address(self, session: Session, nadia: Prescriber) -> None:
        who, slot = some.entry(session, nadia), make.slot(session, accepts_at_once=True)
        made = some.refer(session, nadia, who, slot)

        booking = answers.accept(session, made, slot.id, now=make.NOW)

        assert (booking.person_id, booking.state) == (who.person_id, BookingState.ACCEPTED)
        assert (made.state, made.booking) == (ReferralState.ACCEPTED, booking)
        assert kinds(session)[:2] == ["referral_proposed", "booking_accepted"]
        assert {one.address.value for one in session.scalars(select(Message))} == {who.person.email}

    def test_tells_the_prescriber_in_the_digest(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))

        answers.accept(session, made, made.choices[0].slot_id, now=make.NOW)

        (item,) = session.scalars(select(DigestItem)).all()
        assert "Camille E. a dit oui" in item.line
        assert item.path.endswith(f"/propositions/{made.id}")

    def test_books_the_one_that_was_chosen(self, session: Session, nadia: Prescriber) -> None:
        first, second = make.slot(session), make.slot(session)
        made = some.refer(session, nadia, some.entry(session, nadia), first, second)

        assert answers.accept(session, made, second.id, now=make.NOW).slot_id == second.id

    def test_is_done_once(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))
        slot_id = made.choices[0].slot_id

        first = answers.accept(session, made, slot_id, now=make.NOW)

        assert answers.accept(session, made, slot_id, now=make.NOW) is first
        assert len(session.scalars(select(Booking)).all()) == 1

    def test_fills_in_a_birth_date_that_was_not_known(self, session: Session, nadia: Prescriber) -> None:
        who = some.entry(session, nadia, birth_date=None)
        made = some.refer(session, nadia, who)

        answers.accept(session, made, made.choices[0].slot_id, birth_date=some.ADULT, now=make.NOW)

        assert who.person.birth_date == some.ADULT

    def test_takes_no_slot_that_was_not_proposed(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))

        with pytest.raises(answers.CannotAnswer):
            answers.accept(session, made, make.slot(session).id, now=make.NOW)

    def test_waits_where_it_is_full(self, session: Session, nadia: Prescriber) -> None:
        slot = make.slot(session, accepts_at_once=True)
        made = some.refer(session, nadia, some.entry(session, nadia), slot)
        bookings.book(session, slot, make.person(session, birth_date=some.ADULT), now=make.NOW)

        with pytest.raises(places.SlotFull):
            answers.accept(session, made, slot.id, now=make.NOW)
        booking = answers.accept(session, made, slot.id, waits=True, now=make.NOW)

        assert booking.state == BookingState.WAITING
        assert made.state == ReferralState.ACCEPTED

    @pytest.mark.parametrize("state", [ReferralState.DECLINED, ReferralState.EXPIRED, ReferralState.WITHDRAWN])
    def test_is_told_kindly_when_it_is_settled(self, session: Session, nadia: Prescriber, state: ReferralState) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))
        made.state, made.settled_at = state.value, make.NOW
        session.flush()

        with pytest.raises(answers.CannotAnswer):
            answers.accept(session, made, made.choices[0].slot_id, now=make.NOW)

    def test_comes_too_late_after_a_week(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))

        with pytest.raises(answers.CannotAnswer, match="délai"):
            answers.accept(session, made, made.choices[0].slot_id, now=made.expires_at)

    def test_is_over_with_the_following(self, session: Session, nadia: Prescriber) -> None:
        who = some.entry(session, nadia)
        made = some.refer(session, nadia, who)
        caseload.end(session, who, word=None, now=make.NOW)

        with pytest.raises(answers.CannotAnswer, match="retirée"):
            answers.accept(session, made, made.choices[0].slot_id, now=make.NOW)


class TestDecline:
    def test_keeps_the_reason_and_the_word_for_the_prescriber(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))

        for _ in range(2):
            decline(session, made)

        assert (made.state, made.decline_reason, made.answer_word) == ("declined", "too_far", "Sans voiture")
        assert "a dit non" in session.scalars(select(DigestItem.line)).one()

    def test_is_refused_after_a_yes(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))
        answers.accept(session, made, made.choices[0].slot_id, now=make.NOW)

        with pytest.raises(answers.CannotAnswer):
            decline(session, made)


class TestAcceptInPlace:
    def test_needs_a_consent(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))

        with pytest.raises(consents.NoConsent, match="Camille Exemple"):
            answers.accept_in_place(session, made, made.choices[0].slot_id, by=nadia, now=make.NOW)

        assert made.state == ReferralState.PROPOSED

    def test_tells_the_person_how_to_cancel(self, session: Session, nadia: Prescriber) -> None:
        who = some.entry(session, nadia)
        made, consent = some.refer(session, nadia, who), some.consent(session, nadia, who)

        booking = answers.accept_in_place(session, made, made.choices[0].slot_id, by=nadia, now=make.NOW)

        assert (made.booking, made.consent_id) == (booking, consent.id)
        assert kinds(session)[-1] == "booked_in_place"
        told = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert told is not None
        assert "/propositions/annulation/" in told.text
        assert "/accords/" in told.text

    def test_stops_with_the_consent(self, session: Session, nadia: Prescriber) -> None:
        who = some.entry(session, nadia)
        made, consent = some.refer(session, nadia, who), some.consent(session, nadia, who)
        consents.withdraw(session, consent, by=None, now=make.NOW)

        with pytest.raises(consents.NoConsent):
            answers.accept_in_place(session, made, made.choices[0].slot_id, by=nadia, now=make.NOW)
        assert session.scalars(select(Booking)).all() == []

    def test_takes_no_consent_that_another_organisation_noted(self, session: Session, nadia: Prescriber) -> None:
        who, other = some.entry(session, nadia), some.prescriber(session)
        theirs = make.caseload_entry(session, other.organisation, who.person)
        some.consent(session, other, theirs)
        made = some.refer(session, nadia, who)

        for by in (nadia, other):
            with pytest.raises(consents.NoConsent):
                answers.accept_in_place(session, made, made.choices[0].slot_id, by=by, now=make.NOW)


class TestNoteBooking:
    def test_settles_what_was_booked_by_another_way(self, session: Session, nadia: Prescriber) -> None:
        who, slot = some.entry(session, nadia), make.slot(session)
        made = some.refer(session, nadia, who, slot)

        assert not answers.note_booking(session, made, now=make.NOW)
        booking = bookings.book(session, slot, who.person, now=make.NOW)

        assert answers.note_booking(session, made, now=make.NOW)
        assert made.booking is booking


class TestLinks:
    def test_open_one_referral_each_and_not_each_other(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))
        token = referral_letters.token(made)

        assert answers.of_token(session, token) is made
        with pytest.raises(TokenRefused):
            answers.of_cancel_token(session, token)
        with pytest.raises(TokenRefused):
            consents.of_token(session, token)

    def test_say_when_the_referral_is_erased(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))
        token = referral_letters.token(made)
        session.execute(delete(Referral))
        session.expunge_all()

        with pytest.raises(TokenRefused, match="n’existe plus"):
            answers.of_token(session, token)


class TestCheck:
    def test_lets_through_what_waits(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))

        answers.check(made, now=made.expires_at - timedelta(seconds=1))
        with pytest.raises(answers.CannotAnswer):
            answers.check(made, now=made.expires_at)
