"""The numbers of today, for the home page."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traitdunion.offers.models import IngestionRun
from traitdunion.search.models import OfferEntry
from traitdunion.search.trainings import funded, takes_people
from traitdunion.trainings.models import Training


@dataclass(frozen=True, slots=True)
class Figures:
    """Living offers; trainings funded by the Région; those of them that take people today.

    `seen_at`: when offers were last read at their sources; None when they never were.
    """

    offers: int
    trainings: int
    open_trainings: int
    seen_at: datetime | None


def of_today(session: Session, *, region_code: str, today: date) -> Figures:
    """The figures, counted now."""
    trainings, open_trainings = session.execute(
        select(func.count(), func.count().filter(takes_people(today))).select_from(Training).where(funded(region_code))
    ).one()
    offers = session.scalar(select(func.count()).select_from(OfferEntry)) or 0
    seen_at = session.scalar(select(func.max(IngestionRun.finished_at)).where(IngestionRun.seen > 0))
    return Figures(offers=offers, trainings=trainings, open_trainings=open_trainings, seen_at=seen_at)
