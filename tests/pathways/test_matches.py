"""Stored matches: which profiles are matched, when again, and with what."""

import pytest
import sqlalchemy
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import factories
from traitdunion.core import db
from traitdunion.offers.models import Offer
from traitdunion.pathways import matches, renewal
from traitdunion.pathways.models import MatchedProfile, StoredMatch
from traitdunion.trainings.models import Training

NOW = factories.NOW


@pytest.fixture
def stock(committing_app: Flask) -> None:
    """A baker's and a mason's offers, a baker's training that the Région funds, and one that it does not."""
    with db.transaction() as session:
        factories.occupation(session)
        factories.occupation(session, "F1703", "Maçon / Maçonne")
        factories.offer(session)
        factories.offer(session, "Boulangère F/H")
        factories.offer(session, "Maçon", rome_code="F1703")
        factories.training(session)
        factories.training(session, "Titre professionnel boulanger", is_funded=False)


def renew(engine: sqlalchemy.Engine, *, is_all: bool = False) -> matches.Renewal:
    """A renewal as the command does it."""
    with db.transaction() as session:
        if is_all:
            matches.ask_again(session)
        ready = renewal.matcher(session, now=NOW)
    return matches.renew(engine, ready, now=NOW)


def stored(session: Session) -> list[tuple[str, str]]:
    """The (offer's title key, training's title) of every match."""
    rows = session.execute(
        select(Offer.title_key, Training.title)
        .join(StoredMatch, StoredMatch.profile_key == Offer.profile_key)
        .join(Training, Training.id == StoredMatch.training_id)
        .distinct()
    )
    return sorted((title, training) for title, training in rows)


@pytest.mark.usefixtures("stock")
class TestRenew:
    def test_matches_each_profile_once_with_funded_trainings_alone(self, engine: sqlalchemy.Engine) -> None:
        done = renew(engine)

        assert (done.profiles, done.with_trainings) == (2, 1)
        with db.transaction() as session:
            assert stored(session) == [("boulanger", "CAP boulanger")]

    def test_keeps_the_reasons_from_which_the_score_comes(self, engine: sqlalchemy.Engine) -> None:
        renew(engine)

        with db.transaction() as session:
            match = session.scalars(select(StoredMatch)).one()
        assert match.rank == 1
        assert {"kind": "same_occupation", "strength": 1.0, "words": [], "codes": ["D1102"]} in match.reasons

    def test_has_nothing_to_do_the_second_time(self, engine: sqlalchemy.Engine) -> None:
        renew(engine)

        assert renew(engine).profiles == 0
        assert renew(engine, is_all=True).profiles == 2

    def test_matches_a_new_offer_alone(self, engine: sqlalchemy.Engine) -> None:
        renew(engine)
        with db.transaction() as session:
            factories.offer(session, "Tourier", rome_code="D1102")

        assert renew(engine).profiles == 1

    def test_gives_a_new_offer_of_a_known_profile_its_trainings_at_once(self, engine: sqlalchemy.Engine) -> None:
        renew(engine)
        with db.transaction() as session:
            newcomer = factories.offer(session, "BOULANGER (H/F)")

            found = session.scalars(select(StoredMatch).where(StoredMatch.profile_key == newcomer.profile_key)).all()

        assert len(found) == 1

    def test_matches_again_those_that_a_new_training_goes_with(self, engine: sqlalchemy.Engine) -> None:
        renew(engine)
        with db.transaction() as session:
            factories.training(session, "Titre professionnel maçon", rome_codes=["F1703"])

        assert renew(engine).profiles == 1
        with db.transaction() as session:
            assert ("macon", "Titre professionnel maçon") in stored(session)

    def test_leaves_the_old_matches_when_it_fails(
        self, engine: sqlalchemy.Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        renew(engine)
        with db.transaction() as session:
            before = stored(session)
            ready = renewal.matcher(session, now=NOW)
            matches.ask_again(session)
            session.execute(text("ALTER TABLE matches ADD CONSTRAINT no_more CHECK (rank > 99) NOT VALID"))

        with pytest.raises(Exception, match="no_more"):
            matches.renew(engine, ready, now=NOW)

        with db.transaction() as session:
            session.execute(text("ALTER TABLE matches DROP CONSTRAINT no_more"))
            assert stored(session) == before


@pytest.mark.usefixtures("stock")
class TestForget:
    def test_removes_profiles_that_no_living_offer_has(self, engine: sqlalchemy.Engine) -> None:
        renew(engine)
        with db.transaction() as session:
            session.execute(text("UPDATE offers SET withdrawn_at = now() WHERE rome_code = 'F1703'"))

        assert matches.forget(engine) == 1

        with db.transaction() as session:
            assert len(session.scalars(select(MatchedProfile)).all()) == 1


def test_regions_do_not_crowd_each_other_out(committing_app: Flask, engine: sqlalchemy.Engine) -> None:
    with db.transaction() as session:
        factories.occupation(session)
        offer = factories.offer(session)
        for number in range(15):
            factories.training(session, f"CAP boulanger option {chr(97 + number) * 5}")
        for number in range(3):
            factories.training(session, f"CAP boulanger parcours {chr(97 + number) * 5}", region_code="53")

    renew(engine)

    with db.transaction() as session:
        rows = session.execute(
            text(
                "SELECT region_code, count(*) FROM matches JOIN trainings ON trainings.id = training_id"
                " WHERE profile_key = :key GROUP BY region_code"
            ),
            {"key": offer.profile_key},
        )
        counts = {region: count for region, count in rows}  # noqa: C416 — a Row is no tuple for dict()
    assert counts == {"44": matches.MOST, "53": 3}
