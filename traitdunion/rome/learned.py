"""The learned model: one file, loaded once per process, that turns a title into occupations for whoever asks."""

from pathlib import Path
from threading import Lock

from flask import current_app

from traitdunion.matching.occupations import Model, UnreadableModel

_lock = Lock()
_loaded: dict[Path, tuple[float, Model]] = {}


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


def keep(learned: Model) -> None:
    """Makes a newly learned model the current application's; readers meet the old one or this one."""
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    learned.save(file)
