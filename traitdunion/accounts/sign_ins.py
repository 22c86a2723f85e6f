"""Browsers that are signed in: begun, recognised by their cookie, listed, ended.

A browser is forgotten after a month without a visit (a holiday is shorter), and after three months whatever happens:
computers of a Mission locale or a library are shared.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person, SignIn
from traitdunion.core import tokens
from traitdunion.core.access import Visitor

COOKIE = "sign_in"
LONGEST_IDLE = timedelta(days=30)
LONGEST = timedelta(days=90)

_NOTED_EVERY = timedelta(hours=1)


def start(
    session: Session,
    person: Person,
    *,
    device: str,
    provider: str | None = None,
    id_token: str | None = None,
    now: datetime,
) -> str:
    """Signs a browser in as the person; returns the secret for its cookie."""
    secret = tokens.new_secret()
    session.add(
        SignIn(
            person_id=person.id,
            secret=tokens.fingerprint(secret),
            device=device,
            provider=provider,
            id_token=id_token,
            created_at=now,
            used_at=now,
        )
    )
    person.seen_at = now
    return secret


def recognise(session: Session, secret: str, *, now: datetime) -> Visitor | None:
    """Who is signed in with that cookie, and notes the visit at most once an hour; None when it opens nothing."""
    query = (
        select(SignIn.id, SignIn.person_id, SignIn.used_at, Person.is_operator)
        .join(Person)
        .where(SignIn.secret == tokens.fingerprint(secret), _is_open(now), Person.banned_at.is_(None))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    if now - found.used_at >= _NOTED_EVERY:
        session.execute(update(SignIn).where(SignIn.id == found.id).values(used_at=now))
    return Visitor(person_id=found.person_id, is_operator=found.is_operator, sign_in_id=found.id)


def of(session: Session, person_id: int, *, now: datetime) -> Sequence[SignIn]:
    """The browsers where the person is signed in, the last used first."""
    query = select(SignIn).where(SignIn.person_id == person_id, _is_open(now))
    return session.scalars(query.order_by(SignIn.used_at.desc(), SignIn.id.desc())).all()


def get(session: Session, sign_in_id: int, *, person_id: int) -> SignIn | None:
    """One of the person's own, or None."""
    return session.scalar(select(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == person_id))


def end(session: Session, sign_in: SignIn) -> None:
    """That browser is no longer signed in, at once."""
    session.delete(sign_in)


def end_all(session: Session, person_id: int, *, but: int | None = None) -> None:
    """No browser is signed in as the person any more, except one."""
    query = delete(SignIn).where(SignIn.person_id == person_id)
    session.execute(query if but is None else query.where(SignIn.id != but))


def forget(session: Session, *, now: datetime) -> None:
    """Erases those that are over."""
    session.execute(delete(SignIn).where(~_is_open(now)))


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(SignIn.used_at > now - LONGEST_IDLE, SignIn.created_at > now - LONGEST)
