"""The numbers of today, for the home page."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traitdunion.offers.models import Offer
from traitdunion.search.offers import ALIVE
from traitdunion.search.trainings import funded
from traitdunion.trainings.models import Action, Training, TrainingSession
from traitdunion.trainings.trainings import is_open

_SOON_DAYS = 92


@dataclass(frozen=True, slots=True)
class Figures:
    """Living offers; trainings funded by the Région; their open sessions that start within three months."""

    offers: int
    trainings: int
    sessions: int


def of_today(session: Session, *, region_code: str, today: date) -> Figures:
    """The figures, counted now."""
    starting = (
        select(func.count())
        .select_from(TrainingSession)
        .join(Action, Action.id == TrainingSession.action_id)
        .join(Training, Training.id == Action.training_id)
        .where(funded(region_code), Action.withdrawn_at.is_(None), is_open(today))
        .where(TrainingSession.starts_on.between(today, today + timedelta(days=_SOON_DAYS)))
    )
    return Figures(
        offers=session.scalar(select(func.count()).select_from(Offer).where(ALIVE)) or 0,
        trainings=session.scalar(select(func.count()).select_from(Training).where(funded(region_code))) or 0,
        sessions=session.scalar(starting) or 0,
    )
