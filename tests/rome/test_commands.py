"""`flask rome …` as an operator uses it: what it says, its exit status, and that nothing is ever half replaced."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy
from click.testing import Result
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.rome import releases
from tests.rome.releases import CODES_V4, TITLES_V4
from traitdunion.core import db
from traitdunion.rome import occupations
from traitdunion.rome.models import Occupation, RomeImport

PATIENCE = 30  # seconds


@pytest.fixture
def flask(app: Flask) -> Callable[..., Result]:
    """Runs `flask` with these arguments."""
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=[str(argument) for argument in arguments])


class TestLoad:
    def test_says_what_it_loaded_and_then_that_nothing_is_to_do(self, flask: Callable[..., Result]) -> None:
        first, second = flask("rome", "load"), flask("rome", "load")

        assert (first.exit_code, first.output) == (0, "ROME\u00a0: 1584 métiers chargés.\n")
        assert (second.exit_code, second.output) == (0, "ROME\u00a0: rien à charger, le référentiel est en place.\n")


class TestImport:
    @pytest.mark.parametrize("container", ["folder", "zip"])
    def test_says_what_is_in_place(
        self, flask: Callable[..., Result], session: Session, tmp_path: Path, container: str
    ) -> None:
        source = tmp_path / "rome"
        if container == "folder":
            releases.folder(source, releases.files())
        else:
            source.write_bytes(releases.zipped(releases.files()))

        result = flask("rome", "import", source)

        assert result.exit_code == 0
        assert result.output.splitlines() == [
            "ROME 4.61, publié le 15/06/2026\u00a0: 6 métiers, 6 appellations, 3 mobilités.",
            "ROME 3.47\u00a0: 4 métiers, 4 appellations, 3 mobilités.",
        ]
        assert occupations.parents(session)["D1120"] == "D1102"

    @pytest.mark.parametrize(
        "contents",
        [
            {},
            releases.without(releases.files(), TITLES_V4),
            releases.cut(releases.files(), CODES_V4, 1),
            {CODES_V4: b"code;libelle\n"},
        ],
    )
    def test_refuses_in_one_line_and_changes_nothing(
        self, flask: Callable[..., Result], session: Session, tmp_path: Path, contents: dict[str, bytes]
    ) -> None:
        flask("rome", "import", releases.folder(tmp_path / "good", releases.files()))
        before = occupations.labels(session)

        result = flask("rome", "import", releases.folder(tmp_path / "bad", contents))

        assert result.exit_code == 1
        assert result.output.startswith("Error: ")
        assert result.output.count("\n") == 1
        assert occupations.labels(session) == before

    def test_has_status_2_for_a_file_that_is_not_there(self, flask: Callable[..., Result], tmp_path: Path) -> None:
        assert flask("rome", "import", tmp_path / "absent.zip").exit_code == 2

    def test_leaves_the_former_reference_whole_when_it_is_killed(
        self, committing_app: Flask, environ: dict[str, str], tmp_path: Path
    ) -> None:
        runner = committing_app.test_cli_runner()
        runner.invoke(args=["rome", "import", str(releases.folder(tmp_path / "old", releases.files()))])
        newer = {name: content.replace(b"Boulanger", b"Mitron") for name, content in releases.files().items()}
        new = releases.folder(tmp_path / "new", newer)

        with db.engine().connect() as watcher, watcher.begin():
            # The import's last statement waits for this lock: all of the rest is written by then, and not committed.
            watcher.execute(text("LOCK TABLE rome_imports IN EXCLUSIVE MODE"))
            importing = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "traitdunion", "rome", "import", str(new)],
                env={**os.environ, **environ},
                stdout=subprocess.DEVNULL,
            )
            wait_until(lambda: is_waiting_to_note(watcher))
            during = label_of_bakers()
            os.kill(importing.pid, signal.SIGKILL)
            importing.wait(PATIENCE)
        wait_until(lambda: not has_other_transactions())
        after = label_of_bakers()
        again = runner.invoke(args=["rome", "import", str(new)])

        assert (during, after) == ("Boulanger / Boulangère", "Boulanger / Boulangère")
        assert again.exit_code == 0
        assert label_of_bakers() == "Mitron / Boulangère"

    @pytest.mark.real_data
    def test_reads_the_official_files(self, flask: Callable[..., Result], session: Session, real_data: Path) -> None:
        result = flask("rome", "import", real_data / "rome" / "official")

        assert result.output.splitlines() == [
            "ROME 4.60\u00a0: 1584 métiers, 13120 appellations, 0 mobilités.",
            "ROME 3.47\u00a0: 531 métiers, 10990 appellations, 4008 mobilités.",
        ]
        assert len(session.scalars(select(Occupation)).all()) == 1_584


def label_of_bakers() -> str:
    """As another reader sees it."""
    with db.transaction() as session:
        found = occupations.get(session, "D1102")
        assert found is not None
        return found.label


def is_waiting_to_note(watcher: sqlalchemy.Connection) -> bool:
    """The import has come to its last statement."""
    watcher.execute(text("SELECT pg_stat_clear_snapshot()"))
    waiting = watcher.scalar(
        text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO rome_imports%'"
        )
    )
    return bool(waiting)


def has_other_transactions() -> bool:
    """The server has not yet undone what the killed process was at."""
    with db.engine().connect() as connection:
        return bool(
            connection.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND state <> 'idle'"
                )
            )
        )


def wait_until(happened: Callable[[], bool]) -> None:
    """Returns when it has, fails after PATIENCE."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, "nothing happened"
        time.sleep(0.05)


