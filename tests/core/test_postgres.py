"""The embedded server, with real servers and real processes that are really killed."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.holders import FAST, NURSERY, Holder, ask, eventually, family, kill_all, room_for_all, servers
from traitdunion import ROOT
from traitdunion.core import postgres
from traitdunion.core.postgres import cluster, programs
from traitdunion.core.postgres import place as places
from traitdunion.core.postgres.place import Account, Place

Hold = Callable[..., Holder]
IS_ROOT = os.geteuid() == 0


@pytest.fixture
def room() -> Iterator[Path]:
    with room_for_all() as made:
        yield made


@pytest.fixture(scope="module")
def _made() -> Iterator[Path]:
    with room_for_all() as made:
        postgres.ensure(made / "postgres", settings=FAST)
        postgres.release(made / "postgres")
        yield made / "postgres"


@pytest.fixture
def directory(_made: Path) -> Iterator[Path]:
    """A directory whose server is stopped, with a cluster made once for all the tests."""
    yield _made
    postgres.release(_made)
    assert eventually(lambda: not servers(_made))


@pytest.fixture(scope="module")
def nursery() -> Iterator[IO[str]]:
    """Where orders for new holders are written."""
    command = [sys.executable, "-c", NURSERY]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdin
        yield process.stdin


@pytest.fixture
def hold(nursery: IO[str]) -> Iterator[Hold]:
    """Makes holders; those that are left at the end of the test are killed."""
    made: list[Holder] = []

    def make(directory: Path, then: str = "") -> Holder:
        made.append(Holder(nursery, directory, then))
        return made[-1]

    yield make
    for holder in made:
        if holder.process.is_running():
            holder.dies()


class TestEnsure:
    def test_gives_a_database_that_reads_french(self, directory: Path) -> None:
        url = postgres.ensure(directory, settings=FAST)

        assert ask(url, "SELECT current_database()") == "traitdunion"
        assert ask(url, "SELECT lower('ÉLÈVE') || to_tsvector('french', 'ÉLÈVES')") == "élève'élev':1"
        assert ask(url, "CREATE EXTENSION IF NOT EXISTS unaccent", "SELECT unaccent('Forêt')") == "Foret"
        assert ask(url, "SHOW server_encoding") == "UTF8"

    def test_listens_to_nobody_but_its_account(self, directory: Path) -> None:
        url = postgres.ensure(directory, settings=FAST)

        sockets = Path(str(sqlalchemy.make_url(url).query["host"]))
        assert ask(url, "SHOW listen_addresses") == ""
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert sockets.stat().st_uid == servers(directory)[0].uids().real != 0

    def test_joins_the_server_that_runs(self, directory: Path, hold: Hold) -> None:
        theirs = hold(directory).says()
        (server,) = servers(directory)

        ours = postgres.ensure(directory, settings={"work_mem": "1MB"})

        assert ours == theirs
        assert servers(directory) == [server]
        assert ask(ours, "SHOW fsync") == "off"
        assert ask(ours, "SHOW work_mem") == "16MB"

    def test_makes_one_server_for_eight_processes_that_start_at_once(self, room: Path, hold: Hold) -> None:
        holders = [hold(room / "var" / "postgres") for _ in range(8)]

        urls = {holder.says() for holder in holders}

        assert len(urls) == 1
        assert len(servers(room / "var" / "postgres")) == 1
        assert ask(urls.pop(), "SELECT count(*) FROM pg_database WHERE datname = 'traitdunion'") == 1

    @pytest.mark.parametrize("name", ["deep/" * 30 + "postgres", "l’été, à « Forbach » : 'oui' \"$HOME\" %41"])
    def test_takes_a_directory_whatever_its_name(self, room: Path, directory: Path, name: str) -> None:
        shutil.copytree(directory / "data", room / name / "data")

        url = postgres.ensure(room / name, settings=FAST)

        (server,) = servers(room / name)
        assert ask(url, "SHOW data_directory") == str(room / name / "data")
        assert server.cmdline()[2] == str(room / name / "data")
        shutil.rmtree(str(sqlalchemy.make_url(url).query["host"]))

    def test_does_not_wait_for_a_seat_in_a_full_server(self, directory: Path, hold: Hold) -> None:
        few = {**FAST, "max_connections": "4", "superuser_reserved_connections": "0"}
        url = postgres.ensure(directory, settings=few)
        with contextlib.ExitStack() as stack:
            engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
            for _ in range(4):
                stack.enter_context(engine.connect())

            said = hold(directory).says()

        assert said == url

    def test_makes_the_database_again_when_it_was_dropped(self, directory: Path) -> None:
        url = postgres.ensure(directory, settings=FAST)
        ask(url.replace("/traitdunion", "/postgres"), "DROP DATABASE traitdunion")

        again = postgres.ensure(directory)

        assert ask(again, "SELECT current_database()") == "traitdunion"


class TestSocketDirectory:
    @given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=120))
    @settings(max_examples=40)
    def test_is_always_one_that_libpq_and_the_kernel_take(self, name: str) -> None:
        account = Account(os.geteuid(), os.getegid())
        place = Place(Path("/var/lib/x") / name.strip("."), account)

        found = cluster.socket_directory(place)

        try:
            assert found == place.run or found.stat().st_mode & 0o777 == 0o700
            assert len(os.fsencode(found / ".s.PGSQL.5432")) < 104
            assert "," not in str(found)
            assert str(found).isascii()
            assert cluster.socket_directory(place) == found
        finally:
            if found != place.run:
                found.rmdir()

    def test_is_never_one_that_somebody_else_may_enter(self) -> None:
        account = Account(os.geteuid(), os.getegid())
        place = Place(Path("/var/lib") / ("x" * 120), account)
        taken = cluster.socket_directory(place)
        taken.chmod(0o777)

        found = cluster.socket_directory(place)

        assert found != taken
        assert found.stat().st_mode & 0o777 == 0o700
        for made in (taken, found):
            made.rmdir()


class TestHealing:
    @pytest.mark.parametrize(
        ("sign", "is_power_cut"),
        [
            ("run*", False),
            ("data.new*/base", False),
            ("data.new*/base", True),
            ("data", True),
            ("data/postmaster.pid", False),
            ("run/.s.PGSQL.5432", True),
        ],
    )
    def test_follows_a_first_start_cut_short_at_any_moment(
        self, room: Path, hold: Hold, *, sign: str, is_power_cut: bool
    ) -> None:
        starter = hold(room)
        assert eventually(lambda: list(room.glob(sign)))
        kill_all([starter.process, *(family(room) if is_power_cut else [])])
        starter.leaves()

        url = postgres.ensure(room, settings=FAST)

        assert ask(url, "SELECT current_database()") == "traitdunion"
        assert len(servers(room)) == 1
        assert not list(room.glob("data.new*"))

    def test_restarts_a_server_that_was_killed(self, directory: Path, hold: Hold) -> None:
        other = hold(directory)
        url = other.says()
        ask(url, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 42 AS answer")
        (killed,) = servers(directory)
        killed.kill()

        again = postgres.ensure(directory, settings=FAST)

        assert ask(again, "SELECT answer FROM kept") == 42
        assert servers(directory) not in ([], [killed])
        other.leaves()
        assert ask(again, "SELECT answer FROM kept") == 42

    def test_starts_after_a_power_cut_whose_process_number_was_given_to_another(
        self, directory: Path, hold: Hold
    ) -> None:
        holder = hold(directory)
        url = holder.says()
        ask(url, "DROP TABLE IF EXISTS kept", "CREATE TABLE kept AS SELECT 42 AS answer")
        place = places.locate(directory)
        left = [place.data / "postmaster.pid", place.run / ".s.PGSQL.5432.lock"]
        kill_all([holder.process, *family(directory)])
        holder.leaves()
        number = str(servers(directory) or int(left[0].read_text().splitlines()[0]))
        user = place.account.uid if IS_ROOT else None
        with subprocess.Popen(["sleep", "60"], user=user, group=place.account.gid if IS_ROOT else None) as usurper:
            for file in left:
                file.write_text(file.read_text().replace(number, str(usurper.pid)))

            again = postgres.ensure(directory, settings=FAST)

            usurper.kill()
        assert ask(again, "SELECT answer FROM kept") == 42

    def test_needs_nothing_after_the_death_of_every_holder(self, directory: Path, hold: Hold) -> None:
        holders = [hold(directory), hold(directory)]
        for holder in holders:
            holder.says()
        log = places.locate(directory).log
        log.write_text("")

        for holder in holders:
            holder.dies()

        assert eventually(lambda: not servers(directory))
        assert eventually(lambda: "database system is shut down" in log.read_text())
        postgres.ensure(directory, settings=FAST)
        assert "not properly shut down" not in log.read_text()


class TestTheLastHolder:
    def test_stops_the_server_and_nobody_before_it(self, directory: Path, hold: Hold) -> None:
        first, last = hold(directory), hold(directory)
        url = first.says()
        last.says()
        (server,) = servers(directory)

        first.leaves()

        assert servers(directory) == [server]
        assert ask(url, "SELECT 1") == 1
        last.leaves()
        assert servers(directory) == []

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_may_be_stopped_by_a_signal(self, directory: Path, hold: Hold, number: signal.Signals) -> None:
        starter, other = hold(directory), hold(directory)
        starter.says()
        url = other.says()

        starter.dies(number)

        assert ask(url, "SELECT 1") == 1
        assert len(servers(directory)) == 1
        other.dies(number)
        assert eventually(lambda: not servers(directory))

    def test_is_not_a_forked_child_that_leaves(self, directory: Path, hold: Hold) -> None:
        parent = hold(directory, "if os.fork() == 0: sys.exit()\nos.wait(); print('alone', flush=True)")
        url = parent.says()

        said = parent.says()

        assert said == "alone"
        assert ask(url, "SELECT 1") == 1
        parent.leaves()
        assert servers(directory) == []

    def test_may_be_a_forked_child_that_outlives_its_parent(self, directory: Path, hold: Hold, room: Path) -> None:
        wait = f"while not os.path.exists({str(room / 'stop')!r}): time.sleep(0.01)"
        parent = hold(directory, f"if os.fork() == 0:\n os.close(1)\n {wait}\n sys.exit()\nsys.exit()")
        url = parent.says()
        parent.leaves()

        assert ask(url, "SELECT 1") == 1
        (room / "stop").touch()
        assert eventually(lambda: not servers(directory))

    def test_is_not_a_program_that_it_ran(self, directory: Path, hold: Hold) -> None:
        holder = hold(directory, "subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL)")
        holder.says()

        holder.leaves()

        assert servers(directory) == []
        with contextlib.suppress(ProcessLookupError):
            os.killpg(holder.process.pid, signal.SIGKILL)

    def test_may_come_back(self, directory: Path) -> None:
        postgres.ensure(directory, settings=FAST)

        postgres.release(directory)
        postgres.release(directory)

        assert servers(directory) == []
        assert ask(postgres.ensure(directory, settings=FAST), "SELECT 1") == 1

    def test_is_found_out_whatever_the_order_of_comings_and_goings(self, directory: Path, hold: Hold) -> None:
        rounds = """if True:
            import psycopg, random
            postgres.release()
            for _ in range(20):
                url = postgres.ensure(Path(directory), settings={"fsync": "off"})
                time.sleep(random.random() / 50)
                with psycopg.connect(url.replace("+psycopg", "")) as connection:
                    connection.execute("SELECT 1")
                if random.random() < 0.7:
                    postgres.release()
                time.sleep(random.random() / 20)
            print("never cut", flush=True)
        """
        holders = [hold(directory, rounds) for _ in range(3)]
        urls = {holder.says() for holder in holders}

        said = [holder.says() for holder in holders]

        assert len(urls) == 1
        assert said == ["never cut"] * 3
        for holder in holders:
            holder.leaves()
        assert servers(directory) == []

    def test_stops_a_server_that_lost_its_keeper(self, directory: Path, hold: Hold) -> None:
        holder = hold(directory)
        holder.says()
        servers(directory)[0].parent().kill()

        holder.leaves()

        assert servers(directory) == []


def _without_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)


class TestPrograms:
    def test_are_the_machine_s_when_the_wheel_is_not_installed(
        self, room: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patched:
            _without_wheel(patched)
            try:
                url = postgres.ensure(room, settings=FAST)
            except postgres.PostgresUnavailable:
                pytest.skip("aucun PostgreSQL 15 ou plus récent sur cette machine")
            major = (room / "data" / "PG_VERSION").read_text().strip()
            assert ask(url, "SELECT lower('ÉLÈVE') || to_tsvector('french', 'ÉLÈVES')") == "élève'élev':1"
            postgres.release(room)

        again = postgres.ensure(room, settings=FAST)

        assert str(ask(again, "SHOW server_version")).split(".")[0] == major

    def test_are_asked_for_in_one_line_when_there_are_none(self, room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        _without_wheel(monkeypatch)
        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.setattr(programs, "SYSTEM_FOLDERS", ())

        with pytest.raises(postgres.PostgresUnavailable, match=r"^Aucun PostgreSQL 15 .*DATABASE_URL\.$"):
            postgres.ensure(room)

    def test_must_be_of_the_version_of_the_data(self, room: Path) -> None:
        (room / "data").mkdir()
        (room / "data" / "PG_VERSION").write_text("12\n")

        with pytest.raises(
            postgres.PostgresUnavailable, match=r"sont celles de PostgreSQL 12,.* Rien n’a été effacé\.$"
        ):
            postgres.ensure(room)
        assert (room / "data" / "PG_VERSION").read_text() == "12\n"

    def test_never_touch_a_directory_that_is_not_a_cluster(self, room: Path) -> None:
        (room / "data").mkdir()
        (room / "data" / "thesis.odt").write_text("years of work")

        with pytest.raises(postgres.PostgresUnavailable, match="n’est pas celui d’une base PostgreSQL"):
            postgres.ensure(room)
        assert (room / "data" / "thesis.odt").read_text() == "years of work"

    def test_say_why_they_did_not_start(self, directory: Path) -> None:
        with pytest.raises(postgres.PostgresUnavailable, match=r"n’a pas pu démarrer.: .*shared_buffers"):
            postgres.ensure(directory, settings={"shared_buffers": "plenty"})

        assert ask(postgres.ensure(directory, settings=FAST), "SELECT 1") == 1
