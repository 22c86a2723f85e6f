"""`flask offers …` as an operator types it: counts, and one clear line when something is wrong."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from tests import databases, factories
from tests.offers.samples import offer
from traitdunion import create_app
from traitdunion.core import db
from traitdunion.demo.france_travail import API_PATH, CLIENT_ID, CLIENT_SECRET, TOKEN_PATH, FakeFranceTravail
from traitdunion.demo.serving import serve


@pytest.fixture
def run(committing_app: Flask) -> FlaskCliRunner:
    """The command line, on a database that knows one commune (else all of France would be loaded)."""
    with db.transaction() as session:
        factories.commune(session)
    return committing_app.test_cli_runner()


class TestImport:
    def test_tells_the_counts(self, run: FlaskCliRunner, tmp_path: Path) -> None:
        path = tmp_path / "o.jsonl"
        path.write_bytes(orjson.dumps(offer(id="1")) + b"\n[]\n")

        result = run.invoke(args=["offers", "import", str(path), "--source", "essai"])

        assert result.exit_code == 0, result.output
        assert "1 offres vues : 1 nouvelles" in result.output
        assert "1 enregistrements refusés" in result.output

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("o.jsonl", b"", "o.jsonl est vide : rien n’a été importé."),
            ("o.jsonl", b'{"id": "1", "inti', "aucune ligne n’est une offre lisible"),
            ("o.csv", b"a;b\n1;2\n", "il manque la colonne « id », « intitule »"),
            ("o.xml", b"<a/>", "seuls les fichiers .jsonl et .csv sont lus"),
        ],
    )
    def test_refuses_in_one_line(
        self, run: FlaskCliRunner, tmp_path: Path, name: str, content: bytes, told: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(content)

        result = run.invoke(args=["offers", "import", str(path), "--source", "essai"])

        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
        assert told in result.output
        assert len(result.output.strip().splitlines()) == 1

    def test_wants_a_source(self, run: FlaskCliRunner, tmp_path: Path) -> None:
        (tmp_path / "o.jsonl").write_bytes(b"{}")

        assert run.invoke(args=["offers", "import", str(tmp_path / "o.jsonl")]).exit_code == 2


class TestIngest:
    def test_says_which_credentials_are_missing(self, run: FlaskCliRunner) -> None:
        result = run.invoke(args=["offers", "ingest"])

        assert result.exit_code == 1
        assert "FRANCE_TRAVAIL_CLIENT_ID" in result.output

    def test_names_the_known_territories(self, run: FlaskCliRunner) -> None:
        result = run.invoke(args=["offers", "ingest", "--territory", "nulle-part"])

        assert result.exit_code == 1
        assert "territoires connus" in result.output


@pytest.fixture
def connected(environ: dict[str, str]) -> Iterator[FlaskCliRunner]:
    """The command line of an instance that has an account at France Travail: the fake one, with three offers."""
    remote = FakeFranceTravail([offer(id=str(n)) for n in range(3)], calls_per_second=1000)
    with serve(remote) as address:
        app = create_app(
            {
                **environ,
                "FRANCE_TRAVAIL_CLIENT_ID": CLIENT_ID,
                "FRANCE_TRAVAIL_CLIENT_SECRET": CLIENT_SECRET,
                "FRANCE_TRAVAIL_TOKEN_URL": f"{address}{TOKEN_PATH}?realm=%2Fpartenaire",
                "FRANCE_TRAVAIL_API_URL": address + API_PATH,
            }
        )
        with app.app_context(), db.transaction() as session:
            factories.commune(session)
        yield app.test_cli_runner()
        with app.app_context():
            databases.empty(db.engine())
            db.engine().dispose()


class TestIngestFromFranceTravail:
    def test_reads_every_departement_of_the_territory(self, connected: FlaskCliRunner) -> None:
        result = connected.invoke(args=["offers", "ingest"])

        assert result.exit_code == 0, result.output
        assert "57 : 3 offres vues : 3 nouvelles" in result.output
        assert "54 : 0 offres vues" in result.output


class TestConfirm:
    def test_says_that_nothing_is_held(self, run: FlaskCliRunner) -> None:
        result = run.invoke(args=["offers", "confirm", "francetravail", "57"])

        assert result.exit_code == 1
        assert "Aucun retrait n’attend de confirmation" in result.output


class TestReplay:
    def test_reads_nothing_when_nothing_was_refused(self, run: FlaskCliRunner) -> None:
        result = run.invoke(args=["offers", "replay"])

        assert result.exit_code == 0
        assert "0 offres vues" in result.output
