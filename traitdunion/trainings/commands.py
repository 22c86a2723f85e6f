"""`flask trainings …`: catalogues of trainings."""

from pathlib import Path

import click

from traitdunion.core import clock, db, progress
from traitdunion.core.cli import Group
from traitdunion.core.errors import Refused
from traitdunion.territories import communes
from traitdunion.trainings import importing
from traitdunion.trainings.formats import Format
from traitdunion.trainings.models import TrainingImport

trainings = Group("trainings", help="Formations : import des catalogues.")


@trainings.command("import")
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "format_",
    type=click.Choice([each.value for each in Format]),
    help="Format du fichier ; sans cette option, il est reconnu à son contenu.",
)
@click.option(
    "--source", metavar="NOM", help="Nom du catalogue, par défaut celui du format ; identique à chaque import."
)
@click.option(
    "--complete", is_flag=True, help="Le fichier est tout le catalogue : ce qu’il ne contient plus est retiré."
)
@click.option("--confirm", is_flag=True, help="Avec --complete, accepte de retirer plus de la moitié du catalogue.")
def import_file(file: Path, format_: str | None, source: str | None, complete: bool, confirm: bool) -> None:
    """Importe les formations de FICHIER (LHEO .xml, .csv, .json ou .jsonl) ; peut être relancé sans risque."""
    with progress.track(f"Import de {file.name}", unit="octets", total=file.stat().st_size) as bar:
        try:
            with db.transaction() as session:
                done = importing.import_file(
                    session,
                    file,
                    communes=communes.index_at_hand(session),
                    now=clock.now(),
                    format_=Format(format_) if format_ else None,
                    source=source,
                    is_complete=complete,
                    even_most=confirm,
                    advance=bar.update,
                )
        except Refused as refused:
            raise click.ClickException(f"{file.name} : {refused} Rien n’a été importé.") from None
        except OSError as error:
            raise click.ClickException(f"{file.name} ne peut pas être lu : {error.strerror}.") from None
    _tell(done)
    if done.message:
        raise click.ClickException(f"{file.name} : {done.message}. Ce qui a été lu est gardé.")


@trainings.command("replay")
def replay() -> None:
    """Relit les fiches refusées, par exemple après une correction du logiciel."""
    with db.transaction() as session:
        outcome = importing.replay(session, communes=communes.index_at_hand(session), now=clock.now())
    click.echo(
        f"Fiches relues : {outcome.stored} importées, {outcome.refused} encore refusées, {outcome.outdated} dépassées."
    )


def _tell(done: TrainingImport) -> None:
    seconds = f"{done.duration.total_seconds():.1f}".replace(".", ",")
    click.echo(
        f"{done.file_name} : {done.read} fiches lues en {seconds} s ; formations : {done.new} nouvelles,"
        f" {done.changed} modifiées, {done.unchanged} inchangées ; {done.refused} refusées, {done.withdrawn} retirées."
    )
    if done.refused:
        click.echo("Les fiches refusées sont gardées avec leur ligne et leur raison (flask trainings replay).")
