"""What is reviewed first, the operator's word, and the precision of what was reviewed."""

from datetime import datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories
from traitdunion.core.clock import PARIS
from traitdunion.pathways import corrections, reviews
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Author, Kind, StoredMatch, Voice
from traitdunion.pathways.reviews import Precision

NOW = factories.NOW


def proposed(session: Session, title: str) -> Pair:
    """A training that was proposed for an offer of that title."""
    offer, training = factories.offer(session, title), factories.training(session, f"CAP {title}")
    factories.match(session, offer, training)
    return Pair(offer.profile_key, training.id)


def say(session: Session, pair: Pair, *kinds: Kind) -> None:
    """One voice for each kind, each from a network of its own."""
    for number, kind in enumerate(kinds):
        corrections.say(session, pair, kind=kind, voice=Voice.ANONYMOUS, network=bytes([number]), now=NOW)


def run(app: Flask, *words: str) -> Result:
    """`flask pathways …`."""
    return app.test_cli_runner().invoke(args=["pathways", *words])


class TestWaiting:
    def test_shows_contradicted_pairs_first_then_the_most_voices(self, session: Session) -> None:
        once, twice, disputed = (proposed(session, title) for title in ("boulanger", "maçon", "soudeur"))
        say(session, once, Kind.REFUSED)
        say(session, twice, Kind.REFUSED, Kind.REFUSED)
        say(session, disputed, Kind.REFUSED, Kind.CONFIRMED)

        found = reviews.waiting(session, limit=10)

        assert [each.offer_title for each in found] == ["soudeur", "maçon", "boulanger"]
        assert (found[0].confirmed, found[0].refused, found[0].training_title) == (1, 1, "CAP soudeur")
        assert len(reviews.waiting(session, limit=2)) == 2

    def test_leaves_out_what_is_decided(self, session: Session) -> None:
        agreed, told = proposed(session, "boulanger"), proposed(session, "maçon")
        say(session, agreed, Kind.CONFIRMED, Kind.CONFIRMED, Kind.CONFIRMED)
        say(session, told, Kind.REFUSED)
        corrections.decide(session, told, verdict=Kind.REFUSED, author=Author.OPERATOR, now=NOW)

        assert reviews.waiting(session, limit=10) == []

    def test_shows_again_an_agreement_that_somebody_contradicts(self, session: Session) -> None:
        pair = proposed(session, "boulanger")
        say(session, pair, Kind.CONFIRMED, Kind.CONFIRMED, Kind.CONFIRMED, Kind.REFUSED)

        assert [each.verdict for each in reviews.waiting(session, limit=10)] == ["confirmed"]


class TestPrecision:
    def test_counts_by_month_in_france_what_had_been_proposed(self, session: Session) -> None:
        eve = datetime(2026, 11, 30, 23, 30, tzinfo=PARIS)
        right, wrong, added = (proposed(session, title) for title in ("boulanger", "maçon", "soudeur"))
        session.delete(session.get_one(StoredMatch, (added.profile_key, added.training_id)))
        session.flush()
        for pair, kind in ((right, Kind.CONFIRMED), (wrong, Kind.REFUSED), (added, Kind.CONFIRMED)):
            corrections.decide(session, pair, verdict=kind, author=Author.OPERATOR, now=eve)
        later = proposed(session, "plombier")
        corrections.decide(session, later, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=eve + timedelta(hours=1))

        assert reviews.precision(session) == [Precision("2026-12", 1, 1), Precision("2026-11", 2, 1)]

    @given(st.integers(1, 10_000), st.data())
    def test_lies_in_its_interval(self, reviewed: int, data: st.DataObject) -> None:
        found = Precision("2026-11", reviewed, data.draw(st.integers(0, reviewed)))

        low, high = found.interval

        assert 0 <= low <= found.share + 1e-12
        assert found.share - 1e-12 <= high <= 1

    def test_is_surer_when_more_was_reviewed(self) -> None:
        few, many = Precision("2026-11", 10, 8).interval, Precision("2026-11", 1000, 800).interval

        assert few[1] - few[0] > 0.4
        assert many == pytest.approx((0.774, 0.824), abs=0.001)


class TestCommands:
    def test_show_decide_and_measure(self, app: Flask, session: Session) -> None:
        pair = proposed(session, "boulanger")
        say(session, pair, Kind.REFUSED)
        session.commit()

        shown = run(app, "reviews").output
        decided = run(app, "decide", pair.profile_key, str(pair.training_id), "refused")
        measured = run(app, "precision").output

        assert f"{pair.profile_key} {pair.training_id}  0 pour, 1 contre\n  offre     : boulanger (D1102)" in shown
        assert (decided.exit_code, decided.output) == (0, "Paire refusée.\n")
        assert session.get(StoredMatch, (pair.profile_key, pair.training_id), populate_existing=True) is None
        assert "      1          0        0 %  0 à 79 %" in measured

    def test_say_that_nothing_was_reviewed(self, app: Flask, session: Session) -> None:
        assert run(app, "precision").output == "Aucun rapprochement n’a encore été jugé.\n"

    def test_refuse_what_is_not_known_in_one_line(self, app: Flask, session: Session) -> None:
        pair = proposed(session, "boulanger")
        session.commit()

        for words, said in (
            (("unknown", str(pair.training_id)), "Error: Aucune offre n’a le profil « unknown ».\n"),
            ((pair.profile_key, "999999"), "Error: Aucune formation n’a le numéro 999999.\n"),
        ):
            answer = run(app, "decide", *words, "refused")
            assert (answer.exit_code, answer.output) == (1, said)
