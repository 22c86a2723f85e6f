"""What comes next, case by case, as a counsellor would read it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOW
from traitdunion.immersions.models import Actor, BookingState
from traitdunion.prescribers import steps
from traitdunion.prescribers.kinds import DeclineReason, ReferralState
from traitdunion.prescribers.steps import AgreementFacts, Ball, BookingFacts, Facts, Kind, ReferralFacts

DAY = timedelta(days=1)


def booking(state: BookingState, starts_in: int = 5, **fields: Any) -> BookingFacts:
    row: dict[str, Any] = {"about": "Boulanger, Martin", "changed_at": NOW - DAY, **fields}
    return BookingFacts(state=state, starts_at=NOW + starts_in * DAY, ends_at=NOW + (starts_in + 1) * DAY, **row)


def referral(state: ReferralState = ReferralState.PROPOSED, **fields: Any) -> ReferralFacts:
    settled = None if state is ReferralState.PROPOSED else NOW - DAY
    row: dict[str, Any] = {"expires_at": NOW + 3 * DAY, "created_at": NOW - 2 * DAY, "settled_at": settled, **fields}
    return ReferralFacts(state=state, **row)


def facts(**fields: Any) -> Facts:
    row: dict[str, Any] = {"since": NOW - 30 * DAY, "has_referent": True, "has_project": True, "is_reachable": True}
    return Facts(**{**row, **fields})


def agreement(kind: Kind, ball: Ball, starts_in: int = 5) -> AgreementFacts:
    return AgreementFacts(kind=kind, ball=ball, starts_at=NOW + starts_in * DAY, changed_at=NOW - DAY)


REQUESTED = booking(BookingState.REQUESTED, expires_at=NOW + 2 * DAY)
OFFERED = booking(BookingState.WAITING, offered_until=NOW + DAY)
COMING = booking(BookingState.ACCEPTED)
UNDER_WAY = booking(BookingState.ACCEPTED, 0)
OVER = booking(BookingState.ACCEPTED, -5)
DONE = booking(BookingState.DONE, -5)
TO_VALIDATE = agreement(Kind.VALIDATE, Ball.PRESCRIBER)
TO_SIGN = agreement(Kind.SIGN, Ball.PERSON)
DECLINED = referral(ReferralState.DECLINED, decline_reason=DeclineReason.TOO_FAR)

TABLE: list[tuple[Facts, Kind, Ball, datetime | None]] = [
    (facts(has_referent=False, has_project=False), Kind.TAKE, Ball.PRESCRIBER, None),
    (facts(has_project=False), Kind.PROJECT, Ball.PRESCRIBER, None),
    (facts(), Kind.PROPOSE, Ball.PRESCRIBER, None),
    (facts(referrals=[referral()]), Kind.ANSWER, Ball.PERSON, NOW + 3 * DAY),
    (facts(referrals=[referral()], is_reachable=False), Kind.GIVE_SHEET, Ball.PRESCRIBER, NOW + 3 * DAY),
    (facts(referrals=[referral(expires_at=NOW)]), Kind.PROPOSE, Ball.PRESCRIBER, None),
    (facts(referrals=[referral(), DECLINED]), Kind.ANSWER, Ball.PERSON, NOW + 3 * DAY),
    (facts(referrals=[DECLINED]), Kind.AGAIN, Ball.PRESCRIBER, None),
    (facts(referrals=[referral(ReferralState.EXPIRED)]), Kind.AGAIN, Ball.PRESCRIBER, None),
    (facts(referrals=[referral(ReferralState.GONE)]), Kind.AGAIN, Ball.PRESCRIBER, None),
    (facts(referrals=[referral(ReferralState.WITHDRAWN)]), Kind.PROPOSE, Ball.PRESCRIBER, None),
    (facts(referrals=[DECLINED], noted_at=NOW), Kind.PROPOSE, Ball.PRESCRIBER, None),
    (facts(referrals=[DECLINED], noted_at=NOW - 2 * DAY), Kind.AGAIN, Ball.PRESCRIBER, None),
    (facts(bookings=[REQUESTED]), Kind.COMPANY_ANSWER, Ball.COMPANY, NOW + 2 * DAY),
    (facts(bookings=[REQUESTED], has_referent=False), Kind.COMPANY_ANSWER, Ball.COMPANY, NOW + 2 * DAY),
    (facts(bookings=[COMING, OFFERED]), Kind.TAKE_PLACE, Ball.PERSON, NOW + DAY),
    (facts(bookings=[COMING]), Kind.COMING, Ball.NOBODY, NOW + 5 * DAY),
    (facts(bookings=[COMING], referrals=[referral()]), Kind.COMING, Ball.NOBODY, NOW + 5 * DAY),
    (facts(bookings=[UNDER_WAY, COMING]), Kind.UNDER_WAY, Ball.NOBODY, NOW + DAY),
    (facts(bookings=[COMING], agreements=[TO_SIGN]), Kind.SIGN, Ball.PERSON, NOW + 5 * DAY),
    (facts(agreements=[TO_SIGN], is_reachable=False), Kind.SIGN, Ball.PRESCRIBER, NOW + 5 * DAY),
    (facts(bookings=[OFFERED], agreements=[TO_VALIDATE]), Kind.VALIDATE, Ball.PRESCRIBER, NOW + 5 * DAY),
    (facts(agreements=[agreement(Kind.COMPLETE, Ball.PERSON, -1)]), Kind.PROPOSE, Ball.PRESCRIBER, None),
    (facts(bookings=[OVER]), Kind.RECORD, Ball.COMPANY, None),
    (facts(bookings=[booking(BookingState.WAITING)]), Kind.WAIT, Ball.NOBODY, NOW + 5 * DAY),
    (facts(bookings=[booking(BookingState.WAITING, -2)]), Kind.PROPOSE, Ball.PRESCRIBER, None),
    (facts(bookings=[DONE]), Kind.REVIEW, Ball.PRESCRIBER, None),
    (facts(bookings=[DONE], noted_at=NOW), Kind.PROPOSE, Ball.PRESCRIBER, None),
    (facts(bookings=[DONE, COMING]), Kind.COMING, Ball.NOBODY, NOW + 5 * DAY),
    (facts(bookings=[booking(BookingState.NO_SHOW, -1)]), Kind.AGAIN, Ball.PRESCRIBER, None),
    (facts(bookings=[booking(BookingState.REFUSED)]), Kind.AGAIN, Ball.PRESCRIBER, None),
    (facts(bookings=[booking(BookingState.EXPIRED)]), Kind.AGAIN, Ball.PRESCRIBER, None),
    (facts(bookings=[booking(BookingState.CANCELLED)]), Kind.AGAIN, Ball.PRESCRIBER, None),
]


class TestNextStep:
    @pytest.mark.parametrize(("known", "kind", "ball", "by"), TABLE)
    def test_follows_the_table(self, known: Facts, kind: Kind, ball: Ball, by: datetime | None) -> None:
        step = steps.next_step(known, now=NOW)

        assert (step.kind, step.ball, step.by) == (kind, ball, by)

    def test_says_why_one_begins_again(self) -> None:
        cancelled = booking(BookingState.CANCELLED, cancelled_by=Actor.COMPANY)

        assert steps.next_step(facts(bookings=[cancelled]), now=NOW).why == "l’entreprise a annulé"
        assert steps.next_step(facts(referrals=[DECLINED]), now=NOW).why == "a dit non\u00a0: c’est trop loin pour moi"

    def test_names_the_job_and_the_company(self) -> None:
        assert steps.next_step(facts(bookings=[COMING]), now=NOW).about == "Boulanger, Martin"

    def test_tells_the_earliest_of_two(self) -> None:
        later = booking(BookingState.ACCEPTED, 9)

        assert steps.next_step(facts(bookings=[later, COMING]), now=NOW).by == COMING.starts_at

    @given(
        st.builds(
            facts,
            has_referent=st.booleans(),
            has_project=st.booleans(),
            is_reachable=st.booleans(),
            noted_at=st.none() | st.just(NOW),
            bookings=st.lists(st.builds(booking, st.sampled_from(BookingState), st.integers(-9, 9)), max_size=4),
            referrals=st.lists(st.builds(referral, st.sampled_from(ReferralState)), max_size=3),
        )
    )
    def test_always_says_something(self, known: Facts) -> None:
        step = steps.next_step(known, now=NOW)

        assert step.kind.label
        assert step.ball.label


class TestUrgency:
    def test_puts_first_what_waits_for_the_prescriber_then_deadlines_then_the_longest_wait(self) -> None:
        sheet = steps.next_step(facts(referrals=[referral()], is_reachable=False), now=NOW)
        new = steps.next_step(facts(), now=NOW)
        old = steps.next_step(facts(since=NOW - 90 * DAY), now=NOW)
        answer = steps.next_step(facts(referrals=[referral()]), now=NOW)
        coming = steps.next_step(facts(bookings=[COMING]), now=NOW)

        assert sorted([coming, new, answer, old, sheet], key=lambda step: step.urgency) == [
            sheet,
            old,
            new,
            answer,
            coming,
        ]


class TestWhen:
    @pytest.mark.parametrize(
        ("known", "expected"),
        [
            (facts(), "depuis 30\u00a0jours"),
            (facts(since=NOW - DAY), "depuis hier"),
            (facts(since=NOW), "depuis aujourd’hui"),
            (facts(referrals=[referral()]), "avant le 23\u00a0nov."),
            (facts(referrals=[referral(expires_at=NOW + DAY / 4)]), "avant ce soir"),
            (facts(bookings=[booking(BookingState.ACCEPTED, 11)]), "le 1er\u00a0déc."),
            (facts(bookings=[UNDER_WAY]), "jusqu’au 21\u00a0nov."),
        ],
    )
    def test_says_the_deadline_or_how_long_it_waits(self, known: Facts, expected: str) -> None:
        assert steps.when(steps.next_step(known, now=NOW), today=NOW.date()) == expected
