"""What the list of people followed says of agreements."""

import pytest
from sqlalchemy.orm import Session

from tests.agreements import bookings as some
from tests.agreements.test_changes import signed
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.prescribers import followed
from traitdunion.prescribers.followed import Criteria
from traitdunion.prescribers.steps import Ball, Kind


def step(session: Session, agreement: Agreement) -> tuple[Kind, Ball]:
    """What the list of its organisation says first."""
    assert agreement.organisation_id
    (one,) = followed.find(session, agreement.organisation_id, Criteria(), now=some.NOW)
    return one.step.kind, one.step.ball


class TestWaiting:
    def test_says_that_the_person_completes_a_draft(self, session: Session) -> None:
        assert step(session, some.draft(session)) == (Kind.COMPLETE, Ball.PERSON)

    def test_says_who_has_yet_to_sign(self, session: Session) -> None:
        agreement = some.ready(session)

        before = step(session, agreement)
        signed(session, agreement, PartyRole.BENEFICIARY)
        session.flush()

        assert before == (Kind.SIGN, Ball.PERSON)
        assert step(session, agreement) == (Kind.SIGN, Ball.COMPANY)

    @pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.ACCEPTED_BY_COUNSELLOR])
    def test_says_that_the_prescriber_validates(self, session: Session, status: Status) -> None:
        agreement = some.ready(session)
        agreement.status = status.value
        session.flush()

        assert step(session, agreement) == (Kind.VALIDATE, Ball.PRESCRIBER)

    def test_says_nothing_of_what_is_settled(self, session: Session) -> None:
        agreement = some.ready(session)
        agreement.status, agreement.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, some.NOW
        session.flush()

        assert step(session, agreement) == (Kind.COMING, Ball.NOBODY)
