"""People: found by an address, made the first time it is proved."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.core.access import Visitor

_kept: list[ColumnElement[bool]] = []


def get(session: Session, person_id: int) -> Person | None:
    """The person with that id."""
    return session.get(Person, person_id)


def of(session: Session, visitor: Visitor | None) -> Person | None:
    """The person who signed in; None for anybody else."""
    return get(session, visitor.person_id) if visitor else None


def find(session: Session, *, email: str | None = None, phone: str | None = None) -> Person | None:
    """The person known by the e-mail address, or else by the telephone number; both as `core.forms` stores them."""
    if email and (found := session.scalar(select(Person).where(Person.email == email))):
        return found
    return session.scalar(select(Person).where(Person.phone == phone)) if phone else None


def get_or_create(
    session: Session,
    *,
    email: str | None = None,
    phone: str | None = None,
    given_name: str = "",
    family_name: str = "",
    birth_date: date | None = None,
    postcode: str | None = None,
    now: datetime,
) -> Person:
    """The person of the address; made when unknown, and of two requests at once by one of them.

    With both addresses the e-mail is kept and the telephone is not: nobody proved that they belong together. What the
    person said already is not overwritten: only what was empty is filled in.
    """
    known = {"email": email} if email else {"phone": phone}
    session.execute(insert(Person).values(**known, created_at=now).on_conflict_do_nothing())
    found = find(session, **known)
    assert found is not None  # noqa: S101 — narrows the type; it was just written, or was there
    fill_in(found, given_name=given_name, family_name=family_name, birth_date=birth_date, postcode=postcode)
    return found


def describe(
    person: Person,
    *,
    given_name: str,
    family_name: str,
    birth_date: date | None,
    postcode: str | None,
    status: str | None,
    level: int | None,
    training_wish: str | None,
) -> None:
    """Writes what the person says of themselves in place of what they said before."""
    person.given_name, person.family_name = given_name, family_name
    person.birth_date, person.postcode = birth_date, postcode
    person.status, person.level, person.training_wish = status, level, training_wish


def fill_in(person: Person, **said: Any) -> None:
    """Writes on the person what was empty, and nothing else."""
    for name, value in said.items():
        if value and not getattr(person, name):
            setattr(person, name, value)


def keep_while(condition: ColumnElement[bool]) -> None:
    """Nobody of whom the condition holds is forgotten: said once, by the folders above that know why."""
    _kept.append(condition)


def forget(session: Session, *, before: datetime) -> None:
    """Erases those who did not sign in since, and what hangs on them; who runs the service stays, and `keep_while`."""
    last_seen = func.coalesce(Person.seen_at, Person.created_at)
    needed = [~condition for condition in _kept]
    session.execute(delete(Person).where(last_seen < before, Person.is_operator.is_(False), *needed))
