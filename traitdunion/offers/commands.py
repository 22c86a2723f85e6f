"""`flask offers …`: crawl, import, replay, confirm."""

from datetime import datetime
from pathlib import Path

import click

from traitdunion.core import clock, db, progress
from traitdunion.core.cli import Group
from traitdunion.offers import ingestion, sources
from traitdunion.offers.storing import Counts
from traitdunion.territories import communes, territories

offers = Group("offers", help="Offres d’emploi : ingestion, import, relecture.")


@offers.command("ingest")
@click.option("--territory", "key", help="Territoire à parcourir (par défaut, celui du réglage TERRITORY).")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Seulement les offres créées depuis ce jour ; aucune offre n’est alors retirée.",
)
def ingest(key: str | None, since: datetime | None) -> None:
    """Lit les offres de France Travail, département par département."""
    territory = territories.by_key(key) if key else territories.default()
    with sources.france_travail() as client, progress.track("Offres", unit="offres") as bar:
        for department in territory.departments:
            counts = sources.crawl(client, department=department, communes=_index(), since=since, progress=bar)
            click.echo(f"{department} : {told(counts)}")


@offers.command("import")
@click.argument("file", metavar="FICHIER", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Nom de la source, par exemple « francetravail ».")
@click.option(
    "--complete", is_flag=True, help="Le fichier contient toute la source : ce qu’il ne montre pas est retiré."
)
def import_file(file: Path, source: str, complete: bool) -> None:
    """Importe les offres d’un fichier .jsonl (JSON de France Travail) ou .csv."""
    with db.transaction() as session:
        ingestion.declare_source(session, source, label=source, is_crawled=False)
    with progress.track(file.name, unit="octets", total=file.stat().st_size) as bar:
        counts = ingestion.import_file(
            db.engine(),
            file,
            source=source,
            communes=_index(),
            clock=clock.now,
            is_complete=complete,
            progress=bar,
        )
    click.echo(told(counts))


@offers.command("replay")
def replay() -> None:
    """Relit les enregistrements refusés, après une correction."""
    with progress.track("Relecture", unit="enregistrements") as bar:
        counts = ingestion.replay(db.engine(), communes=_index(), clock=clock.now, progress=bar)
    click.echo(told(counts))


@offers.command("confirm")
@click.argument("source", metavar="SOURCE")
@click.argument("part", metavar="TRANCHE")
def confirm(source: str, part: str) -> None:
    """Retire ce que la dernière ingestion retenue de TRANCHE (un département) n’a pas vu."""
    count = ingestion.confirm(db.engine(), source=source, slice_=part, now=clock.now())
    click.echo(f"{count} offres retirées.")


def _index() -> communes.Index:
    with db.transaction() as session:
        return communes.index_at_hand(session)


def told(counts: Counts) -> str:
    """The counts of a run, in French."""
    return (
        f"{counts.seen} offres vues : {counts.new} nouvelles, {counts.changed} modifiées, "
        f"{counts.unchanged} inchangées, {counts.withdrawn} retirées, {counts.duplicates} en double, "
        f"{counts.refused} enregistrements refusés."
    )
