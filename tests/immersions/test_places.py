"""What makes people wait their turn."""

from collections.abc import Callable
from datetime import date

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.immersions import bookings, places, waiting
from traitdunion.immersions.models import Actor, Booking, Slot

Act = Callable[[Session, Booking, Slot], object]
ACTS: dict[str, Act] = {
    "book": lambda session, booking, other: bookings.book(session, other, booking.person, now=make.NOW),
    "accept": lambda session, booking, _other: bookings.accept(session, booking, now=make.NOW),
    "move": lambda session, booking, other: bookings.reschedule(
        session, booking, other, by=Actor.PERSON, word=None, now=make.NOW
    ),
    "take an offered place": lambda session, booking, _other: waiting.take(session, booking, now=make.NOW),
}


class TestLockDays:
    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
    def test_is_waited_for_by_what_fills_them(self, engine: sqlalchemy.Engine, act: Act) -> None:
        # Two rows of one person that overlap, each in a transaction of its own: a deadlock of the exclusion constraint.
        with Session(engine) as session:
            at = make.company(session)
            slot, other = make.slot(session, company=at), make.slot(session, company=at)
            booking = make.booking(session, slot, make.person(session, birth_date=date(1990, 1, 1)))
            session.commit()
            here = (booking.id, other.id, booking.person_id)

        with Session(engine) as first, Session(engine) as second:
            places.lock_days(first, here[2])
            second.execute(text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError) as met:
                act(second, second.get_one(Booking, here[0]), second.get_one(Slot, here[1]))

        assert isinstance(met.value.orig, psycopg.errors.LockNotAvailable)
