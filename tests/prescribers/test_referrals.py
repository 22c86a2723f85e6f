"""Referrals: each person written to once, what cannot be proposed said of one person, the others sent."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.prescribers import followed_people as some
from traitdunion.accounts.models import Person
from traitdunion.clients import gsm
from traitdunion.core import clock
from traitdunion.immersions import bookings, waiting
from traitdunion.immersions.models import Slot
from traitdunion.notifications.models import Message
from traitdunion.prescribers import answers, caseload, referrals
from traitdunion.prescribers.kinds import DeclineReason, ReferralState
from traitdunion.prescribers.models import Prescriber, Referral


@pytest.fixture
def nadia(session: Session) -> Prescriber:
    return some.prescriber(session)


def messages(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def propose(session: Session, by: Prescriber, people: list[int], *slots: Slot) -> referrals.Proposed:
    return referrals.propose(session, by, people, slots, word=None, now=make.NOW)


class TestPropose:
    def test_writes_to_each_person_in_the_same_transaction(self, session: Session, nadia: Prescriber) -> None:
        people = [some.entry(session, nadia, name).person for name in ("Ada", "Zoé", "Léa")]

        found = referrals.propose(
            session, nadia, [one.id for one in people], [make.slot(session)], word="Pensez-y", now=make.NOW
        )

        assert [one.entry.person_id for one in found.made] == [one.id for one in people]
        assert {one.address.value for one in messages(session)} == {one.email for one in people}
        assert "Pensez-y" in messages(session)[0].text
        assert len({one.code for one in found.made}) == 3

    def test_writes_an_sms_to_who_has_no_email(self, session: Session, nadia: Prescriber) -> None:
        who = some.entry(session, nadia, email=None, phone="+33639980001")

        made = some.refer(session, nadia, who, word="Pensez-y.")

        (message,) = messages(session)
        assert message.channel == "sms"
        assert "/propositions/" in message.text
        assert "Son mot : Pensez-y. Oui ou non" in message.text
        assert gsm.segments(gsm.fitted(message.text)) == 2
        assert made.state == ReferralState.PROPOSED

    def test_writes_to_nobody_who_has_neither(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.on_paper(session, nadia))

        assert made.code
        assert messages(session) == []

    def test_proposes_several_slots_to_choose_from(self, session: Session, nadia: Prescriber) -> None:
        first, second = make.slot(session), make.slot(session)

        made = some.refer(session, nadia, some.entry(session, nadia), second, first)

        assert [choice.slot_id for choice in made.choices] == [second.id, first.id]
        assert "2 immersions, au choix" in messages(session)[0].subject

    def test_ends_with_the_last_slot_or_in_a_week(self, session: Session, nadia: Prescriber) -> None:
        soon = make.slot(session, first_day=make.NOW.date() + timedelta(days=3))
        late = make.slot(session, first_day=make.NOW.date() + timedelta(days=60))

        first = some.refer(session, nadia, some.entry(session, nadia), soon)
        second = some.refer(session, nadia, some.entry(session, nadia), soon, late)

        assert first.expires_at == referrals.deadline(soon)
        assert second.expires_at == datetime(2026, 11, 28, tzinfo=clock.PARIS)  # the end of the seventh day

    def test_takes_the_same_person_once(self, session: Session, nadia: Prescriber) -> None:
        who = some.entry(session, nadia)

        found = propose(session, nadia, [who.person_id] * 3, make.slot(session))

        assert len(found.made) == len(messages(session)) == 1

    def test_is_the_same_when_the_form_is_sent_twice(self, session: Session, nadia: Prescriber) -> None:
        slot, batch = make.slot(session), uuid4()
        people = [some.entry(session, nadia).person_id for _ in range(2)]

        def send() -> referrals.Proposed:
            return referrals.propose(session, nadia, people, [slot], word=None, batch=batch, now=make.NOW)

        first, second = send(), send()

        assert list(second.made) == list(first.made)
        assert second.left_out == []
        assert len(messages(session)) == 2

    def test_keeps_the_others_when_some_are_left_out(self, session: Session, nadia: Prescriber) -> None:
        slot = make.slot(session, minors_welcome=False)
        adult, minor = some.entry(session, nadia), some.entry(session, nadia, birth_date=some.MINOR)
        stranger = make.person(session)

        found = propose(session, nadia, [stranger.id, minor.person_id, adult.person_id], slot)

        assert [one.entry.person_id for one in found.made] == [adult.person_id]
        assert {one.entry.person_id if one.entry else None for one in found.left_out} == {minor.person_id, None}
        assert [one.address.value for one in messages(session)] == [adult.person.email]

    @pytest.mark.parametrize("count", [0, referrals.MOST_PEOPLE + 1])
    def test_refuses_nobody_and_a_crowd(self, session: Session, nadia: Prescriber, count: int) -> None:
        with pytest.raises(referrals.CannotRefer):
            propose(session, nadia, list(range(1, count + 1)), make.slot(session))

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": "draft"},
            {"state": "cancelled"},
            {"state": "frozen"},
            {"first_day": make.NOW.date() - timedelta(days=1)},
            {"book_by": make.NOW.date() - timedelta(days=1)},
        ],
        ids=["draft", "cancelled", "frozen", "past", "too late"],
    )
    def test_refuses_a_slot_that_nobody_can_book(
        self, session: Session, nadia: Prescriber, fields: dict[str, object]
    ) -> None:
        who = some.entry(session, nadia)
        slot = make.slot(session, **fields)

        with pytest.raises(referrals.CannotRefer):
            propose(session, nadia, [who.person_id], slot)
        found = propose(session, nadia, [who.person_id], slot, make.slot(session))
        assert len(found.made[0].choices) == 1
        assert [one.slot for one in found.left_out] == [slot]

    def test_never_writes_to_somebody_elses_person(self, session: Session, nadia: Prescriber) -> None:
        theirs = some.entry(session, some.prescriber(session))
        ended = some.entry(session, nadia)
        caseload.end(session, ended, word=None, now=make.NOW)

        found = propose(session, nadia, [theirs.person_id, ended.person_id], make.slot(session))

        assert found.made == []
        assert [one.entry for one in found.left_out] == [None, None]
        assert messages(session) == []


class TestObstacle:
    """What is said of one person, who is then left out."""

    def _why(self, session: Session, by: Prescriber, prepare: Callable[[Person, Slot], object]) -> str:
        who, slot = some.entry(session, by), make.slot(session, accepts_at_once=True, minors_welcome=False)
        prepare(who.person, slot)
        found = propose(session, by, [who.person_id], slot)
        assert found.made == []
        (left,) = found.left_out
        assert left.entry is who
        return left.why

    def test_is_a_booking(self, session: Session, nadia: Prescriber) -> None:
        assert "déjà réservée" in self._why(
            session, nadia, lambda person, slot: bookings.book(session, slot, person, now=make.NOW)
        )

    def test_is_a_place_on_the_waiting_list(self, session: Session, nadia: Prescriber) -> None:
        def wait(person: Person, slot: Slot) -> None:
            bookings.book(session, slot, make.person(session, birth_date=some.ADULT), now=make.NOW)
            waiting.join(session, slot, person, word=None, now=make.NOW)

        assert "liste d’attente" in self._why(session, nadia, wait)

    def test_is_another_immersion_on_those_days(self, session: Session, nadia: Prescriber) -> None:
        def book(person: Person, slot: Slot) -> None:
            bookings.book(session, make.slot(session, first_day=slot.first_day), person, now=make.NOW)

        assert "ces jours-là" in self._why(session, nadia, book)

    def test_is_a_proposal_that_waits_even_by_another_organisation(self, session: Session, nadia: Prescriber) -> None:
        other = some.prescriber(session)

        def refer(person: Person, slot: Slot) -> None:
            some.refer(session, other, make.caseload_entry(session, other.organisation, person), slot)

        assert "déjà proposée" in self._why(session, nadia, refer)

    def test_is_a_ban(self, session: Session, nadia: Prescriber) -> None:
        assert "suspendu" in self._why(session, nadia, lambda person, _slot: some.ban(person))

    def test_is_age(self, session: Session, nadia: Prescriber) -> None:
        def be_a_minor(person: Person, _slot: Slot) -> None:
            person.birth_date = some.MINOR

        assert "18" in self._why(session, nadia, be_a_minor)

    def test_is_a_birth_date_missing_on_paper(self, session: Session, nadia: Prescriber) -> None:
        def be_unreachable(person: Person, _slot: Slot) -> None:
            person.email, person.birth_date = None, None

        assert "date de naissance" in self._why(session, nadia, be_unreachable)

    def test_is_gone_once_the_person_said_no(self, session: Session, nadia: Prescriber) -> None:
        who, slot = some.entry(session, nadia), make.slot(session)
        first = some.refer(session, nadia, who, slot)
        answers.decline(session, first, reason=DeclineReason.DATES, word=None, now=make.NOW)

        second = some.refer(session, nadia, who, slot)

        assert second.id != first.id


class TestWithdraw:
    def test_tells_the_person_once(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))

        for _ in range(2):
            referrals.withdraw(session, made, now=make.NOW)

        assert made.state == ReferralState.WITHDRAWN
        assert [one.kind for one in messages(session)] == ["referral_proposed", "referral_withdrawn"]

    def test_is_too_late_once_answered(self, session: Session, nadia: Prescriber) -> None:
        made = some.refer(session, nadia, some.entry(session, nadia))
        answers.decline(session, made, reason=DeclineReason.DATES, word=None, now=make.NOW)

        with pytest.raises(referrals.CannotRefer):
            referrals.withdraw(session, made, now=make.NOW)

    def test_goes_with_the_end_of_the_following(self, session: Session, nadia: Prescriber) -> None:
        who = some.entry(session, nadia)
        made = some.refer(session, nadia, who)

        caseload.end(session, who, word=None, now=make.NOW)

        assert made.state == ReferralState.WITHDRAWN
        assert session.scalar(select(func.count()).select_from(Referral)) == 1
