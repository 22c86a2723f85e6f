"""`flask prescribers …`: the directory of organisations."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.core import clock, db
from traitdunion.core.cli import Group
from traitdunion.core.errors import Refused
from traitdunion.prescribers import delegations, directory, organisations
from traitdunion.prescribers.kinds import OrganisationKind, OrganisationState
from traitdunion.territories import territories

prescribers = Group("prescribers", help="Organismes prescripteurs : annuaire.")


@prescribers.command("import")
@click.argument("path", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "email", metavar="EMAIL", help="L’administrateur du service qui invite ceux des organismes.")
def import_file(path: Path, email: str | None) -> None:
    """Ajoute ou corrige les organismes de FICHIER (CSV), actifs aussitôt ; les colonnes sont dans le README."""
    with db.transaction() as session:
        by = _operator(session, email) if email else None
        near = territories.default().centre
        done = directory.keep(session, path.read_bytes(), near=near, by=by, now=clock.now())
    click.echo(f"Ajoutés : {done.added}. Corrigés : {done.corrected}. Invitations : {done.invited}.")
    for number, why in done.refused.items():
        click.echo(f"Ligne {number} : {why}")
    if done.refused:
        raise Refused(f"{len(done.refused)} ligne(s) non gardée(s).")


@prescribers.command("list")
def show() -> None:
    """Montre les organismes, leur état, et s’ils peuvent signer de nouvelles conventions aujourd’hui."""
    today = clock.today()
    with db.transaction() as session:
        for one in organisations.listed(session):
            may = "prescrit" if delegations.may_prescribe(one, on=today) else "ne prescrit pas"
            kind, state = OrganisationKind(one.kind).label, OrganisationState(one.state).label
            click.echo(f"{one.id}\t{one.name}\t{kind}\t{one.postcode} {one.city}\t{state}\t{may}")


def _operator(session: Session, email: str) -> Person:
    found = people.find(session, email=email.strip().lower())
    if found is None or not found.is_operator:
        raise Refused(f"{email} n’administre pas le service : flask accounts operator {email}")
    return found
