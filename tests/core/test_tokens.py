"""Signed values come back whole, for their purpose only; a table never holds a secret."""

import contextlib
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.core import tokens
from traitdunion.core.tokens import TokenRefused

VALUES = st.lists(st.one_of(st.integers(-(2**60), 2**60), st.text(max_size=30)), max_size=6)


class TestSign:
    @given(values=VALUES)
    def test_is_read_back(self, app: Flask, values: list[int | str]) -> None:
        with app.app_context():
            token = tokens.sign("answer", values)

            assert tokens.read("answer", token, timedelta(minutes=1)) == values
        assert all(sign.isalnum() or sign in "-_." for sign in token)

    @given(values=VALUES, at=st.integers(0), sign=st.characters(codec="ascii"))
    def test_is_refused_when_altered(self, app: Flask, values: list[int | str], at: int, sign: str) -> None:
        with app.app_context():
            token = tokens.sign("answer", values)
            at %= len(token)
            altered = token[:at] + sign + token[at + 1 :]
            if altered == token:
                return

            # The last sign of base64 holds bits that nobody reads: the same bytes may be written in two ways.
            with contextlib.suppress(TokenRefused):
                assert tokens.read("answer", altered, None) == values

    def test_is_for_one_purpose(self, app: Flask) -> None:
        with app.app_context(), pytest.raises(TokenRefused):
            tokens.read("refuse", tokens.sign("accept", [3]), None)

    def test_is_refused_when_too_old(self, app: Flask) -> None:
        with app.app_context(), pytest.raises(TokenRefused, match="trop ancien"):
            tokens.read("answer", tokens.sign("answer", [3]), timedelta(seconds=-1))

    def test_is_refused_with_another_key(self, app: Flask) -> None:
        other = Flask("other")
        other.config["SECRET_KEY"] = "another"
        with other.app_context():
            token = tokens.sign("answer", [3])

        with app.app_context(), pytest.raises(TokenRefused):
            tokens.read("answer", token, None)

    @given(token=st.text(max_size=200))
    def test_of_anything_else_is_refused(self, app: Flask, token: str) -> None:
        with app.app_context(), pytest.raises(TokenRefused):
            tokens.read("answer", token, None)


class TestSecret:
    def test_is_never_the_same(self) -> None:
        assert len({tokens.new_secret() for _ in range(1_000)}) == 1_000
        assert len(tokens.new_secret()) >= 43

    def test_is_not_its_fingerprint(self, app: Flask) -> None:
        other = Flask("other")
        other.config["SECRET_KEY"] = "another"
        with app.app_context():
            ours, same = tokens.fingerprint("secret"), tokens.fingerprint("secret")
        with other.app_context():
            theirs = tokens.fingerprint("secret")

        assert ours == same
        assert ours != theirs
        assert b"secret" not in ours


class TestCode:
    def test_has_six_digits(self) -> None:
        codes = {tokens.new_code() for _ in range(500)}

        assert len(codes) > 480
        assert all(len(code) == 6 and code.isdecimal() for code in codes)
