"""The invented trainings: the same each time, all funded, nobody's, with sessions around today."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest

from tests.demo.samples import REGION, TODAY, TOWNS
from traitdunion.demo import invented_trainings, inventory
from traitdunion.trainings.drafts import REGION_FUNDER, ActionDraft, Enrolment, SessionDraft, TrainingDraft
from traitdunion.trainings.formats import values


def invent(today: date = TODAY) -> list[TrainingDraft]:
    """The trainings of the grid."""
    return invented_trainings.invent(inventory.read(), TOWNS, region=REGION, today=today)


@pytest.fixture(scope="module")
def trainings() -> list[TrainingDraft]:
    """Those of today."""
    return invent()


def is_open(session: SessionDraft, action: ActionDraft) -> bool:
    """One may enrol in it today, as `TrainingSession.is_open` says."""
    deadline = None if action.is_permanent else session.closes_on or session.starts_on
    return session.enrolment is Enrolment.OPEN and (deadline is None or deadline >= TODAY)


def is_funded(training: TrainingDraft) -> bool:
    """The Région pays for it, wherever it is given."""
    return all(REGION_FUNDER in action.funders for action in training.actions)


class TestInvent:
    def test_gives_the_same_each_time(self, trainings: list[TrainingDraft]) -> None:
        assert invent() == trainings

    def test_moves_with_the_day(self, trainings: list[TrainingDraft]) -> None:
        later = invent(TODAY + timedelta(days=70))

        assert [one.title for one in later] == [one.title for one in trainings]
        assert later != trainings

    def test_gives_each_of_75_trainings_at_two_organisations(self, trainings: list[TrainingDraft]) -> None:
        funded = [one for one in trainings if is_funded(one)]
        given = {(one.title, one.organisation.name) for one in funded if one.organisation}

        assert len(given) == len(funded) == 150
        assert set(Counter(one.title for one in funded).values()) == {2}


class TestTrainings:
    def test_are_funded_by_the_region_but_for_some(self, trainings: list[TrainingDraft]) -> None:
        others = [one for one in trainings if not is_funded(one)]

        assert len(others) == invented_trainings.PAID_BY_OTHERS
        assert all(action.funders and REGION_FUNDER not in action.funders for one in others for action in one.actions)

    def test_are_in_towns_of_the_region(self, trainings: list[TrainingDraft]) -> None:
        largest = {town.code for town in TOWNS[: invented_trainings.LARGEST_TOWNS]}
        places = [action.place.commune_code for one in trainings for action in one.actions]

        assert set(places) <= largest
        assert len(set(places)) > 10
        assert len(places) > len(trainings)

    def test_enrol_with_nobody_real(self, trainings: list[TrainingDraft]) -> None:
        contacts = [action.contact for one in trainings for action in one.actions]

        assert all((contact.email or "").endswith(".example.org") for contact in contacts)
        assert all(re.match(r"(01 99 00|06 39 98) \d\d \d\d$", contact.phone or "") for contact in contacts)

    def test_are_numbered_each_with_its_own(self, trainings: list[TrainingDraft]) -> None:
        numbers = [
            number
            for one in trainings
            for number in [
                one.source_id,
                *(action.source_id for action in one.actions),
                *(session.source_id for action in one.actions for session in action.sessions),
            ]
        ]

        assert None not in numbers
        assert len(set(numbers)) == len(numbers)

    def test_bear_no_number_of_a_certification(self, trainings: list[TrainingDraft]) -> None:
        assert not [one.title for one in trainings if one.certifications]


class TestSessions:
    def test_are_open_for_most_trainings_but_not_for_all(self, trainings: list[TrainingDraft]) -> None:
        ready = [
            one
            for one in trainings
            if any(is_open(session, action) for action in one.actions for session in action.sessions)
        ]

        assert 115 <= len(ready) <= 140

    def test_start_within_four_months_where_they_are_next(self, trainings: list[TrainingDraft]) -> None:
        coming = [
            (session.starts_on - TODAY).days
            for one in trainings
            for action in one.actions
            for session in action.sessions
            if session.starts_on and session.starts_on > TODAY
        ]

        assert min(coming) >= 5
        assert sum(days <= 120 for days in coming) > 120

    def test_close_enrolment_before_they_start_and_open_it_before_that(self, trainings: list[TrainingDraft]) -> None:
        dated = [
            session
            for one in trainings
            for action in one.actions
            for session in action.sessions
            if session.opens_on and session.closes_on and session.starts_on and session.ends_on
        ]

        assert len(dated) > 200
        assert all(
            one.opens_on < one.closes_on <= one.starts_on < one.ends_on  # type: ignore[operator]
            for one in dated
        )

    def test_are_of_every_kind(self, trainings: list[TrainingDraft]) -> None:
        actions = [action for one in trainings for action in one.actions]
        sessions = [session for action in actions for session in action.sessions]

        assert sum(action.is_permanent for action in actions) >= 9
        assert {session.enrolment for session in sessions} == {Enrolment.OPEN, Enrolment.CLOSED, Enrolment.SUSPENDED}
        assert sum(session.starts_on is None for session in sessions) >= 4
        assert sum(session.ends_on is not None and session.ends_on < TODAY for session in sessions) >= 3


@pytest.mark.parametrize("number", [1, 9, 24])
def test_siret_has_a_right_key_and_a_siren_of_nobody(number: int) -> None:
    found = invented_trainings.siret(number)

    assert values.siret(found) == found
    assert int(found[:9]) < 1000
