"""Two at the same instant: the same slot proposed to a person, two answers, a consent withdrawn while one books."""

from collections import Counter
from functools import partial
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select

from tests import factories as make
from tests import processes
from tests.prescribers import followed_people as some
from tests.processes import Wait
from traitdunion.core import db
from traitdunion.core.errors import Refused
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications.models import Message
from traitdunion.prescribers import answers, consents, referrals
from traitdunion.prescribers.kinds import DeclineReason
from traitdunion.prescribers.models import Consent, Prescriber, Referral

_ROUNDS = 4


def propose(prescriber_id: int, person_ids: list[int], slot_id: int, batch: UUID, wait: Wait) -> str:
    """How many referrals the form made."""
    with db.database().sessions() as session:
        by, slot = session.get_one(Prescriber, prescriber_id), session.get_one(Slot, slot_id)
        wait()
        found = referrals.propose(session, by, person_ids, [slot], word=None, batch=batch, now=make.NOW)
        session.commit()
        return f"{len(found.made)} made, {len(found.left_out)} left out"


def answer(referral_id: int, answered: str, wait: Wait) -> str:
    """What an answer is told."""
    with db.database().sessions() as session:
        referral = referrals.get(session, referral_id)
        assert referral is not None
        wait()
        try:
            if answered == "yes":
                answers.accept(session, referral, referral.choices[0].slot_id, now=make.NOW)
            else:
                answers.decline(session, referral, reason=DeclineReason.DATES, word=None, now=make.NOW)
            session.commit()
        except Refused as refusal:
            return str(refusal)
        return "answered"


def book_in_place(referral_id: int, wait: Wait) -> str:
    """What the prescriber who books for the person is told."""
    with db.database().sessions() as session:
        referral = referrals.get(session, referral_id)
        assert referral is not None
        by = session.get_one(Prescriber, referral.prescriber_id)
        wait()
        try:
            answers.accept_in_place(session, referral, referral.choices[0].slot_id, by=by, now=make.NOW)
            session.commit()
        except Refused as refusal:
            return type(refusal).__name__
        return "booked"


def withdraw(consent_id: int, wait: Wait) -> str:
    """That the person's consent ended."""
    with db.database().sessions() as session:
        consent = consents.get(session, consent_id)
        assert consent is not None
        wait()
        consents.withdraw(session, consent, by=None, now=make.NOW)
        session.commit()
        return "withdrawn"


@processes.forking
class TestPropose:
    def test_of_two_prescribers_proposes_the_slot_once(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            nadia, paul = some.prescriber(session), some.prescriber(session)
            people = [some.entry(session, nadia).person for _ in range(3)]
            for person in people:
                make.caseload_entry(session, paul.organisation, person)
            slot, ids = make.slot(session).id, [one.id for one in people]
            both = [nadia.id, paul.id]

        calls = [partial(propose, by, ids[::turn], slot, uuid4()) for by, turn in zip(both, (1, -1), strict=True)]
        told = Counter(processes.at_once(committing_app, calls, processes=2))

        assert told == {"3 made, 0 left out": 1, "0 made, 3 left out": 1}
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Message)) == 3

    def test_of_one_form_sent_twice_tells_the_same_twice(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            nadia = some.prescriber(session)
            ids = [some.entry(session, nadia).person_id for _ in range(3)]
            slot, by, batch = make.slot(session).id, nadia.id, uuid4()

        told = processes.at_once(committing_app, [partial(propose, by, ids, slot, batch)] * 2, processes=2)

        assert told == ["3 made, 0 left out"] * 2
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Referral)) == 3


@processes.forking
class TestAnswer:
    def test_yes_and_no_at_once_leave_one_of_them(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            nadia = some.prescriber(session)
            made = [some.refer(session, nadia, some.entry(session, nadia)).id for _ in range(_ROUNDS)]

        calls = [partial(answer, one, answered) for one in made for answered in ("yes", "no")]
        told = Counter(processes.at_once(committing_app, calls, processes=2))

        assert told["answered"] == _ROUNDS
        with db.transaction() as session:
            yes = session.scalar(select(func.count()).where(Referral.state == "accepted"))
            assert session.scalar(select(func.count()).select_from(Booking)) == yes


@processes.forking
class TestConsent:
    def test_withdrawn_while_one_books_leaves_nothing_that_is_not_sure(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            nadia = some.prescriber(session)
            entries = [some.entry(session, nadia) for _ in range(_ROUNDS)]
            made = [some.refer(session, nadia, who).id for who in entries]
            given = [some.consent(session, nadia, who).id for who in entries]

        calls = [partial(book_in_place, one) for one in made] + [partial(withdraw, one) for one in given]
        told = Counter(processes.at_once(committing_app, calls, processes=2))

        assert told["withdrawn"] == _ROUNDS
        assert told["booked"] + told["NoConsent"] == _ROUNDS
        with db.transaction() as session:
            assert set(session.scalars(select(Booking.state))) <= {"cancelled"}
            assert session.scalars(select(Consent.id).where(Consent.withdrawn_at.is_(None))).all() == []
