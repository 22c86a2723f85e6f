"""What an organisation corrects of a person: name, birth date, where to write; only while nobody else can.

Whoever has signed in says themselves who they are; of whom two organisations follow, neither changes where we write.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.accounts import audit, people
from traitdunion.core.errors import Refused
from traitdunion.prescribers import caseload
from traitdunion.prescribers.duplicates import Described
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.prescribers.newcomers import AddressTaken


class NotOurs(Refused):
    """The person, or another organisation, has a say in it."""


def may_correct(session: Session, entry: CaseloadEntry) -> bool:
    """The person never signed in, and nobody else follows them."""
    return entry.person.seen_at is None and len(caseload.of_person(session, entry.person_id)) == 1


def correct(session: Session, entry: CaseloadEntry, described: Described, *, by: Prescriber, now: datetime) -> None:
    """Writes what is said in place of what was said before. Raises NotOurs, AddressTaken."""
    person = entry.person
    if not may_correct(session, entry):
        raise NotOurs("Cette personne a un compte, ou un autre organisme la suit\u00a0: elle seule change ses données.")
    for field in ("email", "phone"):
        address = getattr(described, field)
        known = people.find(session, **{field: address}) if address else None
        if known is not None and known.id != person.id:
            raise AddressTaken(field)
    people.describe(
        person,
        given_name=described.given_name,
        family_name=described.family_name,
        birth_date=described.birth_date,
        postcode=described.postcode,
        status=described.status,
        level=described.level,
        training_wish=person.training_wish,
    )
    person.email, person.phone, entry.changed_at = described.email, described.phone, now
    details = {"organisation": entry.organisation_id}
    audit.record(
        session,
        by=by.person_id,
        act="caseload.correct",
        subject="people",
        subject_id=person.id,
        details=details,
        now=now,
    )
