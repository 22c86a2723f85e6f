"""Messages are kept twelve months, as the register says."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.about import jobs, messages
from traitdunion.about.models import ContactMessage, Subject
from traitdunion.core import clock


class TestForget:
    def test_erases_what_is_older_than_twelve_months(self, session: Session) -> None:
        for days in (364, 366):
            messages.send(
                session,
                territory="metz",
                subject=Subject.QUESTION,
                body=f"{days} jours",
                reply_to=None,
                now=clock.now() - timedelta(days=days),
            )
        session.commit()

        jobs.forget_messages.func(timestamp=0)

        assert session.scalars(select(ContactMessage.body)).all() == ["364 jours"]
