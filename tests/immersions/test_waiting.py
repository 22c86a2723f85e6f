"""The waiting list: who is offered what, until when, and what the jobs do when they run twice."""

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, dates, expiring, letters, places, slots, waiting
from traitdunion.immersions.models import Actor, Booking, BookingState, RefusalReason, Slot
from traitdunion.notifications.models import Message

NOW = make.NOW
ADULT = date(1990, 1, 1)
LIST_ENDS = datetime(2026, 11, 25, 23, tzinfo=UTC)
"""Of a slot on Monday 30 November: two working days before."""


def someone(session: Session) -> Person:
    return make.person(session, birth_date=ADULT)


def full_slot(session: Session, **fields: object) -> tuple[Slot, Booking]:
    slot = make.slot(session, accepts_at_once=True, **fields)
    return slot, bookings.book(session, slot, someone(session), now=NOW)


def count(session: Session, kind: str) -> int:
    return session.scalar(select(func.count()).select_from(Message).where(Message.kind == kind)) or 0


class TestJoin:
    def test_keeps_the_order_of_arrival(self, session: Session) -> None:
        slot, _ = full_slot(session)

        first, second = (waiting.join(session, slot, someone(session), word=None, now=NOW) for _ in range(2))

        assert (waiting.rank(session, first), waiting.rank(session, second)) == (1, 2)
        assert first.place_number is None

    def test_gives_the_same_place_at_the_second_click(self, session: Session) -> None:
        slot, _ = full_slot(session)
        person = someone(session)

        first = waiting.join(session, slot, person, word=None, now=NOW)
        second = waiting.join(session, slot, person, word=None, now=NOW)

        assert first is second
        assert count(session, "waiting_joined") == 1

    def test_sends_to_a_place_that_is_free(self, session: Session) -> None:
        with pytest.raises(waiting.CannotWait, match="libre"):
            waiting.join(session, make.slot(session), someone(session), word=None, now=NOW)

    def test_is_closed_two_working_days_before(self, session: Session) -> None:
        slot, _ = full_slot(session)

        with pytest.raises(waiting.CannotWait, match="fermée"):
            waiting.join(session, slot, someone(session), word=None, now=LIST_ENDS)


class TestOfferFreed:
    def test_keeps_the_place_a_day_for_the_first(self, session: Session) -> None:
        slot, held = full_slot(session)
        first, second = (waiting.join(session, slot, someone(session), word=None, now=NOW) for _ in range(2))

        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=NOW)

        assert first.offered_until == NOW + timedelta(hours=24)
        assert first.place_number == 1
        assert second.offered_until is None
        assert slot.state == "full"

    def test_offers_each_of_several_places(self, session: Session) -> None:
        slot = make.slot(session, accepts_at_once=True, places=2)
        held = [bookings.book(session, slot, someone(session), now=NOW) for _ in range(2)]
        waits = [waiting.join(session, slot, someone(session), word=None, now=NOW) for _ in range(3)]

        for booking in held:
            bookings.cancel(session, booking, by=Actor.PERSON, word=None, now=NOW)

        assert [booking.is_offered for booking in waits] == [True, True, False]

    def test_offers_a_place_that_the_company_adds(self, session: Session) -> None:
        slot, _ = full_slot(session)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)

        slots.set_places(session, slot, 2)
        slots.confirm(session, slot, now=NOW)

        assert waits.is_offered
        assert slot.state == "full"

    def test_stops_two_working_days_before(self, session: Session) -> None:
        slot, held = full_slot(session)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)

        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=LIST_ENDS)

        assert not waits.is_offered
        assert slot.state == "published"


class TestTake:
    def test_gives_the_place_once(self, session: Session) -> None:
        slot, held = full_slot(session)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=NOW)

        waiting.take(session, waits, now=NOW)
        waiting.take(session, waits, now=NOW)

        assert (waits.state, waits.place_number, waits.offered_until) == (BookingState.ACCEPTED, 1, None)
        assert count(session, "booking_accepted") == 2  # with that of the one who cancelled

    def test_asks_the_company_where_it_answers(self, session: Session) -> None:
        slot = make.slot(session)
        held = bookings.book(session, slot, someone(session), now=NOW)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)
        bookings.refuse(session, held, reason=RefusalReason.NOT_SUITED, word=None, now=NOW)

        waiting.take(session, waits, now=NOW)

        assert waits.state == BookingState.REQUESTED
        assert waits.expires_at == dates.answer_by(slot, now=NOW)

    def test_is_too_late_after_a_day_even_before_the_job_ran(self, session: Session) -> None:
        slot, held = full_slot(session)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=NOW)

        with pytest.raises(waiting.OfferGone):
            waiting.take(session, waits, now=NOW + timedelta(hours=24))

    def test_refuses_who_is_expected_elsewhere_that_day(self, session: Session) -> None:
        slot, held = full_slot(session)
        person = someone(session)
        waits = waiting.join(session, slot, person, word=None, now=NOW)
        bookings.book(session, make.slot(session), person, now=NOW)
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=NOW)

        with pytest.raises(places.Overlaps):
            waiting.take(session, waits, now=NOW)

        assert waits.state == BookingState.WAITING
        assert waits.is_offered


