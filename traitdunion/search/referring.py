"""What public pages add for a visitor who prescribes: proposing what is shown to people whom they follow."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from traitdunion.core import access
from traitdunion.prescribers import members
from traitdunion.prescribers.models import Prescriber


def memberships(session: Session) -> Sequence[Prescriber]:
    """Those of the visitor, with their organisations; none, and no query, for whoever is not signed in."""
    visitor = access.visitor()
    return members.of(session, visitor.person_id) if visitor else ()
