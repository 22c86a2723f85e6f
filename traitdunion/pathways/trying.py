"""The other way round: the sessions that an immersion slot comes before, for the company that proposes it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from traitdunion.immersions.models import Slot
from traitdunion.rome.models import Occupation
from traitdunion.trainings import trainings
from traitdunion.trainings.models import Action, Training, TrainingSession


def sessions_after(
    session: Session, slot: Slot, *, region_code: str, today: date, most: int = 3
) -> Sequence[TrainingSession]:
    """Open sessions, paid by the Région, for the slot's occupation or its kin, whose deadline comes after the slot;
    the first to close first, then those that have none, with action and training."""
    this, other = aliased(Occupation), aliased(Occupation)
    kin = select(other.code).join(this, this.parent_code == other.parent_code).where(this.code == slot.occupation_code)
    parent = select(this.parent_code).where(this.code == slot.occupation_code)
    codes = {slot.occupation_code, *session.scalars(kin.union(parent))}
    deadline = TrainingSession.enrolment_deadline
    query = (
        select(TrainingSession)
        .join(TrainingSession.action)
        .join(Action.training)
        .options(
            contains_eager(TrainingSession.action).contains_eager(Action.training).joinedload(Training.organisation)
        )
        .where(
            Training.rome_codes.overlap(codes),
            Training.is_funded,
            Training.withdrawn_at.is_(None),
            Action.withdrawn_at.is_(None),
            or_(Training.region_code == region_code, Action.region_code == region_code),
            trainings.is_open(today),
            or_(deadline.is_(None), deadline > slot.last_day),
        )
        .order_by(deadline.nulls_last(), TrainingSession.id)
        .limit(most)
    )
    return session.scalars(query).all()
