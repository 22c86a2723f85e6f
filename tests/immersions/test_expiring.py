"""The jobs that end what is due, as the worker runs them: twice, with real commits."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.core import clock, db
from traitdunion.immersions import bookings, expiring, waiting
from traitdunion.immersions.models import Actor, Booking, Slot
from traitdunion.notifications.models import Message

ADULT = date(1990, 1, 1)


@pytest.fixture
def story(committing_app: Flask) -> dict[str, int]:
    """A request that nobody answered; a full slot with two who wait, the first with an offer that is over."""
    now = clock.now()
    with db.transaction() as session:
        day = clock.today() + timedelta(days=20)
        people = [make.person(session, birth_date=ADULT) for _ in range(4)]
        asked = bookings.book(session, make.slot(session, first_day=day), people[0], now=now - timedelta(days=10))
        full = make.slot(session, first_day=day, accepts_at_once=True)
        held = bookings.book(session, full, people[1], now=now - timedelta(days=3))
        first, second = (
            waiting.join(session, full, each, word=None, now=now - timedelta(days=3)) for each in people[2:]
        )
        bookings.cancel(session, held, by=Actor.PERSON, word=None, now=now - timedelta(days=2))
        return {"asked": asked.id, "first": first.id, "second": second.id}


class TestEndWhatIsDue:
    def test_does_it_once_however_often_it_runs(self, committing_app: Flask, story: dict[str, int]) -> None:
        for _ in range(3):
            expiring.end_what_is_due.func(0)

        with db.transaction() as session:
            states = {name: session.get_one(Booking, id_).state for name, id_ in story.items()}
            kinds = session.scalars(select(Message.kind).order_by(Message.id)).all()
            assert session.get_one(Booking, story["second"]).is_offered
        assert states == {"asked": "expired", "first": "expired", "second": "waiting"}
        assert kinds.count("booking_expired") == kinds.count("waiting_over") == 1
        assert kinds.count("place_offered") == 2


class TestRemind:
    def test_does_it_once_however_often_it_runs(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            tomorrow = clock.today() + timedelta(days=1)
            slot = make.slot(session, first_day=tomorrow, accepts_at_once=True)
            person = make.person(session, birth_date=ADULT)
            bookings.book(session, slot, person, now=clock.now() - timedelta(days=3))

        for _ in range(2):
            expiring.remind.func(0)

        with db.transaction() as session:
            kinds = session.scalars(select(Message.kind)).all()
        assert kinds.count("booking_reminder") == 1


class TestEraseOver:
    def test_erases_slots_and_bookings_of_before_that_day(self, session: Session) -> None:
        day = date(2026, 11, 20)
        old, young = (make.slot(session, first_day=first) for first in (day - timedelta(days=1), day))
        for slot in (old, young):
            make.booking(session, slot, make.person(session))

        expiring.erase_over(session, before=day)

        assert session.scalars(select(Booking.slot_id)).all() == [young.id]
        assert session.scalars(select(Slot.id)).all() == [young.id]
