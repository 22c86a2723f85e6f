"""Bans: a person, or an address that nobody may sign in with."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from traitdunion.accounts import audit, sign_ins
from traitdunion.accounts.models import Ban, Person
from traitdunion.core import tokens
from traitdunion.core.errors import Refused


class Banned(Refused):
    """The person, or the address, is shut out."""


def ban(session: Session, person: Person, *, reason: str, by: int | None, now: datetime) -> None:
    """Shuts the person out, with every address of theirs, and signs them out everywhere; twice changes nothing."""
    if person.banned_at is not None:
        return
    person.banned_at = now
    for address in filter(None, (person.email, person.phone)):
        session.add(
            Ban(person_id=person.id, address=_key(address), reason=reason, by_id=by, created_at=now, lifted_at=None)
        )
    sign_ins.end_all(session, person.id)
    audit.record(session, by=by, act="ban", subject="people", subject_id=person.id, details={"reason": reason}, now=now)


def ban_address(session: Session, address: str, *, reason: str, by: int | None, now: datetime) -> None:
    """Shuts out an e-mail address or a telephone number that no person has (else `ban` the person)."""
    entry = Ban(person_id=None, address=_key(address), reason=reason, by_id=by, created_at=now, lifted_at=None)
    session.add(entry)
    session.flush()  # the audit names its id
    audit.record(session, by=by, act="ban", subject="bans", subject_id=entry.id, details={"reason": reason}, now=now)


def lift(session: Session, person: Person, *, by: int | None, now: datetime) -> None:
    """Lets the person in again."""
    person.banned_at = None
    lift_address(session, person.email, person.phone, now=now)
    audit.record(session, by=by, act="lift ban", subject="people", subject_id=person.id, now=now)


def lift_address(session: Session, *addresses: str | None, now: datetime) -> bool:
    """Lets those addresses in again; says whether one of them was shut out."""
    keys = [_key(address) for address in addresses if address]
    found = session.scalars(select(Ban).where(Ban.address.in_(keys), Ban.lifted_at.is_(None))).all()
    for one in found:
        one.lifted_at = now
    return bool(found)


def refuse(session: Session, person: Person) -> None:
    """Raises Banned when the person, or an address of theirs, is shut out."""
    if person.banned_at is None:
        keys = [_key(address) for address in (person.email, person.phone) if address]
        if session.scalar(select(Ban.id).where(Ban.address.in_(keys), Ban.lifted_at.is_(None)).limit(1)) is None:
            return
    raise Banned(
        "Ce compte a été suspendu\u00a0: il ne peut plus ni se connecter ni réserver. "
        "Si vous pensez que c’est une erreur, écrivez-nous par la page de contact."
    )


def forget(session: Session, *, before: datetime) -> None:
    """Erases what was decided before; a person who is still shut out stays so."""
    session.execute(delete(Ban).where(Ban.created_at < before))


def _key(address: str) -> bytes:
    return tokens.fingerprint(f"address:{address}")
