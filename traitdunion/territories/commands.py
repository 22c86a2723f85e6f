"""`flask territories …`: the table of communes."""

from pathlib import Path

import click
from flask import current_app

from traitdunion.clients.geo_api import CommuneRecord, GeoApi, Rejected, Unavailable
from traitdunion.core import db
from traitdunion.core.cli import Group
from traitdunion.territories import communes
from traitdunion.territories.communes import records

territories = Group("territories", help="Communes de France et territoires.")

_accept_drop = click.option(
    "--accept-drop", is_flag=True, help="Accepte que plus de 1 % des communes disparaissent de la table."
)


@territories.command("load")
@click.option("--only-if-empty", is_flag=True, help="Ne fait rien si des communes sont déjà là.")
def load(only_if_empty: bool) -> None:
    """Charge les communes livrées avec le logiciel."""
    with db.transaction() as session:
        if only_if_empty and not communes.is_empty(session):
            return
        counts = communes.load_facts(session)
    _tell(counts)


@territories.command("import")
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_accept_drop
def import_file(file: Path, accept_drop: bool) -> None:
    """Remplace les communes par celles d’un fichier CSV (colonnes : facts/README.md) ou JSON (geo.api.gouv.fr)."""
    _replace(records.read(file), accept_drop)


@territories.command("update")
@_accept_drop
def update(accept_drop: bool) -> None:
    """Télécharge les communes de geo.api.gouv.fr (réglage GEO_API_URL) et les met en place."""
    try:
        with GeoApi(current_app.config["GEO_API_URL"]) as api:
            found = api.communes()
    except (Unavailable, Rejected) as trouble:
        raise click.ClickException(f"{trouble} La table des communes n’est pas changée.") from None
    _replace(found, accept_drop)


def set_up() -> None:
    """For `flask setup`: the communes of this repository, where there are none yet."""
    with db.transaction() as session:
        communes.fill_if_empty(session)


def _replace(found: list[CommuneRecord], accept_drop: bool) -> None:
    with db.transaction() as session:
        counts = communes.replace(session, found, accept_drop=accept_drop)
    _tell(counts)


def _tell(counts: communes.Counts) -> None:
    unplaced = f", {counts.unplaced} sans centre connu laissées de côté" if counts.unplaced else ""
    click.echo(
        f"{counts.read} communes lues : {counts.added} ajoutées, {counts.changed} modifiées, "
        f"{counts.removed} retirées{unplaced}."
    )
