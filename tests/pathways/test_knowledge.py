"""How well people know a job, before they try it and after."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment


class TestSay:
    def test_keeps_the_last_word_of_each_moment(self, session: Session) -> None:
        person = make.person(session)

        for moment, score in ((Moment.BEFORE, 2), (Moment.BEFORE, 3), (Moment.AFTER, 9)):
            knowledge.say(session, person.id, "D1102", moment, score=score, now=make.NOW)

        assert knowledge.of_person(session, person.id) == {"D1102": {Moment.BEFORE: 3, Moment.AFTER: 9}}
        assert not knowledge.is_to_be_asked(session, person.id, "D1102", Moment.BEFORE)
        assert knowledge.is_to_be_asked(session, person.id, "H2913", Moment.BEFORE)

    @pytest.mark.parametrize("score", [-1, 11, None])
    def test_refuses_what_is_no_answer(self, session: Session, score: int | None) -> None:
        with pytest.raises(knowledge.NoScore):
            knowledge.say(session, make.person(session).id, "D1102", Moment.BEFORE, score=score, now=make.NOW)


class TestForget:
    def test_erases_what_is_old(self, session: Session) -> None:
        person = make.person(session)
        knowledge.say(session, person.id, "D1102", Moment.BEFORE, score=0, now=make.NOW)

        knowledge.forget(session, before=make.NOW)
        kept = knowledge.of_person(session, person.id)
        knowledge.forget(session, before=make.NOW + timedelta(seconds=1))

        assert kept
        assert not knowledge.of_person(session, person.id)
