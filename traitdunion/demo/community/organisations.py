"""Invents the organisations that prescribe, their members, and where they follow people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from traitdunion.core.clock import PARIS
from traitdunion.demo import places
from traitdunion.demo.community import cast
from traitdunion.demo.community.cast import DOMAIN, Part
from traitdunion.demo.community.hosts import Names
from traitdunion.demo.inventory import Inventory, PrescriberOrganisation
from traitdunion.demo.places import Town
from traitdunion.matching import titles
from traitdunion.prescribers import areas
from traitdunion.prescribers.kinds import OrganisationState, PrescriberState
from traitdunion.prescribers.models import Delegation, Organisation, Prescriber

_KNOWN = timedelta(days=200)
_EVERYWHERE, _MAIN_TOWNS = 3, 8
"""The first organisations follow people everywhere, the others in the main towns."""
_PARTS: dict[str, Part] = {
    "france_travail": cast.COUNSELLOR,
    "mission_locale": cast.YOUTH_COUNSELLOR,
    "other": cast.ADMINISTRATOR,
    "chamber": cast.LATE_ADMINISTRATOR,
}
"""By the kind of organisation: the first of its members."""


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation, those who speak for it, and how many people it follows."""

    organisation: Organisation
    prescribers: Sequence[Prescriber]
    people: int


def invent(
    session: Session, random: Random, inventory: Inventory, towns: Sequence[Town], names: Names, *, now: datetime
) -> list[Office]:
    """Stores them, active but the one that waits; the first member of each administers it."""
    offices = []
    for number, known in enumerate(inventory.prescribers):
        town = max(towns, key=lambda one: one.population) if number < 2 else places.draw(random, towns)
        organisation = _organisation(random, inventory, known, town, now=now)
        part = _PARTS.get(known.kind)
        people = [names.person(now=now, part=part if at == 0 else None) for at in range(len(known.prescribers))]
        session.add_all([organisation, *people])
        session.flush()  # the members need both ids
        organisation.created_by_id = people[0].id
        members = [
            Prescriber(
                organisation=organisation,
                person=person,
                state=PrescriberState.ACTIVE.value,
                is_administrator=at == 0,
                role=role,
                created_at=organisation.created_at,
            )
            for at, (person, role) in enumerate(zip(people, known.prescribers, strict=True))
        ]
        session.add_all(members)
        around = towns if number < _EVERYWHERE else sorted(towns, key=lambda one: -one.population)[:_MAIN_TOWNS]
        areas.add(session, organisation.id, communes=[one.code for one in around], postcodes=())
        offices.append(Office(organisation, members, known.people))
    session.flush()
    return offices


def _organisation(
    random: Random, inventory: Inventory, known: PrescriberOrganisation, town: Town, *, now: datetime
) -> Organisation:
    state = OrganisationState.WAITING if known.is_waiting else OrganisationState.ACTIVE
    local = "-".join(re.findall(r"[a-z]+", titles.fold(known.name)))
    made = Organisation(
        name=known.name,
        kind=known.kind,
        legal_form=known.legal_form,
        address=f"{random.randint(1, 40)} {random.choice(inventory.people.streets)}",
        postcode=town.postcodes[0],
        city=town.name,
        email=f"{local}@{DOMAIN}",
        proof=known.proof,
        state=state.value,
        decided_at=None if known.is_waiting else now - _KNOWN,
        created_at=now - (timedelta(days=1) if known.is_waiting else _KNOWN),
    )
    if known.delegation:
        today = now.astimezone(PARIS).date()
        delegation = dict(known.delegation)
        ends_on = today + timedelta(days=delegation.pop("ends_in"))
        made.delegations.append(
            Delegation(
                **delegation,
                starts_on=ends_on - timedelta(days=364),
                ends_on=ends_on,
                created_at=now - _KNOWN,
                confirmed_at=now - _KNOWN,
            )
        )
    return made
