"""Agreements whose time is over: abandoned, then erased when the register says."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from tests.agreements.document.test_documents import sign
from traitdunion.agreements import forgetting
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementParty, AgreementVersion, Signature
from traitdunion.core import clock, db
from traitdunion.notifications.models import Message

LAST = samples.terms().last_day


def left(session: Session) -> int:
    """How many agreements there are."""
    return session.scalar(select(func.count()).select_from(Agreement)) or 0


class TestStale:
    @pytest.mark.parametrize(
        ("status", "is_stale"),
        [
            (Status.DRAFT, True),
            (Status.READY_TO_SIGN, True),
            (Status.IN_REVIEW, True),
            (Status.ACCEPTED_BY_COUNSELLOR, True),
            (Status.ACCEPTED_BY_VALIDATOR, False),
            (Status.REJECTED, False),
        ],
    )
    def test_is_what_nobody_validated_a_month_after(self, session: Session, status: Status, is_stale: bool) -> None:
        agreement = samples.agreement(session, status=status)

        assert forgetting.stale(session, today=LAST + timedelta(days=30)) == []
        assert forgetting.stale(session, today=LAST + timedelta(days=31)) == [agreement.id] * is_stale


class TestAbandon:
    def test_says_why_and_writes_to_nobody(self, session: Session) -> None:
        agreement = samples.agreement(session)

        for _ in range(2):
            forgetting.abandon(session, agreement.id, now=make.NOW)

        assert agreement.status == Status.DEPRECATED
        assert agreement.justification == "Les jours sont passés sans que la convention soit validée."
        assert session.scalar(select(func.count()).select_from(Message)) == 0


class TestErase:
    @pytest.mark.parametrize(
        ("status", "days"),
        [
            (Status.ACCEPTED_BY_VALIDATOR, 1_827),
            (Status.REJECTED, 731),
            (Status.DEPRECATED, 731),
        ],
    )
    def test_waits_for_the_delay_of_each(self, session: Session, status: Status, days: int) -> None:
        samples.agreement(session, status=status)

        forgetting.erase(session, today=LAST + timedelta(days=days))
        assert left(session) == 1
        forgetting.erase(session, today=LAST + timedelta(days=days + 1))

        assert left(session) == 0

    def test_takes_a_draft_after_a_month(self, session: Session) -> None:
        samples.agreement(session, status=Status.DEPRECATED, submitted_at=None)

        forgetting.erase(session, today=LAST + timedelta(days=31))

        assert left(session) == 0

    def test_takes_all_that_belongs_to_it(self, session: Session) -> None:
        agreement = samples.agreement(session)
        sign(session, agreement, PartyRole.COMPANY)
        agreement.status, agreement.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, make.NOW
        session.flush()

        forgetting.erase(session, today=LAST + timedelta(days=1_900))

        for table in (Agreement, AgreementVersion, AgreementParty, Signature):
            assert session.scalar(select(func.count()).select_from(table)) == 0

    def test_never_takes_what_lives(self, session: Session) -> None:
        samples.agreement(session, status=Status.IN_REVIEW)

        forgetting.erase(session, today=LAST + timedelta(days=9_999))

        assert left(session) == 1

    def test_takes_what_was_renewed_after_its_renewal(self, session: Session) -> None:
        first = samples.agreement(session, status=Status.ACCEPTED_BY_VALIDATOR)
        samples.agreement(session, status=Status.ACCEPTED_BY_VALIDATOR, renewed_from_id=first.id)
        later = LAST + timedelta(days=1_900)

        forgetting.erase(session, today=later)
        assert left(session) == 1
        forgetting.erase(session, today=later)

        assert left(session) == 0


class TestForget:
    def test_abandons_then_erases(self, committing_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        with db.transaction() as session:
            samples.agreement(session, status=Status.DRAFT)
            samples.agreement(session, status=Status.READY_TO_SIGN)
        monkeypatch.setattr(clock, "today", lambda: LAST + timedelta(days=40))

        forgetting.forget(timestamp=0)

        with db.transaction() as session:
            assert session.scalars(select(Agreement.status)).all() == [Status.DEPRECATED]
