"""What becomes of referrals that nobody answers: reminded once, expired; their slots cancelled, full, or over.

Each referral in a transaction of its own; each act looks again at what is true, so that a second run changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from traitdunion.companies.models import Company
from traitdunion.core import clock, db, jobs
from traitdunion.immersions import alternatives, eligibility, slots
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.prescribers import answers, consents, referral_letters, referrals
from traitdunion.prescribers.kinds import ReferralState
from traitdunion.prescribers.models import Referral, ReferralSlot

QUEUE = "prescribers"
_SHORTEST = timedelta(days=2)
"""A referral that lives less is not worth a reminder."""
_KEPT = timedelta(days=731)
"""24 months, as the register of privacy says."""
_WAITS = Referral.state == ReferralState.PROPOSED.value


@jobs.task(queue=QUEUE, every="*/10 * * * *")
def end_what_is_due(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Ends the referrals that were not answered in time; looks after those whose slots are taken, or over."""
    now = clock.now()
    with db.transaction() as session:
        late, without = due(session, now=now), without_places(session, now=now)
    _each(late, expire, now=now)
    _each(without, tell_of_places, now=now)


@jobs.task(queue=QUEUE, every="20 8-17 * * *")
def remind(timestamp: int) -> None:  # noqa: ARG001
    """Reminds, by day, those who did not answer in half of the time they have."""
    now = clock.now()
    with db.transaction() as session:
        found = to_remind(session, now=now)
    _each(found, remind_once, now=now)


@jobs.task(queue=QUEUE, every="47 3 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Erases, each night, the referrals and withdrawn consents of 24 months ago."""
    before = clock.now() - _KEPT
    with db.transaction() as session:
        session.execute(delete(Referral).where(Referral.created_at < before))
        consents.forget(session, before=before)


def due(session: Session, *, now: datetime) -> Sequence[int]:
    """Ids of those whose time is over."""
    return session.scalars(select(Referral.id).where(_WAITS, Referral.expires_at <= now).order_by(Referral.id)).all()


def to_remind(session: Session, *, now: datetime) -> Sequence[int]:
    """Ids of those that wait since half of their life, and were not reminded."""
    life = Referral.expires_at - Referral.created_at
    gone, left = now - Referral.created_at, Referral.expires_at - now
    is_time = Referral.reminded_at.is_(None), life >= _SHORTEST, gone >= left
    return session.scalars(
        select(Referral.id).where(_WAITS, Referral.expires_at > now, *is_time).order_by(Referral.id)
    ).all()


def without_places(session: Session, *, now: datetime) -> Sequence[int]:
    """Ids of those among whose slots none has a place that can be booked now."""
    query = select(Referral.id).where(_WAITS, Referral.expires_at > now, ~_has_choice(now))
    return session.scalars(query.order_by(Referral.id)).all()


def expire(session: Session, referral: Referral, *, now: datetime) -> None:
    """The person said nothing in time; the prescriber sees it."""
    if not answers.note_booking(session, referral, now=now) and referral.expires_at <= now:
        referrals.settle(referral, ReferralState.EXPIRED, now=now)
        slot = referral.choices[0].slot
        referral_letters.tell_prescriber(session, referral, slot, "n’a pas répondu", now=now)


def remind_once(session: Session, referral: Referral, *, now: datetime) -> None:
    """Asks again, unless the person booked by another way."""
    if answers.note_booking(session, referral, now=now) or referral.reminded_at is not None:
        return
    referral.reminded_at = now
    referral_letters.reminded(session, referral, now=now)


def tell_of_places(session: Session, referral: Referral, *, now: datetime) -> None:
    """All the slots are full: told once, the waiting list is there. None takes bookings any more: that is the end."""
    if answers.note_booking(session, referral, now=now):
        return
    standing = [choice.slot for choice in referral.choices if _is_open(choice.slot, now=now)]
    if not standing:
        _end(session, referral, referral.choices[0].slot, now=now)
    elif all(slot.state == SlotState.FULL for slot in standing):
        referral_letters.full(session, referral, standing[0], now=now)
        what = "n’avait pas encore répondu, et c’est complet"
        referral_letters.tell_prescriber(session, referral, standing[0], what, now=now)


@slots.cancelled.connect
def _follow(slot: Slot, *, session: Session, now: datetime, **_: Any) -> None:
    """A company gave the slot up: who was about to answer is told at once, with what is left."""
    for referral in referrals.living_with(session, slot.id):
        referrals.lock(session, referral)
        if referral.state != ReferralState.PROPOSED:
            continue
        if any(_is_open(choice.slot, now=now) for choice in referral.choices if choice.slot_id != slot.id):
            referral_letters.slot_cancelled(session, referral, slot, now=now)
        else:
            _end(session, referral, slot, now=now)


def _end(session: Session, referral: Referral, slot: Slot, *, now: datetime) -> None:
    referrals.settle(referral, ReferralState.GONE, now=now)
    referral_letters.gone(session, referral, slot, now=now)
    what = "n’avait pas encore répondu, et l’immersion n’a plus lieu"
    referral_letters.tell_prescriber(session, referral, slot, what, now=now)


def _is_open(slot: Slot, *, now: datetime) -> bool:
    try:
        eligibility.check_slot(slot, now=now)
    except eligibility.NotOpen:
        return False
    return True


def _has_choice(now: datetime) -> ColumnElement[bool]:
    return (
        exists(func.now())
        .where(ReferralSlot.referral_id == Referral.id, Slot.id == ReferralSlot.slot_id)
        .where(Company.id == Slot.company_id, Slot.state == SlotState.PUBLISHED.value)
        .where(alternatives.shown(), alternatives.bookable(now))
    )


def _each(ids: Iterable[int], act: Callable[..., None], *, now: datetime) -> None:
    """Does the act to each that still waits, locked."""
    for referral_id in ids:
        with db.transaction() as session:
            referral = referrals.get(session, referral_id)
            if referral is None:
                continue
            referrals.lock(session, referral)
            if referral.state == ReferralState.PROPOSED:
                act(session, referral, now=now)
