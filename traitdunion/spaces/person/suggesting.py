"""What could be tried for the person's project, as their prescriber and they see it."""

from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.pathways import suggestions
from traitdunion.pathways.suggestions import Suggestion
from traitdunion.prescribers import projects
from traitdunion.prescribers.models import CaseloadEntry
from traitdunion.territories import territories

_MOST = 3


def of(session: Session, entry: CaseloadEntry | None, *, now: datetime) -> list[Suggestion]:
    """The best slots for the project of the entry; none without entry or project."""
    territory = territories.current()
    wish = projects.wish(entry, radius_km=territory.default_radius_km) if entry else None
    if entry is None or wish is None:
        return []
    return suggestions.suggest(
        session, wish, person_id=entry.person_id, region_code=territory.region_code, now=now, most=_MOST
    )
