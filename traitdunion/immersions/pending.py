"""What waits until an address is proved: a booking, or a place on a waiting list, of somebody who is not signed in."""

from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from traitdunion.accounts import people, sign_in
from traitdunion.accounts.models import Person
from traitdunion.accounts.sign_in import Pending
from traitdunion.immersions import bookings, slots, waiting, wording
from traitdunion.immersions.eligibility import NotOpen
from traitdunion.immersions.models import Slot

_BOOKING = "booking"


def of_form(slot: Slot, said: dict[str, Any], *, word: str | None, waits: bool) -> Pending:
    """What to do once the address is proved, and how the message says it."""
    birth_date = said["birth_date"]
    aim = "rejoindre la liste d’attente de" if waits else "réserver"
    return Pending(
        _BOOKING,
        {
            **said,
            "birth_date": birth_date.isoformat() if birth_date else None,
            "slot_id": slot.id,
            "word": word,
            "waits": waits,
        },
        told=f"{aim} «\u00a0{slot.title}\u00a0», {wording.days(slot)}",
    )


@sign_in.on_confirmed(_BOOKING)
def complete(session: Session, person: Person, values: dict[str, Any], now: datetime) -> str:
    """Books, or waits, for the person whose address was just proved; says what was empty of them."""
    slot = slots.get(session, int(values["slot_id"]))
    if slot is None:
        raise NotOpen("Cette immersion n’existe plus.")
    birth_date = date.fromisoformat(values["birth_date"]) if values["birth_date"] else None
    names = {"given_name": values["given_name"], "family_name": values["family_name"]}
    people.fill_in(
        person, **(names if not person.given_name else {}), birth_date=birth_date, postcode=values["postcode"]
    )
    act = waiting.join if values["waits"] else bookings.book
    booking = act(session, slot, person, word=values["word"], now=now)
    return url_for("person_space.booking_page", booking_id=booking.id)
