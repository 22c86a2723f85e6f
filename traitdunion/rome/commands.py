"""`flask rome …`: the reference of occupations."""

from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app

from traitdunion.core import clock, db, jobs
from traitdunion.core.cli import Group
from traitdunion.rome import official, reference, updating
from traitdunion.rome.jobs import update_if_missing
from traitdunion.rome.models import RomeImport

rome = Group("rome", help="Référentiel des métiers (ROME).")


@rome.command("load")
def load() -> None:
    """Charge les codes et libellés livrés avec le logiciel, tant qu’aucun référentiel officiel n’est en place."""
    with db.transaction() as session:
        loaded = reference.load_facts(session, now=clock.now())
    click.echo(f"ROME : {loaded} métiers chargés." if loaded else "ROME : rien à charger, le référentiel est en place.")


@rome.command("import")
@click.argument("source", metavar="DOSSIER|ZIP", type=click.Path(exists=True, path_type=Path))
def import_files(source: Path) -> None:
    """Remplace le référentiel par les fichiers officiels d’un dossier ou d’une archive ZIP (ROME 3 et 4)."""
    release = official.read(source)
    with db.transaction() as session:
        editions = reference.replace(session, release, source=source.name, now=clock.now())
    _tell(editions)


@rome.command("update")
def update() -> None:
    """Télécharge le référentiel officiel (jeu de données ROME_DATASET_URL) et le met en place."""
    _tell(updating.update(current_app.config["ROME_DATASET_URL"], now=clock.now()))


def set_up() -> None:
    """For `flask setup`: the labels of this repository, and, the first time, a job that asks for the official files."""
    with db.transaction() as session:
        if reference.load_facts(session, now=clock.now()):
            jobs.defer(session, update_if_missing, {}, key="rome:update")


def _tell(editions: Sequence[RomeImport]) -> None:
    for edition in editions:
        day = f", publié le {edition.published_on:%d/%m/%Y}" if edition.published_on else ""
        click.echo(
            f"ROME {edition.edition}{day} : {edition.occupations} métiers, "
            f"{edition.job_titles} appellations, {edition.mobilities} mobilités."
        )
