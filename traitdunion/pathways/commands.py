"""`flask matching …`, which stores nothing, and `flask pathways match`, which stores matches."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import click

from traitdunion.core import clock, db, progress
from traitdunion.core.cli import Group
from traitdunion.matching.occupations import Model
from traitdunion.matching.trainings import Catalogue
from traitdunion.pathways import files, interests, jobs, learning, matches, renewal, reviews
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Kind

_BATCH = 5_000
_EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
_WRITTEN = click.Path(dir_okay=False, writable=True, path_type=Path)

_VERDICTS = {Kind.CONFIRMED: "confirmée", Kind.REFUSED: "refusée"}

matching = Group("matching", help="Appariement sans rien enregistrer : modèle, intitulés, paires.")
pathways = Group("pathways", help="Rapprochement des offres et des formations financées.")


@matching.command("learn")
def learn() -> None:
    """Apprend à nouveau le modèle, des appellations du ROME, des offres et des formations en base."""
    with db.transaction() as session:
        model = learning.learn(session, now=clock.now())
    click.echo(f"Modèle appris : {len(model.codes)} métiers.")


@matching.command("predict")
@click.option("--input", "source", required=True, type=_EXISTING, help="JSONL : id, title, description facultative.")
@click.option("--output", "target", required=True, type=_WRITTEN, help="JSONL : id, codes (code, score).")
@click.option("--top", default=5, show_default=True, type=click.IntRange(1, 50), help="Nombre de métiers.")
def predict(source: Path, target: Path, top: int) -> None:
    """Trouve les métiers (codes ROME 3) d’une liste d’intitulés."""
    model = _model()
    with _replacing(target) as output, progress.track("Intitulés", unit="intitulés") as bar:
        rows = files.titles(source)
        while batch := list(islice(rows, _BATCH)):
            found = model.predict(
                [title for _, title, _ in batch], [description for _, _, description in batch], top=top
            )
            for (title_id, _, _), predictions in zip(batch, found, strict=True):
                output.write(files.predictions_line(title_id, predictions))
            bar.update(len(batch))


@matching.command("pairs")
@click.option("--offers", "offers_file", required=True, type=_EXISTING, help="JSONL : offres au format de l’API.")
@click.option("--trainings", "trainings_file", required=True, type=_EXISTING, help="JSONL : id, title, rome_codes…")
@click.option(
    "--output", "target", required=True, type=_WRITTEN, help="JSONL : offer_id, trainings (id, score, reasons)."
)
@click.option("--top", default=5, show_default=True, type=click.IntRange(1, 1000), help="Nombre de formations.")
@click.option("--hide-rome", is_flag=True, help="Ignore les codes ROME des offres et des formations.")
@click.option("--hide-offer-rome", is_flag=True, help="Ignore les codes ROME des offres.")
def pairs(  # noqa: PLR0917 — click passes by name
    offers_file: Path, trainings_file: Path, target: Path, top: int, hide_rome: bool, hide_offer_rome: bool
) -> None:
    """Classe les formations d’un fichier pour chaque offre d’un autre, avec les raisons."""
    model = _model()
    with db.transaction() as session:
        reference = matches.reference_now(session)
    facts = list(files.trainings(trainings_file, is_rome_hidden=hide_rome))
    catalogue = Catalogue(matches.with_titles_read(facts, model), reference)
    with _replacing(target) as output, progress.track("Offres", unit="offres") as bar:
        rows = files.offers(offers_file, is_rome_hidden=hide_rome or hide_offer_rome)
        while batch := list(islice(rows, _BATCH)):
            ranked = catalogue.rank(matches.predicted(batch, model), top=top)
            for offer, found in zip(batch, ranked, strict=True):
                output.write(files.pairs_line(offer, found))
            bar.update(len(batch))


@pathways.command("match")
@click.option("--all", "is_all", is_flag=True, help="Refait tous les rapprochements.")
@click.option("--share", "is_shared", is_flag=True, help="Laisse le travail aux workers, en seize parts.")
def match(is_all: bool, is_shared: bool) -> None:
    """Rapproche les offres nouvelles (ou toutes) des formations financées, et l’enregistre."""
    with db.transaction() as session:
        if is_all:
            learning.learn(session, now=clock.now())
            matches.ask_again(session)
        if is_shared:
            jobs.share(session)
            click.echo("Le travail est confié aux workers.")
            return
        ready = renewal.matcher(session, now=clock.now())
        waiting = matches.count_waiting(session, ready.version)
    with progress.track("Rapprochements", unit="profils", total=waiting) as bar:
        done = matches.renew(db.engine(), ready, now=clock.now(), progress=bar)
    if is_all:
        matches.forget(db.engine())
    click.echo(
        f"{done.profiles} profils d’offres rapprochés, dont {done.with_trainings} ont des formations "
        f"({done.matches} rapprochements)."
    )
    if done.is_outdated:
        click.echo("Les formations ont changé entre-temps : relancez la commande pour finir.")


@pathways.command("reviews")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Nombre de paires.")
def review(limit: int) -> None:
    """Montre les paires les plus discutées : profil, formation, titres, avis pour et contre."""
    with db.transaction() as session:
        found = reviews.waiting(session, limit=limit)
    for each in found:
        decided = f", aujourd’hui {_VERDICTS[Kind(each.verdict)]}" if each.verdict else ""
        click.echo(f"{each.profile_key} {each.training_id}  {each.confirmed} pour, {each.refused} contre{decided}")
        click.echo(f"  offre     : {each.offer_title} ({each.rome_code or 'sans code'})")
        click.echo(f"  formation : {each.training_title} ({', '.join(each.training_codes) or 'sans code'})")
    click.echo(f"{len(found)} paires. Pour trancher : flask pathways decide PROFIL FORMATION confirmed|refused")


@pathways.command("decide")
@click.argument("profile", metavar="PROFIL")
@click.argument("training", metavar="FORMATION", type=click.IntRange(1, 2**63 - 1))
@click.argument("verdict", type=click.Choice([kind.value for kind in Kind]))
def decide(profile: str, training: int, verdict: str) -> None:
    """Tranche : la FORMATION mène (confirmed) ou ne mène pas (refused) aux offres du PROFIL."""
    with db.transaction() as session:
        reviews.decide(session, Pair(profile, training), verdict=Kind(verdict), by=None, now=clock.now())
    click.echo(f"Paire {_VERDICTS[Kind(verdict)]}.")


@pathways.command("interests")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="Nombre de lignes.")
def demands(limit: int) -> None:
    """Dit où le plus de personnes voudraient essayer un métier : les entreprises à inviter d’abord."""
    with db.transaction() as session:
        found = interests.demands(session, most=limit)
    for each in found:
        click.echo(f"{each.people:4}  {each.company_name or 'entreprise non dite'}, {each.title}")
    click.echo(f"{len(found)} lignes.")


@pathways.command("precision")
def precision() -> None:
    """Dit, mois par mois, la part des rapprochements jugés qui étaient bons."""
    with db.transaction() as session:
        found = reviews.precision(session)
    if not found:
        click.echo("Aucun rapprochement n’a encore été jugé.")
        return
    click.echo("mois     jugés  confirmés  précision  intervalle à 95 %")
    for each in found:
        low, high = each.interval
        click.echo(
            f"{each.month}  {each.reviewed:5}  {each.confirmed:9}  {100 * each.share:7.0f} %"
            f"  {100 * low:.0f} à {100 * high:.0f} %"
        )


def _model() -> Model:
    with db.transaction() as session:
        found = learning.current(session, now=clock.now())
    if found is None:
        raise learning.NothingToLearn("Rien à apprendre : importez d’abord le ROME ou des offres.")
    return found


@contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A file that takes its name only once it is whole."""
    partial = target.with_name(f".{target.name}.{uuid4().hex[:8]}")
    try:
        with partial.open("wb") as output:
            yield output
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
