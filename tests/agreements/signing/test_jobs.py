"""Reminders: two working days before, once a day, in a digest for those who have several."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.agreements import samples
from tests.agreements.document.test_documents import sign
from tests.agreements.signing.samples import party
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import jobs
from traitdunion.core import clock
from traitdunion.notifications.models import DigestItem, Message

THURSDAY = datetime(2026, 12, 3, 9, tzinfo=UTC)  # two working days before Monday the 7th
REMINDERS = select(func.count()).select_from(Message).where(Message.kind == "signature_reminder")


@pytest.fixture
def agreement(session: Session) -> Agreement:
    """To sign, for Monday 7 December 2026, asked for long ago."""
    return samples.agreement(session)


def roles(session: Session, now: datetime) -> list[list[str]]:
    """Whom to remind."""
    return [[one.role for one in parties] for parties in jobs.due(session, now=now)]


class TestDue:
    def test_begins_two_working_days_before(self, session: Session, agreement: Agreement) -> None:
        assert roles(session, THURSDAY - timedelta(days=1)) == []
        assert roles(session, THURSDAY) == [["beneficiary"], ["company"]]
        assert roles(session, THURSDAY + timedelta(days=3)) == [["beneficiary"], ["company"]]

    def test_stops_the_day_it_begins(self, session: Session, agreement: Agreement) -> None:
        assert roles(session, THURSDAY + timedelta(days=4)) == []

    def test_leaves_out_those_who_signed(self, session: Session, agreement: Agreement) -> None:
        sign(session, agreement, PartyRole.COMPANY)

        assert roles(session, THURSDAY) == [["beneficiary"]]

    @pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.REJECTED, Status.DEPRECATED])
    def test_leaves_out_what_is_not_to_be_signed(self, session: Session, status: Status) -> None:
        samples.agreement(session, status=status)

        assert roles(session, THURSDAY) == []

    def test_leaves_out_what_was_asked_today(self, session: Session, agreement: Agreement) -> None:
        agreement.versions[0].frozen_at = THURSDAY - timedelta(hours=1)
        session.flush()

        assert roles(session, THURSDAY) == []

    def test_puts_together_those_of_one_address(self, session: Session, agreement: Agreement) -> None:
        other = samples.agreement(session)
        party(other, PartyRole.COMPANY).email = party(agreement, PartyRole.COMPANY).email
        session.flush()

        assert sorted(roles(session, THURSDAY)) == [["beneficiary"], ["beneficiary"], ["company", "company"]]


class TestRemind:
    def test_writes_once_a_day(self, session: Session, agreement: Agreement, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(clock, "now", lambda: THURSDAY)
        session.commit()

        jobs.remind(timestamp=0)
        jobs.remind(timestamp=0)
        assert session.scalar(REMINDERS) == 2
        monkeypatch.setattr(clock, "now", lambda: THURSDAY + timedelta(days=1))
        jobs.remind(timestamp=0)

        assert session.scalar(REMINDERS) == 4

    def test_leaves_several_to_the_digest(
        self, session: Session, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = samples.agreement(session)
        party(other, PartyRole.COMPANY).email = party(agreement, PartyRole.COMPANY).email
        session.commit()
        monkeypatch.setattr(clock, "now", lambda: THURSDAY)

        for _ in range(2):
            jobs.gather(timestamp=0)
            jobs.remind(timestamp=0)

        lines = session.scalars(select(DigestItem).order_by(DigestItem.id)).all()
        assert [line.line for line in lines] == ["Convention de Camille Exemple à signer"] * 2
        assert lines[0].path.startswith("/conventions/signature/")
        assert session.scalar(REMINDERS) == 2  # the two beneficiaries
