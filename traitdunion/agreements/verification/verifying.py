"""Whether a document that somebody holds is ours, and still holds."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from traitdunion.agreements import agreements
from traitdunion.agreements.document import documents
from traitdunion.agreements.kinds import PartyRole, SignatureChannel, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import signatures


class Answer(StrEnum):
    """What is said of a document."""

    GENUINE = "genuine"
    """Ours, as it stands today."""
    OUTDATED = "outdated"
    """Ours, but somebody signed, validated or changed something since."""
    OVER = "over"
    """Ours, of an agreement that was refused, cancelled or abandoned."""
    ALTERED = "altered"
    """Of an agreement of ours whose signatures do not hold together any more."""
    UNKNOWN = "unknown"
    """Not ours, or what was typed does not go together: which of the two is not said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A signature, without the name of who gave it."""

    role: PartyRole
    at: datetime
    channel: SignatureChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer; what follows is of the agreement as it stands, and empty for one that is unknown."""

    answer: Answer
    code: str = ""
    version: int = 0
    status: Status | None = None
    signed: Sequence[Told] = ()
    awaited: int = 0
    """Signatures that are still missing."""
    validated_at: datetime | None = None


UNKNOWN = Verdict(answer=Answer.UNKNOWN)


def by_code(session: Session, code: str, *, family_name: str) -> Verdict:
    """Of the agreement with that code, for whoever knows the family name that it bears."""
    found = _find(session, Agreement.code == documents.typed(code))
    if found is None or found.status == Status.DRAFT.value:
        return UNKNOWN
    said = agreements.version_of(found).terms["beneficiary"]["family_name"]
    if not _folded(family_name) or _folded(said) != _folded(family_name):
        return UNKNOWN
    return _verdict(found, Answer.GENUINE)


def by_file(session: Session, content: bytes) -> Verdict:
    """Of the agreement whose document is exactly this file."""
    known = documents.of_bytes(session, content)
    if not known:
        return UNKNOWN
    found = _find(session, Agreement.id == known[0].agreement_id)
    if found is None:
        return UNKNOWN
    is_latest = documents.is_latest(session, found, known[0])
    return _verdict(found, Answer.GENUINE if is_latest else Answer.OUTDATED)


def _find(session: Session, condition: ColumnElement[bool]) -> Agreement | None:
    query = select(Agreement).options(
        selectinload(Agreement.versions), selectinload(Agreement.parties), selectinload(Agreement.signatures)
    )
    return session.scalar(query.where(condition))


def _verdict(agreement: Agreement, answer: Answer) -> Verdict:
    state = documents.state_of(agreement)
    status = Status(agreement.status)
    if not signatures.holds(agreement):
        answer = Answer.ALTERED
    elif status.is_final:
        answer = Answer.OVER
    return Verdict(
        answer=answer,
        code=state.code,
        version=state.version,
        status=status,
        signed=tuple(Told(role=one.role, at=one.at, channel=one.channel) for one in state.signed),
        awaited=len(state.awaited),
        validated_at=agreement.validated_at,
    )


def _folded(name: str) -> str:
    """Its letters, blind to case, accents, spaces and hyphens."""
    parted = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in parted if sign.isalnum())
