"""The transaction of a request: committed once, after a good answer to an unsafe method only."""

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import InternalError, ProgrammingError

from traitdunion import create_app
from traitdunion.core import access, db


@pytest.fixture
def door(environ: dict[str, str]) -> Callable[[str, Callable[[], ResponseReturnValue]], Flask]:
    """An application with one more route, `/essai`, on a table of its own."""

    def build(method: str, view: Callable[[], ResponseReturnValue]) -> Flask:
        app = create_app(environ)
        app.config["WTF_CSRF_ENABLED"] = False
        app.add_url_rule("/essai", "essai", access.public(view), methods=[method])
        with app.app_context(), db.transaction() as session:
            session.execute(text("DROP TABLE IF EXISTS essai"))
            session.execute(text("CREATE TABLE essai (n int)"))
        return app

    return build


def rows(app: Flask) -> int:
    """How many rows were committed; also removes the table."""
    with app.app_context(), db.transaction() as session:
        count = session.scalar(text("SELECT count(*) FROM essai"))
        session.execute(text("DROP TABLE essai"))
    app.extensions["database"].engine.dispose()
    return int(count or 0)


def insert() -> None:
    """One row, in the request's session."""
    db.session().execute(text("INSERT INTO essai VALUES (1)"))


class TestRequest:
    def test_commits_after_a_good_post(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            insert()
            return "ok"

        app = door("POST", view)

        app.test_client().post("/essai")

        assert rows(app) == 1

    def test_rolls_back_after_a_refused_post(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            insert()
            abort(403)

        app = door("POST", view)

        app.test_client().post("/essai")

        assert rows(app) == 0

    def test_cannot_write_on_a_get(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            with pytest.raises(InternalError, match="read-only transaction"):
                insert()
            return "ok"

        app = door("GET", view)

        assert app.test_client().get("/essai").status_code == 200
        assert rows(app) == 0

    def test_leaves_to_the_next_get_the_statements_that_the_server_parsed(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            return str(db.session().scalar(text("SELECT count(*) FROM pg_prepared_statements")))

        app = door("GET", view)

        told = [app.test_client().get("/essai").text for _ in range(7)]

        assert (told[0], told[-1]) == ("0", "1")
        assert rows(app) == 0

    def test_answers_after_the_server_closed_its_connections(
        self, door: Callable[..., Flask], environ: dict[str, str]
    ) -> None:
        def view() -> str:
            return str(db.session().scalar(text("SELECT pg_backend_pid()")))

        app = door("GET", view)
        before = app.test_client().get("/essai").text

        with psycopg.connect(environ["DATABASE_URL"].replace("+psycopg", "")) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (int(before),))
        told = app.test_client().get("/essai")

        assert told.status_code == 200
        assert told.text != before
        assert rows(app) == 0

    def test_answers_after_a_get_whose_statement_failed(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            with pytest.raises(ProgrammingError):
                db.session().execute(text("SELECT nothing_of_that_name"))
            return "ok"

        app = door("GET", view)

        assert [app.test_client().get("/essai").status_code for _ in range(2)] == [200, 200]
        assert rows(app) == 0


class TestAfterwards:
    def test_writes_whatever_the_request_reads(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            db.session().execute(text("SELECT 1"))
            db.afterwards(lambda session: session.execute(text("INSERT INTO essai VALUES (1)")))
            db.session().execute(text("SELECT 1"))
            return "read"

        app = door("GET", view)

        answer = app.test_client().get("/essai")

        assert answer.status_code == 200
        assert rows(app) == 1

    def test_does_not_undo_what_a_post_writes(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            db.session().execute(text("INSERT INTO essai VALUES (1)"))
            db.afterwards(lambda session: session.execute(text("INSERT INTO essai VALUES (2)")))
            return "written"

        app = door("POST", view)

        app.test_client().post("/essai")

        assert rows(app) == 2

    def test_answers_nothing_when_it_fails(self, door: Callable[..., Flask]) -> None:
        def view() -> str:
            db.afterwards(lambda session: session.execute(text("INSERT INTO nowhere VALUES (1)")))
            return "a secret"

        app = door("GET", view)

        answer = app.test_client().get("/essai")

        assert answer.status_code == 500
        assert b"a secret" not in answer.data
        assert rows(app) == 0

    def test_writes_at_once_without_request(self, door: Callable[..., Flask]) -> None:
        app = door("GET", lambda: "")

        with app.app_context():
            db.afterwards(lambda session: session.execute(text("INSERT INTO essai VALUES (1)")))

        assert rows(app) == 1
