"""What people say of how well they know a job: a score from 0 to 10, the last one counts."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.pathways import knowledge
from traitdunion.pathways.knowledge import Known, NotAScore
from traitdunion.pathways.models import Moment


class TestRecord:
    def test_keeps_before_and_after_apart_and_the_last_score_of_each(self, session: Session) -> None:
        person = make.person(session)

        for moment, score in ((Moment.BEFORE, 5), (Moment.AFTER, 9), (Moment.BEFORE, 3)):
            knowledge.record(session, person.id, "D1102", moment, score=score, now=make.NOW)

        assert knowledge.of_person(session, person.id, ["D1102", "K1301"]) == {"D1102": Known(before=3, after=9)}

    @pytest.mark.parametrize("score", [-1, 11])
    def test_refuses_what_is_no_score(self, session: Session, score: int) -> None:
        with pytest.raises(NotAScore):
            knowledge.record(session, make.person(session).id, "D1102", Moment.BEFORE, score=score, now=make.NOW)


class TestForget:
    def test_erases_what_is_old(self, session: Session) -> None:
        person = make.person(session)
        knowledge.record(session, person.id, "D1102", Moment.BEFORE, score=5, now=make.NOW)
        knowledge.record(session, person.id, "K1301", Moment.BEFORE, score=5, now=make.NOW + timedelta(days=1))

        knowledge.forget(session, before=make.NOW + timedelta(hours=1))

        assert list(knowledge.of_person(session, person.id, ["D1102", "K1301"])) == ["K1301"]
