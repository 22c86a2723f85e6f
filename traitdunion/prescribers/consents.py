"""What a person allowed an organisation to do in their place: the words, when, how; withdrawn whenever they like.

Each act locks the person: a booking made in their place, and the withdrawal that forbids it, come one after the other.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts import audit
from traitdunion.accounts.models import Person
from traitdunion.core import tokens
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, places
from traitdunion.immersions.models import Actor, Booking, BookingState
from traitdunion.prescribers import referral_letters
from traitdunion.prescribers.kinds import ConsentMeans
from traitdunion.prescribers.models import CaseloadEntry, Consent, Organisation, Prescriber, Referral

KEPT = timedelta(days=731)
"""24 months, as the register of privacy says."""
_OLDEST = timedelta(days=365)
_UNSURE = (BookingState.REQUESTED.value, BookingState.WAITING.value)


class NoConsent(Refused):
    """Nobody books in the place of a person who did not consent, or does not any more."""

    def __init__(self, person: Person) -> None:
        super().__init__(
            f"{person.name} n’a pas donné son accord, ou vient de le retirer\u00a0: rien n’est réservé à sa place. "
            "Sa proposition reste ouverte, et c’est à cette personne d’y répondre."
        )


class CannotRecord(Refused):
    """What was said of the consent cannot be."""


def words(organisation: Organisation) -> str:
    """What the person is read or shown before they consent."""
    return (
        f"J’autorise {organisation.name} à réserver des immersions en entreprise à ma place, sur Trait d’union. "
        "On me prévient de chaque réservation, et je peux l’annuler. Je peux retirer cet accord quand je veux, "
        "sans que cela change mon accompagnement."
    )


def record(
    session: Session,
    entry: CaseloadEntry,
    *,
    text: str,
    means: ConsentMeans,
    given_on: date,
    by: Prescriber,
    today: date,
    now: datetime,
) -> Consent:
    """Notes the consent, and tells the person; one that stands already is kept as it is. Raises CannotRecord."""
    if not today - _OLDEST <= given_on <= today:
        raise CannotRecord("Indiquez le jour où l’accord a été donné\u00a0: aujourd’hui ou avant, un an au plus.")
    places.lock_days(session, entry.person_id)
    session.refresh(entry, ["ended_at"])
    if entry.ended_at is not None:
        raise CannotRecord("Votre organisme ne suit plus cette personne.")
    found = standing(session, entry.id)
    if found is not None:
        return found
    consent = Consent(entry=entry, prescriber=by, text=text, means=means.value, given_on=given_on, created_at=now)
    session.add(consent)
    session.flush()  # its id is in the link of the message
    _tell_audit(session, consent, "consent.record", by=by.person_id, now=now)
    referral_letters.consent_recorded(session, consent, now=now)
    return consent


def withdraw(session: Session, consent: Consent, *, by: int | None, now: datetime) -> Sequence[Booking]:
    """Ends it, cancels what was booked with it and is not sure yet, and tells the person; twice changes nothing.

    `by`: who noted it, None for whoever holds the person's link. Returns the bookings that were cancelled.
    """
    places.lock_days(session, consent.entry.person_id)
    session.refresh(consent, ["withdrawn_at"])
    if consent.withdrawn_at is not None:
        return ()
    consent.withdrawn_at = now
    stopped = [booking for booking in _unsure(session, consent.id) if _cancel(session, booking, now=now)]
    _tell_audit(session, consent, "consent.withdraw", by=by, now=now)
    referral_letters.consent_withdrawn(session, consent, stopped=stopped, now=now)
    return stopped


def close(session: Session, entry_id: int, *, now: datetime) -> None:
    """Ends the consent of an entry that ends: the person, who is locked, withdrew nothing and is told nothing."""
    found = standing(session, entry_id)
    if found is not None:
        found.withdrawn_at = now


def standing(session: Session, entry_id: int) -> Consent | None:
    """The consent of that entry which is not withdrawn."""
    return session.scalar(_whole().where(Consent.entry_id == entry_id, Consent.withdrawn_at.is_(None)))


def of_person(session: Session, person_id: int) -> Sequence[Consent]:
    """Those of a person which are not withdrawn, with their organisations, the oldest first."""
    theirs = CaseloadEntry.person_id == person_id, Consent.withdrawn_at.is_(None)
    return session.scalars(_whole().join(Consent.entry).where(*theirs).order_by(Consent.id)).all()


def get(session: Session, consent_id: int) -> Consent | None:
    """The consent with its person and organisation."""
    return session.scalar(_whole().where(Consent.id == consent_id))


def of_token(session: Session, token: str) -> Consent:
    """The consent that a link of the person's messages shows. Raises TokenRefused."""
    (consent_id,) = tokens.read(referral_letters.CONSENT, token, None)
    found = get(session, int(consent_id))
    if found is None:
        raise tokens.TokenRefused("Cet accord n’existe plus\u00a0: personne ne réserve à votre place.")
    return found


def forget(session: Session, *, before: datetime) -> None:
    """Erases those that were withdrawn before."""
    session.execute(delete(Consent).where(Consent.withdrawn_at < before))


def _unsure(session: Session, consent_id: int) -> Sequence[Booking]:
    """What was booked with it, and the company or a waiting list has not made sure."""
    booked = select(Referral.booking_id).where(Referral.consent_id == consent_id)
    query = select(Booking.id).where(Booking.id.in_(booked), Booking.state.in_(_UNSURE)).order_by(Booking.slot_id)
    found = (bookings.get(session, booking_id) for booking_id in session.scalars(query).all())
    return [booking for booking in found if booking is not None]


def _cancel(session: Session, booking: Booking, *, now: datetime) -> bool:
    places.lock(session, booking.slot_id)
    session.refresh(booking)
    if booking.state not in _UNSURE:
        return False  # the company answered in between: it is sure now
    try:
        bookings.cancel(session, booking, by=Actor.PERSON, word="Cette personne ne vient plus.", now=now)
    except Refused:
        return False  # it has begun
    return True


def _tell_audit(session: Session, consent: Consent, act: str, *, by: int | None, now: datetime) -> None:
    person_id = consent.entry.person_id
    details = {"organisation": consent.entry.organisation_id}
    audit.record(session, by=by, act=act, subject="people", subject_id=person_id, details=details, now=now)


def _whole() -> Select[Consent]:
    return select(Consent).options(
        joinedload(Consent.entry).joinedload(CaseloadEntry.person),
        joinedload(Consent.entry).joinedload(CaseloadEntry.organisation),
        joinedload(Consent.prescriber).joinedload(Prescriber.person),
    )
