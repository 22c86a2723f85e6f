"""`flask accounts …`: who runs the service, and who is shut out."""

from typing import TypedDict

import click
from sqlalchemy.orm import Session

from traitdunion.accounts import bans, operators, people
from traitdunion.accounts.models import Person
from traitdunion.core import clock, db, forms
from traitdunion.core.cli import Group


class _Named(TypedDict, total=False):
    email: str
    phone: str


accounts = Group("accounts", help="Personnes : qui administre le service, qui en est exclu.")


@accounts.command("operator")
@click.argument("email")
@click.option("--revoke", is_flag=True, help="Retire le droit d’administrer.")
def operator(email: str, revoke: bool) -> None:
    """Donne à la personne d’adresse EMAIL le droit d’administrer le service ; elle se connecte par /connexion."""
    address = _address(email)
    with db.transaction() as session:
        if revoke:
            operators.revoke(session, _known(session, address), by=None, now=clock.now())
        else:
            person = people.get_or_create(session, **_named(address), now=clock.now())
            operators.grant(session, person, by=None, now=clock.now())
    click.echo("Cette personne n’administre plus le service." if revoke else "Cette personne administre le service.")


@accounts.command("ban")
@click.argument("address", metavar="ADRESSE")
@click.option("--reason", required=True, help="Pourquoi, en une phrase ; seuls les administrateurs la lisent.")
def ban(address: str, reason: str) -> None:
    """Exclut la personne, ou l’adresse (e-mail ou téléphone) : plus de connexion ni de réservation."""
    value = _address(address)
    with db.transaction() as session:
        person = _found(session, value)
        if person is None:
            bans.ban_address(session, value, reason=reason, by=None, now=clock.now())
        else:
            bans.ban(session, person, reason=reason, by=None, now=clock.now())
    click.echo("Cette adresse est exclue." if person is None else "Cette personne est exclue.")


@accounts.command("unban")
@click.argument("address", metavar="ADRESSE")
def unban(address: str) -> None:
    """Laisse de nouveau entrer la personne, ou l’adresse."""
    value = _address(address)
    with db.transaction() as session:
        person = _found(session, value)
        if person is not None and person.banned_at is not None:
            bans.lift(session, person, by=None, now=clock.now())
        elif not bans.lift_address(session, value, now=clock.now()):
            raise click.ClickException("Ni cette adresse ni sa personne ne sont exclues.")
    click.echo("C’est fait.")


def _address(typed: str) -> str:
    try:
        return forms.read_email(typed) if "@" in typed else forms.read_phone(typed)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


def _found(session: Session, address: str) -> Person | None:
    return people.find(session, **_named(address))


def _known(session: Session, address: str) -> Person:
    found = _found(session, address)
    if found is None:
        raise click.ClickException("Personne n’a cette adresse.")
    return found


def _named(address: str) -> _Named:
    return {"email": address} if "@" in address else {"phone": address}
