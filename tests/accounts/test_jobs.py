"""What accounts keep is erased when the privacy register says so."""

from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts import audit, bans, jobs, sign_in, sign_ins
from traitdunion.accounts.models import AuditEntry, Ban, SignIn, SignInRequest
from traitdunion.core import clock
from traitdunion.notifications.messages import Address


def count(session: Session) -> list[int]:
    """The rows of each table."""
    return [
        session.scalar(select(func.count()).select_from(model)) or 0
        for model in (SignInRequest, SignIn, AuditEntry, Ban)
    ]


class TestForget:
    def test_erases_what_is_over_only(self, session: Session) -> None:
        now = clock.now()
        for age in (0, 24):
            asked = now - timedelta(hours=age)
            sign_in.ask(session, address=Address(email="a@exemple.fr"), browser="b", now=asked)
        person = make.person(session)
        for age in (0, 31):
            sign_ins.start(session, person, device="Chrome", now=now - timedelta(days=age))
        for age in (0, 366):
            audit.record(session, by=None, act="x", subject="people", subject_id=1, now=now - timedelta(days=age))
        for address, years in (("a@exemple.fr", 0), ("b@exemple.fr", 4)):
            bans.ban_address(session, address, reason="Nuit.", by=None, now=now)
            session.execute(
                update(Ban)
                .where(Ban.id == select(func.max(Ban.id)).scalar_subquery())
                .values(created_at=now - timedelta(days=365 * years))
            )
        session.commit()
        before = count(session)

        jobs.forget.func(timestamp=0)

        assert before == [2, 2, 4, 2]
        assert count(session) == [1, 1, 3, 1]
