"""Loads the demonstration through the real client, ingestion, importer and matching, and takes it away again."""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from pathlib import Path

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session, aliased

from traitdunion.clients.france_travail import FranceTravail, Settings
from traitdunion.companies.models import Company
from traitdunion.core import clock, db
from traitdunion.core.errors import Refused
from traitdunion.demo import invented_offers, invented_trainings, inventory, lheo_writing, places
from traitdunion.demo.community import clearing, story
from traitdunion.demo.community.hosts import FIRST_SIREN
from traitdunion.demo.france_travail import API_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, FakeFranceTravail
from traitdunion.demo.invented_offers import DAYS_BETWEEN, Publication
from traitdunion.demo.invented_trainings import siret
from traitdunion.demo.serving import serve
from traitdunion.offers import duplicates, ingestion, storing
from traitdunion.offers.models import IngestionRun, Offer, OfferSource, RejectedRecord, TitleWord
from traitdunion.pathways import matches, renewal
from traitdunion.pathways.models import MatchedProfile
from traitdunion.rome import learned, occupations, reference
from traitdunion.territories import communes, territories
from traitdunion.trainings import importing
from traitdunion.trainings.drafts import TrainingDraft
from traitdunion.trainings.formats import Format
from traitdunion.trainings.models import RejectedTraining, Training, TrainingImport, TrainingOrganisation

SOURCE = "demonstration"
"""Of its offers and of its trainings."""

_LABEL = "Démonstration (offres fictives)"
_LOCK = 7_306_014  # for PostgreSQL: two loads at once wait for each other
_CALLS_PER_SECOND = 1_000  # of the fake: nobody else calls it


class NotEmpty(Refused):
    """There are offers or trainings already."""


class Nowhere(Refused):
    """No commune is around the territory."""


