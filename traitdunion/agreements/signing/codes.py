"""The codes that parties sign with: six digits, ten minutes, five tries; a new one kills the one before."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from traitdunion.agreements.kinds import SignatureChannel
from traitdunion.agreements.models import MOST_TRIES, AgreementParty, AgreementVersion, SignatureCode
from traitdunion.core import db, tokens
from traitdunion.core.errors import Refused
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address

VALID_FOR = timedelta(minutes=10)

_FIXED = "\u00a0"


class CodeRefused(Refused):
    """The code is not the one that was sent, is too old, or too many were tried."""


class NoAddress(Refused):
    """Nothing can be sent that way to that party."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a code may reach a party."""

    channel: SignatureChannel
    masked_address: str


def ways(party: AgreementParty) -> list[Way]:
    """The ways to reach the party, e-mail first; none for who has neither an e-mail nor a telephone."""
    found = []
    if party.email:
        found.append(Way(SignatureChannel.EMAIL, masked_email(party.email)))
    if party.phone:
        found.append(Way(SignatureChannel.SMS, masked_phone(party.phone)))
    return found


def ask(
    session: Session, party: AgreementParty, version: AgreementVersion, *, channel: SignatureChannel, now: datetime
) -> SignatureCode:
    """Sends a code to the party's own address, for that version; the one before is worth nothing any more.

    Raises NoAddress.
    """
    way = next((way for way in ways(party) if way.channel is channel), None)
    if way is None:
        raise NoAddress("Nous n’avons pas cette adresse\u00a0: choisissez-en une autre, ou prévenez votre conseiller.")
    session.execute(delete(SignatureCode).where(SignatureCode.party_id == party.id, SignatureCode.used_at.is_(None)))
    code = tokens.new_code()
    asked = SignatureCode(
        party=party,
        version=version,
        channel=channel.value,
        masked_address=way.masked_address,
        fingerprint=_fingerprint(party.id, code),
        tries=0,
        asked_at=now,
        expires_at=now + VALID_FOR,
    )
    session.add(asked)
    is_email = channel is SignatureChannel.EMAIL
    messages.write(
        session,
        to=Address(party.email if is_email else None, None if is_email else party.phone, party.name),
        kind="signature_code",
        key=f"signature-code:{party.id}:{now.isoformat()}",
        values={"code": code, "minutes": int(VALID_FOR.total_seconds()) // 60},
        now=now,
        expires_at=asked.expires_at,
    )
    return asked


def waiting(session: Session, party_id: int, *, now: datetime) -> SignatureCode | None:
    """The code that the party may type now."""
    return session.scalar(
        select(SignatureCode)
        .where(SignatureCode.party_id == party_id, SignatureCode.used_at.is_(None), SignatureCode.expires_at > now)
        .order_by(SignatureCode.id.desc())
        .limit(1)
    )


def check(session: Session, party: AgreementParty, typed: str, *, now: datetime) -> SignatureCode:
    """The code that was sent to the party, when that is what was typed. Raises CodeRefused; each try is counted."""
    asked = waiting(session, party.id, now=now)
    if asked is None:
        raise CodeRefused("Ce code n’est plus valable\u00a0: il dure 10\u00a0minutes. Demandez-en un autre.")
    left = _count(asked.id)
    if left is None:
        raise CodeRefused("Trop d’essais\u00a0: ce code ne peut plus servir. Demandez-en un autre.")
    digits = "".join(sign for sign in typed if sign.isdigit())
    if not hmac.compare_digest(asked.fingerprint, _fingerprint(party.id, digits)):
        raise CodeRefused(_told(left))
    if asked.version.number != party.agreement.version:
        raise CodeRefused("La convention a changé depuis\u00a0: demandez un autre code pour la lire.")
    return asked


def use(session: Session, asked: SignatureCode, *, now: datetime) -> None:
    """The code signed; of several at once, one only. Raises CodeRefused."""
    used = session.scalar(
        update(SignatureCode)
        .where(SignatureCode.id == asked.id, SignatureCode.used_at.is_(None))
        .values(used_at=now)
        .returning(SignatureCode.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise CodeRefused("Ce code a déjà servi. Demandez-en un autre.")


def forget(session: Session, *, before: datetime) -> None:
    """Erases the codes that were asked for before: signatures keep what they prove."""
    session.execute(delete(SignatureCode).where(SignatureCode.asked_at < before))


def masked_email(email: str) -> str:
    """« c…e@exemple.fr »: enough for its owner to know it."""
    name, _, domain = email.rpartition("@")
    return f"{name[0]}…{name[-1] if len(name) > 2 else ''}@{domain}"


def masked_phone(phone: str) -> str:
    """« … 12 34 »."""
    return f"…{_FIXED}{phone[-4:-2]}{_FIXED}{phone[-2:]}"


def _count(code_id: int) -> int | None:
    """Counts a try, in a transaction of its own so that a refusal does not undo it; the tries left, None past the
    last one."""
    counted = (
        update(SignatureCode)
        .where(SignatureCode.id == code_id, SignatureCode.tries < MOST_TRIES)
        .values(tries=SignatureCode.tries + 1)
        .returning(SignatureCode.tries)
    )
    with db.transaction() as session:
        tries = session.scalar(counted)
    return None if tries is None else MOST_TRIES - tries


def _told(left: int) -> str:
    if left == 0:
        return "Ce n’est pas le bon code, et les cinq essais sont passés. Demandez-en un autre."
    tries = "1\u00a0essai" if left == 1 else f"{left}\u00a0essais"
    return f"Ce n’est pas le code que nous avons envoyé. Vérifiez ses six chiffres\u00a0: il vous reste {tries}."


def _fingerprint(party_id: int, code: str) -> bytes:
    return tokens.fingerprint(f"signature:{party_id}:{code}")
