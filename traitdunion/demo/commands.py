"""`flask demo …`: the fictitious territory, loaded or taken away; and the step of `flask setup` that loads it."""

import click
from flask import current_app

from traitdunion.core import clock, db, logs
from traitdunion.core.cli import Group
from traitdunion.core.errors import Refused
from traitdunion.demo import loading
from traitdunion.demo.loading import State

demo = Group("demo", help="Démonstration : offres et formations fictives autour du territoire.")


@demo.command("load")
def load() -> None:
    """Charge la démonstration dans une base sans offre ni formation.

    Ses dates comptent à partir d’aujourd’hui : pour la rajeunir, « demo clear » puis « demo load ».
    """
    _load()


@demo.command("clear")
def clear() -> None:
    """Retire toute la démonstration, et rien d’autre."""
    count = loading.clear()
    click.echo(f"{count} offres et formations fictives retirées." if count else "Il n’y avait pas de démonstration.")


def set_up() -> None:
    """For `flask setup`: the demonstration, in a database of our own where there is nothing yet."""
    if current_app.config["DATABASE_URL"] is not None or not current_app.config["DEMONSTRATION"]:
        return
    with db.transaction() as session:
        if loading.state(session) not in {State.EMPTY, State.HALF_LOADED}:
            return
    click.echo("Préparation du territoire de démonstration…")
    logs.quiet()
    try:
        _load()
    except Refused as error:
        click.echo(f"Démonstration non chargée. {error}", err=True)  # the service is of use without it
    finally:
        logs.configure()


def _load() -> None:
    loaded = loading.load(now=clock.now())
    offers = loaded.offers.new - loaded.offers.withdrawn
    click.echo(
        f"Démonstration chargée : {offers} offres, {loaded.trainings} formations, "
        f"{loaded.matches} rapprochements, {loaded.community.companies} entreprises, "
        f"{loaded.community.slots} immersions, {loaded.community.organisations} organismes prescripteurs "
        f"et {loaded.community.people} personnes, tous fictifs."
    )
