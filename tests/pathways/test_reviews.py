"""What is reviewed first, the operator's word, and the precision of what was reviewed."""

from datetime import date, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from traitdunion.accounts.models import AuditEntry
from traitdunion.core.clock import PARIS
from traitdunion.pathways import corrections, drawing, reviews
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Author, Kind, StoredMatch, Voice
from traitdunion.pathways.reviews import Precision

NOW = factories.NOW
MONTH = date(2026, 11, 1)
TRADES = ("boulanger", "maçon", "soudeur", "plombier", "serveur", "coiffeur", "livreur", "jardinier")


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


class TestDoubtful:
    def test_shows_the_least_sure_first(self, session: Session) -> None:
        pairs = [
            factories.match(session, factories.offer(session, title), factories.training(session), score=score)
            for title, score in (("boulanger", 0.8), ("maçon", 0.3), ("soudeur", 0.5))
        ]

        found = reviews.doubtful(session, limit=2)

        assert [each.offer_title for each in found] == ["maçon", "soudeur"]
        assert found[0].score == pytest.approx(0.3)
        assert found[0].reasons == pairs[1].reasons
        assert found[0].offers == 1

    def test_leaves_out_what_is_decided_and_what_nobody_is_shown(self, session: Session) -> None:
        decided, gone = proposed(session, "boulanger"), factories.offer(session, "maçon", withdrawn_at=NOW)
        corrections.decide(session, decided, verdict=Kind.CONFIRMED, author=Author.OPERATOR, now=NOW)
        factories.match(session, gone, factories.training(session))

        assert reviews.doubtful(session, limit=10) == []


class TestDraw:
    def test_draws_once_what_is_shown(self, session: Session) -> None:
        pairs = {proposed(session, trade) for trade in TRADES[:5]}
        factories.match(session, factories.offer(session, "parti", withdrawn_at=NOW), factories.training(session))

        first, second = drawing.draw(session, month=MONTH), drawing.draw(session, month=MONTH)

        assert (first, second) == (5, 0)
        found = reviews.drawn(session, month=MONTH, limit=10)
        assert {Pair(each.profile_key, each.training_id) for each in found} == pairs
        assert reviews.count_waiting(session, month=MONTH) == (0, 5)

    def test_draws_no_more_than_it_takes(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(drawing, "SIZE", 3)
        for trade in TRADES:
            proposed(session, trade)

        assert drawing.draw(session, month=MONTH) == 3
        assert drawing.draw(session, month=date(2026, 12, 1)) == 3

    def test_measures_by_what_was_drawn_alone(self, session: Session) -> None:
        right, wrong = proposed(session, "boulanger"), proposed(session, "maçon")
        proposed(session, "soudeur")
        drawing.draw(session, month=MONTH)
        spoken_of = proposed(session, "plombier")
        for pair, kind in ((right, Kind.CONFIRMED), (wrong, Kind.REFUSED), (spoken_of, Kind.REFUSED)):
            corrections.decide(session, pair, verdict=kind, author=Author.OPERATOR, now=NOW)

        assert drawing.precision(session) == [(3, Precision("2026-11", 2, 1))]


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
        assert session.execute(select(AuditEntry.by_id, AuditEntry.act)).all() == [(None, "decide match")]

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
