"""People by what an OpenID provider says of them.

A provider's name for somebody (`sub`) opens the account it was joined to. It is joined by an e-mail address that the
provider has verified, or else that the person proves to us once, by a code: an address that somebody only typed at a
provider opens nobody's account.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.accounts import bans, people, sign_in, sign_ins
from traitdunion.accounts.models import Person, ProvidedIdentity
from traitdunion.accounts.sign_in import Done, Pending
from traitdunion.clients.openid import Claims
from traitdunion.core import forms

_JOIN = "accounts.identity"


def enter(
    session: Session, claims: Claims, *, provider: str, device: str, path: str | None, now: datetime
) -> Done | None:
    """Signs in whoever the provider vouches for; None when the e-mail must be proved first. Raises bans.Banned."""
    person = _known(session, provider, claims.subject)
    if person is None:
        email = readable_email(claims)
        if email is None or not claims.is_email_verified:
            return None
        person = people.get_or_create(session, email=email, now=now)
        _join(session, person, provider, claims.subject, now=now)
    bans.refuse(session, person)
    people.fill_in(person, given_name=claims.given_name, family_name=claims.family_name, birth_date=claims.birth_date)
    secret = sign_ins.start(session, person, device=device, provider=provider, id_token=claims.id_token, now=now)
    return Done(person=person, secret=secret, path=path, refusal=None)


def proof(claims: Claims, *, provider: str) -> Pending:
    """What waits until the person has proved the e-mail that the provider gave unverified."""
    values = {
        "provider": provider,
        "subject": claims.subject,
        "given_name": claims.given_name,
        "family_name": claims.family_name,
        "birth_date": claims.birth_date.isoformat() if claims.birth_date else "",
    }
    return Pending(_JOIN, values, told="finir de vous connecter")


def readable_email(claims: Claims) -> str | None:
    """The address as we store it; None when there is none, or none that mail could reach."""
    try:
        return forms.read_email(claims.email) if claims.email else None
    except ValueError:
        return None


@sign_in.on_confirmed(_JOIN)
def _proved(session: Session, person: Person, values: dict[str, Any], now: datetime) -> str | None:
    _join(session, person, str(values["provider"]), str(values["subject"]), now=now)
    born = str(values["birth_date"])
    people.fill_in(
        person,
        given_name=values["given_name"],
        family_name=values["family_name"],
        birth_date=date.fromisoformat(born) if born else None,
    )
    return None


def _known(session: Session, provider: str, subject: str) -> Person | None:
    return session.scalar(
        select(Person)
        .join(ProvidedIdentity)
        .where(ProvidedIdentity.provider == provider, ProvidedIdentity.subject == subject)
    )


def _join(session: Session, person: Person, provider: str, subject: str, *, now: datetime) -> None:
    # Another person's already, of two at once: the first one keeps it.
    row = {"person_id": person.id, "provider": provider, "subject": subject, "created_at": now}
    session.execute(insert(ProvidedIdentity).values(row).on_conflict_do_nothing())
