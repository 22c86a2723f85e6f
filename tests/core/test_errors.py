"""Pages that say what went wrong, and logs that say no more than an operator needs."""

import json
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, abort
from werkzeug.exceptions import TooManyRequests

from tests.pages import PageClient
from traitdunion import create_app
from traitdunion.core import access


def fail() -> str:
    """A mistake of ours."""
    raise RuntimeError("mistake")


def refuse() -> str:
    """Not for this person."""
    abort(403)


def gone() -> str:
    """No longer there."""
    abort(410)


def slow_down() -> str:
    """Too many requests."""
    raise TooManyRequests(retry_after=60)


@pytest.fixture
def faulty(environ: dict[str, str]) -> Iterator[Flask]:
    """An application as in production, with a page for each trouble."""
    app = create_app(environ)
    views: dict[str, Callable[[], str]] = {"panne": fail, "refus": refuse, "retrait": gone, "trop": slow_down}
    for name, view in views.items():
        app.add_url_rule(f"/{name}", name, access.public(view))
    app.add_url_rule("/oubli", "oubli", lambda: "no access declared")
    yield app
    app.extensions["database"].engine.dispose()


class TestPages:
    @pytest.mark.parametrize(
        ("path", "status", "title"),
        [
            ("/panne", 500, "Une erreur de notre côté"),
            ("/refus", 403, "Accès refusé"),
            ("/oubli", 403, "Accès refusé"),
            ("/retrait", 410, "Cette page n’existe plus"),
            ("/trop", 429, "Trop de demandes"),
            ("/nulle-part", 404, "Page introuvable"),
        ],
    )
    def test_say_what_happened(self, faulty: Flask, path: str, status: int, title: str) -> None:
        page = PageClient(faulty).get(path, status)

        heading = page.h1
        assert heading is not None
        assert heading.get_text(strip=True) == title
        assert page.select_one("main a[href]")

    def test_tell_when_to_come_back(self, faulty: Flask) -> None:
        assert PageClient(faulty).get("/trop", 429).response.headers["Retry-After"] == "60"


class TestLogs:
    def test_hold_the_traceback_and_the_route_but_nothing_typed(
        self, faulty: Flask, capsys: pytest.CaptureFixture[str]
    ) -> None:
        faulty.test_client().get("/panne?q=Jeanne+Martin+06+12+34+56+78")

        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        failure = next(line for line in lines if line["event"] == "request failed")
        assert failure["route"] == "/panne"
        assert "mistake" in failure["exception"]
        assert not any("Jeanne" in json.dumps(line) for line in lines)
