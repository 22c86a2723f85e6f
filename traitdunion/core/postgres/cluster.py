"""A cluster on disk: made whole or not at all, and started in the background."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from traitdunion.core.postgres import programs
from traitdunion.core.postgres.place import Place, PostgresUnavailable, environment
from traitdunion.core.postgres.programs import Programs

KEEPER = Path(__file__).with_name("keeper.py")
PORT = "5432"
"""Only the name of the socket: nothing listens on TCP."""
LONGEST_SOCKET = 103
"""Bytes: `sun_path` has 108 on Linux, 104 on macOS and the BSDs, the closing zero included."""
LARGEST_LOG = 10_000_000
GIBIBYTE = 1 << 30


def start(place: Place, server_lock: int, settings: Mapping[str, str]) -> int:
    """Starts the server of `place`, made first if it has no data yet, and returns before it accepts connections.

    Returns the size of the log, in bytes, beyond which is what the server says from now on.

    `server_lock` is a descriptor of the place's `server_lock`, locked: the server inherits it, and so does `initdb`,
    so that no process can start a second one until the last process of the first has gone. This is why what a dead
    server left (`postmaster.pid`, whose number may be another process by now) can be removed here without a look.
    """
    if os.geteuid() == 0 and place.data.exists() and place.data.stat().st_uid == 0:
        _give(place)
    found = programs.find(place, major=_major(place.data))
    if not place.data.exists():
        _make(place, found, server_lock, is_durable=settings.get("fsync") != "off")
    sockets = socket_directory(place)
    for left in (place.data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        left.unlink(missing_ok=True)
    command = [str(found.folder / "postgres"), "-D", str(place.data)]
    for name, value in {**_usual_settings(), **settings, **_fixed_settings(sockets)}.items():
        command += ["-c", f"{name}={value}"]
    keeper = [sys.executable, "-I", "-S", str(KEEPER), str(place.in_use), str(server_lock)]
    log = place.open(place.log, os.O_WRONLY | os.O_APPEND)
    try:
        if os.fstat(log).st_size > LARGEST_LOG:
            os.ftruncate(log, 0)
        size = os.fstat(log).st_size
        subprocess.run(
            [*keeper, str(place.account.uid), str(place.account.gid), *command],
            check=True,
            cwd="/",
            env=environment(),
            pass_fds=[server_lock],
            start_new_session=True,  # a Ctrl-C in the terminal is not for the server
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        return size
    finally:
        os.close(log)


def _major(data: Path) -> int | None:
    """Major version of the data, None when there are none yet."""
    try:
        return int((data / "PG_VERSION").read_text())
    except (OSError, ValueError):
        if not data.exists():
            return None
        if not any(data.iterdir()):
            data.rmdir()
            return None
    raise PostgresUnavailable(
        f"Le dossier {data} n’est pas celui d’une base PostgreSQL : déplacez-le pour repartir d’une base vide, "
        "ou indiquez une base existante dans DATABASE_URL. Rien n’a été effacé."
    )


def _make(place: Place, found: Programs, server_lock: int, *, is_durable: bool) -> None:
    """Makes the cluster beside its place, then renames: a making cut short leaves only what the next one removes."""
    for left in place.home.glob("data.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="data.new-", dir=place.home))
    os.chown(draft, place.account.uid, place.account.gid)
    command = [str(found.folder / "initdb"), "-D", str(draft)]
    command += ["--username=postgres", "--auth=trust", "--encoding=UTF8"]
    if not is_durable:
        command.append("--no-sync")
    if found.major >= 17:  # the first with that provider
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    for locale in ("C.UTF-8", "C"):  # macOS long had no C.UTF-8
        made = place.account.run([*command, f"--locale={locale}"], pass_fds=[server_lock])
        if made.returncode == 0:
            break
    else:
        shutil.rmtree(draft, ignore_errors=True)
        raise PostgresUnavailable(f"La base de données n’a pas pu être créée : {_last_line(made.stderr)}")
    draft.rename(place.data)
    _flush(place.home)


def _flush(directory: Path) -> None:
    """Makes a renaming last through a power cut."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _give(place: Place) -> None:
    """Gives the data back to the account, after a copy made by root."""
    for path in (place.data, *place.data.rglob("*")):
        os.chown(path, place.account.uid, place.account.gid, follow_symlinks=False)


def socket_directory(place: Place) -> Path:
    """The place's `run`, or a directory of the account's in /tmp when that path is too long or odd for a socket.

    libpq cuts host names at commas; the name in /tmp is that of the place, so that it is the same at each start.
    """
    length = len(os.fsencode(place.run)) + len(f"/.s.PGSQL.{PORT}")
    if length <= LONGEST_SOCKET and re.fullmatch(r"[\w/.+@ -]+", str(place.run), re.ASCII):
        return place.run
    account = place.account
    short = Path(f"/tmp/traitdunion-{account.uid}-{sha256(os.fsencode(place.home)).hexdigest()[:12]}")  # noqa: S108
    try:
        short.mkdir(mode=0o700)
    except FileExistsError:
        found = short.lstat()
        owners = {account.uid, os.geteuid()}
        is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid in owners and not found.st_mode & 0o077
        if not is_ours:  # somebody else took the name
            short = Path(tempfile.mkdtemp(prefix="traitdunion-", dir="/tmp"))
    os.chown(short, account.uid, account.gid)
    return short


def _usual_settings() -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "shared_buffers": "256MB" if memory >= 4 * GIBIBYTE else "128MB",
        "effective_cache_size": f"{memory // 2 // 1024}kB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_connections": "100",
        "max_wal_size": "2GB",
        "wal_level": "minimal",  # no replica hangs on this server: less to write when much is imported
        "max_wal_senders": "0",
        "random_page_cost": "1.1",
        "jit": "off",  # costs more than it gives on short queries
        "timezone": "UTC",
        "log_timezone": "UTC",
    }


def _fixed_settings(sockets: Path) -> dict[str, str]:
    return {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
    }


def reason(place: Place, since: int) -> str:
    """Why the server died, in its own words: the last fatal line of its log after `since` bytes, else the last."""
    text = place.log.read_bytes()[since:].decode(errors="replace")
    fatal = [line for line in text.splitlines() if "FATAL:" in line]
    return fatal[-1].partition("FATAL:")[2].strip() if fatal else _last_line(text)


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["aucune explication"])[-1]
