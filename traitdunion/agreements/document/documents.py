"""The document of an agreement as it stands: made again whenever it is asked for, its hash kept with what it came from.

Nothing in the bytes depends on when or where they are made: the instant of the file is that of what was last signed or
validated, and the address in the QR code is the service's own, whatever host was asked.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import orjson
from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements
from traitdunion.agreements.document import printing, sections
from traitdunion.agreements.document.sections import Awaited, Signed, State
from traitdunion.agreements.document.sheet import Sheet
from traitdunion.agreements.kinds import PartyRole, SignatureChannel, Status
from traitdunion.agreements.models import Agreement, AgreementDocument, Signature

VERIFICATION = "/conventions/verification"
"""Path of the public page, printed on every document."""


class NotTheSame(Exception):
    """The same generator gave other bytes for the same document: a fault of ours, never of who asks."""


def standing(agreement: Agreement) -> list[Signature]:
    """The signatures that no change cleared, in the order in which they were given."""
    return [one for one in agreement.signatures if one.cleared_at is None]


def sheet_of(agreement: Agreement) -> Sheet:
    """What its document says now."""
    return sections.sheet(agreements.terms_of(agreement), state_of(agreement))


def state_of(agreement: Agreement) -> State:
    """Who signed, who has yet to."""
    signatures = standing(agreement)
    numbers = {one.id: one.number for one in agreement.versions}
    has_signed = {one.role for one in signatures}
    code, status = printed(agreement.code), Status(agreement.status)
    return State(
        code=code,
        version=agreement.version,
        signed=tuple(
            Signed(
                role=PartyRole(one.role),
                name=one.name,
                at=one.signed_at,
                channel=SignatureChannel(one.channel),
                masked_address=one.masked_address,
                version=numbers[one.version_id],
            )
            for one in signatures
        ),
        awaited=tuple(
            Awaited(role=PartyRole(party.role), name=party.name)
            for party in agreement.parties
            if party.signs and party.role not in has_signed
        ),
        validated_at=agreement.validated_at,
        verification=f"{_origin()}{VERIFICATION}?code={code}",
        ended=status.label if status.is_final else None,
    )


def pdf(agreement: Agreement) -> bytes:
    """The document's bytes; the same as long as nobody signs, validates or changes anything."""
    return printing.pdf(sheet_of(agreement), at=_instant(agreement))


def keep(session: Session, agreement: Agreement, *, now: datetime) -> bytes:
    """Makes the document and keeps its hash: a second time changes nothing. Raises NotTheSame."""
    sheet = sheet_of(agreement)
    content = printing.pdf(sheet, at=_instant(agreement))
    row = {
        "agreement_id": agreement.id,
        "version_id": agreements.version_of(agreement).id,
        "input_hash": _input_hash(sheet, at=_instant(agreement)),
        "pdf_hash": hashlib.sha256(content).digest(),
        "size": len(content),
        "generator": printing.GENERATOR,
        "made_at": now,
    }
    added = insert(AgreementDocument).values(row).on_conflict_do_nothing().returning(AgreementDocument.id)
    if session.scalar(added) is None:
        known = session.scalars(
            select(AgreementDocument).where(
                AgreementDocument.version_id == row["version_id"], AgreementDocument.input_hash == row["input_hash"]
            )
        ).one()
        if known.pdf_hash != row["pdf_hash"]:
            raise NotTheSame(f"document {known.id}")
    return content


def of_bytes(session: Session, content: bytes) -> Sequence[AgreementDocument]:
    """The documents that are exactly this file."""
    digest = hashlib.sha256(content).digest()
    return session.scalars(select(AgreementDocument).where(AgreementDocument.pdf_hash == digest)).all()


def is_latest(session: Session, agreement: Agreement, document: AgreementDocument) -> bool:
    """Whether nothing became of the agreement since the document was made."""
    newer = select(AgreementDocument.id).where(
        AgreementDocument.agreement_id == agreement.id, AgreementDocument.id > document.id
    )
    is_of_today = document.version_id == agreements.version_of(agreement).id and document.made_at >= _instant(agreement)
    return is_of_today and session.scalar(newer.limit(1)) is None


def printed(code: str) -> str:
    """The code as people read and type it: « K7Q2X-9XWM3 »."""
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))


def typed(text: str) -> str:
    """The code of what somebody typed, however they parted it."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum())


def file_name(agreement: Agreement) -> str:
    """« convention-K7Q2X-9XWM3.pdf »."""
    return f"convention-{printed(agreement.code)}.pdf"


def _instant(agreement: Agreement) -> datetime:
    """When it last became what it is."""
    frozen = agreements.version_of(agreement).frozen_at or agreement.created_at
    signed = [one.signed_at for one in standing(agreement)]
    return max(frozen, *signed, agreement.validated_at or frozen)


def _input_hash(sheet: Sheet, *, at: datetime) -> bytes:
    """Of all that makes the bytes: the words, the instant, the template, and Typst's own version."""
    words = orjson.dumps(printing.source(sheet), option=orjson.OPT_SORT_KEYS)
    parts = (printing.GENERATOR.encode(), printing.template(), at.isoformat().encode(), words)
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _origin() -> str:
    """Not the host that is asked: the job that keeps the document is asked by none, and the bytes must be the same."""
    return str(current_app.config["PUBLIC_URL"] or f"http://127.0.0.1:{current_app.config['PORT']}").rstrip("/")
