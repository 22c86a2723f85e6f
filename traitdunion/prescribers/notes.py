"""What prescribers note for their colleagues, apart from what the person sees."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from traitdunion.prescribers.models import CaseloadEntry, CaseloadNote, Prescriber


def write(session: Session, entry: CaseloadEntry, text: str, *, by: Prescriber, now: datetime) -> CaseloadNote:
    """Keeps the note; it says that what was last answered is dealt with (`steps`)."""
    note = CaseloadNote(entry_id=entry.id, prescriber=by, text=text, created_at=now)
    session.add(note)
    entry.changed_at = now
    return note


def of_entry(session: Session, entry_id: int) -> Sequence[CaseloadNote]:
    """The notes with who wrote them, the latest first."""
    author = joinedload(CaseloadNote.prescriber).joinedload(Prescriber.person)
    query = select(CaseloadNote).options(author).where(CaseloadNote.entry_id == entry_id)
    return session.scalars(query.order_by(CaseloadNote.id.desc())).all()


def erase(session: Session, note_id: int, *, entry: CaseloadEntry, by: Prescriber) -> bool:
    """Erases a note of the entry, if the member wrote it; False when there is no such note."""
    theirs = CaseloadNote.id == note_id, CaseloadNote.entry_id == entry.id, CaseloadNote.prescriber_id == by.id
    return session.scalar(delete(CaseloadNote).where(*theirs).returning(CaseloadNote.id)) is not None
