"""Who runs the service: a mark on a person, given and taken on the record."""

from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.accounts import audit
from traitdunion.accounts.models import Person


def grant(session: Session, person: Person, *, by: int | None, now: datetime) -> None:
    """The person runs the service from now on; twice changes nothing."""
    if not person.is_operator:
        person.is_operator = True
        audit.record(session, by=by, act="grant operator", subject="people", subject_id=person.id, now=now)


def revoke(session: Session, person: Person, *, by: int | None, now: datetime) -> None:
    """The person does not run the service any more, at once: the mark is read at every request."""
    if person.is_operator:
        person.is_operator = False
        audit.record(session, by=by, act="revoke operator", subject="people", subject_id=person.id, now=now)
