"""A process of a crowd: each of its threads books the same slot as somebody else, all at the same instant."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import sqlalchemy
from sqlalchemy.orm import Session

from traitdunion import create_app
from traitdunion.accounts.models import Person
from traitdunion.core import db
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, places
from traitdunion.immersions.models import Slot


def main(start: float, now: datetime, pairs: list[tuple[int, int]], *, is_unlocked: bool) -> None:
    """Prints what became of each (slot, person), as JSON, for whoever started the process."""
    app = create_app(dict(os.environ))
    with app.app_context():
        database = db.database()
        url = database.url
    engine = sqlalchemy.create_engine(url, pool_size=len(pairs), max_overflow=0)

    def one(pair: tuple[int, int]) -> str:
        with app.app_context(), Session(engine) as session:
            slot, person = session.get_one(Slot, pair[0]), session.get_one(Person, pair[1])
            time.sleep(max(0.0, start - time.time()))
            try:
                bookings.book(session, slot, person, now=now)
                session.commit()
            except Refused as refusal:
                session.rollback()
                return str(refusal)
            return "booked"

    if is_unlocked:  # the lock is courtesy: the constraints alone must be enough
        places.lock = _read
    with ThreadPoolExecutor(len(pairs)) as pool:
        told = list(pool.map(one, pairs))
    engine.dispose()
    sys.stdout.write(json.dumps(told))


def _read(session: Session, slot_id: int) -> Slot:
    return session.get_one(Slot, slot_id)


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    main(
        asked["start"],
        datetime.fromisoformat(asked["now"]),
        [(slot, person) for slot, person in asked["pairs"]],
        is_unlocked=asked["is_unlocked"],
    )
