"""Whom to tell of an accident: the organisation that prescribes the immersion under way."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from traitdunion.agreements.kinds import Status
from traitdunion.agreements.models import Agreement
from traitdunion.companies.models import CompanyMember, MemberState
from traitdunion.prescribers.models import Organisation

_AROUND = timedelta(days=7)
"""Before and after the immersion: an accident on the way there, or told late."""


def whom_to_tell(session: Session, person_id: int, *, today: date) -> Sequence[Organisation]:
    """The organisations of the immersions, under way these days, of the person or of a company they speak for."""
    member = CompanyMember.person_id == person_id, CompanyMember.state == MemberState.ACTIVE.value
    theirs = or_(
        Agreement.person_id == person_id,
        Agreement.company_id.in_(select(CompanyMember.company_id).where(*member)),
    )
    query = (
        select(Organisation)
        .where(
            Organisation.id.in_(
                select(Agreement.organisation_id).where(
                    theirs,
                    Agreement.status == Status.ACCEPTED_BY_VALIDATOR.value,
                    Agreement.first_day <= today + _AROUND,
                    Agreement.last_day >= today - _AROUND,
                )
            )
        )
        .order_by(Organisation.name)
    )
    return session.scalars(query).all()
