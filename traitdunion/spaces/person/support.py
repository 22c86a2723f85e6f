"""Who signs a person's agreements, or is proposed to: what the pages of `/mon-espace` say of it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.prescribers import caseload, routing
from traitdunion.prescribers.models import CaseloadEntry
from traitdunion.prescribers.routing import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """At most one of the two; neither when the person wants nobody, or when nobody is there."""

    signing: CaseloadEntry | None
    proposal: Proposal | None

    @property
    def organisation_id(self) -> int | None:
        """Of the one or the other."""
        found = self.signing or self.proposal
        return found.organisation.id if found else None


def of(session: Session, person: Person, *, today: date) -> Support:
    """What stands today."""
    signing = caseload.prescribing(session, person.id)
    if signing is not None or routing.wants_nobody(session, person):
        return Support(signing=signing, proposal=None)
    return Support(signing=None, proposal=routing.proposed(session, person, today=today))
