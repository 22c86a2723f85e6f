"""A person's answer to a referral: one of its slots, a waiting list, or no; by a link, a code, or in their place.

Each act locks the person, then the slot, then the referral, and reads the referral again: of two answers the first one
stands, and the second is told so.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.core import tokens
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, places, waiting
from traitdunion.immersions.models import OPEN, Booking, Slot
from traitdunion.prescribers import caseload, consents, referral_letters, referrals
from traitdunion.prescribers.kinds import DeclineReason, ReferralState
from traitdunion.prescribers.models import CaseloadEntry, Prescriber, Referral


class CannotAnswer(Refused):
    """The referral has its answer already, or cannot be answered any more."""


_SETTLED = {
    ReferralState.ACCEPTED: "Vous avez déjà répondu oui.",
    ReferralState.DECLINED: "Vous avez déjà répondu non. Vous pouvez encore réserver depuis la page de l’immersion.",
    ReferralState.EXPIRED: "Le délai pour répondre est passé.",
    ReferralState.WITHDRAWN: "Cette proposition a été retirée. Vous n’avez rien à faire.",
    ReferralState.GONE: "Cette immersion n’a plus lieu. Vous n’avez rien à annuler.",
}


def of_token(session: Session, token: str) -> Referral:
    """The referral that a link answers. Raises TokenRefused."""
    (referral_id,) = tokens.read(referral_letters.ANSWER, token, None)
    return _of_id(session, int(referral_id))


def of_cancel_token(session: Session, token: str) -> Referral:
    """The referral that was accepted in the person's place, by the link that cancels it. Raises TokenRefused."""
    (referral_id,) = tokens.read(referral_letters.IN_PLACE, token, None)
    found = _of_id(session, int(referral_id))
    if found.booking is None:
        raise tokens.TokenRefused("Cette réservation n’existe plus\u00a0: vous n’avez rien à annuler.")
    return found


def accept(
    session: Session,
    referral: Referral,
    slot_id: int,
    *,
    waits: bool = False,
    birth_date: date | None = None,
    now: datetime,
) -> Booking:
    """Books the slot, or waits for it, as the person, who is told at their own address; a second yes changes nothing.

    `birth_date` fills in what was not known. Raises CannotAnswer, and what `bookings.book` or `waiting.join` raises.
    """
    slot = _lock(session, referral, slot_id)
    if referral.booking is not None:
        return referral.booking
    people.fill_in(referral.entry.person, birth_date=birth_date)
    booking = _take(session, referral, slot, waits=waits, now=now)
    what = "est sur la liste d’attente" if waits else "a dit oui"
    referral_letters.tell_prescriber(session, referral, slot, what, now=now)
    return booking


def accept_in_place(
    session: Session, referral: Referral, slot_id: int, *, by: Prescriber, waits: bool = False, now: datetime
) -> Booking:
    """The same by a prescriber, with the consent that stands at this instant; the person is told how to cancel.

    Raises consents.NoConsent, CannotAnswer, and what `bookings.book` or `waiting.join` raises.
    """
    slot = _lock(session, referral, slot_id)
    if referral.booking is not None:
        return referral.booking
    if by.organisation_id != referral.entry.organisation_id:
        raise consents.NoConsent(referral.entry.person)
    # The person is locked: a consent that stands here is not withdrawn before the booking is made.
    consent = consents.standing(session, referral.entry_id)
    if consent is None:
        raise consents.NoConsent(referral.entry.person)
    referral.consent = consent
    booking = _take(session, referral, slot, waits=waits, now=now)
    session.flush()  # the consent's id is in a link of the message
    referral_letters.booked_in_place(session, referral, booking, now=now)
    return booking


def decline(session: Session, referral: Referral, *, reason: DeclineReason, word: str | None, now: datetime) -> None:
    """The person says no; a second no changes nothing. Raises CannotAnswer."""
    referrals.lock(session, referral)
    if referral.state == ReferralState.DECLINED:
        return
    check(referral, now=now)
    referrals.settle(referral, ReferralState.DECLINED, now=now)
    referral.decline_reason, referral.answer_word = reason.value, word or None
    referral_letters.tell_prescriber(session, referral, referral.choices[0].slot, "a dit non", now=now)


def note_booking(session: Session, referral: Referral, *, now: datetime) -> bool:
    """Settles a referral whose person booked one of its slots without the link; says whether it was so.

    The referral is locked and waits for its answer.
    """
    slot_ids = [choice.slot_id for choice in referral.choices]
    mine = Booking.person_id == referral.entry.person_id, Booking.slot_id.in_(slot_ids), Booking.state.in_(OPEN)
    found = session.scalar(select(Booking).where(*mine).order_by(Booking.id).limit(1))
    if found is not None:
        referral.booking = found
        referrals.settle(referral, ReferralState.ACCEPTED, now=now)
    return found is not None


def check(referral: Referral, *, now: datetime) -> None:
    """Raises CannotAnswer, with the reason, unless the referral may be answered now."""
    state = ReferralState(referral.state)
    if state in _SETTLED:
        raise CannotAnswer(_SETTLED[state])
    if referral.entry.ended_at is not None:
        raise CannotAnswer(_SETTLED[ReferralState.WITHDRAWN])
    if now >= referral.expires_at:
        raise CannotAnswer(_SETTLED[ReferralState.EXPIRED])


def _of_id(session: Session, referral_id: int) -> Referral:
    found = referrals.get(session, referral_id)
    if found is None:
        raise tokens.TokenRefused("Cette proposition n’existe plus.")
    return found


def _lock(session: Session, referral: Referral, slot_id: int) -> Slot:
    """The slot, if it is one of those proposed, with the person and the referral locked in the order that all keep."""
    if slot_id not in {choice.slot_id for choice in referral.choices}:
        raise CannotAnswer("Choisissez l’une des immersions proposées.")
    places.lock_days(session, referral.entry.person_id)
    slot = places.lock(session, slot_id)
    referrals.lock(session, referral)
    session.refresh(referral.entry, ["ended_at"])
    return slot


def _take(session: Session, referral: Referral, slot: Slot, *, waits: bool, now: datetime) -> Booking:
    check(referral, now=now)
    act = waiting.join if waits else bookings.book
    booking = act(session, slot, referral.entry.person, word=None, now=now)
    referral.booking = booking
    referrals.settle(referral, ReferralState.ACCEPTED, now=now)
    return booking


@caseload.ended.connect
def _withdraw_all(entry: CaseloadEntry, *, session: Session, now: datetime, **_: Any) -> None:
    """Whoever no longer follows a person proposes nothing to them any more, and books nothing in their place."""
    for referral in referrals.of_entry(session, entry.id):
        if referral.state == ReferralState.PROPOSED:
            referrals.withdraw(session, referral, now=now)
    consents.close(session, entry.id, now=now)
