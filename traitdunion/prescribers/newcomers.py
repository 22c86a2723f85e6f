"""People whom an organisation adds to those it follows: made once, told of it, and asked where they were known before.

What another organisation knows is nobody else's: somebody who is known already is followed only once they say yes, by
the link of a message that goes to their own address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.core import tokens
from traitdunion.core.errors import Refused
from traitdunion.notifications import messages
from traitdunion.prescribers import caseload, members
from traitdunion.prescribers.duplicates import Described
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import CaseloadEntry, Organisation, Prescriber

VALID = timedelta(days=30)
_PURPOSE = "follow"


class AddressTaken(Refused):
    """Somebody else is known by that address; `field` names it: « email » or « phone »."""

    def __init__(self, field: str) -> None:
        thing = "Cette adresse e-mail" if field == "email" else "Ce numéro"
        super().__init__(f"{thing} est à une personne déjà connue\u00a0: laissez ce champ vide, ou c’est elle.")
        self.field = field


class Unreachable(Refused):
    """Nothing can be sent to the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Somebody whom an organisation asked, for one of its members, whether it may follow them."""

    person: Person
    organisation: Organisation
    by: Prescriber


def take_turn(session: Session, organisation_id: int) -> None:
    """Nobody else of the organisation adds people until the end of the transaction: a second click finds the first."""
    session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update(key_share=True))


def add(session: Session, described: Described, *, by: Prescriber, now: datetime) -> CaseloadEntry:
    """Makes the person, whom `by` follows from now on, and who is told. Raises AddressTaken, CaseloadRefused."""
    for field in ("email", "phone"):
        address = getattr(described, field)
        if address and people.find(session, **{field: address}) is not None:
            raise AddressTaken(field)
    person = Person(
        given_name=described.given_name,
        family_name=described.family_name,
        email=described.email,
        phone=described.phone,
        birth_date=described.birth_date,
        postcode=described.postcode,
        status=described.status,
        level=described.level,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(person)
            session.flush()  # its id is asked for
    except IntegrityError as error:
        raise AddressTaken("phone" if "phone" in str(error.orig) else "email") from None
    entry = caseload.follow(session, organisation=by.organisation, person=person, origin=Origin.CREATED, by=by, now=now)
    tell(session, entry, now=now)
    return entry


def tell(session: Session, entry: CaseloadEntry, *, now: datetime) -> None:
    """Tells the person who follows them from now on, and what that means; once."""
    messages.write(
        session,
        to=entry.person.address,
        kind="now_followed",
        key=f"followed:{entry.id}",
        values={"organisation": entry.organisation, "person": entry.person},
        now=now,
    )


def ask(session: Session, person: Person, *, by: Prescriber, now: datetime) -> None:
    """Asks the person whether the organisation may follow them; once a day at most. Raises Unreachable."""
    if not (person.email or person.phone):
        raise Unreachable(
            "Nous n’avons pas d’adresse pour lui écrire\u00a0: demandez-lui de se connecter une fois, "
            "ou ajoutez cette personne et prévenez notre équipe."
        )
    messages.write(
        session,
        to=person.address,
        kind="follow_asked",
        key=f"follow-asked:{by.organisation_id}:{person.id}:{now:%Y-%m-%d}",
        values={
            "organisation": by.organisation,
            "by": by,
            "days": VALID.days,
            "token": tokens.sign(_PURPOSE, [person.id, by.id]),
        },
        now=now,
    )


def of_token(session: Session, token: str) -> Asked:
    """Who was asked, and by whom. Raises tokens.TokenRefused, also when the asker no longer speaks for anybody."""
    person_id, prescriber_id = tokens.read(_PURPOSE, token, VALID)
    person, by = people.get(session, int(person_id)), session.get(Prescriber, int(prescriber_id))
    if person is None or by is None or by.person_id is None:
        raise tokens.TokenRefused("Cette demande n’a plus lieu d’être.")
    if members.find(session, by.organisation_id, by.person_id) is None:
        raise tokens.TokenRefused("La personne qui demandait a quitté son organisme\u00a0: rien n’a changé pour vous.")
    return Asked(person=person, organisation=by.organisation, by=by)


def accept(session: Session, asked: Asked, *, now: datetime) -> CaseloadEntry:
    """The organisation follows the person, who said so; a second time changes nothing. Raises CaseloadRefused."""
    return caseload.follow(
        session, organisation=asked.organisation, person=asked.person, origin=Origin.CHOSEN, by=asked.by, now=now
    )