class TestEnd:
    def test_passes_an_offer_that_was_not_taken_to_the_next(self, session: Session) -> None:
        slot, held = full_slot(session)
        first, second = (waiting.join(session, slot, someone(session), word=None, now=NOW) for _ in range(2))
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=NOW)
        later = NOW + timedelta(hours=24)

        assert list(waiting.lapsed(session, now=later)) == [first]
        waiting.end(session, first, now=later)
        waiting.end(session, first, now=later)

        assert (first.state, first.place_number) == (BookingState.EXPIRED, None)
        assert second.offered_until == later + timedelta(hours=24)
        assert count(session, "waiting_over") == 1
        assert not waiting.lapsed(session, now=later)

    def test_closes_the_list(self, session: Session) -> None:
        slot, _ = full_slot(session)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)

        assert not waiting.stopped(session, now=LIST_ENDS - timedelta(seconds=1))
        assert waiting.stopped(session, now=LIST_ENDS) == [waits]
        waiting.end(session, waits, now=LIST_ENDS)

        assert waits.state == BookingState.EXPIRED

    def test_leaves_who_is_not_due(self, session: Session) -> None:
        slot, _ = full_slot(session)
        waits = waiting.join(session, slot, someone(session), word=None, now=NOW)

        waiting.end(session, waits, now=NOW)

        assert waits.state == BookingState.WAITING


class TestReminders:
    def test_are_written_once_however_often_the_job_runs(self, session: Session) -> None:
        _, held = full_slot(session)
        eve = datetime(2026, 11, 29, 8, 30, tzinfo=UTC)

        for _ in range(2):
            for due in expiring.due_reminders(session, now=eve):
                letters.reminded(session, due, now=eve)

        assert list(expiring.due_reminders(session, now=eve)) == [held]
        assert count(session, "booking_reminder") == 1
        assert not list(expiring.due_reminders(session, now=eve - timedelta(days=1)))


def try_(act: Callable[..., object], *args: object, **kwargs: object) -> None:
    """Does it, or is told why not."""
    with contextlib.suppress(Refused):
        act(*args, **kwargs)


class TestAnyOrder:
    """Whatever people, companies and jobs do: no place has two holders, none is lost, nobody is in two places."""

    @given(st.lists(st.tuples(st.sampled_from("bwxarctje"), st.integers(0, 40)), min_size=5, max_size=30))
    def test_keeps_every_promise(self, app: Flask, acts: list[tuple[str, int]]) -> None:
        with app.app_context(), app.extensions["database"].sessions() as session:
            one, two = make.slot(session), make.slot(session, places=2, accepts_at_once=True)
            people = [someone(session) for _ in range(4)]
            now = NOW
            for act, number in acts:
                now += timedelta(hours=number % 30)
                self._act(session, act, number, of=(one, two), people=people, now=now)
                self._check(session, (one, two), now)
            session.rollback()

    def _act(
        self, session: Session, act: str, number: int, *, of: tuple[Slot, Slot], people: list[Person], now: datetime
    ) -> None:
        slot, person = of[number % 2], people[number % 4]
        known = session.scalars(select(Booking).order_by(Booking.id)).all()
        booking = known[number % len(known)] if known else None
        if act == "b":
            try_(bookings.book, session, slot, person, now=now)
        elif act == "w":
            try_(waiting.join, session, slot, person, word=None, now=now)
        elif act == "j":
            for due in [*expiring.due_requests(session, now=now)]:
                bookings.expire(session, due, now=now)
            for due in [*waiting.lapsed(session, now=now), *waiting.stopped(session, now=now)]:
                waiting.end(session, due, now=now)
        elif booking is not None:
            self._change(session, act, booking, now)

    def _change(self, session: Session, act: str, booking: Booking, now: datetime) -> None:
        if act == "a":
            try_(bookings.accept, session, booking, now=now)
        elif act == "r":
            try_(bookings.refuse, session, booking, reason=RefusalReason.OTHER, word=None, now=now)
        elif act == "c":
            try_(bookings.cancel, session, booking, by=Actor.PERSON, word="x", now=now)
        elif act == "x":
            try_(bookings.cancel, session, booking, by=Actor.COMPANY, word="x", now=now)
        elif act == "t":
            try_(waiting.take, session, booking, now=now)
        elif act == "e":
            try_(bookings.record, session, booking, has_come=True, now=now)

    def _check(self, session: Session, of: tuple[Slot, Slot], now: datetime) -> None:
        for slot in of:
            held = session.scalars(
                select(Booking.place_number).where(Booking.slot_id == slot.id, Booking.place_number.is_not(None))
            ).all()
            assert len(set(held)) == len(held) <= slot.places
            assert (slot.state == "full") is (len(held) == slot.places)
            unserved = select(func.count()).where(
                Booking.slot_id == slot.id, Booking.state == "waiting", Booking.offered_until.is_(None)
            )
            if len(held) < slot.places and now < dates.waiting_ends(slot):
                assert session.scalar(unserved) == 0, "a place is free while somebody waits for it"
        busy = session.execute(
            select(Booking.person_id, func.count())
            .where(Booking.state.in_(("requested", "accepted")))
            .group_by(Booking.person_id)
        )
        assert all(number == 1 for _, number in busy), "both slots are on the same day"
