"""Finding agreements, and reading what they say now."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from traitdunion.agreements import snapshot
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementParty, AgreementVersion
from traitdunion.agreements.snapshot import Terms

FINAL = tuple(status.value for status in Status if status.is_final)


def get(session: Session, agreement_id: int) -> Agreement | None:
    """The agreement with its versions, parties, signatures and organisation; None when there is none."""
    return session.scalar(_whole().where(Agreement.id == agreement_id))


def of_booking(session: Session, booking_id: int) -> Agreement | None:
    """The living agreement of the booking, else the last one that it led to."""
    query = _whole().where(Agreement.booking_id == booking_id)
    return session.scalar(query.order_by(Agreement.status.in_(FINAL), Agreement.id.desc()).limit(1))


def of_person(session: Session, person_id: int) -> Sequence[Agreement]:
    """All those of a person, the latest first."""
    query = _whole().where(Agreement.person_id == person_id)
    return session.scalars(query.order_by(Agreement.first_day.desc(), Agreement.id.desc())).all()


def version_of(agreement: Agreement) -> AgreementVersion:
    """The version that holds."""
    return next(one for one in agreement.versions if one.number == agreement.version)


def terms_of(agreement: Agreement) -> Terms:
    """What it says now."""
    return snapshot.from_json(version_of(agreement).terms)


def party(agreement: Agreement, role: PartyRole) -> AgreementParty | None:
    """The party of that role."""
    return next((one for one in agreement.parties if one.role == role), None)


def _whole() -> Select[Agreement]:
    return select(Agreement).options(
        selectinload(Agreement.versions),
        selectinload(Agreement.parties),
        selectinload(Agreement.signatures),
        joinedload(Agreement.organisation),
    )
