"""The table of the life of a booking, over all its cells."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.immersions import booking_lifecycle
from traitdunion.immersions.booking_lifecycle import STEPS, Act, NotPossible
from traitdunion.immersions.models import Actor, BookingState

PERSON, COMPANY, SERVICE = Actor.PERSON, Actor.COMPANY, Actor.SERVICE
OVER = {BookingState.REFUSED, BookingState.CANCELLED, BookingState.EXPIRED}
CELLS = list(itertools.product(BookingState, Act, Actor))


class TestAfter:
    @pytest.mark.parametrize(("state", "act", "by"), CELLS)
    def test_follows_the_table_and_refuses_the_rest_in_french(self, state: BookingState, act: Act, by: Actor) -> None:
        step = STEPS.get((state, act))

        if step and by in step.who:
            assert booking_lifecycle.after(state, act, by=by) is step.to
        else:
            with pytest.raises(NotPossible) as refused:
                booking_lifecycle.after(state, act, by=by)
            assert str(refused.value).endswith(".")

    @pytest.mark.parametrize("state", OVER)
    def test_never_leaves_an_end(self, state: BookingState) -> None:
        assert not [act for (origin, act) in STEPS if origin is state]

    def test_lets_only_the_company_accept_refuse_and_record(self) -> None:
        theirs = {Act.ACCEPT, Act.REFUSE, Act.ATTEND, Act.MISS}

        assert all(step.who == {COMPANY} for (_, act), step in STEPS.items() if act in theirs)

    def test_lets_only_the_person_take_what_is_offered(self) -> None:
        assert all(step.who == {PERSON} for (_, act), step in STEPS.items() if act in {Act.TAKE, Act.ASK})

    def test_lets_only_the_service_expire_and_offer(self) -> None:
        assert all(step.who == {SERVICE} for (_, act), step in STEPS.items() if act in {Act.EXPIRE, Act.OFFER})

    @given(st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(Actor)), max_size=12))
    def test_never_comes_back_to_waiting_or_from_a_visit_that_was_done(self, acts: list[tuple[Act, Actor]]) -> None:
        state, seen = BookingState.REQUESTED, [BookingState.REQUESTED]
        for act, by in acts:
            try:
                state = booking_lifecycle.after(state, act, by=by)
            except NotPossible:
                continue
            seen.append(state)

        assert BookingState.WAITING not in seen
        recorded = {BookingState.DONE, BookingState.NO_SHOW}
        first = next((at for at, each in enumerate(seen) if each in recorded), len(seen))
        assert set(seen[first:]) <= recorded


class TestHoldsPlace:
    def test_is_what_the_constraint_says(self) -> None:
        holding = {BookingState.REQUESTED, BookingState.ACCEPTED, BookingState.DONE, BookingState.NO_SHOW}

        for state in BookingState:
            assert booking_lifecycle.holds_place(state, is_offered=False) is (state in holding)
        assert booking_lifecycle.holds_place(BookingState.WAITING, is_offered=True)
