"""`flask territories …`, with a fake geo.api.gouv.fr over real HTTP."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import func, select

from tests.territories.samples import answer, commune
from traitdunion.core import db
from traitdunion.territories import communes
from traitdunion.territories.communes import records
from traitdunion.territories.models import Commune


def many(count: int) -> list[dict[str, Any]]:
    """Communes of the service, with codes from 57000 on."""
    return [answer(code=str(57000 + number)) for number in range(count)]


@pytest.fixture
def known(committing_app: Flask) -> Flask:
    """An application whose table has 200 communes."""
    with db.transaction() as session:
        communes.replace(session, [commune(code=str(57000 + number)) for number in range(200)])
    return committing_app


@pytest.fixture
def service(known: Flask, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """The remote service, to be told what to answer."""
    monkeypatch.setitem(known.config, "GEO_API_URL", httpserver.url_for(""))
    return httpserver


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """Exit status, and what was printed."""
    result = app.test_cli_runner().invoke(args=["territories", *arguments])
    return result.exit_code, result.output.strip()


def count() -> int:
    """Communes in the table."""
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(Commune)) or 0


class TestLoad:
    def test_loads_the_facts(self, committing_app: Flask) -> None:
        status, said = run(committing_app, "load")

        assert (status, said.endswith("0 modifiées, 0 retirées.")) == (0, True)
        assert count() > 34_900

    def test_leaves_what_is_there_when_asked(self, known: Flask) -> None:
        assert run(known, "load", "--only-if-empty") == (0, "")
        assert count() == 200


class TestImport:
    def test_replaces_the_table(self, known: Flask, tmp_path: Path) -> None:
        file = tmp_path / "communes.csv"
        with file.open("w") as opened:
            records.write([commune(code=str(57000 + number), name="Nom") for number in range(201)], opened)

        assert run(known, "import", str(file)) == (
            0,
            "201 communes lues : 1 ajoutées, 200 modifiées, 0 retirées.",
        )

    def test_refuses_a_bad_file_in_one_line(self, known: Flask, tmp_path: Path) -> None:
        file = tmp_path / "communes.json"
        file.write_bytes(orjson.dumps(many(200))[:-20])

        status, said = run(known, "import", str(file))

        assert status == 1
        assert said == "Error: communes.json : JSON illisible ligne 1 (fichier tronqué ?)."
        assert count() == 200

    def test_refuses_a_suspicious_loss_until_it_is_confirmed(self, known: Flask, tmp_path: Path) -> None:
        file = tmp_path / "communes.json"
        file.write_bytes(orjson.dumps(many(100)))

        refused = run(known, "import", str(file))
        accepted = run(known, "import", str(file), "--accept-drop")

        assert refused[0] == 1
        assert "100 communes sur 200 disparaîtraient" in refused[1]
        assert accepted[0] == 0
        assert count() == 100

    def test_of_no_file_is_a_wrong_usage(self, known: Flask) -> None:
        assert run(known, "import", "nowhere.csv")[0] == 2


class TestUpdate:
    def test_replaces_the_table(self, known: Flask, service: HTTPServer) -> None:
        service.expect_request("/communes").respond_with_json([*many(200), answer(code="98711", centre=None)])

        assert run(known, "update") == (
            0,
            "201 communes lues : 0 ajoutées, 200 modifiées, 0 retirées, 1 sans centre connu laissées de côté.",
        )

    @pytest.mark.parametrize("body", [orjson.dumps(many(200))[:-20], b"{}"])
    def test_leaves_the_table_when_the_answer_is_cut(self, known: Flask, service: HTTPServer, body: bytes) -> None:
        service.expect_request("/communes").respond_with_data(body, content_type="application/json")

        status, said = run(known, "update")

        assert status == 1
        assert said.splitlines()[-1] == (
            "Error: geo.api.gouv.fr ne répond pas (réponse illisible, 3 essais)."
            " La table des communes n’est pas changée."
        )
        assert count() == 200

    def test_leaves_the_table_when_the_answer_is_short(self, known: Flask, service: HTTPServer) -> None:
        service.expect_request("/communes").respond_with_json(many(150))

        status, said = run(known, "update")

        assert status == 1
        assert said == (
            "Error: Remplacement refusé : 50 communes sur 200 disparaîtraient. Rien n’est changé ; "
            "si c’est voulu, relancez avec --accept-drop."
        )
        assert count() == 200

    def test_tells_what_the_service_refused(self, known: Flask, service: HTTPServer) -> None:
        service.expect_request("/communes").respond_with_json({"message": "Paramètre inconnu"}, status=400)

        status, said = run(known, "update")

        assert (status, "Paramètre inconnu" in said, count()) == (1, True, 200)
