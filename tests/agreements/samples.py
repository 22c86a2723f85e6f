"""Terms that a prescriber could sign, and agreements as they are stored; a test names only what matters to it."""

from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.agreements import snapshot
from traitdunion.agreements.kinds import Objective, PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementParty, AgreementVersion
from traitdunion.agreements.snapshot import (
    Beneficiary,
    Body,
    Contact,
    Day,
    Emergency,
    Host,
    Place,
    Representative,
    Shift,
    Terms,
)
from traitdunion.companies.models import Company

FIRST_DAY = date(2026, 12, 7)  # a Monday
MORNING, AFTERNOON = Shift(starts_at=time(8), ends_at=time(12)), Shift(starts_at=time(13), ends_at=time(16))

_numbers = count(1)


def body(name: str = "Mission locale de l’Exemple") -> Body:
    """A prescriber by right."""
    return Body(
        name=name,
        kind="Mission locale",
        legal_form="Association",
        siret="11000001500013",
        address="2 place de l’Exemple, 57000 Metz",
        delegation=None,
    )


def day(on: date = FIRST_DAY, *shifts: Shift) -> Day:
    """A day of seven hours with a lunch break."""
    return Day(on=on, shifts=shifts or (MORNING, AFTERNOON))


def clock_time(said: str) -> time:
    """« 08:00 »."""
    return time.fromisoformat(said)


def week(first: date = FIRST_DAY, length: int = 5) -> tuple[Day, ...]:
    """Days in a row, of seven hours each."""
    return tuple(day(first + timedelta(days=number)) for number in range(length))


def terms(**fields: Any) -> Terms:
    """A week of an adult at a baker's in Metz, complete."""
    referent = Contact(given_name="Lou", family_name="Conseil", function="Conseillère")
    row: dict[str, Any] = {
        "prescriber": body(),
        "accompanying": body(),
        "referent": referent,
        "beneficiary": Beneficiary(
            given_name="Camille",
            family_name="Exemple",
            birth_date=date(1998, 5, 4),
            address="5 rue du Test, 57000 Metz",
            situation="Suivi par une Mission locale",
            receives_rsa=False,
            employer=None,
        ),
        "representative": None,
        "host": Host(
            name="Boulangerie Martin",
            siret="11000002300017",
            registered_on=None,
            legal_form="SARL",
            address="1 rue du Four, 57000 Metz",
            activity="10.71C",
            collective_agreement=None,
            signatory=Contact(given_name="Ada", family_name="Martin", function="Gérante"),
            tutor=Contact(given_name="Rachid", family_name="Pétrin", function="Boulanger"),
        ),
        "days": week(),
        "place": Place(address="1 rue du Four", postcode="57000", city="Metz", department="57"),
        "objective": Objective.DISCOVER,
        "goals": "Voir une journée de fournil, du pétrissage à la vente.",
        "assessment": "Un point avec la personne qui accueille, le dernier jour.",
        "occupation_code": "D1102",
        "occupation": "Boulanger / Boulangère",
        "tasks": "Pétrir, façonner, cuire.",
        "equipment": "Blouse et chaussures, prêtées par l’entreprise.",
        "conditions": None,
        "emergency": Emergency(name="Sam Exemple", phone="+33612345678"),
        "renewed": None,
    }
    return Terms(**{**row, **fields})


def minor(of: Terms, birth_date: date = date(2010, 1, 1)) -> Terms:
    """The same of somebody under 18, with a representative."""
    return replace(
        of,
        beneficiary=replace(of.beneficiary, birth_date=birth_date),
        representative=Representative(given_name="Dominique", family_name="Exemple", link="sa mère"),
    )


def agreement(
    session: Session,
    of: Terms | None = None,
    *,
    person: Person | None = None,
    company: Company | None = None,
    status: Status = Status.READY_TO_SIGN,
    **fields: Any,
) -> Agreement:
    """An agreement with its only version, frozen unless it is a draft, and its parties; flushed."""
    said = of or terms()
    is_draft = status is Status.DRAFT
    row: dict[str, Any] = {
        "code": f"EX{next(_numbers):08d}",
        "person": person or make.person(session, said.beneficiary.given_name),
        "company": company or make.company(session, said.host.name),
        "status": status.value,
        "version": 1,
        "first_day": said.first_day,
        "last_day": said.last_day,
        "sequence": 0 if is_draft else 1,
        "created_at": make.NOW,
        "changed_at": make.NOW,
        "submitted_at": None if is_draft else make.NOW,
        "validated_at": make.NOW if status is Status.ACCEPTED_BY_VALIDATOR else None,
        "justification": "Une raison." if status is Status.REJECTED else None,
        **fields,
    }
    made = Agreement(**row)
    stored = snapshot.to_json(said)
    made.versions.append(
        AgreementVersion(
            number=1,
            terms=stored,
            hash=None if is_draft else snapshot.digest(stored),
            is_material=True,
            created_at=make.NOW,
            frozen_at=None if is_draft else make.NOW,
        )
    )
    made.parties.extend(parties(said, beneficiary=row["person"]))
    session.add(made)
    session.flush()
    return made


def parties(of: Terms, *, beneficiary: Person) -> list[AgreementParty]:
    """Those that the terms name, each with an address of its own."""
    host = of.host
    found = [
        AgreementParty(
            role=PartyRole.BENEFICIARY.value,
            person_id=beneficiary.id,
            given_name=of.beneficiary.given_name,
            family_name=of.beneficiary.family_name,
            email=beneficiary.email,
            phone=beneficiary.phone,
        ),
        _contact(PartyRole.COMPANY, host.signatory),
        _contact(PartyRole.TUTOR, host.tutor),
    ]
    if of.representative:
        one = of.representative
        named = Contact(given_name=one.given_name, family_name=one.family_name, function=one.link)
        found.append(_contact(PartyRole.REPRESENTATIVE, named))
    return found


def _contact(role: PartyRole, named: Contact) -> AgreementParty:
    number = next(_numbers)
    return AgreementParty(
        role=role.value,
        given_name=named.given_name,
        family_name=named.family_name,
        function=named.function,
        email=f"{role.value}{number}@exemple.fr",
        phone=f"+3361{number:07d}",
    )
