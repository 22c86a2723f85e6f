"""The learned model: one in the database for all machines, one file on each, loaded once by each process.

The file bears the digest of its content in its name: it is never changed, only replaced by another, and a file that is
absent, damaged or of another model is written again from the database. A process holds some 50 MB of it (`make bench`
says how much, the libraries that read it included), and asks the database at each use, by one key, whether it is still
the one in force.
"""

import hashlib
from datetime import datetime
from pathlib import Path
from threading import Lock
from uuid import uuid4

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.matching import occupations
from traitdunion.matching.occupations import Model, UnreadableModel
from traitdunion.rome.models import LearnedModel, LearnedModelPart

_PART = 4 * 2**20
"""Bytes sent to the database, or read from it, at once."""

_lock = Lock()
_loaded: dict[str, Model] = {}
"""By digest: the one in force alone."""


def model(session: Session) -> Model | None:
    """The model in force, read when it is not the one that this process holds; None when none can be read."""
    digest = version(session)
    if digest is None:
        return None
    with _lock:
        found = _loaded.get(digest) or _read(_file(digest), digest) or _read(_fetched(session, digest), digest)
        if found is not None and list(_loaded) != [digest]:
            _loaded.clear()
            _loaded[digest] = found
        return found


def version(session: Session) -> str | None:
    """The digest of the model in force; None when there is none, or one that this version of the code cannot read."""
    return session.scalar(
        select(LearnedModel.digest).where(LearnedModel.is_only, LearnedModel.version == occupations.VERSION)
    )


def learned_at(session: Session) -> datetime | None:
    """When the model in force was learned; None as for `version`."""
    return session.scalar(
        select(LearnedModel.learned_at).where(LearnedModel.is_only, LearnedModel.version == occupations.VERSION)
    )


def keep(session: Session, learned: Model, *, now: datetime) -> str:
    """Makes a newly learned model that of every machine, once the session commits; returns its digest."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / f".{uuid4().hex}.model"
    learned.save(written)
    with written.open("rb") as stream:
        digest = _digest(stream.read())
    file = written.replace(_file(digest))
    _remove_others(file)
    session.execute(delete(LearnedModelPart))
    with file.open("rb") as stream:
        number = 0
        while content := stream.read(_PART):
            session.execute(insert(LearnedModelPart).values(digest=digest, number=number, content=content))
            number += 1
    values = {"version": occupations.VERSION, "digest": digest, "size": file.stat().st_size, "learned_at": now}
    session.execute(
        insert(LearnedModel)
        .values(is_only=True, **values)
        .on_conflict_do_update(constraint="pk_learned_models", set_=values)
    )
    with _lock:
        _loaded[digest] = learned  # as it is: what is loaded from the file answers the same
    return digest


def forget(session: Session) -> None:
    """Takes the model away: the next to need one learns it."""
    session.execute(delete(LearnedModelPart))
    session.execute(delete(LearnedModel))


def _folder() -> Path:
    return Path(current_app.config["VAR_DIR"])


def _file(digest: str) -> Path:
    return _folder() / f"occupations-{digest}.model"


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _read(file: Path, digest: str) -> Model | None:
    """The model of a file; None when it is absent, damaged, or of another content."""
    try:
        if _digest(file.read_bytes()) != digest:
            return None
        return Model.load(file)
    except (OSError, UnreadableModel):
        return None


def _fetched(session: Session, digest: str) -> Path:
    """The file, written from the database in one step."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".{uuid4().hex}.model"
    parts = select(LearnedModelPart.content).where(LearnedModelPart.digest == digest).order_by(LearnedModelPart.number)
    try:
        with beside.open("wb") as stream:
            for content in session.scalars(parts.execution_options(yield_per=1)):
                stream.write(content)
        written = beside.replace(_file(digest))
    finally:
        beside.unlink(missing_ok=True)
    _remove_others(written)
    return written


def _remove_others(kept: Path) -> None:
    """Removes the files of former models; who still has one open goes on reading it."""
    for former in kept.parent.glob("occupations-*.model"):
        if former != kept:
            former.unlink(missing_ok=True)
