"""The funded trainings that a search finds, that go with an offer, and where and when to enter them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.search import trainings, words
from traitdunion.search.criteria import PAGE_SIZE, Circle, Criteria, Entry
from traitdunion.search.trainings import Aim, FoundTraining
from traitdunion.territories.distances import Point
from traitdunion.trainings import trainings as catalogue
from traitdunion.trainings.drafts import Mode

TODAY = date(2026, 11, 21)
METZ = Point(49.1081, 6.196)


def at(km: float) -> dict[str, Any]:
    """Coordinates so far north of Metz."""
    return {"latitude": METZ.latitude + km / 111.2, "longitude": METZ.longitude}


def found(session: Session, q: str = "", **criteria: Any) -> list[str]:
    """The titles of the first page."""
    wanted = words.understand(session, q)
    results = trainings.find(session, Criteria(wanted=wanted, **criteria), region_code=make.REGION, page=1, today=TODAY)
    return [each.training.title for each in results.found]


def aim(session: Session, training_id: int, near: Point | None = METZ) -> Aim:
    """Where and when to enter the training."""
    session.expire_all()
    training = catalogue.get(session, training_id)
    assert training is not None
    return trainings.aim_at(training, near=near, today=TODAY)


class TestFind:
    def test_finds_what_the_region_of_the_territory_funds(self, session: Session) -> None:
        make.training(session, "CAP boulanger")
        make.training(session, "CAP pâtissier", is_funded=False)
        make.training(session, "CAP cuisine", region_code="53")
        make.training(session, "CAP fleuriste", withdrawn_at=make.NOW)

        assert found(session) == ["CAP boulanger"]

    def test_shows_titles_first(self, session: Session) -> None:
        make.training(session, "Aide en boucherie", objective="Pour qui veut devenir boulanger un jour.")
        make.training(session, "CAP boulanger")
        make.training(session, "CAP maçon")

        assert found(session, "boulangère") == ["CAP boulanger", "Aide en boucherie"]

    def test_shows_the_nearest_first_and_keeps_to_the_circle(self, session: Session) -> None:
        for title, km in (("Loin", 40), ("Près", 5), ("Ici", 0)):
            make.action(session, make.training(session, title), **at(km))
        make.action(session, make.training(session, "Parti"), withdrawn_at=make.NOW)
        make.training(session, "Sans lieu")

        assert found(session, circle=Circle(centre=METZ, km=30)) == ["Ici", "Près"]

    def test_keeps_to_the_departements_of_an_area(self, session: Session) -> None:
        make.action(session, make.training(session, "Moselle"), department="57")
        make.action(session, make.training(session, "Bas-Rhin"), department="67")

        assert found(session, departments=("57",)) == ["Moselle"]

    def test_keeps_to_the_level_one_has(self, session: Session) -> None:
        for title, level in (("Bac", 4), ("Ouvert", None), ("Rien", 0), ("CAP", 3)):
            make.training(session, title, entry_level=level)

        assert sorted(found(session, level=3)) == ["CAP", "Ouvert", "Rien"]

    def test_keeps_to_the_month_in_which_a_session_starts(self, session: Session) -> None:
        for title, start in (
            ("Janvier", date(2027, 1, 31)),
            ("Février", date(2027, 2, 1)),
            ("Décembre", date(2026, 12, 31)),
        ):
            action = make.action(session, make.training(session, title))
            make.training_session(session, action, today=TODAY, starts_in=(start - TODAY).days)
        permanent = make.action(session, make.training(session, "Toute l’année"), is_permanent=True)
        make.training_session(session, permanent, today=TODAY, starts_in=50, is_permanent=True)

        assert found(session, entry=Entry(month=date(2027, 1, 1))) == ["Janvier"]
        assert found(session, entry=Entry(is_permanent=True)) == ["Toute l’année"]

    def test_aims_at_the_session_of_that_month(self, session: Session) -> None:
        action = make.action(session, make.training(session))
        make.training_session(session, action, today=TODAY, starts_in=10)
        make.training_session(session, action, today=TODAY, starts_in=50)
        session.expire_all()

        results = trainings.find(
            session, Criteria(entry=Entry(month=date(2027, 1, 1))), region_code=make.REGION, page=1, today=TODAY
        )

        aimed = results.found[0].aim.session
        assert aimed is not None
        assert aimed.starts_on == TODAY + timedelta(days=50)

    def test_asks_all_of_one_place(self, session: Session) -> None:
        both = make.training(session, "Loin à distance, ici sur place")
        make.action(session, both, mode=Mode.DISTANCE.value, **at(40))
        make.action(session, both, mode=Mode.ON_SITE.value, **at(1))
        here = Circle(centre=METZ, km=10)

        assert found(session, entry=Entry(mode=Mode.DISTANCE)) == [both.title]
        assert found(session, circle=here, entry=Entry(mode=Mode.ON_SITE)) == [both.title]
        assert found(session, circle=here, entry=Entry(mode=Mode.DISTANCE)) == []

    def test_pages(self, session: Session) -> None:
        for number in range(PAGE_SIZE + 1):
            make.training(session, f"CAP {number:02d}")

        results = trainings.find(session, Criteria(), region_code=make.REGION, page=9, today=TODAY)

        assert (results.page, results.last_page, results.count) == (2, 2, PAGE_SIZE + 1)
        assert [each.training.title for each in results.found] == [f"CAP {PAGE_SIZE:02d}"]


class TestWithOffer:
    def test_gives_one_that_may_be_entered_before_one_that_goes_a_little_better(self, session: Session) -> None:
        offer = make.offer(session)
        closed, opened = make.training(session, "Fermée"), make.training(session, "Ouverte")
        make.action(session, closed)
        make.training_session(session, make.action(session, opened, **at(20)), today=TODAY)
        make.match(session, offer, closed, score=0.81)
        make.match(session, offer, opened, score=0.79, rank=2)

        found = trainings.with_offer(session, offer.profile_key, region_code=make.REGION, near=METZ, today=TODAY)

        assert [each.training.title for each in found] == ["Ouverte", "Fermée"]

    def test_gives_the_funded_ones_best_first_then_nearest(self, session: Session) -> None:
        offer = make.offer(session)
        made = {title: make.training(session, title) for title in ("Meilleure", "Loin", "Près")}
        for title, km in (("Meilleure", 80), ("Loin", 50), ("Près", 2)):
            make.action(session, made[title], **at(km))
        for rank, (title, score) in enumerate((("Meilleure", 0.9), ("Loin", 0.5), ("Près", 0.5)), start=1):
            make.match(session, offer, made[title], rank=rank, score=score)
        make.match(session, offer, make.training(session, is_funded=False), rank=4)
        make.match(session, offer, make.training(session, region_code="53"), rank=5)

        with_offer: list[FoundTraining] = trainings.with_offer(
            session, offer.profile_key, region_code=make.REGION, near=METZ, today=TODAY
        )

        assert [each.training.title for each in with_offer] == ["Meilleure", "Près", "Loin"]
        assert trainings.codes_of(with_offer) == {"D1102"}


class TestAim:
    def test_is_the_nearest_place_that_still_takes_people(self, session: Session) -> None:
        training = make.training(session)
        full = make.action(session, training, city="Ici", **at(0))
        make.training_session(session, full, today=TODAY, enrolment="closed")
        far = make.action(session, training, city="Loin", **at(50))
        make.training_session(session, far, today=TODAY)
        near = make.action(session, training, city="Près", **at(10))
        make.training_session(session, near, today=TODAY)

        found_aim = aim(session, training.id)

        assert found_aim.action is not None
        assert (found_aim.action.city, round(found_aim.km or 0), found_aim.other_places) == ("Près", 10, 2)

    def test_is_the_nearest_place_when_none_takes_people(self, session: Session) -> None:
        training = make.training(session)
        for city, km in (("Loin", 50), ("Près", 10)):
            make.action(session, training, city=city, **at(km))

        found_aim = aim(session, training.id)

        assert found_aim.action is not None
        assert (found_aim.action.city, found_aim.session) == ("Près", None)

    def test_prefers_the_places_that_the_region_pays(self, session: Session) -> None:
        training = make.training(session)
        make.action(session, training, city="Payante", funders=[10], **at(0))
        make.action(session, training, city="Financée", **at(20))

        found_aim = aim(session, training.id)

        assert found_aim.action is not None
        assert found_aim.action.city == "Financée"

    def test_counts_the_days_to_the_end_of_enrolment(self, session: Session) -> None:
        training = make.training(session)
        action = make.action(session, training)
        make.training_session(session, action, today=TODAY, starts_in=90)
        make.training_session(session, action, today=TODAY, starts_in=40, closes_on=TODAY + timedelta(days=23))
        make.training_session(session, action, today=TODAY, starts_in=-10)

        found_aim = aim(session, training.id)

        assert (found_aim.deadline, found_aim.days_left) == (TODAY + timedelta(days=23), 23)

    @pytest.mark.parametrize("is_permanent", [True, False])
    def test_knows_no_deadline_without_a_session(self, session: Session, is_permanent: bool) -> None:
        training = make.training(session)
        make.action(session, training, is_permanent=is_permanent)

        found_aim = aim(session, training.id, near=None)

        assert (found_aim.is_permanent, found_aim.deadline, found_aim.km) == (is_permanent, None, None)

    def test_is_nowhere_for_a_training_without_place(self, session: Session) -> None:
        assert aim(session, make.training(session).id).action is None
