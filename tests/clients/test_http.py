"""Calls to outside systems: what is retried, how long it waits, what it says and what it hides."""

import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest
import structlog
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.clients.fake_time import FakeTime
from traitdunion.clients.http import Caller, Patience, Rejected, Unavailable, read_json
from traitdunion.demo.serving import serve

HURRIED = Patience(read=0.1)


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def caller(fake_time: FakeTime) -> Iterator[Caller]:
    with Caller("Système", sleep=fake_time.sleep, clock=fake_time.clock, jitter=lambda: 1.0) as built:
        yield built


def ask(caller: Caller, httpserver: HTTPServer, **parameters: str) -> Any:
    return caller.call("ask", "GET", httpserver.url_for("/"), params=parameters, read=read_json)


class TestCall:
    def test_gives_what_is_read_in_the_answer(self, caller: Caller, httpserver: HTTPServer) -> None:
        httpserver.expect_oneshot_request("/", query_string={"q": "é"}).respond_with_json({"found": 3})

        answer = ask(caller, httpserver, q="é")

        assert answer == {"found": 3}

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ({"Retry-After": "7"}, 7),
            ({"Retry-After": "0"}, 0),
            ({"Retry-After": formatdate(1_700_000_030, usegmt=True)}, 30),
            ({"Retry-After": formatdate(1_600_000_000, usegmt=True)}, 0),
            ({"Retry-After": "bientôt".encode().decode("latin-1")}, 60),
            ({"Retry-After": "-5"}, 60),
            ({}, 60),
        ],
    )
    def test_waits_after_a_429_as_long_as_it_says_or_a_minute(
        self, caller: Caller, httpserver: HTTPServer, fake_time: FakeTime, header: dict[str, str], seconds: int
    ) -> None:
        httpserver.expect_ordered_request("/").respond_with_data("", 429, header)
        httpserver.expect_ordered_request("/").respond_with_json(1)

        assert ask(caller, httpserver) == 1

        assert fake_time.slept == [seconds]

    def test_gives_up_at_once_when_told_to_wait_for_an_hour(
        self, caller: Caller, httpserver: HTTPServer, fake_time: FakeTime
    ) -> None:
        httpserver.expect_request("/").respond_with_data("", 429, {"Retry-After": "3600"})

        with pytest.raises(Unavailable, match="429, 1 essais"):
            ask(caller, httpserver)

        assert fake_time.slept == []

    def test_waits_twice_as_long_after_each_error_and_then_gives_up(
        self, caller: Caller, httpserver: HTTPServer, fake_time: FakeTime
    ) -> None:
        httpserver.expect_request("/").respond_with_data("", 503)

        with pytest.raises(Unavailable, match="503, 5 essais"):
            ask(caller, httpserver)

        assert fake_time.slept == [0.5, 1, 2, 4]
        assert len(httpserver.log) == 5

    def test_draws_half_of_the_pause_at_random(self, httpserver: HTTPServer, fake_time: FakeTime) -> None:
        httpserver.expect_request("/").respond_with_data("", 500)

        with Caller("Système", sleep=fake_time.sleep, jitter=lambda: 0.0) as caller, pytest.raises(Unavailable):
            ask(caller, httpserver)

        assert fake_time.slept == [0.25, 0.5, 1, 2]

    def test_asks_again_when_the_body_cannot_be_read(self, caller: Caller, httpserver: HTTPServer) -> None:
        httpserver.expect_ordered_request("/").respond_with_data('{"found": ')
        httpserver.expect_ordered_request("/").respond_with_data("<html>Maintenance</html>")
        httpserver.expect_ordered_request("/").respond_with_json(1)

        assert ask(caller, httpserver) == 1

    def test_asks_again_when_nothing_comes(self, fake_time: FakeTime) -> None:
        dawdling = iter([0.5, 0])

        @Request.application
        def slow_once(_request: Request) -> Response:
            time.sleep(next(dawdling))
            return Response("2")

        with serve(slow_once) as address, Caller("Système", patience=HURRIED, sleep=fake_time.sleep) as caller:
            assert caller.call("ask", "GET", address, read=read_json) == 2

        assert len(fake_time.slept) == 1

    def test_says_that_nobody_answers(self, caller: Caller) -> None:
        with pytest.raises(Unavailable, match=r"Système ne répond pas \(connexion coupée, 5 essais\)"):
            caller.call("ask", "GET", "http://127.0.0.1:9/", read=read_json)

    def test_says_that_an_address_makes_no_sense(self, caller: Caller) -> None:
        with pytest.raises(Unavailable, match="ne peut pas être appelé"):
            caller.call("ask", "GET", "nowhere", read=read_json)

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ('{"message": "Trop long."}', "Système a refusé la demande (400). Trop long."),
            (
                '{"error": "bad", "error_description": "Invalid realm"}',
                "Système a refusé la demande (400). Invalid realm",
            ),
            ("<html>", "Système a refusé la demande (400)."),
            ("[]", "Système a refusé la demande (400)."),
        ],
    )
    def test_repeats_the_words_of_a_refusal(
        self, caller: Caller, httpserver: HTTPServer, fake_time: FakeTime, body: str, words: str
    ) -> None:
        httpserver.expect_request("/").respond_with_data(body, 400)

        with pytest.raises(Rejected) as refusal:
            ask(caller, httpserver)

        assert (str(refusal.value), refusal.value.status) == (words, 400)
        assert fake_time.slept == []

    def test_keeps_pace_before_each_attempt(self, httpserver: HTTPServer, fake_time: FakeTime) -> None:
        httpserver.expect_ordered_request("/").respond_with_data("", 500)
        httpserver.expect_ordered_request("/").respond_with_json(1)
        turns: list[float] = []

        with Caller("Système", pace=lambda: turns.append(1), sleep=fake_time.sleep) as caller:
            ask(caller, httpserver)

        assert len(turns) == 2

    def test_never_shows_what_was_asked(self, caller: Caller) -> None:
        with structlog.testing.capture_logs() as logged, pytest.raises(Unavailable) as failure:
            caller.call("ask", "GET", "http://127.0.0.1:9/", params={"q": "12 rue des Lilas"}, read=read_json)

        assert len(logged) == 5
        assert "Lilas" not in f"{logged}{failure.value}"
        assert failure.value.__cause__ is None
        assert failure.value.__suppress_context__
