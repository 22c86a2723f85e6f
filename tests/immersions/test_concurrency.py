"""200 people want the last place at the same instant, from several processes: one has it, the others are told."""

from collections import Counter
from datetime import date
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories as make
from tests import processes
from tests.processes import Wait
from traitdunion.accounts.models import Person
from traitdunion.core import db
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, places
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications.models import Message

PROCESSES = 20
CROWD = 200


def rush(app: Flask, pairs: list[tuple[int, int]]) -> Counter[str]:
    """Books all the (slot, person) pairs at one instant, from several processes; what each was told, counted."""
    return Counter(processes.at_once(app, [partial(book, *pair) for pair in pairs], processes=PROCESSES))


def book(slot_id: int, person_id: int, wait: Wait) -> str:
    """What a request for a place is told."""
    with db.database().sessions() as session:
        slot, person = session.get_one(Slot, slot_id), session.get_one(Person, person_id)
        wait()
        try:
            bookings.book(session, slot, person, now=make.NOW)
            session.commit()
        except Refused as refusal:
            return str(refusal)
        return "booked"


def fill(places: int = 1, people: int = CROWD, slots: int = 1) -> tuple[list[int], list[int]]:
    """Slots that accept at once, and adults; their ids."""
    with db.transaction() as session:
        at = make.company(session)
        made = [make.slot(session, company=at, places=places, accepts_at_once=True) for _ in range(slots)]
        crowd = [make.person(session, birth_date=date(1990, 1, 1)) for _ in range(people)]
        return [slot.id for slot in made], [person.id for person in crowd]


@pytest.mark.long
@processes.forking
class TestLastPlace:
    @pytest.mark.parametrize("is_unlocked", [False, True], ids=["with the lock", "by the constraints alone"])
    def test_has_one_winner_among_200(
        self, committing_app: Flask, monkeypatch: pytest.MonkeyPatch, is_unlocked: bool
    ) -> None:
        (slot,), people = fill()
        if is_unlocked:  # the lock is courtesy: the constraints alone must be enough
            monkeypatch.setattr(places, "lock", lambda session, slot_id: session.get_one(Slot, slot_id))

        told = rush(committing_app, [(slot, person) for person in people])

        assert told["booked"] == 1
        assert set(told) == {"booked", _FULL}
        assert told.total() == CROWD
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Booking)) == 1
            assert session.scalar(select(func.count(Message.address_id.distinct()))) == 1  # nobody else was written to
            assert session.get_one(Slot, slot).state == "full"

    def test_gives_each_of_seven_places_once(self, committing_app: Flask) -> None:
        (slot,), people = fill(places=7, people=60)

        told = rush(committing_app, [(slot, person) for person in people])

        assert told == {"booked": 7, _FULL: 53}


@processes.forking
class TestOnePerson:
    def test_is_never_in_two_places_however_many_clicks(self, committing_app: Flask) -> None:
        slots, (person,) = fill(people=1, slots=20)

        told = rush(committing_app, [(slot, person) for slot in slots])

        assert told["booked"] == 1
        assert told.total() == 20
        assert any("déjà une immersion ces jours-là" in sentence for sentence in told)

    def test_has_one_booking_after_forty_clicks_on_one_slot(self, committing_app: Flask) -> None:
        (slot,), (person,) = fill(places=5, people=1)

        told = rush(committing_app, [(slot, person)] * 40)

        assert told == {"booked": 40}  # each click is shown the same booking
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Booking)) == 1


_FULL = "La dernière place vient d’être prise. Vous pouvez vous mettre sur la liste d’attente."
