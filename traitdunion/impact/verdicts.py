"""The person's verdict on the job they tried: three taps, each kept as it is given."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.immersions.models import Booking, BookingState
from traitdunion.impact import letters, times
from traitdunion.impact.kinds import Choice, Reason
from traitdunion.impact.models import Verdict
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment


def get(session: Session, booking_id: int) -> Verdict | None:
    """The verdict; None while the person said nothing."""
    return session.get(Verdict, booking_id)


def of_bookings(session: Session, booking_ids: Collection[int]) -> dict[int, Verdict]:
    """The verdicts on those immersions, by the booking's id."""
    found = session.scalars(select(Verdict).where(Verdict.booking_id.in_(booking_ids)))
    return {verdict.booking_id: verdict for verdict in found}


def choose(session: Session, booking_id: int, choice: Choice, *, now: datetime) -> Verdict:
    """The first tap, which is counted whatever follows; another choice within 7 days takes its place.

    Raises Gone, NotYet, TooLate.
    """
    booking = times.lock(session, booking_id)
    times.check_begun(booking, now=now)
    if booking.state == BookingState.NO_SHOW:
        raise times.NotYet("L’entreprise dit que vous n’êtes pas venu ou venue. Si c’est une erreur, écrivez-nous.")
    verdict = session.get(Verdict, booking_id)
    if verdict is None:
        verdict = Verdict(booking_id=booking_id, booking=booking, answered_at=now)
        session.add(verdict)
    times.check_correctable(verdict.answered_at, now=now)
    if verdict.choice != choice.value:
        verdict.choice, verdict.reason, verdict.changed_at = choice.value, None, now
        session.flush()
        letters.verdict_said(session, verdict, now=now)
    return verdict


def explain(session: Session, booking_id: int, reason: Reason, *, word: str | None = None, now: datetime) -> None:
    """The second tap: what counted most. Raises Gone, NotYet, TooLate."""
    verdict = _given(session, booking_id, now=now)
    verdict.reason, verdict.word, verdict.changed_at = reason.value, word or None, now


def know(session: Session, booking_id: int, score: int, *, now: datetime) -> None:
    """The third tap: how well the person knows the job now. Raises Gone, NotYet, TooLate, NoScore."""
    booking = _given(session, booking_id, now=now).booking
    knowledge.say(session, booking.person_id, booking.slot.occupation_code, Moment.AFTER, score=score, now=now)


def may_be_said(booking: Booking, *, now: datetime) -> bool:
    """The immersion has begun, and the person came."""
    try:
        times.check_begun(booking, now=now)
    except times.NotYet:
        return False
    return booking.state != BookingState.NO_SHOW


def _given(session: Session, booking_id: int, *, now: datetime) -> Verdict:
    times.lock(session, booking_id)
    verdict = session.get(Verdict, booking_id)
    if verdict is None:
        raise times.NotYet("Commencez par dire ce que vous pensez de ce métier.")
    times.check_correctable(verdict.answered_at, now=now)
    return verdict
