"""A load goes into an empty database only, and is taken away whole, with nothing of others'."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.demo.samples import NOW
from tests.offers.samples import COMMUNES, offer
from traitdunion.core import db
from traitdunion.demo import lheo_writing, loading
from traitdunion.demo.community import story
from traitdunion.demo.loading import NotEmpty, Nowhere, State
from traitdunion.offers import ingestion
from traitdunion.offers.models import Offer, OfferSource
from traitdunion.rome import learned
from traitdunion.territories import communes
from traitdunion.territories.communes import records
from traitdunion.trainings import importing
from traitdunion.trainings.drafts import ActionDraft, Address, OrganisationDraft, SessionDraft, TrainingDraft

FROM_OFFERS = ["offers", "offer_sightings", "ingestion_runs", "offer_sources", "title_words"]
FROM_TRAININGS = [
    "trainings",
    "training_actions",
    "training_sessions",
    "training_imports",
    "training_organisations",
]
FROM_BOTH = ["matched_profiles", "matches"]
FROM_PEOPLE = [
    "people",
    "companies",
    "company_members",
    "slots",
    "slot_places",
    "bookings",
    "interests",
    "messages",
    "message_addresses",
    "prescriber_organisations",
    "caseload_entries",
    "referrals",
    "agreements",
]


def scalar(statement: Any) -> Any:
    """One value, in a transaction of its own."""
    with db.transaction() as session:
        return session.scalar(statement)


def counts() -> dict[str, int]:
    """Rows in the tables that a load fills."""
    return {
        table: scalar(text(f"SELECT count(*) FROM {table}"))
        for table in [*FROM_OFFERS, *FROM_TRAININGS, *FROM_BOTH, *FROM_PEOPLE]
    }


def import_offer(path: Path, **fields: Any) -> None:
    """An offer of another source."""
    path.write_bytes(orjson.dumps(offer(**fields)))
    with db.transaction() as session:
        ingestion.declare_source(session, "fichier", label="Un fichier", is_crawled=False)
        index = communes.Index.load(session)
    ingestion.import_file(db.engine(), path, source="fichier", communes=index, clock=lambda: NOW)


def import_training(path: Path) -> None:
    """A training of another source, by an organisation of its own."""
    draft = TrainingDraft(
        source_id="1",
        title="Titre professionnel Maçon",
        rome_codes=("F1703",),
        organisation=OrganisationDraft(name="Un vrai centre"),
        actions=(
            ActionDraft(
                source_id="1-A",
                place=Address(postcode="57000", city="Metz", commune_code="57463"),
                funders=(2,),
                sessions=(SessionDraft(source_id="1-A-1", starts_on=date(2027, 1, 4)),),
            ),
        ),
    )
    path.write_bytes(lheo_writing.write([draft]))
    with db.transaction() as session:
        importing.import_file(session, path, communes=COMMUNES, now=NOW, source="carif")


class TestLoadRefuses:
    def test_a_database_with_offers(self, ready: Flask, tmp_path: Path) -> None:
        import_offer(tmp_path / "offres.jsonl")

        with pytest.raises(NotEmpty, match="rien n’est changé"):
            loading.load(now=NOW)
        assert scalar(select(func.count()).select_from(Offer)) == 1

    def test_a_database_with_trainings(self, ready: Flask, tmp_path: Path) -> None:
        import_training(tmp_path / "formations.xml")

        with pytest.raises(NotEmpty):
            loading.load(now=NOW)

    def test_a_territory_without_communes(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            communes.replace(session, [one for one in records.read(records.FACTS) if one.department == "75"])

        with pytest.raises(Nowhere, match="à 35 km du centre de « Metz »"):
            loading.load(now=NOW)
        assert scalar(select(func.count()).select_from(OfferSource)) == 0


class TestClear:
    def test_takes_all_away(self, ready: Flask) -> None:
        loading.load(now=NOW)

        count = loading.clear()

        assert count == 422 + 156
        assert set(counts().values()) == {0}
        with db.transaction() as session:
            assert learned.version(session) is None

    def test_leaves_what_is_of_others_and_shows_again_what_it_hid(self, ready: Flask, tmp_path: Path) -> None:
        loading.load(now=NOW)
        alike = self.known_offer()
        for number in ("1", "2"):
            import_offer(tmp_path / f"{number}.jsonl", id=number, **alike)
        import_training(tmp_path / "formations.xml")
        others = select(Offer.duplicate_of_id).where(Offer.source == "fichier").order_by(Offer.id)
        with db.transaction() as session:
            hidden = list(session.scalars(others))

        loading.clear()

        with db.transaction() as session:
            shown = list(session.scalars(others))
            first = session.scalar(select(func.min(Offer.id)))
        left = counts()
        assert None not in hidden
        assert shown == [None, first]
        assert {name: left[name] for name in ("offers", "ingestion_runs", "offer_sources", "matched_profiles")} == {
            "offers": 2,
            "ingestion_runs": 2,
            "offer_sources": 1,
            "matched_profiles": 1,
        }
        assert left["title_words"] > 0
        assert {left[table] for table in FROM_TRAININGS} == {1}

    def known_offer(self) -> dict[str, Any]:
        """What another offer needs to be a duplicate of one of the demonstration, with the same profile."""
        with db.transaction() as session:
            known = session.scalars(
                select(Offer)
                .where(Offer.withdrawn_at.is_(None), Offer.duplicate_of_id.is_(None))
                .where(Offer.company_name.is_not(None), Offer.level.is_(None))
                .order_by(Offer.id)
            ).first()
        assert known is not None
        return {
            "intitule": known.title,
            "romeCode": known.rome_code,
            "formations": None,
            "entreprise": {"nom": known.company_name},
            "lieuTravail": {"commune": known.commune_code, "libelle": known.place_label},
        }

    def test_finds_nothing_where_there_is_nothing(self, ready: Flask) -> None:
        assert loading.clear() == 0


class TestState:
    def test_tells_a_load_that_was_killed(self, ready: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        class Killed(Exception):
            pass

        def die(*_arguments: object, **_named: object) -> None:
            raise Killed

        monkeypatch.setattr(story, "play", die)  # the last step
        with pytest.raises(Killed):
            loading.load(now=NOW)
        with db.transaction() as session:
            found = loading.state(session)
        monkeypatch.undo()

        done = loading.load(now=datetime(2026, 11, 22, 9, tzinfo=UTC))

        assert found is State.HALF_LOADED
        assert done.offers.new == 422
        with db.transaction() as session:
            assert loading.state(session) is State.LOADED
