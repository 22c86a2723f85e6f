"""A file of people waits for its sender's word, then its good lines are kept, all at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.core import csv_files, jobs
from traitdunion.core.errors import Refused
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.prescribers.people_files import reading
from traitdunion.prescribers.people_files.jobs import BATCH, ask, tell
from traitdunion.prescribers.people_files.models import PeopleFile
from traitdunion.prescribers.people_files.outcomes import Fate, Outcome

_ASIDE = (Fate.NEAR, Fate.BAD, Fate.REPEATED)
_REASON = "raison"


class FileChanged(Refused):
    """Somebody of the file was added meanwhile."""

    def __init__(self) -> None:
        super().__init__("Une personne du fichier vient d’être ajoutée par ailleurs\u00a0: relisez l’aperçu.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a file."""

    added: int
    asked: int
    aside: int


def send(session: Session, content: bytes, *, by: Prescriber, now: datetime) -> PeopleFile:
    """Keeps the file until its sender decides. Raises csv_files.FileRefused when nothing of it can be read."""
    reading.lines(content)
    file = PeopleFile(organisation_id=by.organisation_id, prescriber_id=by.id, content=content, created_at=now)
    session.add(file)
    session.flush()  # its id is in the address of its page
    return file


def find(session: Session, file_id: int, *, by: Prescriber) -> PeopleFile | None:
    """That file, if the prescriber sent it."""
    return session.scalar(select(PeopleFile).where(PeopleFile.id == file_id, PeopleFile.prescriber_id == by.id))


def keep(
    session: Session,
    file: PeopleFile,
    outcomes: Sequence[Outcome],
    *,
    others: Collection[int],
    by: Prescriber,
    now: datetime,
) -> Kept:
    """Adds the new people, and those of the lines `others`, said to be somebody else; asks those known elsewhere.

    They are told by jobs. A second time changes nothing. Raises FileChanged, with nothing changed.
    """
    file = session.get_one(PeopleFile, file.id, with_for_update=True, populate_existing=True)
    if file.kept_at is not None:
        return Kept(added=0, asked=0, aside=0)
    chosen = [one for one in outcomes if one.can_be_another and one.line.number in others]
    added = [one for one in outcomes if one.fate is Fate.NEW] + chosen
    aside = [one for one in outcomes if one.fate in _ASIDE and one not in chosen]
    asked = [one.near[0].person.id for one in outcomes if one.fate is Fate.KNOWN]
    try:
        with session.begin_nested():
            entry_ids = _add(session, added, by=by, now=now)
    except IntegrityError:
        raise FileChanged from None
    for some in _batches(entry_ids):
        jobs.defer(session, tell, {"entry_ids": some})
    for some in _batches(sorted(set(asked))):
        jobs.defer(session, ask, {"person_ids": some, "prescriber_id": by.id})
    file.kept_at, file.kept, file.refused = now, len(added), _table(aside)
    file.content = b""  # what was kept is in its place, the rest in `refused`
    return Kept(added=len(added), asked=len(set(asked)), aside=len(aside))


def preview(outcomes: Iterable[Outcome]) -> str:
    """Each line with what will happen to it, as a table."""
    return csv_files.write(
        ("ligne", *reading.COLUMNS, "devenir", _REASON),
        (
            {**one.line.cells, "ligne": str(one.line.number), "devenir": one.fate.what, _REASON: one.why}
            for one in outcomes
        ),
        ends_with="\r\n",
    )


def give_up(session: Session, file: PeopleFile) -> None:
    """Forgets the file."""
    session.delete(file)


def _table(aside: Sequence[Outcome]) -> str | None:
    rows = ({**one.line.cells, _REASON: one.why} for one in aside)
    return csv_files.write((*reading.COLUMNS, _REASON), rows, ends_with="\r\n") if aside else None


def _add(session: Session, outcomes: Sequence[Outcome], *, by: Prescriber, now: datetime) -> list[int]:
    """The entries of the new people, whom nobody else follows: written at once, some thousands a second."""
    described = [one.described for one in outcomes if one.described]
    if not described:
        return []
    people = [
        {
            "given_name": one.given_name,
            "family_name": one.family_name,
            "email": one.email,
            "phone": one.phone,
            "birth_date": one.birth_date,
            "postcode": one.postcode,
            "status": one.status,
            "level": one.level,
            "created_at": now,
        }
        for one in described
    ]
    ids = session.scalars(insert(Person).returning(Person.id), people).all()
    entries = [
        {
            "organisation_id": by.organisation_id,
            "person_id": person_id,
            "prescriber_id": by.id,
            "origin": Origin.IMPORTED.value,
            "prescribes": True,
            "created_at": now,
            "changed_at": now,
        }
        for person_id in ids
    ]
    return list(session.scalars(insert(CaseloadEntry).returning(CaseloadEntry.id), entries))


def _batches(ids: Sequence[int]) -> Iterable[list[int]]:
    return (list(ids[start : start + BATCH]) for start in range(0, len(ids), BATCH))
