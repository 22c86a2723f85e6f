"""`flask db …`, `flask worker` and `flask serve`: the database's schema, the background work, the service."""

import click
from flask import current_app
from flask.cli import with_appcontext

from traitdunion.core import jobs, logs, schema, service
from traitdunion.core.cli import Group, in_one_line

database = Group("db", help="Schéma de la base de données.", needs_schema=False)


@database.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Applique les migrations, jusqu’à la dernière ou jusqu’à REVISION."""
    schema.upgrade(revision)


@database.command("downgrade")
@click.argument("revision")
def downgrade(revision: str) -> None:
    """Revient à REVISION (« -1 » pour la précédente, « base » pour une base vide)."""
    schema.downgrade(revision)


@database.command("check")
def check() -> None:
    """Vérifie que la base est à jour et que les modèles et les migrations disent la même chose."""
    schema.check()
    click.echo("La base est à jour.")


@click.command("setup")
@with_appcontext
def setup() -> None:
    """Prépare la base : migrations, données de référence et, sur une base locale vide, la démonstration."""
    logs.quiet()
    with in_one_line():
        service.set_up()


@click.command("worker")
@click.option("--once", is_flag=True, help="S’arrête quand la file est vide.")
@click.option("--queue", "queues", multiple=True, metavar="FILE", help="Ne prend que les travaux de cette file.")
@click.option("--jobs", "at_once", type=click.IntRange(1, 64), help="Travaux menés de front (réglage WORKER_JOBS).")
@with_appcontext
def worker(once: bool, queues: tuple[str, ...], at_once: int | None) -> None:
    """Exécute les travaux de fond : ingestion, appariement, entretien."""
    with in_one_line():
        application = current_app._get_current_object()  # type: ignore[attr-defined]
        jobs.run_worker(application, wait=not once, queues=queues or None, concurrency=at_once)


@click.command("serve")
@click.option("--without-worker", is_flag=True, help="Ne lance que le site.")
@with_appcontext
def serve(without_worker: bool) -> None:
    """Lance le site et les travaux de fond ; Ctrl-C arrête tout."""
    with in_one_line():
        if current_app.config["DATABASE_URL"] is None:
            service.set_up()  # a database of our own needs no operator
        service.run(current_app._get_current_object(), with_worker=not without_worker)  # type: ignore[attr-defined]
