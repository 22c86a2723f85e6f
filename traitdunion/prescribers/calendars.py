"""The calendar of a prescriber: the immersions of the people of whom they are the referent, behind a secret address."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.core import tokens
from traitdunion.immersions import calendars
from traitdunion.immersions.models import Booking
from traitdunion.prescribers.kinds import PrescriberState
from traitdunion.prescribers.models import CaseloadEntry, Prescriber

_PURPOSE = "prescriber-calendar"


def secret(prescriber: Prescriber) -> str | None:
    """What stands in the address; None while none is open. Opened again, it is another."""
    if prescriber.calendar_opened_at is None:
        return None
    return tokens.sign(_PURPOSE, [prescriber.id, _stamp(prescriber.calendar_opened_at)])


def of_secret(session: Session, text: str) -> Prescriber | None:
    """Whose calendar it is; None when it was closed or altered, or when the member has left."""
    try:
        prescriber_id, stamp = tokens.read(_PURPOSE, text, None)
    except tokens.TokenRefused:
        return None
    found = session.get(Prescriber, prescriber_id)
    if found is None or found.state != PrescriberState.ACTIVE or found.calendar_opened_at is None:
        return None
    is_last = _stamp(found.calendar_opened_at) == stamp and found.organisation.is_active
    return found if is_last else None


def feed(session: Session, prescriber: Prescriber, *, now: datetime) -> bytes:
    """The immersions, to come and lately over, of those whom the prescriber follows now."""
    theirs = CaseloadEntry.prescriber_id == prescriber.id, CaseloadEntry.ended_at.is_(None)
    people = Booking.person_id.in_(select(CaseloadEntry.person_id).where(*theirs))
    name = f"Immersions {prescriber.organisation.name}"
    return calendars.published(session, people, name, names_people=True, now=now)


def _stamp(opened_at: datetime) -> int:
    return int(opened_at.timestamp() * 1_000_000)
