"""Agreements follow their bookings, and bookings their agreements."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as booked
from traitdunion.agreements import agreements, ending, lifecycle
from traitdunion.agreements.kinds import Actor, Status
from traitdunion.agreements.models import Agreement
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Actor as BookingActor
from traitdunion.immersions.models import BookingState, RefusalReason, Slot

NOW = booked.NOW


def validated(agreement: Agreement) -> Agreement:
    """The same, once its prescriber validated it."""
    agreement.status, agreement.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, NOW
    return agreement


def another(session: Session, of: Agreement) -> Slot:
    """A slot of the same company a week later."""
    day = booked.FIRST_DAY + timedelta(days=7)
    return booked.slot(session, company=of.company, first_day=day, last_day=day)


class TestABooking:
    def test_that_waits_for_an_answer_has_none(self, session: Session) -> None:
        booking = bookings.book(session, booked.slot(session, accepts_at_once=False), booked.person(session), now=NOW)

        assert agreements.of_booking(session, booking.id) is None
        bookings.accept(session, booking, now=NOW)
        assert agreements.of_booking(session, booking.id) is not None

    def test_that_is_refused_has_none(self, session: Session) -> None:
        booking = bookings.book(session, booked.slot(session, accepts_at_once=False), booked.person(session), now=NOW)

        bookings.refuse(session, booking, reason=RefusalReason.NO_TIME, word=None, now=NOW)

        assert agreements.of_booking(session, booking.id) is None

    def test_that_is_cancelled_ends_its_draft(self, session: Session) -> None:
        agreement = booked.draft(session)
        assert agreement.booking is not None

        bookings.cancel(session, agreement.booking, by=BookingActor.PERSON, word="Je suis malade.", now=NOW)

        assert (agreement.status, agreement.justification) == (Status.DEPRECATED, "Je suis malade.")
        assert booked.written(session, "agreement_ended") == set()  # the booking's letters say it

    def test_that_is_cancelled_cancels_what_was_validated_and_tells_the_organisation(self, session: Session) -> None:
        agreement = validated(booked.ready(session))
        assert agreement.booking is not None
        assert agreement.organisation is not None

        bookings.cancel(session, agreement.booking, by=BookingActor.COMPANY, word="Le four est cassé.", now=NOW)

        assert agreement.status == Status.CANCELLED
        assert booked.written(session, "agreement_ended") == {agreement.organisation.email}

    def test_that_moves_moves_its_draft(self, session: Session) -> None:
        agreement = booked.complete(session, booked.draft(session))
        assert agreement.booking is not None

        bookings.reschedule(
            session, agreement.booking, another(session, agreement), by=BookingActor.PERSON, word=None, now=NOW
        )

        assert agreement.status == Status.DRAFT
        assert agreement.first_day == agreement.last_day == date(2026, 12, 14)
        assert agreements.terms_of(agreement).goals == "Voir une journée de fournil."

    def test_that_moves_is_signed_again(self, session: Session) -> None:
        agreement = booked.ready(session)
        assert agreement.booking is not None

        bookings.reschedule(
            session, agreement.booking, another(session, agreement), by=BookingActor.PERSON, word=None, now=NOW
        )

        assert (agreement.status, agreement.version) == (Status.READY_TO_SIGN, 2)
        assert agreement.first_day == date(2026, 12, 14)

    def test_that_moves_once_validated_has_another_draft(self, session: Session) -> None:
        agreement = validated(booked.ready(session))
        assert agreement.booking is not None

        bookings.reschedule(
            session, agreement.booking, another(session, agreement), by=BookingActor.PERSON, word=None, now=NOW
        )

        assert agreement.status == Status.CANCELLED
        new = agreements.of_booking(session, agreement.booking.id)
        assert new is not None
        assert (new.status, new.first_day) == (Status.DRAFT, date(2026, 12, 14))


class TestReject:
    def test_frees_the_place_and_tells_each_party_why(self, session: Session) -> None:
        agreement = booked.ready(session)
        adviser = make.person(session, "Lou")

        ending.reject(
            session,
            agreement.id,
            word="Cette immersion n’est pas dans votre projet.",
            actor=Actor.VALIDATOR,
            by=adviser.id,
            now=NOW,
            seen=agreement.sequence,
        )

        assert agreement.booking is not None
        assert agreement.organisation is not None
        assert (agreement.status, agreement.booking.state) == (Status.REJECTED, BookingState.CANCELLED)
        addresses = {one.email for one in agreement.parties if one.email} | {agreement.organisation.email}
        assert booked.written(session, "agreement_ended") == addresses
        assert len(addresses) == 3

    def test_needs_a_reason(self, session: Session) -> None:
        agreement = booked.ready(session)

        with pytest.raises(lifecycle.NeedsWord):
            ending.reject(
                session, agreement.id, word=" ", actor=Actor.VALIDATOR, by=None, now=NOW, seen=agreement.sequence
            )

    def test_tells_the_second_of_two_who_act_at_once(self, session: Session) -> None:
        agreement = booked.ready(session)
        seen = agreement.sequence
        ending.reject(session, agreement.id, word="Non.", actor=Actor.VALIDATOR, by=None, now=NOW, seen=seen)

        with pytest.raises(lifecycle.Overtaken):
            ending.reject(session, agreement.id, word="Non plus.", actor=Actor.COUNSELLOR, by=None, now=NOW, seen=seen)

        assert agreement.justification == "Non."


class TestGiveUp:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (Status.READY_TO_SIGN, Status.DEPRECATED),
            (Status.PARTIALLY_SIGNED, Status.DEPRECATED),
            (Status.IN_REVIEW, Status.DEPRECATED),
            (Status.ACCEPTED_BY_COUNSELLOR, Status.DEPRECATED),
            (Status.ACCEPTED_BY_VALIDATOR, Status.CANCELLED),
        ],
    )
    def test_is_possible_at_every_step(self, session: Session, before: Status, after: Status) -> None:
        agreement = booked.ready(session)
        agreement.status, agreement.validated_at = before.value, NOW

        ending.give_up(session, agreement.id, word="Plus possible.", actor=Actor.OPERATOR, by=None, now=NOW, seen=None)

        assert agreement.status == after
        assert len(booked.written(session, "agreement_ended")) == 3

    def test_changes_nothing_the_second_time(self, session: Session) -> None:
        agreement = booked.ready(session)
        for _ in range(2):
            ending.give_up(
                session, agreement.id, word="Plus possible.", actor=Actor.COMPANY, by=None, now=NOW, seen=None
            )

        assert [event.act for event in agreement.events] == ["draft", "fill", "submit", "abandon"]
