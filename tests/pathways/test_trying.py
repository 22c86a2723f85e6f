"""The sessions that a slot comes before."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.pathways import trying
from traitdunion.trainings.models import TrainingSession

TODAY = make.NOW.date()


def planned(session: Session, starts_in: int = 60, training: dict[str, Any] | None = None) -> TrainingSession:
    """A session of a baker's training, in so many days."""
    return make.training_session(
        session, make.action(session, make.training(session, **(training or {}))), today=TODAY, starts_in=starts_in
    )


def found(session: Session, **fields: Any) -> list[TrainingSession]:
    """What a slot in ten days comes before."""
    slot = make.slot(session, **fields)
    return list(trying.sessions_after(session, slot, region_code=make.REGION, today=TODAY))


class TestSessionsAfter:
    def test_gives_the_first_to_close_first(self, session: Session) -> None:
        later, sooner = planned(session, 90), planned(session, 30)

        assert found(session) == [sooner, later]

    def test_leaves_out_what_closes_before_the_slot_is_over(self, session: Session) -> None:
        planned(session, 10)

        assert found(session) == []

    def test_puts_what_can_be_entered_at_any_time_last(self, session: Session) -> None:
        always, dated = planned(session, 5), planned(session, 40)
        always.is_permanent, always.starts_on = True, None
        session.flush()

        assert found(session) == [dated, always]

    def test_counts_the_enrolment_window(self, session: Session) -> None:
        closing = planned(session, 60)
        closing.closes_on = TODAY + timedelta(days=5)
        session.flush()

        assert found(session) == []

    @pytest.mark.parametrize(
        "training",
        [
            {"is_funded": False},
            {"region_code": "53"},
            {"withdrawn_at": make.NOW},
            {"rome_codes": ["F1703"]},
        ],
    )
    def test_leaves_out_other_trainings(self, session: Session, training: dict[str, Any]) -> None:
        asked = planned(session, training=training)
        if "region_code" in training:
            asked.action.region_code = training["region_code"]
            session.flush()

        assert found(session) == []

    def test_knows_kin_by_their_parent(self, session: Session) -> None:
        parent, kin = make.occupation(session), make.occupation(session, "D1198", "Pâtissier")
        kin.parent_code = parent.code
        by_parent = planned(session, 40)

        assert found(session, occupation_code="D1198") == [by_parent]
