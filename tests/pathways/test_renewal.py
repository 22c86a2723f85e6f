"""A renewal touches what changed alone, gives what a full one gives, is shared by workers, and bears interruptions."""

import random
from pathlib import Path
from typing import TypeAlias

import orjson
import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import factories
from traitdunion.core import db
from traitdunion.core import jobs as core_jobs
from traitdunion.matching import titles
from traitdunion.offers import ingestion
from traitdunion.offers.reading import profile_key
from traitdunion.pathways import jobs, learning, matches, renewal
from traitdunion.pathways.models import MatchedProfile, MatchingState, StoredMatch
from traitdunion.rome import learned
from traitdunion.territories.communes.index import Index
from traitdunion.trainings.models import Training

NOW = factories.NOW
TRADES = {
    "D1102": ("boulanger", "tourier", "boulangerie"),
    "D1104": ("pâtissier", "pâtisserie", "glacier"),
    "F1703": ("maçon", "maçonnerie", "coffreur bancheur"),
    "F1603": ("plombier chauffagiste", "installateur sanitaire", "chauffagiste"),
    "K1304": ("aide à domicile", "auxiliaire de vie", "assistant de vie aux familles"),
}
DIPLOMAS = ("CAP", "BP", "Titre professionnel", "Initiation", "BTS")

Stored: TypeAlias = set[tuple[str, int, int, float, str]]


@pytest.fixture
def stock(committing_app: Flask) -> None:
    """Thirty offers and twenty-five funded trainings of five trades, matched."""
    with db.transaction() as session:
        for code, words in TRADES.items():
            factories.occupation(session, code, words[0])
            for word in words:
                factories.offer(session, word, rome_code=code)
                factories.offer(session, f"{word} confirmé", rome_code=None)
            for number, diploma in enumerate(DIPLOMAS):
                factories.training(session, f"{diploma} {words[number % 3]}", rome_codes=[code])
    renew()


def renew(*, is_all: bool = False) -> matches.Renewal:
    """A renewal as a worker does it."""
    with db.transaction() as session:
        if is_all:
            matches.ask_again(session)
        ready = renewal.matcher(session, now=NOW)
    return matches.renew(db.engine(), ready, now=NOW)


def stored() -> Stored:
    """All matches with all that is stored of them."""
    with db.transaction() as session:
        rows = session.execute(
            text("SELECT profile_key, training_id, rank, score::float8, reasons::text FROM matches")
        ).all()
    return {(key, training, rank, score, reasons) for key, training, rank, score, reasons in rows}


def store(folder: Path, *said: str) -> None:
    """Offers of bakers are imported from a file."""
    file = folder / "offers.jsonl"
    rows = [{"id": title, "intitule": title, "romeCode": "D1102", "description": title} for title in said]
    file.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    ingestion.import_file(db.engine(), file, source="francetravail", communes=Index([]), clock=lambda: NOW)


def waiting_jobs() -> int:
    """How many jobs wait."""
    with db.transaction() as session:
        return session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")) or 0


def change(session: Session, chance: random.Random) -> None:
    """A training comes, goes, comes back, or is published otherwise."""
    code = chance.choice(list(TRADES))
    title = f"{chance.choice(DIPLOMAS)} {chance.choice(TRADES[code])}"
    one = chance.choice(session.scalars(select(Training).order_by(Training.id)).all())
    match chance.randrange(6):
        case 0:
            factories.training(session, title, rome_codes=[code], region_code=chance.choice(["44", "53"]))
        case 1:
            one.is_funded = not one.is_funded
        case 2:
            one.title = title
        case 3:
            one.rome_codes = sorted({code, *one.rome_codes[:1]})
        case 4:
            one.entry_level = chance.choice([None, 0, 3, 4])
        case _:
            one.withdrawn_at = None if one.withdrawn_at else NOW


