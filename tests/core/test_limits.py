"""Attempts are counted by network, by all processes together, and past the limit refused until the period is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from werkzeug.exceptions import TooManyRequests

from traitdunion.core import db, limits
from traitdunion.core.limits import Limit, RateLimit

THREE = Limit("three", most=3, per=timedelta(hours=1))


def passes(limit: Limit, address: str | None) -> bool:
    """Whether one more attempt is let through."""
    try:
        limits.count(limit, address)
    except TooManyRequests:
        return False
    return True


class TestCount:
    def test_lets_as_many_pass_as_the_limit_says(self, session: Session) -> None:
        assert [passes(THREE, "192.0.2.1") for _ in range(5)] == [True, True, True, False, False]

    def test_says_when_to_come_back(self, session: Session) -> None:
        for _ in range(3):
            limits.count(THREE, "192.0.2.1")

        with pytest.raises(TooManyRequests) as refusal:
            limits.count(THREE, "192.0.2.1")

        assert isinstance(refusal.value.retry_after, int)
        assert 3590 <= refusal.value.retry_after <= 3600

    def test_begins_again_when_the_period_is_over(self, session: Session) -> None:
        for _ in range(4):
            passes(THREE, "192.0.2.1")
        session.execute(text("UPDATE rate_limits SET expires_at = now() - interval '1 second'"))
        session.commit()

        assert [passes(THREE, "192.0.2.1") for _ in range(4)] == [True, True, True, False]

    def test_counts_each_limit_and_network_apart(self, session: Session) -> None:
        for _ in range(4):
            passes(THREE, "192.0.2.1")

        assert passes(THREE, "198.51.100.1")
        assert passes(Limit("other", most=3, per=timedelta(hours=1)), "192.0.2.1")

    def test_lets_no_more_pass_when_all_come_at_once(self, committing_app: Flask) -> None:
        limit = Limit("crowd", most=7, per=timedelta(hours=1))

        def attempt(number: int) -> bool:
            with committing_app.app_context():
                return passes(limit, f"192.0.2.{number}")

        with ThreadPoolExecutor(12) as crowd:
            let_through = sum(crowd.map(attempt, range(60)))

        assert let_through == 7

    def test_is_kept_although_the_request_fails(self, committing_app: Flask) -> None:
        with committing_app.test_request_context(method="POST"):
            session = db.session()
            session.execute(text("SELECT 1"))
            limits.count(THREE, "192.0.2.1")
            session.rollback()

        with db.transaction() as later:
            assert later.scalar(select(RateLimit.attempts)) == 1

    def test_is_answered_by_a_page_that_says_when_to_come_back(self, app: Flask) -> None:
        # The application of all tests takes no more routes: this one is called by hand.
        with app.test_request_context():
            answer = app.make_response(app.handle_user_exception(TooManyRequests(retry_after=1800)))

        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "1800"
        assert "30 minutes" in answer.get_data(as_text=True)


class TestNetwork:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("192.0.2.1", "192.0.2.254"),
            ("192.0.2.1", "::ffff:192.0.2.9"),
            ("2001:db8:1::1", "2001:db8:1:ffff::2"),
            (None, "not an address"),
        ],
    )
    def test_is_the_same_for_neighbours(self, one: str | None, other: str | None) -> None:
        assert limits.network(one, secret="s") == limits.network(other, secret="s")

    @pytest.mark.parametrize(
        ("one", "other"), [("192.0.2.1", "192.0.3.1"), ("2001:db8:1::1", "2001:db8:2::1"), ("::1", "127.0.0.1")]
    )
    def test_is_another_for_others(self, one: str, other: str) -> None:
        assert limits.network(one, secret="s") != limits.network(other, secret="s")

    def test_is_not_found_again_without_the_secret(self) -> None:
        assert limits.network("192.0.2.1", secret="s") != limits.network("192.0.2.1", secret="t")

    @given(st.one_of(st.none(), st.text(), st.ip_addresses().map(str)))
    def test_is_one_for_any_address(self, address: str | None) -> None:
        assert len(limits.network(address, secret="s")) == 32


class TestForget:
    def test_erases_the_counts_that_are_over_only(self, session: Session) -> None:
        limits.count(THREE, "192.0.2.1")
        limits.count(THREE, "198.51.100.1")
        session.execute(
            text("UPDATE rate_limits SET expires_at = now() - interval '1 second' WHERE network = :network"),
            {"network": limits.network("192.0.2.1", secret="only-for-tests")},
        )
        session.commit()

        limits.forget.func(timestamp=0)

        assert session.scalar(select(func.count()).select_from(RateLimit)) == 1
