"""Who follows whom: people come to an organisation, have a referent, are handed on; one organisation signs for each.

Each act locks the person, so that those about one person come one after the other, and reads the entry again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from blinker import Signal
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.prescribers import arrivals
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import CaseloadEntry, Organisation, Prescriber

KEPT = timedelta(days=731)
"""After the end, as the privacy register says (`models`)."""
ended = Signal()
"""Sent with the entry (and `session`, `now`) when the organisation no longer follows the person."""

_WHOLE = (
    joinedload(CaseloadEntry.organisation),
    joinedload(CaseloadEntry.person),
    joinedload(CaseloadEntry.prescriber).joinedload(Prescriber.person),
)


# Who is followed may never sign in, and have no address at all; `forget` erases the entries, two years after their end.
people.keep_while(exists().where(CaseloadEntry.person_id == Person.id))


class CaseloadRefused(Refused):
    """Cannot be done with this person; the sentence says why."""


def follow(
    session: Session,
    *,
    organisation: Organisation,
    person: Person,
    origin: Origin,
    by: Prescriber | None,
    now: datetime,
) -> CaseloadEntry:
    """The organisation follows the person, `by` being the referent; already so: the entry as it is.

    Whoever follows a person for whom nobody signs yet, signs. Raises CaseloadRefused.
    """
    _check_active(organisation)
    if by is not None:
        _check_member(organisation, by)
    _lock(session, person.id)
    found = get(session, organisation.id, person.id)
    return found or _open(session, organisation, person, origin=origin, by=by, now=now)


def end(session: Session, entry: CaseloadEntry, *, word: str | None, now: datetime) -> None:
    """The organisation no longer follows the person; a second time changes nothing.

    Of those who still do, the first signs from now on.
    """
    if not _lock_entry(session, entry):
        return
    _close(session, entry, word=word, now=now)
    other = session.scalar(
        select(CaseloadEntry)
        .where(CaseloadEntry.person_id == entry.person_id, CaseloadEntry.ended_at.is_(None))
        .order_by(CaseloadEntry.prescribes.desc(), CaseloadEntry.id)
        .limit(1)
    )
    if other is not None:
        other.prescribes = True


def take(session: Session, entry: CaseloadEntry, *, by: Prescriber, now: datetime) -> None:
    """The member is the referent from now on; a second time changes nothing. Raises CaseloadRefused."""
    _check_living(_lock_entry(session, entry))
    _check_member(entry.organisation, by)
    if entry.prescriber_id is None:
        arrivals.settle(session, entry)
    if entry.prescriber_id != by.id:
        entry.prescriber, entry.changed_at = by, now


def hand_on(
    session: Session, entry: CaseloadEntry, to: Organisation, *, word: str, by: Prescriber, now: datetime
) -> CaseloadEntry:
    """The other organisation follows the person instead, and reads the word; returns its entry.

    The project goes along; notes and history stay with who wrote them. Raises CaseloadRefused.
    """
    _check_living(_lock_entry(session, entry))
    _check_member(entry.organisation, by)
    _check_active(to)
    if to.id == entry.organisation_id:
        raise CaseloadRefused("Votre organisme suit déjà cette personne.")
    signs = entry.prescribes
    _close(session, entry, word=word, now=now)
    found = get(session, to.id, entry.person_id)
    new = found or _open(session, to, entry.person, origin=Origin.HANDED_ON, by=None, now=now)
    if found is None:
        new.project, new.occupation_code, new.place = entry.project, entry.occupation_code, entry.place
        new.latitude, new.longitude = entry.latitude, entry.longitude
        new.radius_km, new.has_licence = entry.radius_km, entry.has_licence
    new.handed_from_id, new.handed_word, new.changed_at = entry.id, word or None, now
    new.prescribes = signs or new.prescribes
    return new


def prescribe(session: Session, entry: CaseloadEntry, *, now: datetime) -> None:
    """This organisation signs the person's agreements from now on, and no other. Raises CaseloadRefused."""
    _check_living(_lock_entry(session, entry))
    _check_active(entry.organisation)
    if entry.prescribes:
        return
    former = CaseloadEntry.person_id == entry.person_id, CaseloadEntry.prescribes
    # At once, before the new one is written: no instant sees two.
    session.execute(update(CaseloadEntry).where(*former).values(prescribes=False, changed_at=now))
    entry.prescribes, entry.changed_at = True, now