@pytest.mark.usefixtures("stock")
class TestMatcher:
    @pytest.mark.parametrize("seed", range(8))
    def test_marks_all_that_a_full_renewal_would_change(self, seed: int) -> None:
        chance = random.Random(seed)
        with db.transaction() as session:
            version = session.scalars(select(MatchingState.version)).one()
            for _ in range(chance.randrange(1, 6)):
                change(session, chance)
                session.flush()

        renewed = renew().profiles
        found = stored()
        renew(is_all=True)

        assert found == stored()
        assert renewed < 30
        with db.transaction() as session:
            assert session.scalars(select(MatchingState.version)).one() == version

    def test_leaves_alone_what_a_change_does_not_touch(self) -> None:
        with db.transaction() as session:
            factories.training(session, "CAP soudeur", rome_codes=["H2913"])

        assert renew().profiles == 0

    def test_takes_everything_up_when_much_changed(self) -> None:
        with db.transaction() as session:
            for number in range(renewal._FEW + 1):
                factories.training(session, f"CAP soudeur {chr(97 + number % 26) * 4}", rome_codes=["H2913"])

        assert renew().profiles == 30

    def test_takes_everything_up_when_a_new_model_was_learned(self) -> None:
        with db.transaction() as session:
            factories.offer(session, "Soudeur", rome_code="H2913")
            learning.learn(session, now=NOW)

        assert renew().profiles == 31

    def test_is_built_once_in_a_process(self) -> None:
        with db.transaction() as session:
            assert renewal.matcher(session, now=NOW) is renewal.matcher(session, now=NOW)

    def test_is_the_same_on_a_machine_that_has_no_model_yet(
        self, committing_app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        before = stored()
        monkeypatch.setitem(committing_app.config, "VAR_DIR", tmp_path / "another-machine")
        learned._loaded.clear()

        assert renew().profiles == 0
        assert stored() == before


@pytest.mark.usefixtures("stock")
class TestRenew:
    def test_stores_nothing_that_was_computed_with_former_trainings(self, engine: sqlalchemy.Engine) -> None:
        with db.transaction() as session:
            old = renewal.matcher(session, now=NOW)
            factories.training(session, "CAP boulanger nocturne")
        with db.transaction() as session:
            renewal.matcher(session, now=NOW)

        done = matches.renew(engine, old, now=NOW)

        assert (done.profiles, done.is_outdated) == (0, True)
        assert renew().profiles > 0


@pytest.mark.usefixtures("stock")
class TestMatchSoon:
    def test_matches_an_offer_of_a_new_profile_as_soon_as_it_is_stored(
        self, committing_app: Flask, tmp_path: Path
    ) -> None:
        before = stored()

        store(tmp_path, "Tourier confiseur", "Boulanger")
        assert waiting_jobs() == 1
        core_jobs.run_worker(committing_app, wait=False)

        new = {key for key, *_ in stored() - before}
        assert new == {profile_key(titles.normalise("Tourier confiseur"), "D1102", None)}
        assert before < stored()

    def test_has_nothing_to_do_for_a_known_profile(self, tmp_path: Path) -> None:
        store(tmp_path, "Boulanger")

        assert waiting_jobs() == 0

    def test_matches_with_the_trainings_and_occupations_of_now(self, committing_app: Flask, tmp_path: Path) -> None:
        with db.transaction() as session:
            training = factories.training(session, "Initiation boulanger tourier", rome_codes=["D1102"])
            number = training.id

        store(tmp_path, "Tourier")
        store(tmp_path, "Tourier confiseur")
        core_jobs.run_worker(committing_app, wait=False)

        key = profile_key(titles.normalise("Tourier confiseur"), "D1102", None)
        assert (key, number) in {(found, training_id) for found, training_id, *_ in stored()}


@pytest.mark.usefixtures("stock")
class TestShare:
    def test_is_done_by_workers_as_one_would(self, committing_app: Flask) -> None:
        before = stored()
        with db.transaction() as session:
            matches.ask_again(session)
            session.execute(text("DELETE FROM matches"))
            jobs.share(session)
            jobs.share(session)  # asked twice, done once
            assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")) == 16

        core_jobs.run_worker(committing_app, wait=False)

        assert stored() == before

    def test_keeps_the_former_matches_of_what_is_not_reached(self) -> None:
        before = stored()
        with db.transaction() as session:
            matches.ask_again(session)
            key = session.scalars(select(StoredMatch.profile_key)).first()
            assert key is not None

        jobs.match_range(key[0])

        assert stored() == before
        with db.transaction() as session:
            rows = session.execute(select(MatchedProfile.key, MatchedProfile.version)).all()
        assert {key[0] for key, version in rows if version} == {key[0]}

    def test_takes_up_what_was_left(self) -> None:
        with db.transaction() as session:
            matches.ask_again(session)
        for start in "0123":
            jobs.match_range(start)

        jobs.match_new(0)

        assert renew().profiles == 0