class TestUpdate:
    @pytest.fixture(autouse=True)
    def _dataset(self, app: Flask, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.config, "ROME_DATASET_URL", httpserver.url_for("/rome/"))
        resource = {"title": "Toutes les données du ROME", "format": "csv", "last_modified": "2026-06-18T07:30:44Z"}
        httpserver.expect_request("/rome/").respond_with_json(
            {"resources": [{**resource, "url": httpserver.url_for("/csv")}]}
        )

    def test_puts_in_place_what_the_dataset_offers(
        self, flask: Callable[..., Result], session: Session, httpserver: HTTPServer
    ) -> None:
        httpserver.expect_request("/csv").respond_with_data(releases.zipped(releases.files(4)))

        result = flask("rome", "update")

        assert result.exit_code == 0
        assert result.output == "ROME 4.61, publié le 15/06/2026\u00a0: 6 métiers, 6 appellations, 3 mobilités.\n"
        assert session.scalars(select(RomeImport.source)).all() == [httpserver.url_for("/csv")]

    @pytest.mark.parametrize(
        ("body", "status", "words"),
        [
            (b"absent", 404, "a refusé la demande (404)"),
            (releases.zipped(releases.files(4))[:-100], 200, "n’est pas une archive ZIP lisible"),
            (b"<html>Maintenance</html>", 200, "n’est pas une archive ZIP lisible"),
            (releases.zipped({"lisez-moi.txt": b""}), 200, "ne contient aucun fichier du ROME"),
            (releases.zipped({**releases.files(4), TITLES_V4: b"0" * 33_000_000}), 200, "dépasse 32 Mo"),
        ],
        ids=["absent", "truncated", "a page", "another archive", "a bomb"],
    )
    def test_refuses_in_one_line_and_changes_nothing(
        self,
        *,
        flask: Callable[..., Result],
        session: Session,
        httpserver: HTTPServer,
        tmp_path: Path,
        body: bytes,
        status: int,
        words: str,
    ) -> None:
        flask("rome", "import", releases.folder(tmp_path, releases.files()))
        before = occupations.labels(session)
        httpserver.expect_request("/csv").respond_with_data(body, status)

        result = flask("rome", "update")

        assert result.exit_code == 1
        assert words in result.output
        assert result.output.count("\n") == 1
        assert occupations.labels(session) == before
