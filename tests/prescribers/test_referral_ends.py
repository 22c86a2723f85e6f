"""What becomes of referrals that nobody answers, and of those whose slots are cancelled, full or over."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.prescribers import followed_people as some
from traitdunion.core import clock, db
from traitdunion.immersions import bookings, slots
from traitdunion.notifications.models import DigestItem, Message
from traitdunion.prescribers import referral_ends, referrals
from traitdunion.prescribers.kinds import ReferralState
from traitdunion.prescribers.models import Prescriber, Referral

LATER = datetime(2026, 11, 28, tzinfo=clock.PARIS)
"""The end of the seventh day."""
HALF = make.NOW + (LATER - make.NOW) / 2


@pytest.fixture
def nadia(session: Session) -> Prescriber:
    return some.prescriber(session)


def late_slot(session: Session, **fields: Any) -> Any:
    """Which leaves a week to answer."""
    return make.slot(session, first_day=make.NOW.date() + timedelta(days=30), **fields)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Message.kind).order_by(Message.id)))


class TestExpire:
    def test_settles_it_and_tells_the_prescriber(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia), late_slot(session))

        assert referral_ends.due(session, now=LATER - timedelta(seconds=1)) == []
        assert referral_ends.due(session, now=LATER) == [made.id]
        referral_ends.expire(session, made, now=LATER)

        assert made.state == ReferralState.EXPIRED
        assert kinds(session) == ["referral_proposed"]
        assert "n’a pas répondu" in session.scalars(select(DigestItem.line)).one()

    def test_sees_that_the_person_booked_by_another_way(self, session: Session, nadia: Prescriber) -> None:
        who, slot = some.entry(session, nadia), late_slot(session)
        made = some.refer(session, nadia, who, slot)
        bookings.book(session, slot, who.person, now=make.NOW)

        referral_ends.expire(session, made, now=LATER)

        assert made.state == ReferralState.ACCEPTED


class TestRemind:
    def test_reminds_once_at_half_of_the_time(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia), late_slot(session))

        assert referral_ends.to_remind(session, now=HALF - timedelta(seconds=1)) == []
        assert referral_ends.to_remind(session, now=HALF) == [made.id]
        for _ in range(2):
            referral_ends.remind_once(session, made, now=HALF)

        assert kinds(session) == ["referral_proposed", "referral_reminder"]
        assert referral_ends.to_remind(session, now=HALF) == []

    def test_leaves_alone_what_ends_tomorrow(self, session: Session, nadia: Prescriber) -> None:
        soon = make.slot(session, first_day=make.NOW.date() + timedelta(days=2))
        made = some.refer(session, nadia, some.entry(session, nadia), soon)

        assert made.expires_at - made.created_at < timedelta(days=2)
        assert referral_ends.to_remind(session, now=made.expires_at - timedelta(hours=1)) == []


class TestSlotCancelled:
    def test_ends_the_referral_and_tells_both_with_what_is_near(self, session: Session, nadia: Prescriber) -> None:
        make.occupation(session)
        slot = late_slot(session)
        other = late_slot(session)
        made = some.refer(session, nadia, some.entry(session, nadia), slot)

        slots.cancel(session, slot, reason="Four en panne", now=make.NOW)

        assert made.state == ReferralState.GONE
        message = session.scalars(select(Message).order_by(Message.id.desc())).first()
        assert message is not None
        assert message.kind == "referral_gone"
        assert f"/immersions/{other.id}" in message.text
        assert "n’a plus lieu" in session.scalars(select(DigestItem.line)).one()

    def test_leaves_the_other_dates(self, session: Session, nadia: Prescriber) -> None:
        slot, other = late_slot(session), late_slot(session)
        made = some.refer(session, nadia, some.entry(session, nadia), slot, other)

        slots.cancel(session, slot, reason="", now=make.NOW)
        assert made.state == ReferralState.PROPOSED
        assert kinds(session)[-1] == "referral_slot_cancelled"
        slots.cancel(session, other, reason="", now=make.NOW)
        assert made.state == ReferralState.GONE

    def test_says_nothing_to_who_answered(self, session: Session, nadia: Prescriber) -> None:
        slot = late_slot(session)
        made = some.refer(session, nadia, some.entry(session, nadia), slot)
        referrals.withdraw(session, made, now=make.NOW)

        slots.cancel(session, slot, reason="", now=make.NOW)

        assert kinds(session) == ["referral_proposed", "referral_withdrawn"]


class TestTellOfPlaces:
    def test_tells_once_that_all_is_full_and_leaves_the_waiting_list(self, session: Session, nadia: Prescriber) -> None:
        slot = late_slot(session, accepts_at_once=True)
        made = some.refer(session, nadia, some.entry(session, nadia), slot)
        assert referral_ends.without_places(session, now=make.NOW) == []
        bookings.book(session, slot, make.person(session, birth_date=some.ADULT), now=make.NOW)

        assert referral_ends.without_places(session, now=make.NOW) == [made.id]
        for _ in range(2):
            referral_ends.tell_of_places(session, made, now=make.NOW)

        assert made.state == ReferralState.PROPOSED
        assert kinds(session).count("referral_full") == 1
        assert "complet" in session.scalars(select(DigestItem.line)).one()

    def test_ends_it_when_nothing_can_be_booked_any_more(self, session: Session, nadia: Prescriber) -> None:
        slot = late_slot(session)
        made = some.refer(session, nadia, some.entry(session, nadia), slot)
        slots.freeze(session, slot, now=make.NOW)
        session.flush()

        assert referral_ends.without_places(session, now=make.NOW) == [made.id]
        referral_ends.tell_of_places(session, made, now=make.NOW)

        assert made.state == ReferralState.GONE


class TestJobs:
    """As the worker runs them: several times, with real commits."""

    def test_do_it_once_however_often_they_run(self, committing_app: Flask) -> None:
        now = clock.now()
        first_day = clock.today() + timedelta(days=60)
        with db.transaction() as session:
            nadia = some.prescriber(session)
            full, free = (make.slot(session, first_day=first_day, accepts_at_once=True) for _ in range(2))
            made = {
                name: some.refer(session, nadia, some.entry(session, nadia), slot, now=now - timedelta(days=days)).id
                for name, slot, days in (("late", free, 9), ("waits", free, 5), ("full", full, 1), ("old", free, 800))
            }
            bookings.book(session, full, make.person(session, birth_date=some.ADULT), now=now)

        for _ in range(3):
            referral_ends.end_what_is_due.func(0)
            referral_ends.remind.func(0)
            referral_ends.forget.func(0)

        with db.transaction() as session:
            states = dict(session.execute(select(Referral.id, Referral.state)).all())
            told = kinds(session)
        assert states == {made["late"]: "expired", made["waits"]: "proposed", made["full"]: "proposed"}
        assert (told.count("referral_reminder"), told.count("referral_full")) == (1, 1)
