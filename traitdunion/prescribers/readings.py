"""Who read whose file: kept in the audit, and shown to the person.

A reading is kept in a transaction of its own, once the page is made: a GET writes nothing else, and what could not be
kept is not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, ColumnElement, Date, cast, func, literal_column, select
from sqlalchemy.orm import Session

from traitdunion.accounts import audit
from traitdunion.accounts.models import AuditEntry
from traitdunion.core import clock, db
from traitdunion.prescribers.models import Organisation, Prescriber

READ = "caseload.read"
EXPORT = "caseload.export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An organisation read the person's file on that day, in France."""

    organisation: str
    on: date


def record(person_id: int, *, by: Prescriber, now: datetime) -> None:
    """Keeps that the member reads the person's file, in this request; once a day for each member."""
    by_id, organisation_id = by.person_id, by.organisation_id

    def keep(session: Session) -> None:
        if not _is_kept(session, person_id, by_id, now=now):
            _keep(session, READ, "people", person_id, by_id=by_id, organisation_id=organisation_id, now=now)

    db.afterwards(keep)


def record_export(by: Prescriber, *, now: datetime) -> None:
    """Keeps that the member took away the list of the organisation, each time."""
    by_id, organisation_id = by.person_id, by.organisation_id

    def keep(session: Session) -> None:
        subject = "prescriber_organisations"
        _keep(session, EXPORT, subject, organisation_id, by_id=by_id, organisation_id=organisation_id, now=now)

    db.afterwards(keep)


def of_person(session: Session, person_id: int, *, most: int = 20) -> Sequence[Reading]:
    """Who read the person's file and when, the latest first; one line for each organisation and day."""
    organisation_id = cast(AuditEntry.details["organisation"].astext, BigInteger)
    rows = session.execute(
        select(Organisation.name, _day().label("on"))
        .join(Organisation, Organisation.id == organisation_id)
        .where(AuditEntry.subject == "people", AuditEntry.subject_id == person_id, AuditEntry.act == READ)
        .group_by(Organisation.name, _day())
        .order_by(_day().desc(), Organisation.name)
        .limit(most)
    )
    return [Reading(organisation=name, on=on) for name, on in rows]


def _day() -> ColumnElement[date]:
    """SQL: the day of the entry, in France; the same text wherever it stands, so that rows may be grouped by it."""
    return cast(func.timezone(literal_column(f"'{clock.PARIS.key}'"), AuditEntry.at), Date)


def _is_kept(session: Session, person_id: int, by_id: int | None, *, now: datetime) -> bool:
    today = now.astimezone(clock.PARIS).date()
    known = AuditEntry.subject == "people", AuditEntry.subject_id == person_id, AuditEntry.by_id == by_id
    found = select(AuditEntry.id).where(*known, AuditEntry.act == READ, _day().in_([today])).limit(1)
    return session.scalar(found) is not None


def _keep(
    session: Session,
    act: str,
    subject: str,
    subject_id: int,
    *,
    by_id: int | None,
    organisation_id: int,
    now: datetime,
) -> None:
    details = {"organisation": organisation_id}
    audit.record(session, by=by_id, act=act, subject=subject, subject_id=subject_id, details=details, now=now)
