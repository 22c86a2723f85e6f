"""Processes that hold an embedded server, and a look at the server from outside: nothing here asks the launcher."""

import contextlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]
import sqlalchemy
from sqlalchemy import NullPool, text

from traitdunion.core import postgres

FAST = {"fsync": "off"}

# Imports take a second: one process makes them, and every holder is its child, with a session and pipes of its own.
NURSERY = """
import json, os, signal, subprocess, sys, time
from pathlib import Path
from traitdunion.core import postgres
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork() == 0:
        break
else:
    os._exit(0)
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
directory, then, pipes = json.loads(line)
os.setsid()
for number, name, flag in [(0, "in", os.O_RDONLY), (1, "out", os.O_WRONLY)]:
    pipe = os.open(pipes + "/" + name, flag)
    os.dup2(pipe, number)
    os.close(pipe)
print(os.getpid(), flush=True)
print(postgres.ensure(Path(directory), settings={"fsync": "off"}), flush=True)
exec(then)
sys.stdin = open(0)
sys.stdin.read()
"""


class Holder:
    """A process that holds the server until it is told to leave; `then` is run once the server answers."""

    def __init__(self, nursery: IO[str], directory: Path, then: str = "") -> None:
        with tempfile.TemporaryDirectory() as pipes:
            for name in ("in", "out"):
                os.mkfifo(f"{pipes}/{name}")
            nursery.write(json.dumps([str(directory), then, pipes]) + "\n")
            nursery.flush()
            self._tell = Path(pipes, "in").open("w")  # noqa: SIM115 — closed when it leaves
            self._hear = Path(pipes, "out").open()  # noqa: SIM115
        self.process = psutil.Process(int(self.says()))

    def says(self) -> str:
        """Its next line: the URL, then what `then` prints."""
        return self._hear.readline().strip()

    def leaves(self) -> None:
        """Ends in order, and whoever reads its output gets the end of it."""
        self._tell.close()
        self._hear.read()
        self._hear.close()
        self.process.wait(30)

    def dies(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Ends by a signal to its whole group, as a terminal sends it."""
        os.killpg(self.process.pid, number)
        self.leaves()


def home(directory: Path) -> Path:
    """Where the files of that directory's server are."""
    note = directory / "location"
    return Path(note.read_text().splitlines()[0]) if note.exists() else directory


def servers(directory: Path) -> list[psutil.Process]:
    """The postmasters of the directory, wherever its data live."""
    data = str(home(directory) / "data")
    return [found for found in psutil.process_iter(["cmdline"]) if _is_server(found.info["cmdline"] or [], data)]


def _is_server(command: list[str], data: str) -> bool:
    return command[:1] != [] and command[0].endswith("/postgres") and data in command


def family(directory: Path) -> list[psutil.Process]:
    """Everything that works on the directory but this process and the holders: keeper, server and backends, initdb."""
    where = str(home(directory))
    named = [
        one for one in psutil.process_iter(["cmdline"]) if any(where in word for word in one.info["cmdline"] or [])
    ]
    found = set(named)
    for one in named:
        with contextlib.suppress(psutil.NoSuchProcess):
            found.update(one.children(recursive=True))
    return list(found)


def kill_all(processes: list[psutil.Process]) -> None:
    """Stops them all before it kills them, so that none reacts to the death of another: a power cut."""
    for number in (signal.SIGSTOP, signal.SIGKILL):
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)
    assert eventually(lambda: not any(map(is_alive, processes)))


def is_alive(process: psutil.Process) -> bool:
    """Whether it still does something: a process that nobody has buried does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def eventually(condition: Callable[[], object], seconds: float = 15) -> bool:
    """Whether the condition comes true in that time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def ask(url: str, *questions: str) -> object:
    """The first value of the last question's answer."""
    engine = sqlalchemy.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        results = [connection.execute(text(question)) for question in questions]
        return results[-1].scalar() if results[-1].returns_rows else None


def _has_roomy_memory() -> bool:
    """Whether files can be kept in memory: the clusters of the tests spare a slow disk their thousands of files."""
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108
    except OSError:
        return False
    return found.f_bavail * found.f_frsize > 2 << 30 and not found.f_flag & os.ST_NOEXEC


@contextlib.contextmanager
def room_for_all() -> Iterator[Path]:
    """A directory that every account can reach (pytest's own are closed), and nothing left of it in the end."""
    parent = "/dev/shm" if _has_roomy_memory() else "/tmp"  # noqa: S108
    room = Path(tempfile.mkdtemp(prefix="room-", dir=parent)).resolve()
    room.chmod(0o755)
    yield room
    for found in room.rglob("run"):
        postgres.release(found.parent)
        kill_all(family(found.parent))
    shutil.rmtree(room)
