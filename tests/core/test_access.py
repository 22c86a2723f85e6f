"""Who may enter which route, what is told to the others, and what is kept out of caches."""

from collections.abc import Callable, Iterator

import pytest
from flask import Blueprint, Flask

from traitdunion import create_app
from traitdunion.core import access
from traitdunion.core.access import Visitor

PERSON = Visitor(person_id=1, is_operator=False, sign_in_id=1)
OPERATOR = Visitor(person_id=2, is_operator=True, sign_in_id=2)


@pytest.fixture(scope="module")
def house(environ: dict[str, str]) -> Iterator[Flask]:
    """The application with four more doors, each in two kinds."""
    app = create_app(environ)
    doors = Blueprint("doors", __name__)
    declare: dict[str, Callable[[Callable[..., str]], Callable[..., str]]] = {
        "public": access.public,
        "signed-in": access.signed_in,
        "operator": access.operator,
        "by-link": access.by_link,
    }
    for name, declared in declare.items():
        doors.add_url_rule(f"/{name}", name, declared(lambda **_: "in"), methods=["GET", "POST"])
        doors.add_url_rule(f"/{name}/<int:thing_id>", f"one-{name}", declared(lambda **_: "in"))
    doors.add_url_rule("/silent", "silent", lambda: "in")
    app.register_blueprint(doors, url_prefix="/door")
    app.config["WTF_CSRF_ENABLED"] = False
    yield app
    app.extensions["database"].engine.dispose()


def opened(house: Flask, who: Visitor | None, path: str, method: str = "GET") -> int:
    """The status of the door for that visitor."""
    access.identify_by(house, lambda: who)
    return house.test_client().open(f"/door{path}", method=method).status_code


class TestEnter:
    @pytest.mark.parametrize(
        ("path", "nobody", "person", "operator"),
        [
            ("/public", 200, 200, 200),
            ("/public/3", 200, 200, 200),
            ("/by-link", 200, 200, 200),
            ("/by-link/3", 200, 200, 200),
            ("/signed-in", 303, 200, 200),
            ("/signed-in/3", 403, 200, 200),
            ("/operator", 303, 403, 200),
            ("/operator/3", 403, 403, 200),
            ("/silent", 403, 403, 403),
        ],
    )
    def test_is_for_those_whom_the_route_names(
        self, house: Flask, path: str, nobody: int, person: int, operator: int
    ) -> None:
        assert [opened(house, who, path) for who in (None, PERSON, OPERATOR)] == [nobody, person, operator]

    def test_never_redirects_what_would_be_lost(self, house: Flask) -> None:
        assert opened(house, None, "/signed-in", "POST") == 403
        assert opened(house, PERSON, "/operator", "POST") == 403
        assert opened(house, None, "/public", "POST") == 200

    def test_leads_nobody_to_the_sign_in_and_back(self, house: Flask) -> None:
        access.identify_by(house, lambda: None)
        client = house.test_client()

        assert client.get("/door/signed-in").location == "/connexion?suite=/door/signed-in"
        assert "/connexion?suite=/door/signed-in/3" in client.get("/door/signed-in/3").text
        assert 'href="/connexion"' in client.post("/door/signed-in").text


class TestCaches:
    def test_never_keep_what_is_somebodys(self, house: Flask) -> None:
        access.identify_by(house, lambda: PERSON)
        client = house.test_client()

        assert client.get("/door/signed-in").headers["Cache-Control"] == "no-store"
        assert client.get("/door/by-link").headers["Cache-Control"] == "no-store"
        assert client.get("/door/public").headers["Cache-Control"] == "private, no-cache"

    def test_may_keep_what_is_everybodys(self, house: Flask) -> None:
        access.identify_by(house, lambda: None)

        answer = house.test_client().get("/door/public")

        assert "Cache-Control" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" in answer.headers["Vary"]

    def test_and_robots_never_learn_a_secret_address(self, house: Flask) -> None:
        answer = house.test_client().get("/door/by-link")

        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "strict-origin"
