"""What people say of matches: one voice counts once, several decide, and what was decided stands over the computed."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import factories
from traitdunion.core import db
from traitdunion.pathways import corrections, learning, matches, renewal
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Author, Correction, Kind, MatchDecision, StoredMatch, Voice
from traitdunion.trainings.models import Training

NOW = factories.NOW
HOME, OFFICE, LIBRARY = b"home", b"office", b"library"


@pytest.fixture
def pair(session: Session) -> Pair:
    """A baker's training for a baker's offer, after another one that is thought better."""
    offer = factories.offer(session)
    factories.match(session, offer, factories.training(session, "BP boulanger"), rank=1, score=0.9)
    training = factories.training(session)
    factories.match(session, offer, training, rank=2, score=0.5)
    return Pair(offer.profile_key, training.id)


def say(
    session: Session, pair: Pair, kind: Kind, *networks: bytes, voice: Voice = Voice.ANONYMOUS, day: int = 0
) -> None:
    """The same opinion from each of these networks."""
    for network in networks:
        corrections.say(session, pair, kind=kind, voice=voice, network=network, now=NOW + timedelta(days=day))


def verdict(session: Session, pair: Pair) -> str | None:
    """What was decided."""
    found = session.get(MatchDecision, (pair.profile_key, pair.training_id), populate_existing=True)
    return found.verdict if found else None


def titles(session: Session, pair: Pair) -> list[str]:
    """The titles of the profile's trainings, the best first."""
    query = select(Training.title).join(StoredMatch, StoredMatch.training_id == Training.id)
    return list(session.scalars(query.where(StoredMatch.profile_key == pair.profile_key).order_by(StoredMatch.rank)))


def voices(session: Session) -> list[str]:
    """The kind of each voice that was kept."""
    return list(session.scalars(select(Correction.kind).order_by(Correction.id)))


class TestSay:
    def test_counts_a_second_click_for_nothing(self, session: Session, pair: Pair) -> None:
        say(session, pair, Kind.REFUSED, HOME, HOME, HOME, HOME)

        assert voices(session) == ["refused"]
        assert verdict(session, pair) is None

    def test_lets_one_change_ones_mind_the_same_day(self, session: Session, pair: Pair) -> None:
        say(session, pair, Kind.REFUSED, HOME)
        say(session, pair, Kind.CONFIRMED, HOME)

        assert voices(session) == ["confirmed"]

    def test_decides_when_three_agree(self, session: Session, pair: Pair) -> None:
        say(session, pair, Kind.REFUSED, HOME, OFFICE)
        assert verdict(session, pair) is None

        say(session, pair, Kind.REFUSED, LIBRARY)

        assert verdict(session, pair) == "refused"

    def test_decides_nothing_while_they_contradict_each_other(self, session: Session, pair: Pair) -> None:
        say(session, pair, Kind.CONFIRMED, HOME)
        say(session, pair, Kind.REFUSED, OFFICE, LIBRARY, b"school", b"train")

        assert verdict(session, pair) is None

    def test_does_not_let_one_network_decide_day_after_day(self, session: Session, pair: Pair) -> None:
        for day in range(5):
            say(session, pair, Kind.REFUSED, HOME, day=day)

        assert len(voices(session)) == 5
        assert verdict(session, pair) is None

    @pytest.mark.parametrize("voice", [Voice.PRESCRIBER, Voice.OPERATOR])
    def test_takes_the_word_of_who_knows_at_once(self, session: Session, pair: Pair, voice: Voice) -> None:
        say(session, pair, Kind.REFUSED, OFFICE, voice=voice)

        assert verdict(session, pair) == "refused"

    def test_does_not_undo_the_word_of_who_knows(self, session: Session, pair: Pair) -> None:
        say(session, pair, Kind.CONFIRMED, b"mission", voice=Voice.PRESCRIBER)
        session.execute(text("DELETE FROM corrections"))

        say(session, pair, Kind.REFUSED, HOME, OFFICE, LIBRARY)

        assert verdict(session, pair) == "confirmed"

    def test_weighs_every_voice(self) -> None:
        assert set(corrections.WEIGHTS) == set(Voice)
        assert all(less <= more for less, more in pairwise(corrections.WEIGHTS.values()))


def test_voices_at_the_same_time_see_each_other(committing_app: Flask) -> None:
    with db.transaction() as session:
        offer = factories.offer(session)
        pair = Pair(offer.profile_key, factories.match(session, offer, factories.training(session)).training_id)
        say(session, pair, Kind.REFUSED, HOME)

    def speak() -> None:
        with committing_app.app_context(), db.transaction() as session:
            say(session, pair, Kind.REFUSED, LIBRARY)

    with ThreadPoolExecutor(1) as threads:
        with db.transaction() as session:
            say(session, pair, Kind.REFUSED, OFFICE)
            speaking = threads.submit(speak)
            wait([speaking], timeout=0.3)
        speaking.result(timeout=10)

    with db.transaction() as session:
        assert verdict(session, pair) == "refused"
        assert titles(session, pair) == []


