"""Time that passes at will: the immersion of one person is over, nobody else's is moved."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.core import clock
from traitdunion.demo import passing_time
from traitdunion.immersions.models import Booking
from traitdunion.impact import verdicts
from traitdunion.notifications.models import Message


def accepted(session: Session, places: int = 2) -> tuple[Booking, Booking]:
    """Two people in one slot, three weeks from now."""
    company = make.company(session)
    make.member(session, company, make.person(session, "Ada"))
    slot = make.slot(session, company=company, first_day=clock.today() + timedelta(days=21), places=places)
    first, second = (
        make.booking(session, slot, make.person(session), state="accepted", expires_at=None, place_number=number)
        for number in (1, 2)
    )
    return first, second


class TestEnd:
    def test_makes_an_immersion_a_thing_of_the_past_and_asks_what_follows(self, session: Session) -> None:
        mine, other = accepted(session)
        ahead = other.first_day

        passing_time.end(session, mine, now=clock.now())

        session.refresh(other)
        assert mine.last_day == clock.today() - timedelta(days=1)
        assert other.first_day == ahead
        assert verdicts.may_be_said(mine, now=clock.now())
        assert set(session.scalars(select(Message.kind))) == {"bilan_asked", "verdict_asked"}

    def test_leaves_none_to_come(self, session: Session) -> None:
        mine, _ = accepted(session)
        known = passing_time.to_come(session, mine.person_id, today=clock.today())

        passing_time.end(session, mine, now=clock.now())

        assert known == [mine]
        assert passing_time.to_come(session, mine.person_id, today=clock.today()) == []
