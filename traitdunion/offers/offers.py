"""What one may ask about offers as a whole: how fresh they are, what is held, what is fictitious."""

from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from traitdunion.core import clock
from traitdunion.core.health import Health
from traitdunion.offers.models import IngestionRun, OfferSource, RejectedRecord, RunState

_LATE = timedelta(hours=26)
"""A nightly crawl that ended longer ago was missed."""


def has_fictitious(session: Session) -> bool:
    """Whether some offers are the demonstration's."""
    return bool(session.scalar(select(exists().where(OfferSource.is_fictitious))))


def last_ingestion(session: Session) -> datetime | None:
    """When the last whole ingestion ended; None before the first."""
    return session.scalar(select(func.max(IngestionRun.finished_at)).where(IngestionRun.state == RunState.DONE))


def held(session: Session) -> list[tuple[str, str]]:
    """The (source, slice) whose last run waits for `flask offers confirm`."""
    last = select(func.max(IngestionRun.id)).group_by(IngestionRun.source, IngestionRun.slice)
    rows = session.execute(
        select(IngestionRun.source, IngestionRun.slice)
        .where(IngestionRun.id.in_(last), IngestionRun.state == RunState.HELD)
        .order_by(IngestionRun.source, IngestionRun.slice)
    )
    return [(source, slice_) for source, slice_ in rows]


def health(session: Session) -> Health:
    """Well when nothing is held and, where offers are crawled, the last crawl is not a day late."""
    last = last_ingestion(session)
    crawled = session.scalar(
        select(func.max(IngestionRun.finished_at)).where(
            IngestionRun.state == RunState.DONE,
            IngestionRun.source.in_(select(OfferSource.name).where(OfferSource.is_crawled, ~OfferSource.is_fictitious)),
            ~IngestionRun.slice.startswith("file:"),
        )
    )
    waiting = held(session)
    is_late = crawled is not None and clock.now() - crawled > _LATE
    return Health(
        is_well=not waiting and not is_late,
        details={
            "last_ingestion": last.isoformat() if last else None,
            "age_hours": round((clock.now() - last).total_seconds() / 3600, 1) if last else None,
            "held": [f"{source} {slice_}" for source, slice_ in waiting],
            "rejected": session.scalar(select(func.count()).select_from(RejectedRecord)),
        },
    )
