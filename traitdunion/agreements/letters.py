"""What is written about an agreement beside its signatures: a draft to complete, an end, another organisation.

Each once for each change (`Agreement.sequence`) and reader.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementEvent
from traitdunion.core import tokens
from traitdunion.notifications import digests, messages
from traitdunion.notifications.messages import Address

DRAFT = "agreement-draft"
"""Purpose of the token with which a draft is taken up again: the agreement's id."""
PRECISION = "agreement-precision"
"""Purpose of the token with which a party answers the prescriber: the event's id."""


def drafted(session: Session, agreement: Agreement, *, now: datetime) -> None:
    """The person is asked for what is missing."""
    to = agreements.party(agreement, PartyRole.BENEFICIARY)
    if to is not None:
        _write(session, agreement, "agreement_draft", Address(to.email, to.phone, to.name), f"party:{to.id}", now=now)


def ended(session: Session, agreement: Agreement, *, told: Collection[int] = (), now: datetime) -> None:
    """Each party, and the organisation, read that it is refused, cancelled or abandoned, and why.

    `told` are the accounts that another message tells.
    """
    was_draft = agreement.submitted_at is None
    for to in agreement.parties:
        # Of a draft, only the person had heard.
        if to.person_id in told or (was_draft and to.role != PartyRole.BENEFICIARY):
            continue
        _write(session, agreement, "agreement_ended", Address(to.email, to.phone, to.name), f"party:{to.id}", now=now)
    if agreement.organisation is not None and not was_draft:
        body = agreement.organisation
        _write(session, agreement, "agreement_ended", Address(body.email, None, body.name), "organisation", now=now)


def transferred(session: Session, agreement: Agreement, *, word: str, now: datetime) -> None:
    """The person, the company and the new organisation read who prescribes from now on."""
    values = {"word": word}
    for role in (PartyRole.BENEFICIARY, PartyRole.COMPANY):
        to = agreements.party(agreement, role)
        if to is not None:
            address = Address(to.email, to.phone, to.name)
            _write(session, agreement, "agreement_transferred", address, f"party:{to.id}", now=now, values=values)
    body = agreement.organisation
    if body is not None:
        address = Address(body.email, None, body.name)
        _write(session, agreement, "agreement_transferred", address, "organisation", now=now, values=values)


def precision_asked(
    session: Session, agreement: Agreement, role: PartyRole, event: AgreementEvent, *, now: datetime
) -> None:
    """The party reads what the prescriber asks, and answers by a link."""
    to = agreements.party(agreement, role)
    if to is not None:
        values = {"word": event.word, "token": tokens.sign(PRECISION, [event.id])}
        address = Address(to.email, to.phone, to.name)
        _write(session, agreement, "agreement_precision_asked", address, f"party:{to.id}", now=now, values=values)


def precision_given(
    session: Session, agreement: Agreement, asked: AgreementEvent, given: AgreementEvent, *, now: datetime
) -> None:
    """Who asked is told, and finds the answer in the history."""
    if asked.by is None or agreement.organisation_id is None:
        return
    person = agreements.terms_of(agreement).beneficiary
    line = f"Précision reçue sur la convention de {person.given_name} {person.family_name[:1]}."
    path = f"/prescripteur/{agreement.organisation_id}/conventions/{agreement.id}"
    digests.add(
        session, to=asked.by.address, key=f"agreement:{agreement.id}:{given.sequence}", line=line, path=path, now=now
    )


def _write(
    session: Session,
    agreement: Agreement,
    kind: str,
    to: Address,
    reader: str,
    *,
    now: datetime,
    values: dict[str, Any] | None = None,
) -> None:
    if not to.email and not to.phone:
        return
    terms = agreements.terms_of(agreement)
    messages.write(
        session,
        to=to,
        kind=kind,
        key=f"agreement:{agreement.id}:{agreement.sequence}:{kind}:{reader}",
        values={
            "agreement": agreement,
            "terms": terms,
            "status": Status(agreement.status).label.lower(),
            "token": tokens.sign(DRAFT, [agreement.id]),
            **(values or {}),
        },
        now=now,
    )
