"""The enrolment deadline and the next session, as a counsellor would say them; facts for the matching."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.trainings import trainings
from traitdunion.trainings.models import Action, Training, TrainingSession

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def session_of(**fields: Any) -> TrainingSession:
    """A session about which nothing is known but these fields."""
    known: dict[str, Any] = {"enrolment": "unknown", "is_permanent": False, "source_id": "S", "content_hash": b""}
    return TrainingSession(**{**known, **fields})


def training_of(*sessions: TrainingSession, **fields: Any) -> Training:
    """A training with one action that has these sessions."""
    for number, each in enumerate(sessions):
        each.source_id = f"S{number}"
    action = Action(
        source_id="A",
        is_place_approximate=True,
        is_permanent=False,
        funders=[2],
        audiences=[],
        content_hash=b"",
        sessions=list(sessions),
    )
    known: dict[str, Any] = {
        "source": "test",
        "source_id": "F",
        "title": "CAP boulanger",
        "rome_codes": ["D1102"],
        "formacodes": [],
        "certifications": [],
        "is_entry_level_required": False,
        "is_funded": True,
        "first_seen_at": NOW,
        "updated_at": NOW,
        "content_hash": b"",
        "search": "",
        "actions": [action],
    }
    return Training(**{**known, **fields})


class TestEnrolmentDeadline:
    def test_is_the_end_of_the_enrolment_window(self) -> None:
        session = session_of(starts_on=date(2027, 1, 4), opens_on=date(2026, 9, 1), closes_on=date(2026, 12, 15))

        assert session.enrolment_deadline == date(2026, 12, 15)

    def test_is_the_start_of_the_session_when_the_window_has_no_known_end(self) -> None:
        session = session_of(starts_on=date(2027, 1, 4), opens_on=date(2026, 9, 1))

        assert session.enrolment_deadline == date(2027, 1, 4)

    def test_does_not_exist_for_permanent_entries_which_say_so(self) -> None:
        session = session_of(is_permanent=True, starts_on=date(2026, 1, 4), closes_on=date(2026, 1, 1))

        assert session.enrolment_deadline is None
        assert session.is_permanent

    def test_is_unknown_when_no_day_is_known(self) -> None:
        assert session_of().enrolment_deadline is None


class TestIsOpen:
    def test_lasts_until_the_deadline_included(self) -> None:
        session = session_of(starts_on=TODAY)

        assert session.is_open(today=TODAY)
        assert not session.is_open(today=TODAY + timedelta(days=1))

    def test_lasts_after_the_start_when_the_window_does(self) -> None:
        assert session_of(starts_on=date(2026, 11, 2), closes_on=TODAY).is_open(today=TODAY)

    @pytest.mark.parametrize("state", ["closed", "suspended"])
    def test_ends_when_the_catalogue_says_so(self, state: str) -> None:
        assert not session_of(starts_on=date(2027, 1, 4), enrolment=state).is_open(today=TODAY)

    def test_ends_when_the_session_is_withdrawn(self) -> None:
        assert not session_of(starts_on=date(2027, 1, 4), withdrawn_at=NOW).is_open(today=TODAY)

    def test_lasts_for_permanent_entries_as_long_as_the_place_does(self) -> None:
        assert session_of(is_permanent=True).is_open(today=TODAY)
        assert session_of(is_permanent=True, starts_on=date(2026, 1, 1)).is_open(today=TODAY)
        assert not session_of(is_permanent=True, ends_on=date(2026, 11, 20)).is_open(today=TODAY)

    def test_needs_the_catalogues_word_where_no_day_is_known(self) -> None:
        assert not session_of().is_open(today=TODAY)
        assert session_of(enrolment="open").is_open(today=TODAY)


class TestNextSession:
    def test_is_the_first_that_one_can_still_enter(self) -> None:
        late = session_of(starts_on=date(2026, 11, 30), closes_on=date(2026, 11, 1))
        first, second = session_of(starts_on=date(2027, 1, 4)), session_of(starts_on=date(2027, 9, 1))

        assert trainings.next_session(training_of(second, late, first), today=TODAY) is first

    def test_is_a_dated_one_before_a_permanent_entry(self) -> None:
        permanent, dated = session_of(is_permanent=True), session_of(starts_on=date(2027, 1, 4))

        assert trainings.next_session(training_of(permanent, dated), today=TODAY) is dated
        assert trainings.next_session(training_of(permanent), today=TODAY) is permanent

    def test_is_none_when_all_is_over(self) -> None:
        over = training_of(session_of(starts_on=date(2026, 1, 4)))

        assert trainings.next_session(over, today=TODAY) is None

    def test_is_never_of_an_action_that_is_withdrawn(self) -> None:
        training = training_of(session_of(starts_on=date(2027, 1, 4)))
        training.actions[0].withdrawn_at = NOW

        assert trainings.next_session(training, today=TODAY) is None


days = st.none() | st.dates(TODAY - timedelta(days=2), TODAY + timedelta(days=2))
sessions = st.builds(
    session_of,
    starts_on=days,
    ends_on=days,
    closes_on=days,
    is_permanent=st.booleans(),
    enrolment=st.sampled_from(["open", "closed", "suspended", "unknown"]),
    withdrawn_at=st.none() | st.just(NOW),
)


class TestInTheDatabase:
    @given(several=st.lists(sessions, max_size=6))
    def test_the_same_sessions_are_open_and_next(self, session: Session, several: list[TrainingSession]) -> None:
        with session.begin_nested() as savepoint:
            training = training_of(*several)
            session.add(training)
            session.flush()

            deadlines = session.execute(
                select(TrainingSession, TrainingSession.enrolment_deadline, trainings.is_open(TODAY))
            ).all()
            found = trainings.next_sessions(session, [training.id], today=TODAY)

            assert all(one.enrolment_deadline == deadline for one, deadline, _ in deadlines)
            assert [one.is_open(today=TODAY) for one, _, _ in deadlines] == [is_open for _, _, is_open in deadlines]
            assert found.get(training.id) is trainings.next_session(training, today=TODAY)
            savepoint.rollback()


class TestGet:
    def test_loads_all_that_a_page_walks(self, session: Session) -> None:
        training = training_of(session_of(starts_on=date(2027, 1, 4)), content="Le pain")
        session.add(training)
        session.flush()
        session.expunge_all()

        found = trainings.get(session, training.id)
        session.close()

        assert found is not None
        assert found.content == "Le pain"
        assert found.organisation is None
        assert [each.starts_on for each in found.living_actions[0].sessions] == [date(2027, 1, 4)]

    def test_is_none_for_an_unknown_one(self, session: Session) -> None:
        assert trainings.get(session, 123456789) is None


class TestFacts:
    @pytest.fixture(autouse=True)
    def _catalogue(self, session: Session) -> None:
        session.add_all(
            [
                training_of(source_id="funded", entry_level=3, region_code="44"),
                training_of(source_id="not funded", is_funded=False, title="BTS"),
                training_of(source_id="withdrawn", withdrawn_at=NOW),
            ]
        )
        session.flush()

    def test_are_those_of_living_trainings(self, session: Session) -> None:
        found = list(trainings.facts(session, funded_only=False))

        assert [each.title for each in found] == ["CAP boulanger", "BTS"]

    def test_may_be_of_funded_trainings_only(self, session: Session) -> None:
        (found,) = trainings.facts(session, funded_only=True)

        assert (found.rome_codes, found.entry_level, found.region_code) == (["D1102"], 3, "44")

    def test_say_when_they_last_changed(self, session: Session) -> None:
        assert trainings.last_change(session) == NOW
