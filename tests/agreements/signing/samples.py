"""Parties who sign: their codes, read where they arrive."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.models import Agreement, AgreementParty
from traitdunion.notifications.models import Message


def party(agreement: Agreement, role: PartyRole = PartyRole.BENEFICIARY) -> AgreementParty:
    """Of that role."""
    return next(one for one in agreement.parties if one.role == role.value)


def last_code(session: Session) -> str:
    """The six digits of the last message that bears a code."""
    query = select(Message).where(Message.kind == "signature_code").order_by(Message.id.desc())
    message = session.scalars(query.limit(1)).one()
    found = re.search(r"\b\d{6}\b", message.text)
    assert found is not None
    return found[0]


def wrong(code: str) -> str:
    """Another one."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
