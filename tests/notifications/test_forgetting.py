"""What is erased when its time is over."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.notifications.samples import NOW, written
from traitdunion.notifications import addresses, forgetting
from traitdunion.notifications.messages import Attachment
from traitdunion.notifications.models import Message, MessageAddress, MessageAttachment


def forget(session: Session, **later: int) -> None:
    """`later` than what was written."""
    session.flush()
    forgetting.forget(session, now=NOW + timedelta(**later))
    session.expire_all()


def count(session: Session, model: type[Message | MessageAddress | MessageAttachment]) -> int:
    """The rows that are left."""
    return session.scalar(select(func.count()).select_from(model)) or 0


class TestForget:
    def test_erases_messages_after_six_months(self, session: Session) -> None:
        written(session, attachments=[Attachment("a.ics", "text/calendar", b"1")])

        forget(session, days=182)
        kept = count(session, Message)
        forget(session, days=184)

        assert (kept, count(session, Message), count(session, MessageAttachment)) == (1, 0, 0)

    def test_erases_addresses_that_nothing_is_left_of(self, session: Session) -> None:
        written(session)

        forget(session, days=184)

        assert count(session, MessageAddress) == 0

    def test_keeps_addresses_that_are_written_to(self, session: Session) -> None:
        written(session)
        written(session, key="k2", now=NOW + timedelta(days=100))

        forget(session, days=184)

        assert (count(session, Message), count(session, MessageAddress)) == (1, 1)

    @pytest.mark.parametrize(("days", "left"), [(184, 1), (3 * 365 - 1, 1), (3 * 365 + 1, 0)])
    def test_remembers_refusals_three_years(self, session: Session, days: int, left: int) -> None:
        address = written(session).address
        addresses.prefer(address, reminders=False, suggestions=True, now=NOW)

        forget(session, days=days)

        assert count(session, MessageAddress) == left

    def test_erases_the_words_of_what_is_of_no_use_any_more(self, session: Session) -> None:
        spent = written(
            session, expires_at=NOW + timedelta(minutes=20), attachments=[Attachment("a.ics", "text/calendar", b"1")]
        )
        useful = written(session, key="k2")

        forget(session, minutes=21)

        assert (spent.text, spent.html, spent.attachments) == ("", None, [])
        assert spent.subject == ""  # it holds the code
        assert useful.text != ""
