"""What parties are written about their signature: to sign, once signed by all, and the reminder of the day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements
from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.models import Agreement, AgreementParty
from traitdunion.core import tokens
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address, Topic

SIGN = "agreement-sign"
"""Purpose of the token in a party's link: the party's id. Alone it opens no text, and signs nothing."""


def ask_all(session: Session, agreement: Agreement, *, now: datetime) -> None:
    """Asks each party that has yet to sign the version that holds, once for each version."""
    for party in awaited(agreement):
        ask(session, party, key=f"agreement:{agreement.id}:{agreement.version}:sign:{party.id}", now=now)


def ask(session: Session, party: AgreementParty, *, key: str, now: datetime) -> None:
    """Asks that party, once for each `key`."""
    messages.write(session, to=address(party), kind="signature_asked", key=key, values=values(party), now=now)


def remind(session: Session, party: AgreementParty, *, today: date, now: datetime) -> bool:
    """Asks again, at most once a day; whether a message leaves now."""
    written = messages.write(
        session,
        to=address(party),
        kind="signature_reminder",
        key=reminder_key(party, today),
        values=values(party),
        now=now,
        topic=Topic.REMINDER,
    )
    return written is not None and written.written_at == now


def awaited(agreement: Agreement) -> Sequence[AgreementParty]:
    """The parties whose signature is missing."""
    signed = {one.role for one in agreement.signatures if one.cleared_at is None}
    return [party for party in agreement.parties if party.signs and party.role not in signed]


def address(party: AgreementParty) -> Address:
    """Where to write to the party."""
    return Address(email=party.email, phone=party.phone, name=party.name)


def token(party: AgreementParty) -> str:
    """What stands in the party's link."""
    return tokens.sign(SIGN, [party.id])


def path(party: AgreementParty) -> str:
    """Of the page where the party signs (`signing.sign_page`)."""
    return f"/conventions/signature/{token(party)}"


def reminder_key(party: AgreementParty, today: date) -> str:
    """The same all the day."""
    return f"signature-reminder:{party.id}:{today}"


def values(party: AgreementParty) -> dict[str, Any]:
    """What its letters say: whose immersion, where, by which link."""
    agreement = party.agreement
    terms = agreements.version_of(agreement).terms
    return {
        "agreement": agreement,
        "token": token(party),
        "is_mine": party.role == PartyRole.BENEFICIARY,
        "beneficiary": f"{terms['beneficiary']['given_name']} {terms['beneficiary']['family_name']}",
        "host": terms["host"]["name"],
    }
