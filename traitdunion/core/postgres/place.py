"""Who runs a server, and where its files live: settled once for each directory."""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from traitdunion.core.errors import Refused

HOMES_FOR_ROOT = (Path("/var/lib/traitdunion"), Path("/var/tmp"))  # noqa: S108 — names are drawn at random there
"""Where root keeps the files when the server's account cannot enter the wanted directory (a checkout under /root)."""


def environment() -> dict[str, str]:
    """Environment of the server's programs: no PGPORT or PGDATA of the operator's may reach them."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


class PostgresUnavailable(Refused):
    """No server could be found or started; the message is one line for the operator."""


@dataclass(frozen=True)
class Account:
    """The system account that owns the files and runs the server, since PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    def run(self, command: Sequence[str | Path], *, pass_fds: Sequence[int] = ()) -> subprocess.CompletedProcess[str]:
        """Runs `command` as this account to its end; OSError when the account cannot reach it."""
        user, group, groups = (None, None, None) if self.uid == os.geteuid() else (self.uid, self.gid, list[int]())
        return subprocess.run(
            [str(word) for word in command],
            check=False,
            capture_output=True,
            cwd="/",
            env=environment(),
            extra_groups=groups,
            group=group,
            pass_fds=pass_fds,
            stdin=subprocess.DEVNULL,
            errors="replace",
            user=user,
        )


@dataclass(frozen=True)
class Place:
    """The directory that holds a server's files, and the account of that server."""

    home: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster: it is there only once it is complete."""
        return self.home / "data"

    @property
    def run(self) -> Path:
        """For the socket; only the account may enter, and its being there means that the place is settled."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "server.log"

    @property
    def in_use(self) -> Path:
        """Lock shared by the processes that use the server."""
        return self.home / "in-use.lock"

    @property
    def server_lock(self) -> Path:
        """Exclusive lock of the process that starts the server, then of the server itself."""
        return self.home / "server.lock"

    def open(self, path: Path, flags: int) -> int:
        """Opens a file of the place (a lock, the log), made when missing so that the account may open it too."""
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        if os.fstat(descriptor).st_uid != self.account.uid:
            os.fchown(descriptor, self.account.uid, self.account.gid)
        return descriptor


def locate(directory: Path) -> Place:
    """The place of the server of `directory`, settled at the first call and the same ever after.

    It is `directory` itself, unless we are root and the server's account cannot get there: the files then live in
    a folder of HOMES_FOR_ROOT whose path is written in `directory`/location. No mode is changed but that of
    `directory` when it is new or empty.
    """
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    place = _settled(directory)
    if place is None:
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            place = _settled(directory) or _settle(directory)
        finally:
            os.close(descriptor)
    if os.geteuid() not in (0, place.account.uid):
        owner = _name(place.account.uid)
        raise PostgresUnavailable(
            f"La base de données de {directory} appartient à l’utilisateur {owner} : lancez la commande avec "
            "ce compte (ou root), ou indiquez une autre base dans DATABASE_URL."
        )
    return place


def _settled(directory: Path) -> Place | None:
    home = directory
    note = directory / "location"
    if note.exists():
        home, written_in = map(Path, note.read_text().splitlines())
        if written_in != directory and (written_in / "location").exists():
            return None  # the directory was copied, not moved: two of them never share a server
    try:
        found = (home / "run").stat()
    except FileNotFoundError:  # never chosen, or what lay in another folder was thrown away
        return None
    if found.st_uid == 0:  # copied by root
        return None
    return Place(home, Account(found.st_uid, found.st_gid))


def _settle(directory: Path) -> Place:
    account = _account()
    if not any(directory.iterdir()) and directory.stat().st_uid == os.geteuid():
        directory.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for home in _homes(directory):
        trial = home / "run.new"
        try:
            trial.mkdir(exist_ok=True)
            os.chown(trial, account.uid, account.gid)
            trial.chmod(0o700)
            reached = account.run(["/bin/sh", "-c", 'cd "$1" && test -w .', "sh", trial])
        except OSError:
            continue
        if reached.returncode == 0:
            shutil.rmtree(home / "run", ignore_errors=True)
            trial.rename(home / "run")
            _remember(home, directory)
            return Place(home, account)
        trial.rmdir()
    raise PostgresUnavailable(
        f"Le dossier {directory} ne convient pas à une base de données (l’utilisateur {_name(account.uid)} doit "
        "pouvoir y entrer et y écrire) : indiquez une base existante dans DATABASE_URL."
    )


def _remember(home: Path, directory: Path) -> None:
    note = directory / "location"
    if home == directory:
        note.unlink(missing_ok=True)
        return
    draft = directory / "location.new"
    draft.write_text(f"{home}\n{directory}\n")
    draft.replace(note)


def _homes(directory: Path) -> Iterator[Path]:
    yield directory
    if os.geteuid() != 0 or (directory / "data").exists():  # data are never left behind for an empty database
        return
    for parent in HOMES_FOR_ROOT:
        try:
            parent.mkdir(mode=0o711, exist_ok=True)
            home = Path(tempfile.mkdtemp(prefix="traitdunion-", dir=parent))
        except OSError:
            continue
        home.chmod(0o711)
        yield home
        shutil.rmtree(home, ignore_errors=True)  # asked for the next one: this one would not do


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise PostgresUnavailable(
        "PostgreSQL refuse de tourner en root et cette machine n’a ni utilisateur postgres ni nobody : "
        "lancez la commande avec un compte ordinaire, ou indiquez une base existante dans DATABASE_URL."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
