"""Consents: the words, when, how; withdrawn in the middle, nothing more is done and nobody else is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.prescribers import followed_people as some
from traitdunion.accounts.models import AuditEntry
from traitdunion.immersions import bookings
from traitdunion.immersions.models import BookingState
from traitdunion.notifications.models import Message
from traitdunion.prescribers import answers, caseload, consents
from traitdunion.prescribers.kinds import ConsentMeans
from traitdunion.prescribers.models import CaseloadEntry, Consent, Prescriber


@pytest.fixture
def nadia(session: Session) -> Prescriber:
    return some.prescriber(session)


@pytest.fixture
def who(session: Session, nadia: Prescriber) -> CaseloadEntry:
    return some.entry(session, nadia)


def told(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(Message).order_by(Message.id))
    return [(one.kind, one.address.value) for one in rows]


class TestRecord:
    def test_keeps_the_very_words_and_tells_the_person(
        self, session: Session, nadia: Prescriber, who: CaseloadEntry
    ) -> None:
        made = some.consent(session, nadia, who)

        assert nadia.organisation.name in made.text
        assert consents.standing(session, who.id) is made
        assert told(session) == [("consent_recorded", who.person.email)]
        assert session.scalars(select(AuditEntry.act)).all() == ["consent.record"]

    def test_keeps_the_one_that_stands(self, session: Session, nadia: Prescriber, who: CaseloadEntry) -> None:
        assert some.consent(session, nadia, who) is some.consent(session, nadia, who)

    @pytest.mark.parametrize("days", [1, -400], ids=["tomorrow", "long ago"])
    def test_refuses_a_day_that_cannot_be(
        self, session: Session, nadia: Prescriber, who: CaseloadEntry, days: int
    ) -> None:
        today = make.NOW.date()

        with pytest.raises(consents.CannotRecord):
            consents.record(
                session,
                who,
                text="Oui",
                means=ConsentMeans.SIGNED,
                given_on=today + timedelta(days=days),
                by=nadia,
                today=today,
                now=make.NOW,
            )


class TestWithdraw:
    def test_cancels_what_is_not_sure_and_leaves_the_rest(
        self, session: Session, nadia: Prescriber, who: CaseloadEntry
    ) -> None:
        day = make.NOW.date() + timedelta(days=20)
        sure = make.slot(session, accepts_at_once=True)
        unsure = make.slot(session, first_day=day)
        consent = some.consent(session, nadia, who)
        booked = [
            answers.accept_in_place(session, some.refer(session, nadia, who, slot), slot.id, by=nadia, now=make.NOW)
            for slot in (sure, unsure)
        ]

        stopped = consents.withdraw(session, consent, by=who.person_id, now=make.NOW)

        assert list(stopped) == [booked[1]]
        assert [one.state for one in booked] == [BookingState.ACCEPTED, BookingState.CANCELLED]
        assert "consent_withdrawn" in [kind for kind, _ in told(session)]
        assert {address for _, address in told(session)} == {who.person.email}

    def test_leaves_what_the_person_booked_alone(self, session: Session, nadia: Prescriber, who: CaseloadEntry) -> None:
        mine = bookings.book(session, make.slot(session), who.person, now=make.NOW)

        consents.withdraw(session, some.consent(session, nadia, who), by=None, now=make.NOW)

        assert mine.state == BookingState.REQUESTED

    def test_is_told_once(self, session: Session, nadia: Prescriber, who: CaseloadEntry) -> None:
        consent = some.consent(session, nadia, who)

        for _ in range(2):
            consents.withdraw(session, consent, by=None, now=make.NOW)

        assert [kind for kind, _ in told(session)].count("consent_withdrawn") == 1
        assert consents.of_person(session, who.person_id) == []

    def test_lets_another_one_be_given_later(self, session: Session, nadia: Prescriber, who: CaseloadEntry) -> None:
        consents.withdraw(session, some.consent(session, nadia, who), by=None, now=make.NOW)

        again = some.consent(session, nadia, who)

        assert consents.of_person(session, who.person_id) == [again]


class TestClose:
    def test_goes_with_the_following(self, session: Session, nadia: Prescriber, who: CaseloadEntry) -> None:
        some.consent(session, nadia, who)

        caseload.end(session, who, word=None, now=make.NOW)

        assert consents.standing(session, who.id) is None


class TestForget:
    def test_erases_those_withdrawn_long_ago(self, session: Session, nadia: Prescriber, who: CaseloadEntry) -> None:
        consent = some.consent(session, nadia, who)
        consents.withdraw(session, consent, by=None, now=make.NOW)

        consents.forget(session, before=make.NOW)
        assert session.scalars(select(Consent)).all() == [consent]
        consents.forget(session, before=make.NOW + timedelta(seconds=1))
        assert session.scalars(select(Consent.id)).all() == []
