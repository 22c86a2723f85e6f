"""Who may read the text of an agreement: its parties, the company’s members, the organisation that prescribes.

Whoever signs by link reads it once the code is typed (`signing`); all others by their account.
"""

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements
from traitdunion.agreements.kinds import Status
from traitdunion.agreements.models import Agreement
from traitdunion.companies import members as company_members
from traitdunion.core import clock
from traitdunion.prescribers import members, readings


def find(session: Session, agreement_id: int, person_id: int) -> Agreement | None:
    """The agreement, once it is more than a draft, for an account that may read it; None for all others.

    That a prescriber read it is kept, as for all of a person's file.
    """
    found = agreements.get(session, agreement_id)
    if found is None or found.status == Status.DRAFT.value or found.submitted_at is None:
        return None
    if person_id in {found.person_id, *(party.person_id for party in found.parties)}:
        return found
    if found.company_id and company_members.is_active(session, found.company_id, person_id):
        return found
    prescriber = members.find(session, found.organisation_id, person_id) if found.organisation_id else None
    if prescriber is None:
        return None
    if found.person_id:
        readings.record(found.person_id, by=prescriber, now=clock.now())
    return found
