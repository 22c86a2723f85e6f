"""Ingestion against a France Travail that speaks HTTP: what goes in, what goes out, and what a bad day changes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy
from sqlalchemy import select, text

from tests.offers.samples import COMMUNES, offer
from traitdunion.clients.france_travail import FranceTravail, Settings, Unavailable
from traitdunion.clients.http import Patience
from traitdunion.core import db
from traitdunion.demo.faults import Fault, Kind
from traitdunion.demo.france_travail import API_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, FakeFranceTravail
from traitdunion.demo.serving import serve
from traitdunion.offers import ingestion, offers, runs, storing
from traitdunion.offers.models import IngestionRun, Offer, RejectedRecord, RunState

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
Crawl = Callable[..., storing.Counts]


def many(count: int, **fields: Any) -> list[dict[str, Any]]:
    """Offers that differ by id, title and employer."""
    return [
        offer(id=f"{n:07}", intitule=f"Métier numéro {chr(97 + n % 26) * 6}", entreprise={"nom": f"E{n}"}, **fields)
        for n in range(count)
    ]


@pytest.fixture
def remote() -> FakeFranceTravail:
    """The fake service; tests publish and withdraw offers there."""
    return FakeFranceTravail(calls_per_second=10_000)


@pytest.fixture
def crawl(remote: FakeFranceTravail, engine: sqlalchemy.Engine) -> Iterator[Crawl]:
    """Ingests the département 57 from the fake service, as the service does."""
    with db.transaction() as session:
        ingestion.declare_source(session, "francetravail", label="France Travail", is_crawled=True)
    with serve(remote) as address:
        settings = Settings(
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            token_url=f"{address}{TOKEN_PATH}?realm=%2Fpartenaire",
            api_url=address + API_PATH,
        )

        def run(now: datetime = NOW, **options: Any) -> storing.Counts:
            with FranceTravail(settings, patience=Patience(attempts=2), sleep=lambda _: None) as client:
                return ingestion.crawl(
                    engine,
                    client,
                    source="francetravail",
                    department="57",
                    communes=COMMUNES,
                    clock=lambda: now,
                    **options,
                )

        yield run


def alive(engine: sqlalchemy.Engine) -> set[str]:
    """The source ids of the offers that are not withdrawn."""
    with engine.connect() as connection:
        return set(connection.scalars(select(Offer.source_id).where(Offer.withdrawn_at.is_(None))))


def last_state(engine: sqlalchemy.Engine) -> str | None:
    """The state of the last run."""
    with engine.connect() as connection:
        return connection.scalar(select(IngestionRun.state).order_by(IngestionRun.id.desc()).limit(1))


class TestCrawl:
    def test_stores_every_offer_once(self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine) -> None:
        remote.add(*many(160))

        first, second = crawl(), crawl()

        assert (first.seen, first.new) == (160, 160)
        assert (second.seen, second.new, second.changed, second.unchanged) == (160, 0, 0, 160)
        assert len(alive(engine)) == 160
        assert last_state(engine) == RunState.DONE

    def test_keeps_the_record_as_json(self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine) -> None:
        remote.add(offer(id="1", competences=[{"libelle": "Pétrir"}]))

        crawl()

        with engine.connect() as connection:
            skill = connection.scalar(text("SELECT record #>> '{competences,0,libelle}' FROM offers"))
        assert skill == "Pétrir"

    def test_does_not_rewrite_an_unchanged_offer(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(offer())
        crawl()
        with engine.connect() as connection:
            before = connection.scalar(text("SELECT xmin::text FROM offers"))

        crawl(NOW + timedelta(days=1))

        with engine.connect() as connection:
            assert connection.scalar(text("SELECT xmin::text FROM offers")) == before

    def test_rewrites_a_changed_offer_in_its_place(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(offer())
        crawl()
        remote.add(offer(intitule="Boulangère de nuit"))

        counts = crawl()

        assert (counts.new, counts.changed) == (0, 1)
        with engine.connect() as connection:
            assert connection.scalars(select(Offer.title)).all() == ["Boulangère de nuit"]

    def test_withdraws_what_the_source_no_longer_shows_and_takes_it_back(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(*many(3))
        crawl()
        remote.withdraw("0000001")

        assert crawl().withdrawn == 1
        assert alive(engine) == {"0000000", "0000002"}

        remote.add(*many(3))
        crawl()

        assert len(alive(engine)) == 3

    def test_withdraws_nothing_when_it_is_not_whole(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(*many(3))
        crawl()
        remote.withdraw("0000001")

        counts = crawl(since=NOW - timedelta(days=400))

        assert counts.withdrawn == 0
        assert len(alive(engine)) == 3
        assert last_state(engine) == RunState.PARTIAL

    def test_holds_a_slice_that_falls_by_more_than_half(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(*many(40))
        crawl()
        remote.withdraw(*(f"{n:07}" for n in range(25)))

        crawl()

        assert last_state(engine) == RunState.HELD
        assert len(alive(engine)) == 40
        with db.transaction() as session:
            assert offers.held(session) == [("francetravail", "57")]
            assert not offers.health(session).is_well

        assert ingestion.confirm(engine, source="francetravail", slice_="57", now=NOW) == 25
        assert len(alive(engine)) == 15
        with pytest.raises(ingestion.NothingHeld):
            ingestion.confirm(engine, source="francetravail", slice_="57", now=NOW)

    def test_keeps_what_it_stored_when_the_service_fails(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(*many(400))
        remote.faults.add(Fault(kind=Kind.ERROR, route="search", after=2, times=10))

        with pytest.raises(Unavailable):
            crawl()

        assert last_state(engine) == RunState.FAILED
        assert 0 < len(alive(engine)) < 400
        remote.faults.clear()

        crawl()

        assert len(alive(engine)) == 400

    def test_keeps_an_unreadable_record_raw(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(offer(), offer(id="TITLESS", intitule="", appellationlibelle=""))

        counts = crawl()

        assert (counts.seen, counts.refused) == (1, 1)
        with engine.connect() as connection:
            raw, reason = connection.execute(select(RejectedRecord.raw, RejectedRecord.reason)).one()
        assert orjson.loads(raw)["id"] == "TITLESS"
        assert reason == "l’offre n’a pas d’intitulé"

    def test_refuses_a_second_run_of_the_same_slice(self, crawl: Crawl, engine: sqlalchemy.Engine) -> None:
        with (
            runs.start(engine, source="francetravail", slice_="57", communes=COMMUNES, clock=lambda: NOW),
            pytest.raises(runs.AlreadyRunning),
        ):
            crawl()

    def test_marks_a_killed_run_as_interrupted(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO ingestion_runs (source, slice, state, started_at)"
                    " VALUES ('francetravail', '57', 'running', now())"
                )
            )

        crawl()

        with engine.connect() as connection:
            states = connection.scalars(select(IngestionRun.state).order_by(IngestionRun.id)).all()
        assert states == [RunState.INTERRUPTED, RunState.DONE]


class TestDuplicates:
    def test_are_shown_once(self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine) -> None:
        remote.add(
            offer(id="A", dateCreation="2026-11-02T08:00:00.000Z"),
            offer(id="B", intitule="Boulangère F/H", entreprise={"nom": "AU BON PAIN "}),
            offer(id="C", entreprise={}),
            offer(id="D", lieuTravail={"commune": "54395"}),
        )

        crawl()

        with engine.connect() as connection:
            hidden = connection.scalars(select(Offer.source_id).where(Offer.duplicate_of_id.is_not(None))).all()
        assert len(hidden) == 1
        assert set(hidden) <= {"A", "B"}

    def test_are_shown_again_when_the_shown_one_goes(
        self, crawl: Crawl, remote: FakeFranceTravail, engine: sqlalchemy.Engine
    ) -> None:
        remote.add(offer(id="A"), offer(id="B"), offer(id="C"))
        crawl()
        with engine.connect() as connection:
            shown = connection.scalars(select(Offer.source_id).where(Offer.duplicate_of_id.is_(None))).one()
        remote.withdraw(shown)

        crawl()

        with engine.connect() as connection:
            rows = connection.execute(
                select(Offer.source_id, Offer.duplicate_of_id).where(Offer.withdrawn_at.is_(None))
            ).all()
        assert len(rows) == 2
        assert sum(duplicate is None for _, duplicate in rows) == 1


class TestImportFile:
    def load(self, engine: sqlalchemy.Engine, path: Path, **options: Any) -> storing.Counts:
        """Imports a file as the command does."""
        with db.transaction() as session:
            ingestion.declare_source(session, "fichier", label="Fichier", is_crawled=False)
        return ingestion.import_file(
            engine, path, source="fichier", communes=COMMUNES, clock=options.pop("clock", lambda: NOW), **options
        )

    def test_keeps_the_good_lines_and_the_bad_ones(self, engine: sqlalchemy.Engine, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        lines = [orjson.dumps(offer(id="1")), b'{"id": "2", "intit', orjson.dumps([1]), b"\xff\xfe\x00 pas du JSON"]
        path.write_bytes(b"\n".join(lines))

        counts = self.load(engine, path)

        assert (counts.new, counts.refused) == (1, 3)
        with engine.connect() as connection:
            assert connection.scalars(select(RejectedRecord.line).order_by(RejectedRecord.line)).all() == [2, 3, 4]

    def test_bears_a_line_of_fifty_megabytes(self, engine: sqlalchemy.Engine, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        with path.open("wb") as file:
            file.write(b'{"id": "1", "description": "' + b"x" * 50_000_000 + b'"}\n')
            file.write(orjson.dumps(offer(id="2")))

        counts = self.load(engine, path)

        assert (counts.new, counts.refused) == (1, 1)

    def test_says_that_nothing_could_be_read(self, engine: sqlalchemy.Engine, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        path.write_bytes(b"<html>\n</html>\n")

        with pytest.raises(ingestion.NothingRead, match="aucune ligne n’est une offre"):
            self.load(engine, path)

        assert last_state(engine) == RunState.FAILED

    def test_withdraws_only_when_told_complete(self, engine: sqlalchemy.Engine, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        path.write_bytes(b"\n".join(orjson.dumps(one) for one in many(3)))
        self.load(engine, path)
        path.write_bytes(orjson.dumps(many(1)[0]))

        assert self.load(engine, path).withdrawn == 0
        assert self.load(engine, path, is_complete=True).withdrawn == 2

    def test_expires_after_its_days(self, engine: sqlalchemy.Engine, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        path.write_bytes(orjson.dumps(offer()))
        self.load(engine, path, clock=lambda: NOW)

        assert ingestion.expire(engine, days=60, now=NOW + timedelta(days=59)) == 0
        assert ingestion.expire(engine, days=60, now=NOW + timedelta(days=61)) == 1
        assert not alive(engine)

    def test_is_erased_a_year_after_its_withdrawal(self, engine: sqlalchemy.Engine, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        path.write_bytes(orjson.dumps(offer()) + b"\n[1]")
        self.load(engine, path)
        ingestion.expire(engine, days=60, now=NOW + timedelta(days=61))

        assert ingestion.purge(engine, before=NOW) == 0
        assert ingestion.purge(engine, before=NOW + timedelta(days=62)) == 1
        with engine.connect() as connection:
            assert not connection.scalars(select(RejectedRecord.id)).all()

    def test_replays_what_a_fix_makes_readable(self, engine: sqlalchemy.Engine, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        path.write_bytes(orjson.dumps(offer(id="1")) + b"\n[1]\n")
        self.load(engine, path)
        with engine.begin() as connection:
            fixed = orjson.dumps(offer(id="9"))
            connection.execute(
                text(
                    "INSERT INTO rejected_records (source, slice, raw_hash, reason, raw, rejected_at)"
                    " VALUES ('fichier', 'file:o.jsonl', 'x', 'ancienne règle', :raw, now())"
                ),
                {"raw": fixed},
            )

        counts = ingestion.replay(engine, communes=COMMUNES, clock=lambda: NOW)

        assert (counts.new, counts.refused) == (1, 1)
        assert alive(engine) == {"1", "9"}
        with engine.connect() as connection:
            assert connection.scalars(select(RejectedRecord.line)).all() == [2]
