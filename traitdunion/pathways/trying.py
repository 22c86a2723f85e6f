"""The other way round: the sessions that an immersion slot comes before, for the company that proposes it."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, or_, select
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
    deadline = TrainingSession.enrolment_deadline
    query = _open(with_kin(session, slot.occupation_code), region_code=region_code, today=today)
    return session.scalars(query.where(or_(deadline.is_(None), deadline > slot.last_day)).limit(most)).all()


def open_sessions(
    session: Session, codes: Collection[str], *, level: int | None, region_code: str, today: date, most: int
) -> Sequence[TrainingSession]:
    """Open sessions, paid by the Région, for these occupations, in the order of `sessions_after`.

    `level` leaves out the trainings that require a higher one; None: not known, all of them.
    """
    query = _open(codes, region_code=region_code, today=today)
    if level is not None:
        low_enough = or_(Training.entry_level.is_(None), Training.entry_level <= level)
        query = query.where(or_(low_enough, Training.is_entry_level_required.is_(False)))
    return session.scalars(query.limit(most)).all()


def with_kin(session: Session, code: str) -> set[str]:
    """The occupation, those of the same ROME 3 parent, and that parent."""
    this, other = aliased(Occupation), aliased(Occupation)
    kin = select(other.code).join(this, this.parent_code == other.parent_code).where(this.code == code)
    parent = select(this.parent_code).where(this.code == code)
    return {code, *session.scalars(kin.union(parent))}


def sessions_from(
    session: Session, code: str, *, region_code: str, since: date, most: int
) -> Sequence[TrainingSession]:
    """Sessions, paid by the Région, for the occupation or its kin, that somebody may have entered since that day,
    whether they still enrol or not; the first to start first, then those that are entered at any time."""
    starts = TrainingSession.starts_on
    query = _funded(with_kin(session, code), region_code=region_code)
    query = query.where(or_(starts.is_(None), starts >= since, TrainingSession.is_permanent))
    return session.scalars(query.order_by(TrainingSession.is_permanent, starts.nulls_last()).limit(most)).all()


def _open(codes: Collection[str], *, region_code: str, today: date) -> Select[TrainingSession]:
    deadline = TrainingSession.enrolment_deadline
    query = _funded(codes, region_code=region_code).where(trainings.is_open(today))
    return query.order_by(deadline.nulls_last(), TrainingSession.id)


def _funded(codes: Collection[str], *, region_code: str) -> Select[TrainingSession]:
    return (
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
        )
    )
