"""The terms that a booking knows already: company, tutor, days, hours, tasks, equipment, place, prescriber, person.

What the person said in an earlier agreement is said again: address, situation, emergency contact, representative.
"""

from dataclasses import replace
from datetime import date, time

from traitdunion.accounts.models import Person
from traitdunion.accounts.models import Status as Situation
from traitdunion.agreements.snapshot import (
    Beneficiary,
    Body,
    Contact,
    Day,
    Host,
    Place,
    Shift,
    Terms,
)
from traitdunion.companies.models import Company
from traitdunion.core import months
from traitdunion.immersions import dates
from traitdunion.immersions.models import Booking, Slot
from traitdunion.prescribers import delegations
from traitdunion.prescribers.kinds import OrganisationKind
from traitdunion.prescribers.models import CaseloadEntry, Organisation

ASSESSMENT = "Un échange avec la personne qui accueille et avec le conseiller, à la fin de l’immersion."
"""How it is known whether the objective is reached, until somebody says it otherwise."""

_NOON, _LONG_BREAK, _SHORT_BREAK = 12 * 60, 60, 30
_ADULT_STRETCH, _MINOR_STRETCH = 6 * 60, 4 * 60 + 30  # L. 3121-16, L. 3162-3
_LONG_DAY = 7 * 60


def terms(
    booking: Booking, entry: CaseloadEntry | None, *, signatory: Person | None, last: Terms | None, today: date
) -> Terms:
    """What is known; `last` are the terms of the person's latest agreement, `entry` the one that prescribes."""
    slot, person = booking.slot, booking.person
    body = prescriber(entry.organisation, on=today) if entry else None
    made = Terms(
        prescriber=body,
        accompanying=body,
        referent=referent(entry),
        beneficiary=_beneficiary(person, last),
        representative=last.representative if last and is_minor(person.birth_date, slot.first_day) else None,
        host=_host(slot.company, slot, signatory),
        days=(),
        place=Place(address=slot.address, postcode=slot.postcode, city=slot.city, department=slot.department),
        objective=None,
        goals=None,
        assessment=ASSESSMENT,
        occupation_code=slot.occupation_code,
        occupation=slot.title,
        tasks=slot.tasks,
        equipment=slot.equipment,
        conditions=_conditions(slot),
        emergency=last.emergency if last else None,
        renewed=None,
    )
    return replace(made, days=days(slot, birth_date=person.birth_date))


def again(of: Terms, booking: Booking, *, signatory: Person | None) -> Terms:
    """The same terms for the slot that the booking is in now."""
    slot = booking.slot
    return replace(
        of,
        host=_host(slot.company, slot, signatory),
        days=days(slot, birth_date=of.beneficiary.birth_date),
        place=Place(address=slot.address, postcode=slot.postcode, city=slot.city, department=slot.department),
        occupation_code=slot.occupation_code,
        occupation=slot.title,
        tasks=slot.tasks,
        equipment=slot.equipment,
        conditions=_conditions(slot),
    )


def prescriber(organisation: Organisation, *, on: date) -> Body:
    """The organisation as the agreement names it, with the delegation that holds that day."""
    held = delegations.current(organisation, on=on)
    town = f"{organisation.postcode} {organisation.city}"
    return Body(
        name=organisation.name,
        kind=OrganisationKind(organisation.kind).label,
        legal_form=organisation.legal_form,
        siret=organisation.siret,
        address=f"{organisation.address}, {town}" if organisation.address else town,
        delegation=f"{held.delegator_name}, n°\u00a0{held.number}" if held else None,
    )


def referent(entry: CaseloadEntry | None) -> Contact | None:
    """The adviser of the person; None while nobody took the person on."""
    member = entry.prescriber if entry else None
    if member is None or member.person is None:
        return None
    return Contact(given_name=member.person.given_name, family_name=member.person.family_name, function=member.role)


def is_minor(birth_date: date | None, day: date) -> bool:
    """Under 18 that day; who has not said their age is taken for an adult."""
    return birth_date is not None and day < months.birthday(birth_date, 18)


def days(slot: Slot, *, birth_date: date | None) -> tuple[Day, ...]:
    """The days of presence of the slot; a slot says no break: one is put where the law wants it."""
    return tuple(
        Day(on=day, shifts=shifts(slot.starts_at, slot.ends_at, is_young=is_minor(birth_date, day)))
        for day in dates.presence(slot)
    )


def shifts(starts_at: time, ends_at: time, *, is_young: bool) -> tuple[Shift, ...]:
    """The hours with a break: an hour, at noon where that goes, in a day of more than 7 hours; else half an hour.

    None where the law asks for none.
    """
    starts, ends = _minute(starts_at), _minute(ends_at)
    stretch = _MINOR_STRETCH if is_young else _ADULT_STRETCH
    if ends - starts <= stretch:
        return (Shift(starts_at=starts_at, ends_at=ends_at),)
    pause = _LONG_BREAK if ends - starts > _LONG_DAY else _SHORT_BREAK
    # Half an hour of work on either side at least: a day barely too long may lie all before noon, or all after it.
    earliest = max(starts + _SHORT_BREAK, ends - pause - stretch)
    at = max(earliest, min(_NOON, starts + stretch, ends - pause - _SHORT_BREAK))
    return (
        Shift(starts_at=starts_at, ends_at=time(*divmod(at, 60))),
        Shift(starts_at=time(*divmod(at + pause, 60)), ends_at=ends_at),
    )


def _beneficiary(person: Person, last: Terms | None) -> Beneficiary:
    said = last.beneficiary if last else None
    return Beneficiary(
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        address=said.address if said else None,
        situation=Situation(person.status).label if person.status else None,
        receives_rsa=said.receives_rsa if said else None,
        employer=said.employer if said and person.status == Situation.EMPLOYEE else None,
    )


def _host(company: Company, slot: Slot, signatory: Person | None) -> Host:
    town = f"{company.postcode or ''} {company.city or ''}".strip()
    given_name, _, family_name = slot.tutor_name.strip().rpartition(" ")
    return Host(
        name=company.name,
        siret=company.siret,
        registered_on=None,
        legal_form=None,
        address=f"{company.address}, {town}" if company.address else town,
        activity=company.naf,
        collective_agreement=None,
        signatory=Contact(
            given_name=signatory.given_name if signatory else "",
            family_name=signatory.family_name if signatory else "",
            function=None,
        ),
        tutor=Contact(given_name=given_name, family_name=family_name, function=slot.tutor_role),
    )


def _conditions(slot: Slot) -> str | None:
    said = [
        "Port de charges." if slot.carries_loads else "",
        "Station debout prolongée." if slot.stands_long else "",
        slot.accessibility or "",
        slot.transport or "",
    ]
    return " ".join(one for one in said if one) or None


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