class TestDecide:
    def test_takes_a_refused_training_away_at_once(self, session: Session, pair: Pair) -> None:
        corrections.decide(session, pair, verdict=Kind.REFUSED, author=Author.OPERATOR, now=NOW)

        assert titles(session, pair) == ["BP boulanger"]

    def test_puts_a_confirmed_training_first_at_once(self, session: Session, pair: Pair) -> None:
        corrections.decide(session, pair, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=NOW)

        match = session.get_one(StoredMatch, (pair.profile_key, pair.training_id), populate_existing=True)
        assert titles(session, pair) == ["CAP boulanger", "BP boulanger"]
        assert (match.rank, match.score) == (1, 1.0)
        assert [reason["kind"] for reason in match.reasons] == ["confirmed", "same_occupation"]

    def test_says_it_once(self, session: Session, pair: Pair) -> None:
        for _ in range(2):
            corrections.decide(session, pair, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=NOW)

        match = session.get_one(StoredMatch, (pair.profile_key, pair.training_id), populate_existing=True)
        assert [reason["kind"] for reason in match.reasons] == ["confirmed", "same_occupation"]

    def test_brings_a_refused_training_back_when_it_is_confirmed(self, session: Session, pair: Pair) -> None:
        corrections.decide(session, pair, verdict=Kind.REFUSED, author=Author.AGREEMENT, now=NOW)
        corrections.decide(session, pair, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=NOW)

        assert titles(session, pair) == ["CAP boulanger", "BP boulanger"]

    def test_remembers_what_the_matching_had_thought(self, session: Session, pair: Pair) -> None:
        for kind in (Kind.CONFIRMED, Kind.REFUSED):
            corrections.decide(session, pair, verdict=kind, author=Author.OPERATOR, now=NOW)

        decided = session.get_one(MatchDecision, (pair.profile_key, pair.training_id), populate_existing=True)
        assert decided.score == pytest.approx(0.5)


class TestForgetNetworks:
    def test_erases_old_ones_and_keeps_the_voices(self, session: Session, pair: Pair) -> None:
        say(session, pair, Kind.REFUSED, HOME)
        say(session, pair, Kind.REFUSED, OFFICE, day=30)

        assert corrections.forget_networks(session, before=NOW + timedelta(days=1)) == 1

        kept = session.scalars(select(Correction.network).order_by(Correction.id)).all()
        assert list(kept) == [None, OFFICE]


class TestRenewal:
    def test_keeps_what_people_decided(self, committing_app: Flask, engine: sqlalchemy.Engine) -> None:
        with db.transaction() as session:
            factories.occupation(session)
            key = factories.offer(session).profile_key
            bad, good = factories.training(session), factories.training(session, "Vendre du pain", rome_codes=["D1106"])
            factories.training(session, "BP boulanger")
            for training, kind in ((bad, Kind.REFUSED), (good, Kind.CONFIRMED)):
                pair = Pair(key, training.id)
                corrections.decide(session, pair, verdict=kind, author=Author.OPERATOR, now=NOW)

        with db.transaction() as session:
            ready = renewal.matcher(session, now=NOW)
        matches.renew(engine, ready, now=NOW)

        with db.transaction() as session:
            assert titles(session, pair) == ["Vendre du pain", "BP boulanger"]

    def test_fills_the_place_of_a_refused_one(self, committing_app: Flask, engine: sqlalchemy.Engine) -> None:
        with db.transaction() as session:
            factories.occupation(session)
            key = factories.offer(session).profile_key
            ids = [factories.training(session, f"CAP boulanger option {chr(97 + at) * 5}").id for at in range(12)]
            corrections.decide(session, Pair(key, ids[0]), verdict=Kind.REFUSED, author=Author.OPERATOR, now=NOW)

        with db.transaction() as session:
            ready = renewal.matcher(session, now=NOW)
        matches.renew(engine, ready, now=NOW)

        with db.transaction() as session:
            stored = set(session.scalars(select(StoredMatch.training_id)))
        assert len(stored) == matches.MOST
        assert ids[0] not in stored


class TestLearning:
    def weights(self, session: Session) -> dict[tuple[str, str], float]:
        """What the titles of offers teach."""
        found: dict[tuple[str, str], float] = {}
        for example in learning.examples(session, {}):
            if example.kind == "offer":
                key = (example.title, example.code)
                found[key] = found.get(key, 0) + example.weight
        return found

    def test_counts_a_confirmed_title_more(self, session: Session, pair: Pair) -> None:
        before = self.weights(session)
        corrections.decide(session, pair, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=NOW)

        assert before == {("Boulanger / Boulangère (H/F)", "D1102"): 1.0}
        assert self.weights(session) == {("Boulanger / Boulangère (H/F)", "D1102"): 4.0}

    def test_reads_what_offers_describe(self, session: Session, pair: Pair) -> None:
        described = [example.description for example in learning.examples(session, {}) if example.kind == "offer"]

        assert described == ["Pétrir, façonner, cuire."]

    def test_counts_a_refused_title_less(self, session: Session, pair: Pair) -> None:
        corrections.decide(session, pair, verdict=Kind.REFUSED, author=Author.OPERATOR, now=NOW)

        assert self.weights(session) == {("Boulanger / Boulangère (H/F)", "D1102"): 0.5}

    def test_learns_the_code_of_the_training_where_the_offer_bears_none(self, session: Session) -> None:
        offer = factories.offer(session, "Fournier", rome_code=None)
        pair = Pair(offer.profile_key, factories.training(session).id)

        corrections.decide(session, pair, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=NOW)

        assert self.weights(session) == {("Fournier", "D1102"): 3.0}