def prescribing(session: Session, person_id: int) -> CaseloadEntry | None:
    """The entry of the organisation that signs for the person, with organisation, person and referent."""
    signs = CaseloadEntry.person_id == person_id, CaseloadEntry.prescribes
    return session.scalar(select(CaseloadEntry).options(*_WHOLE).where(*signs))


def get(session: Session, organisation_id: int, person_id: int) -> CaseloadEntry | None:
    """The living entry of the person with the organisation, as `prescribing` loads it; None when there is none."""
    return session.scalar(
        select(CaseloadEntry)
        .options(*_WHOLE)
        .where(
            CaseloadEntry.organisation_id == organisation_id,
            CaseloadEntry.person_id == person_id,
            CaseloadEntry.ended_at.is_(None),
        )
    )


def latest(session: Session, organisation_id: int, person_id: int) -> CaseloadEntry | None:
    """The same, or the last one that ended: its notes and history stay with the organisation."""
    theirs = CaseloadEntry.organisation_id == organisation_id, CaseloadEntry.person_id == person_id
    turn = CaseloadEntry.ended_at.desc().nulls_first(), CaseloadEntry.id.desc()
    return session.scalar(select(CaseloadEntry).options(*_WHOLE).where(*theirs).order_by(*turn).limit(1))


def of_person(session: Session, person_id: int) -> Sequence[CaseloadEntry]:
    """The living entries of a person, who signs first."""
    theirs = CaseloadEntry.person_id == person_id, CaseloadEntry.ended_at.is_(None)
    turn = CaseloadEntry.prescribes.desc(), CaseloadEntry.id
    return session.scalars(select(CaseloadEntry).options(*_WHOLE).where(*theirs).order_by(*turn)).all()


def get_many(session: Session, organisation_id: int, person_ids: Sequence[int]) -> Sequence[CaseloadEntry]:
    """The living entries of those of these people whom the organisation follows, by person."""
    return session.scalars(
        select(CaseloadEntry)
        .options(*_WHOLE)
        .where(
            CaseloadEntry.organisation_id == organisation_id,
            CaseloadEntry.person_id.in_(person_ids),
            CaseloadEntry.ended_at.is_(None),
        )
        .order_by(CaseloadEntry.person_id)
    ).all()


def forget(session: Session, *, now: datetime) -> None:
    """Erases what organisations no longer follow since two years, with its notes, referrals and consents."""
    session.execute(delete(CaseloadEntry).where(CaseloadEntry.ended_at < now - KEPT))


def _open(
    session: Session,
    organisation: Organisation,
    person: Person,
    *,
    origin: Origin,
    by: Prescriber | None,
    now: datetime,
) -> CaseloadEntry:
    signed = select(CaseloadEntry.id).where(CaseloadEntry.person_id == person.id, CaseloadEntry.prescribes)
    entry = CaseloadEntry(
        organisation=organisation,
        person=person,
        prescriber=by,
        origin=origin.value,
        prescribes=session.scalar(signed) is None,
        created_at=now,
        changed_at=now,
    )
    session.add(entry)
    session.flush()  # its id is given out
    arrivals.tell(session, entry, now=now)
    return entry


def _close(session: Session, entry: CaseloadEntry, *, word: str | None, now: datetime) -> None:
    entry.ended_at, entry.end_word, entry.changed_at, entry.prescribes = now, word or None, now, False
    session.flush()  # before another one of the person may sign: the constraint is read row by row
    ended.send(entry, session=session, now=now)


def _lock(session: Session, person_id: int) -> None:
    # NO KEY UPDATE: what only needs the person's key to stay, such as a booking, is not held up.
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _lock_entry(session: Session, entry: CaseloadEntry) -> bool:
    """Whether the organisation still follows the person."""
    _lock(session, entry.person_id)
    session.refresh(entry, ["ended_at", "prescribes", "prescriber_id", "prescriber"])
    return entry.ended_at is None


def _check_living(is_living: bool) -> None:
    if not is_living:
        raise CaseloadRefused("Votre organisme ne suit plus cette personne.")


def _check_active(organisation: Organisation) -> None:
    if not organisation.is_active:
        raise CaseloadRefused(
            "Cet organisme ne suit personne pour le moment\u00a0: il n’est pas encore accepté, ou plus."
        )


def _check_member(organisation: Organisation, by: Prescriber) -> None:
    if by.organisation_id != organisation.id or by.state != "active":
        raise CaseloadRefused("Seul un membre de l’organisme peut suivre cette personne.")
