"""`flask companies …`: what the operator does to companies without the pages."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from traitdunion.clients import recherche_entreprises
from traitdunion.companies import codes, jobs, lookup, siret
from traitdunion.companies import companies as actions
from traitdunion.companies.models import Company, Verification
from traitdunion.core import clock, db
from traitdunion.core.cli import Group
from traitdunion.core.errors import Refused

companies = Group("companies", help="Entreprises : vérification, lettres, registre.")


@companies.command("verify")
@click.argument("number", metavar="SIRET")
def verify(number: str) -> None:
    """Vérifie l’entreprise : ses immersions publiées se montrent, ses membres sont prévenus."""
    with db.transaction() as session:
        company = _company(session, number)
        if company.is_verified:
            click.echo(f"{company.name} : déjà vérifiée.")
            return
        actions.verify(session, company, method=Verification.OPERATOR, by=None, now=clock.now())
        click.echo(f"{company.name} : vérifiée.")


@companies.command("letters")
@click.option(
    "--output",
    metavar="DOSSIER",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Dossier où écrire une page HTML à imprimer par lettre.",
)
def letters(output: Path) -> None:
    """Écrit les lettres demandées, avec leur code : à imprimer, envoyer, puis effacer."""
    output.mkdir(parents=True, exist_ok=True)
    with db.transaction() as session:
        asked = codes.to_print(session)
        for one in asked:
            page = codes.letter(one, codes.issue(one, now=clock.now()))
            file = output / f"{one.company.siret}-{one.person_id}.html"
            file.touch(mode=0o600)
            file.write_text(page)
    click.echo(f"Lettres écrites dans {output} : {len(asked)}.")


@companies.command("refresh")
@click.argument("number", metavar="SIRET", required=False)
def refresh(number: str | None) -> None:
    """Interroge le registre pour une entreprise, ou pour toutes celles dont c’est le tour."""
    with db.transaction() as session:
        wanted = [_company(session, number).id] if number else jobs.due(clock.now())
    with lookup.client(recherche_entreprises.IN_A_JOB) as register:
        answered = sum(jobs.refresh(register, company_id, now=clock.now()) for company_id in wanted)
    click.echo(f"Réponses du registre : {answered} sur {len(wanted)}.")


@companies.command("ban")
@click.argument("number", metavar="SIRET")
@click.option("--lift", is_flag=True, help="Lève l’exclusion.")
def ban(number: str, lift: bool) -> None:
    """Exclut une entreprise : ses immersions sont annulées, ses membres n’ont plus d’espace."""
    with db.transaction() as session:
        company = _company(session, number)
        (actions.unban if lift else actions.ban)(session, company, by=None, now=clock.now())
        click.echo(f"{company.name} : {'de retour' if lift else 'exclue'}.")


def _company(session: Session, number: str) -> Company:
    found = actions.find(session, siret.read(number))
    if found is None:
        raise Refused(f"Aucune entreprise inscrite n’a le SIRET {number}.")
    return found
