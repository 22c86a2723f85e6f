"""What is written after an immersion: to the company for its bilan, to the person for their word, to the prescriber.

The first time an answer is asked for is necessary; asking again is a reminder, that one may refuse.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements
from traitdunion.agreements.kinds import PartyRole
from traitdunion.companies import members
from traitdunion.core import tokens
from traitdunion.immersions.models import Booking
from traitdunion.impact.kinds import Choice
from traitdunion.impact.models import Bilan, Verdict
from traitdunion.notifications import digests, messages
from traitdunion.notifications.messages import Address, Topic
from traitdunion.prescribers import caseload
from traitdunion.prescribers.referral_letters import short_name

BILAN = "bilan"
"""Purpose of the token with which the company makes its bilan: the booking's id."""
OPINION = "bilan-opinion"
"""Purpose of the token with which the person answers to the bilan: the booking's id."""
VERDICT = "verdict"
"""Purpose of the token with which the person gives a verdict: the booking's id."""
OUTCOME = "outcome"
"""Purpose of the token with which an outcome is said: the booking's id, the month, the prescriber's person id or 0."""


def bilan_token(booking: Booking) -> str:
    """What stands in the company's link."""
    return tokens.sign(BILAN, [booking.id])


def verdict_token(booking: Booking) -> str:
    """What stands in the person's link."""
    return tokens.sign(VERDICT, [booking.id])


def outcome_token(booking_id: int, month: int, *, by: int = 0) -> str:
    """What stands in the link of the person, or of the prescriber `by` who answers for them."""
    return tokens.sign(OUTCOME, [booking_id, month, by])


def host_reminded(session: Session, booking: Booking, *, now: datetime) -> None:
    """It is tomorrow: the company knows who comes, and where to say that nobody did."""
    for reader, to in _hosts(session, booking):
        key = f"booking:{booking.id}:host:{booking.first_day}:{reader}"
        _write(session, booking, to, "host_reminder", key, topic=Topic.REMINDER, now=now)
    line = f"{short_name(booking.person)} est attendu ou attendue demain\u00a0: {booking.slot.title}."
    _tell_prescriber(session, booking, line, f"booking:{booking.id}:tomorrow:{booking.first_day}", now=now)


def bilan_asked(session: Session, booking: Booking, *, stage: int, now: datetime) -> None:
    """The company is asked for its bilan, for the first time (stage 0) or again."""
    for reader, to in _hosts(session, booking):
        key = f"booking:{booking.id}:bilan:{stage}:{reader}"
        _write(session, booking, to, "bilan_asked", key, topic=_topic(stage), now=now)


def verdict_asked(session: Session, booking: Booking, *, stage: int, now: datetime) -> None:
    """The person is asked for their verdict."""
    key = f"booking:{booking.id}:verdict:{stage}"
    _write(session, booking, booking.person.address, "verdict_asked", key, topic=_topic(stage), now=now)


def outcome_asked(session: Session, booking: Booking, month: int, *, stage: int, now: datetime) -> None:
    """The person is asked where they are, some months later."""
    key = f"booking:{booking.id}:outcome:{month}:{stage}"
    values = {"month": month, "token": outcome_token(booking.id, month)}
    _write(session, booking, booking.person.address, "outcome_asked", key, topic=_topic(stage), values=values, now=now)


def bilan_said(session: Session, bilan: Bilan, *, now: datetime) -> None:
    """The person reads the bilan, and may answer; the prescriber is told."""
    booking = bilan.booking
    values = {"bilan": bilan, "token": tokens.sign(OPINION, [booking.id])}
    key = f"booking:{booking.id}:bilan-said:{bilan.changed_at:%Y%m%d%H%M%S%f}"
    _write(session, booking, booking.person.address, "bilan_said", key, values=values, now=now)
    line = f"{booking.slot.company.name} a fait le bilan de l’immersion de {short_name(booking.person)}."
    _tell_prescriber(session, booking, line, key, now=now)


def bilan_answered(session: Session, bilan: Bilan, booking: Booking, *, now: datetime) -> None:
    """The prescriber is told where the person does not agree: it is theirs to bring both together."""
    if not bilan.agrees:
        line = f"{short_name(booking.person)} n’est pas d’accord avec le bilan de l’entreprise."
        _tell_prescriber(session, booking, line, f"booking:{booking.id}:disagrees", now=now)


def verdict_said(session: Session, verdict: Verdict, *, now: datetime) -> None:
    """The prescriber reads the verdict before anybody enrols."""
    booking = verdict.booking
    said = Choice(verdict.choice).said
    line = f"{short_name(booking.person)} {said} après l’immersion «\u00a0{booking.slot.title}\u00a0»."
    _tell_prescriber(session, booking, line, f"booking:{booking.id}:verdict:{verdict.choice}", now=now)


def _topic(stage: int) -> Topic:
    return Topic.REMINDER if stage else Topic.NECESSARY


def _hosts(session: Session, booking: Booking) -> Iterator[tuple[str, Address]]:
    """Who welcomes, where the agreement says how to reach them, else those who speak for the company."""
    agreement = agreements.of_booking(session, booking.id)
    tutor = agreements.party(agreement, PartyRole.TUTOR) if agreement else None
    if tutor and (tutor.email or tutor.phone):
        yield f"tutor:{tutor.id}", Address(tutor.email, tutor.phone, tutor.name)
        return
    for member in members.people(session, booking.slot.company_id):
        yield f"person:{member.id}", member.address


def _tell_prescriber(session: Session, booking: Booking, line: str, key: str, *, now: datetime) -> None:
    entry = caseload.prescribing(session, booking.person_id)
    if entry is None or entry.prescriber is None or entry.prescriber.person is None:
        return
    path = f"/prescripteur/{entry.organisation_id}/personnes/{booking.person_id}"
    digests.add(session, to=entry.prescriber.person.address, key=key, line=line, path=path, now=now)


def _write(
    session: Session,
    booking: Booking,
    to: Address,
    kind: str,
    key: str,
    *,
    now: datetime,
    topic: Topic = Topic.NECESSARY,
    values: dict[str, Any] | None = None,
) -> None:
    given = {
        "booking": booking,
        "slot": booking.slot,
        "company": booking.slot.company,
        "person": booking.person,
        "age": None,
        "bilan_token": bilan_token(booking),
        "verdict_token": verdict_token(booking),
    }
    messages.write(session, to=to, kind=kind, key=key, values={**given, **(values or {})}, now=now, topic=topic)
