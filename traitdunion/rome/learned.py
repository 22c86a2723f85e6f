"""The learned model: one file, loaded once per process, that turns a title into occupations for whoever asks."""

import hashlib
from pathlib import Path
from threading import Lock

from flask import current_app

from traitdunion.matching.occupations import Model, UnreadableModel

_lock = Lock()
_loaded: dict[Path, tuple[float, Model]] = {}
_digests: dict[Path, tuple[float, str]] = {}


def path() -> Path:
    """Where the current application keeps its model."""
    return Path(current_app.config["VAR_DIR"]) / "occupations.model"


def model() -> Model | None:
    """The model of the current application, read again when its file changed; None when there is none to read."""
    file = path()
    try:
        written = file.stat().st_mtime
    except FileNotFoundError:
        return None
    with _lock:
        known = _loaded.get(file)
        if known is not None and known[0] == written:
            return known[1]
        try:
            _loaded[file] = written, Model.load(file)
        except UnreadableModel:
            return None
        return _loaded[file][1]


def version() -> str | None:
    """A fingerprint of what the model holds, the same on every machine that learned the same; None without a file."""
    file = path()
    try:
        written = file.stat().st_mtime
        with _lock:
            known = _digests.get(file)
            if known is None or known[0] != written:
                with file.open("rb") as stream:
                    known = _digests[file] = written, hashlib.file_digest(stream, _blake2b).hexdigest()
            return known[1]
    except FileNotFoundError:
        return None


def _blake2b() -> "hashlib.blake2b":
    return hashlib.blake2b(digest_size=8)


def keep(learned: Model) -> None:
    """Makes a newly learned model the current application's; readers meet the old one or this one."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    learned.save(file)
