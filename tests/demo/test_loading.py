"""The demonstration in the database, by the real paths, and on the pages."""

import os
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.demo.samples import NOW
from tests.pages import PageClient
from traitdunion.core import db
from traitdunion.demo import beside, loading, registrable
from traitdunion.demo.loading import Loaded, NotEmpty
from traitdunion.offers import offers
from traitdunion.offers.models import IngestionRun, Offer, OfferSource, RejectedRecord, RunState
from traitdunion.pathways.models import StoredMatch
from traitdunion.trainings import trainings
from traitdunion.trainings.models import Action, Training, TrainingSession


def scalar(statement: Any) -> Any:
    """One value, in a transaction of its own."""
    with db.transaction() as session:
        return session.scalar(statement)


@pytest.fixture
def visitor(loaded: Loaded, request: pytest.FixtureRequest) -> PageClient:
    """Fetches pages of the demonstration."""
    app: Flask = request.getfixturevalue("_app")
    return PageClient(app)


class TestLoad:
    def test_shows_four_hundred_offers_and_a_hundred_and_fifty_trainings(self, loaded: Loaded) -> None:
        assert scalar(select(func.count()).where(Offer.withdrawn_at.is_(None))) == 400
        assert scalar(select(func.count()).where(Training.is_funded, Training.region_code == "44")) == 150
        assert scalar(select(func.count()).where(~Training.is_funded)) == 6
        assert loaded.trainings == 156

    def test_marks_them_as_fictitious(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            assert offers.has_fictitious(session)
        assert scalar(select(OfferSource.is_fictitious).where(OfferSource.name == loading.SOURCE)) is True
        assert scalar(select(func.count(Offer.source.distinct()))) == 1

    def test_crawls_twice_and_whole(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            runs = session.scalars(select(IngestionRun).order_by(IngestionRun.id)).all()

        assert [(run.slice, run.state) for run in runs] == [("54", RunState.DONE), ("57", RunState.DONE)] * 2
        assert loaded.offers.withdrawn == 22
        assert loaded.offers.changed == 10
        assert loaded.offers.duplicates == 18
        assert loaded.offers.refused == 3
        assert scalar(select(func.count(RejectedRecord.id))) == 3

    def test_says_when_offers_were_first_seen(self, loaded: Loaded) -> None:
        newest = scalar(select(func.max(Offer.first_seen_at)))
        oldest = scalar(select(func.min(Offer.first_seen_at)))

        assert (oldest, newest) == (NOW - timedelta(days=3), NOW)

    def test_places_every_offer_and_every_training(self, loaded: Loaded) -> None:
        assert scalar(select(func.count()).where(Offer.latitude.is_(None))) == 0
        assert scalar(select(func.count()).where(Action.latitude.is_(None))) == 0

    def test_groups_duplicates(self, loaded: Loaded) -> None:
        assert scalar(select(func.count()).where(Offer.duplicate_of_id.is_not(None))) >= 18

    def test_gives_most_offers_trainings_at_once(self, loaded: Loaded) -> None:
        matched = select(func.count(Offer.id.distinct())).join(
            StoredMatch, StoredMatch.profile_key == Offer.profile_key
        )

        assert scalar(matched.where(Offer.withdrawn_at.is_(None))) > 340
        assert loaded.matches == scalar(select(func.count()).select_from(StoredMatch))

    def test_leaves_sessions_to_enrol_in(self, loaded: Loaded) -> None:
        ready = select(func.count(Action.training_id.distinct())).join(TrainingSession.action)

        assert scalar(ready.where(trainings.is_open(NOW.date()))) > 110

    def test_is_refused_once_it_is_there(self, loaded: Loaded) -> None:
        with pytest.raises(NotEmpty, match="déjà"):
            loading.load(now=NOW)


class TestPages:
    """With the demonstration, each page has something to show, and says that it is invented."""

    @pytest.mark.parametrize("path", ["/", "/offres", "/offres?q=boulanger", "/formations", "/formations?q=soudeur"])
    def test_say_that_all_is_fictitious(self, visitor: PageClient, path: str) -> None:
        page = visitor.get(path)

        assert "Territoire de démonstration : tout est fictif." in page.get_text()
        assert "Aucun" not in page.main[:400]

    def test_show_offers_with_their_trainings(self, visitor: PageClient) -> None:
        with db.transaction() as session:
            shown = session.scalars(
                select(Offer.id)
                .join(StoredMatch, StoredMatch.profile_key == Offer.profile_key)
                .where(Offer.withdrawn_at.is_(None), Offer.duplicate_of_id.is_(None))
                .distinct()
                .order_by(Offer.id)
            ).all()

        for offer_id in shown[::40]:
            assert visitor.get(f"/offres/{offer_id}").select('a[href^="/formations/"]')

    def test_answer_gone_for_withdrawn_offers(self, visitor: PageClient) -> None:
        with db.transaction() as session:
            gone = session.scalar(select(Offer.id).where(Offer.withdrawn_at.is_not(None)))

        assert visitor.get(f"/offres/{gone}", 410).select('a[href^="/offres/"]')

    def test_show_every_kind_of_training(self, visitor: PageClient) -> None:
        with db.transaction() as session:
            ids = session.scalars(select(Training.id).order_by(Training.id)).all()

        for training_id in ids[::15]:
            visitor.get(f"/formations/{training_id}")


class TestRegister:
    """The fake register of companies, beside the site."""

    def test_knows_the_companies_and_those_one_may_register(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            known = {one.siret: one for one in registrable.known(session)}

        assert len(known) == loaded.community.companies + 3
        example = known[registrable.EXAMPLES[0].siret]
        assert example.city
        assert example.is_open

    def test_is_opened_where_all_is_invented(self, visitor: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
        config = visitor.client.application.config
        monkeypatch.setitem(config, "RECHERCHE_ENTREPRISES_URL", "https://register.example.org")
        monkeypatch.setenv("NO_PROXY", "here.example.org")
        monkeypatch.setenv("no_proxy", "")

        assert beside.prepare() is None  # the database is somebody's
        monkeypatch.setitem(config, "DATABASE_URL", None)
        server = beside.open_register()

        assert server is not None
        server.server_close()
        assert config["RECHERCHE_ENTREPRISES_URL"].startswith("http://127.0.0.1:")
        assert os.environ["NO_PROXY"] == "here.example.org,127.0.0.1"
