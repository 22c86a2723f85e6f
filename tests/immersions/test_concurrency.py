"""200 people want the last place at the same instant, from several processes: one has it, the others are told."""

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories as make
from traitdunion.core import db
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications.models import Message

PROCESSES = 4
CROWD = 200
_SECONDS_TO_START = 6.0
_ROOT = Path(__file__).resolve().parents[2]


def rush(environ: dict[str, str], pairs: list[tuple[int, int]], *, is_unlocked: bool = False) -> Counter[str]:
    """Books all the (slot, person) pairs at one instant, from several processes; what each was told, counted."""
    start = time.time() + _SECONDS_TO_START
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.immersions.crowd",
                json.dumps(
                    {
                        "start": start,
                        "now": make.NOW.isoformat(),
                        "pairs": pairs[number::PROCESSES],
                        "is_unlocked": is_unlocked,
                    }
                ),
            ],
            cwd=_ROOT,
            env=environ,
            stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    told: Counter[str] = Counter()
    for process in running:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        told.update(json.loads(output))
    return told


def fill(places: int = 1, people: int = CROWD, slots: int = 1) -> tuple[list[int], list[int]]:
    """Slots that accept at once, and adults; their ids."""
    with db.transaction() as session:
        at = make.company(session)
        made = [make.slot(session, company=at, places=places, accepts_at_once=True) for _ in range(slots)]
        crowd = [make.person(session, birth_date=date(1990, 1, 1)) for _ in range(people)]
        return [slot.id for slot in made], [person.id for person in crowd]


class TestLastPlace:
    @pytest.mark.parametrize("is_unlocked", [False, True], ids=["with the lock", "by the constraints alone"])
    def test_has_one_winner_among_200(self, committing_app: Flask, environ: dict[str, str], is_unlocked: bool) -> None:
        (slot,), people = fill()

        told = rush(environ, [(slot, person) for person in people], is_unlocked=is_unlocked)

        assert told["booked"] == 1
        assert set(told) == {"booked", _FULL}
        assert told.total() == CROWD
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Booking)) == 1
            assert session.scalar(select(func.count()).select_from(Message)) == 1  # nobody else was written to
            assert session.get_one(Slot, slot).state == "full"

    def test_gives_each_of_seven_places_once(self, committing_app: Flask, environ: dict[str, str]) -> None:
        (slot,), people = fill(places=7, people=60)

        told = rush(environ, [(slot, person) for person in people])

        assert told == {"booked": 7, _FULL: 53}


class TestOnePerson:
    def test_is_never_in_two_places_however_many_clicks(self, committing_app: Flask, environ: dict[str, str]) -> None:
        slots, (person,) = fill(people=1, slots=20)

        told = rush(environ, [(slot, person) for slot in slots])

        assert told["booked"] == 1
        assert told.total() == 20
        assert any("déjà une immersion ces jours-là" in sentence for sentence in told)

    def test_has_one_booking_after_forty_clicks_on_one_slot(
        self, committing_app: Flask, environ: dict[str, str]
    ) -> None:
        (slot,), (person,) = fill(places=5, people=1)

        told = rush(environ, [(slot, person)] * 40)

        assert told == {"booked": 40}  # each click is shown the same booking
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Booking)) == 1


_FULL = "La dernière place vient d’être prise. Vous pouvez vous mettre sur la liste d’attente."