class State(Enum):
    """What the database holds, as far as the demonstration is concerned."""

    EMPTY = auto()
    HALF_LOADED = auto()  # a load was killed: nothing but the demonstration is there, and not all of it
    LOADED = auto()  # it may be among other things
    IN_USE = auto()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did."""

    offers: storing.Counts
    trainings: int
    matches: int
    community: story.Community


def state(session: Session) -> State:
    """Six look-ups at most."""

    def has(condition: ColumnElement[bool]) -> bool:
        return bool(session.scalar(select(exists().where(condition))))

    if has(Training.source == SOURCE) and has(Company.siret == siret(FIRST_SIREN)):
        return State.LOADED  # the companies and people come last, in one transaction
    if has(Offer.source != SOURCE) or has(Training.source != SOURCE):
        return State.IN_USE
    return State.HALF_LOADED if has(OfferSource.name == SOURCE) else State.EMPTY


def load(*, now: datetime) -> Loaded:
    """Fills the current application's database with the demonstration of its default territory.

    The same for the same day (in France) and the same communes. Raises NotEmpty, with nothing changed, where there are
    offers or trainings; what a killed load left is taken away first. Raises Nowhere.
    """
    with _alone():
        with db.transaction() as session:
            found = state(session)
        if found is State.HALF_LOADED:
            _clear()
        elif found is not State.EMPTY:
            raise NotEmpty(
                "La démonstration ne se charge que dans une base sans offre ni formation. "
                + ("Elle y est déjà." if found is State.LOADED else "Celle-ci en contient : rien n’est changé.")
            )
        today = now.astimezone(clock.PARIS).date()
        territory = territories.default()
        facts = inventory.read()
        with db.transaction() as session:
            reference.load_facts(session, now=now)
            index = communes.index_at_hand(session)
            towns = places.around(session, territory)
            labels = occupations.labels(session)
        if not any(town.region == territory.region_code for town in towns):
            raise Nowhere(f"Aucune commune de sa région à {places.RADIUS_KM} km du centre de « {territory.name} ».")
        publication = invented_offers.invent(facts, towns, labels, today=today)
        trainings = invented_trainings.invent(facts, towns, region=territory.region_code, today=today)
        departments = sorted({town.department for town in towns})
        counts = _crawl(publication, departments, index=index, now=now)
        _import(trainings, index=index, now=now)
        matched = _match(now)
        here = [town for town in towns if town.region == territory.region_code]
        with db.transaction() as session:
            people = story.play(session, facts, towns, here, now=now)
        return Loaded(offers=counts, trainings=len(trainings), matches=matched, community=people)


def clear() -> int:
    """Takes away all that a load brought, and nothing else; returns how many offers and trainings went."""
    with _alone():
        return _clear()


def _crawl(
    publication: Publication, departments: Sequence[str], *, index: communes.Index, now: datetime
) -> storing.Counts:
    """Two crawls, the first as if it were three days ago, of a source that changes in between; the counts of both."""
    counts = storing.Counts()
    with db.transaction() as session:
        ingestion.declare_source(session, SOURCE, label=_LABEL, is_crawled=True, is_fictitious=True)
    fake = FakeFranceTravail(publication.first, calls_per_second=_CALLS_PER_SECOND)
    with _without_proxy(), serve(fake) as address, _client(address) as client:

        def crawl(at: Callable[[], datetime]) -> None:
            for department in departments:
                counts.add(
                    ingestion.crawl(db.engine(), client, source=SOURCE, department=department, communes=index, clock=at)
                )

        crawl(lambda: now - timedelta(days=DAYS_BETWEEN))
        fake.withdraw(*publication.gone)
        fake.add(*publication.later, *publication.unreadable)
        crawl(lambda: now)
    return counts


def _client(address: str) -> FranceTravail:
    settings = Settings(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        token_url=f"{address}{TOKEN_PATH}?realm=%2Fpartenaire",
        api_url=f"{address}{API_PATH}",
    )
    return FranceTravail(settings)


def _import(trainings: Sequence[TrainingDraft], *, index: communes.Index, now: datetime) -> None:
    with tempfile.TemporaryDirectory() as folder, db.transaction() as session:
        path = Path(folder) / "demonstration.xml"
        path.write_bytes(lheo_writing.write(trainings))
        importing.import_file(
            session, path, communes=index, now=now, format_=Format.LHEO, source=SOURCE, is_complete=True
        )


def _match(now: datetime) -> int:
    with db.transaction() as session:
        ready = renewal.matcher(session, now=now)
    return matches.renew(db.engine(), ready, now=now).matches


def _clear() -> int:
    with db.transaction() as session:
        profiles = select(Offer.profile_key).where(Offer.source == SOURCE).distinct()
        keys = list(session.scalars(profiles))
        other = aliased(Offer)
        released = list(
            session.scalars(
                select(Offer.id)
                .join(other, other.id == Offer.duplicate_of_id)
                .where(Offer.source != SOURCE, other.source == SOURCE)
            )
        )
        count = len(session.scalars(delete(Offer).where(Offer.source == SOURCE).returning(Offer.id)).all())
        session.execute(delete(RejectedRecord).where(RejectedRecord.source == SOURCE))
        session.execute(delete(IngestionRun).where(IngestionRun.source == SOURCE))
        session.execute(delete(OfferSource).where(OfferSource.name == SOURCE))
        is_used = exists().where(Offer.profile_key == MatchedProfile.key)
        session.execute(delete(MatchedProfile).where(MatchedProfile.key.in_(keys), ~is_used))
        if not session.scalar(select(exists().where(Offer.id.is_not(None)))):
            session.execute(delete(TitleWord))  # they do not say from which offers they come
        count += _clear_trainings(session)
        clearing.clear(session)
        learned.forget(session)  # it learned from what is gone; the next to need one learns from what is left
    with db.driver_connection(db.engine()) as connection, connection.transaction():
        duplicates.regroup(connection, released)
    return count


def _clear_trainings(session: Session) -> int:
    known = list(session.scalars(select(Training.organisation_id).where(Training.source == SOURCE).distinct()))
    count = len(session.scalars(delete(Training).where(Training.source == SOURCE).returning(Training.id)).all())
    session.execute(delete(RejectedTraining).where(RejectedTraining.source == SOURCE))
    session.execute(delete(TrainingImport).where(TrainingImport.source == SOURCE))
    is_used = exists().where(Training.organisation_id == TrainingOrganisation.id)
    session.execute(delete(TrainingOrganisation).where(TrainingOrganisation.id.in_(known), ~is_used))
    return count


@contextmanager
def _alone() -> Iterator[None]:
    with db.driver_connection(db.engine()) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        try:
            yield
        finally:
            connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


@contextmanager
def _without_proxy() -> Iterator[None]:
    """A proxy set in the environment cannot reach our loopback: the calls of this process go straight to it."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
