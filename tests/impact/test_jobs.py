"""What is asked after an immersion, when, of whom, and how often."""

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.impact.immersions import tried
from traitdunion.core import clock
from traitdunion.immersions.models import Booking
from traitdunion.impact import jobs, letters
from traitdunion.impact.models import Bilan, Verdict
from traitdunion.notifications.models import Message


def evening(days: int = 0) -> datetime:
    return datetime.combine(clock.today() + timedelta(days=days), time(17), clock.PARIS)


def asked(session: Session) -> list[str]:
    return list(session.scalars(select(Message.key).order_by(Message.id)))


def said(booking: Booking) -> tuple[Bilan, Verdict]:
    now = clock.now()
    return (
        Bilan(booking_id=booking.id, presence="COMPLETED", was_hired=False, answered_at=now, changed_at=now),
        Verdict(booking_id=booking.id, choice="confirm", answered_at=now, changed_at=now),
    )


class TestAskOne:
    def test_asks_both_sides_on_the_evening_of_the_last_day(self, session: Session) -> None:
        booking = tried(session)

        jobs.ask_one(session, booking, now=evening())

        assert sorted(session.scalars(select(Message.kind))) == ["bilan_asked", "verdict_asked"]

    def test_asks_nothing_before_the_last_hour(self, session: Session) -> None:
        booking = tried(session)

        jobs.ask_one(session, booking, now=evening() - timedelta(hours=8))

        assert asked(session) == []

    def test_asks_again_after_3_and_10_days_and_no_more(self, session: Session) -> None:
        booking = tried(session)

        for days in range(20):
            jobs.ask_one(session, booking, now=evening(days))

        stages = [key.rsplit(":", 1)[1] for key in asked(session) if ":verdict:" in key]
        assert stages == ["0", "3", "10"]

    def test_asks_only_what_is_missing(self, session: Session) -> None:
        booking = tried(session)
        session.add(said(booking)[0])
        session.flush()

        jobs.ask_one(session, booking, now=evening())

        assert asked(session) == [f"booking:{booking.id}:verdict:0"]


class TestEnded:
    def test_finds_those_of_which_something_is_missing(self, session: Session) -> None:
        waiting, complete, ahead = tried(session, ended=2), tried(session, ended=2), tried(session, ended=-2)
        missed = tried(session, ended=2, state="no_show")
        session.add_all(said(complete))
        session.flush()

        found = jobs.ended(session, today=clock.today())

        assert waiting.id in found
        assert {complete.id, ahead.id, missed.id}.isdisjoint(found)


class TestFollowUp:
    @pytest.mark.parametrize(("ended", "month"), [(12, 0), (95, 3), (187, 6), (370, 12)])
    def test_asks_where_people_are(self, session: Session, ended: int, month: int) -> None:
        booking = tried(session, ended=ended, state="done")

        due = jobs.due_outcomes(session, month, today=clock.today())
        for _ in range(2):
            jobs.follow_one(session, booking, month=month, now=clock.now())

        assert due == [booking.id]
        assert asked(session) == [f"booking:{booking.id}:outcome:{month}:0"]

    def test_waits_for_the_month(self, session: Session) -> None:
        booking = tried(session, ended=80, state="done")

        jobs.follow_one(session, booking, month=3, now=clock.now())

        assert jobs.due_outcomes(session, 3, today=clock.today()) == []
        assert asked(session) == []


class TestHostReminded:
    def test_tells_the_company_and_writes_an_sms_that_fits(self, session: Session) -> None:
        booking = tried(session, ended=-1)

        letters.host_reminded(session, booking, now=clock.now())
        letters.verdict_asked(session, _by_sms(session, booking), stage=0, now=clock.now())

        letter, sms = session.scalars(select(Message).order_by(Message.id)).all()
        assert "Camille" in letter.subject
        assert "/bilan/" in letter.text
        assert sms.channel == "sms"


def _by_sms(session: Session, booking: Booking) -> Booking:
    booking.person.email, booking.person.phone = None, "+33639980001"
    make.commune(session)
    session.flush()
    return booking
