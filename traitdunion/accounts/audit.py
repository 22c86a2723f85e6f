"""The record of what operators do."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from traitdunion.accounts.models import AuditEntry


def record(
    session: Session,
    *,
    by: int | None,
    act: str,
    subject: str,
    subject_id: int,
    details: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Keeps that the person `by` (None: the command line) did `act` to the row `subject_id` of the table `subject`.

    `details` says what changed, without personal data that the row itself does not hold.
    """
    session.add(
        AuditEntry(by_id=by, act=act, subject=subject, subject_id=subject_id, details=dict(details or {}), at=now)
    )


def latest(session: Session, *, most: int = 100) -> Sequence[AuditEntry]:
    """The latest entries, the newest first."""
    return session.scalars(select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most)).all()


def forget(session: Session, *, before: datetime) -> None:
    """Erases the entries made before."""
    session.execute(delete(AuditEntry).where(AuditEntry.at < before))
