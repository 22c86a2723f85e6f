"""What waits until an address is proved: that somebody would like to try a job where no slot lets them yet."""

from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from traitdunion.accounts import people, sign_in
from traitdunion.accounts.models import Person
from traitdunion.accounts.sign_in import Pending
from traitdunion.core.errors import Refused
from traitdunion.offers.models import Offer
from traitdunion.pathways import interests
from traitdunion.territories.distances import Point
from traitdunion.trainings import trainings
from traitdunion.trainings.models import Training

_INTEREST = "interest"

Aim = Offer | Training


class Gone(Refused):
    """What it was about is no longer there."""


def of_form(aim: Aim, said: dict[str, Any], *, word: str | None) -> Pending:
    """What to keep once the address is proved, and how the message says it."""
    birth_date: date | None = said["birth_date"]
    values = {
        **said,
        "birth_date": birth_date.isoformat() if birth_date else None,
        "offer_id": aim.id if isinstance(aim, Offer) else None,
        "training_id": aim.id if isinstance(aim, Training) else None,
        "word": word,
    }
    return Pending(_INTEREST, values, told="dire que vous voudriez essayer ce métier")


def keep(session: Session, person: Person, aim: Aim, *, word: str | None, now: datetime) -> None:
    """Keeps the interest of the person; a second time changes nothing."""
    if isinstance(aim, Offer):
        interests.for_offer(session, person, aim, word=word, now=now)
    else:
        interests.for_training(session, person, aim, near=_place(aim), word=word, now=now)


@sign_in.on_confirmed(_INTEREST)
def complete(session: Session, person: Person, values: dict[str, Any], now: datetime) -> str:
    """Keeps the interest of the person whose address was just proved; says what was empty of them."""
    aim: Aim | None
    if values["offer_id"]:
        aim = session.get(Offer, int(values["offer_id"]))
    else:
        aim = trainings.get(session, int(values["training_id"]))
    if aim is None:
        raise Gone("Cette offre ou cette formation n’existe plus.")
    birth_date = date.fromisoformat(values["birth_date"]) if values["birth_date"] else None
    names = {"given_name": values["given_name"], "family_name": values["family_name"]}
    people.fill_in(person, birth_date=birth_date, postcode=values["postcode"], **({} if person.given_name else names))
    keep(session, person, aim, word=values["word"], now=now)
    return url_for("person_space.home", _anchor="souhaits")


def _place(training: Training) -> Point | None:
    for action in training.living_actions:
        if action.latitude is not None and action.longitude is not None:
            return Point(action.latitude, action.longitude)
    return None
