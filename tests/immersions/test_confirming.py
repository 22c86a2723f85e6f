"""Every morning: one question, then the freeze; past slots are closed."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.core import clock, db, tokens
from traitdunion.immersions import confirming
from traitdunion.immersions.models import Slot
from traitdunion.notifications.models import Message

TODAY = make.NOW.date()


def slot(session: Session, days: int, **fields: object) -> Slot:
    """A published slot in so many days, of a company with one member."""
    company = make.company(session)
    make.member(session, company, make.person(session))
    return make.slot(session, company=company, first_day=TODAY + timedelta(days=days), **fields)


class TestCompaniesToAsk:
    @pytest.mark.parametrize(
        ("days", "fields", "is_asked"),
        [
            (10, {}, True),
            (3, {}, True),
            (11, {}, False),
            (0, {}, False),
            (10, {"confirmed_at": make.NOW}, False),
            (10, {"confirmation_asked_at": make.NOW}, False),
            (10, {"state": "draft"}, False),
            (10, {"state": "full"}, True),
            (10, {"state": "frozen"}, False),
            (10, {"state": "cancelled"}, False),
        ],
    )
    def test_finds_slots_ten_days_before(
        self, session: Session, days: int, fields: dict[str, object], is_asked: bool
    ) -> None:
        found = slot(session, days, **fields)

        assert (confirming.companies_to_ask(session, today=TODAY) == [found.company_id]) is is_asked


class TestAsk:
    def test_writes_once_for_all_slots_of_the_company(self, session: Session) -> None:
        first = slot(session, 8)
        second = make.slot(session, company=first.company, first_day=TODAY + timedelta(days=9))

        for _ in range(2):
            confirming.ask(session, first.company_id, now=make.NOW, today=TODAY)
            session.flush()

        message = session.scalars(select(Message)).one()
        assert (message.kind, first.confirmation_asked_at) == ("slots_still_hold", make.NOW)
        token = tokens.sign(confirming.PURPOSE, [first.id, second.id])
        assert token.partition(".")[0] in message.text
        assert confirming.asked_about(session, token) == [first, second]


class TestIsUnconfirmed:
    @pytest.mark.parametrize(
        ("days", "asked", "is_frozen"), [(7, 3, True), (7, 1, False), (8, 5, False), (1, 2, True), (0, 9, False)]
    )
    def test_is_seven_days_before_and_two_after_the_question(
        self, session: Session, days: int, asked: int, is_frozen: bool
    ) -> None:
        found = slot(session, days, confirmation_asked_at=make.NOW - timedelta(days=asked))
        condition = confirming.is_unconfirmed(now=make.NOW, today=TODAY)

        assert (session.scalars(select(Slot).where(condition)).all() == [found]) is is_frozen

    def test_spares_what_was_confirmed(self, session: Session) -> None:
        slot(session, 5, confirmation_asked_at=make.NOW - timedelta(days=3), confirmed_at=make.NOW)

        assert session.scalars(select(Slot).where(confirming.is_unconfirmed(now=make.NOW, today=TODAY))).all() == []


class TestEveryMorning:
    def test_asks_freezes_and_closes(self, committing_app: Flask) -> None:
        now, today = clock.now(), clock.today()
        with db.transaction() as session:
            company = make.company(session)
            make.member(session, company, make.person(session))
            for days, fields in (
                (9, {}),
                (5, {"confirmation_asked_at": now - timedelta(days=4)}),
                (-1, {}),
                (30, {}),
            ):
                make.slot(session, company=company, first_day=today + timedelta(days=days), **fields)

        for _ in range(2):
            confirming.every_morning(0)

        with db.transaction() as session:
            states = session.execute(
                select(Slot.state, Slot.confirmation_asked_at.is_not(None)).order_by(Slot.id)
            ).all()
            assert [tuple(row) for row in states] == [
                ("published", True),
                ("frozen", True),
                ("closed", False),
                ("published", False),
            ]
            assert len(session.scalars(select(Message)).all()) == 1
