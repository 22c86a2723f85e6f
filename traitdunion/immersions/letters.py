"""The message of each step of a booking, to the person and to those who speak for the company.

Written in the transaction of the step, once for each change (`Booking.sequence`) and reader. The event for the
reader's calendar goes with what sets, moves or cancels a date.
"""

from datetime import datetime
from email.utils import parseaddr
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.companies import members
from traitdunion.core import tokens
from traitdunion.immersions import alternatives, calendars, dates
from traitdunion.immersions.models import Booking, BookingState
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Attachment, Topic

ANSWER = "booking-answer"
"""Purpose of the token with which a member answers a request: the booking's id, the member's person id."""
PLACE = "booking-place"
"""Purpose of the token with which a person takes the place that is offered: the booking's id."""

_WITHOUT_ORGANISER = "ne-pas-repondre@localhost"  # the demonstration, which writes to nobody


def booked(session: Session, booking: Booking, *, now: datetime) -> None:
    """A place was asked for, or taken at once."""
    if booking.state == BookingState.ACCEPTED:
        accepted(session, booking, now=now)
        _to_company(session, booking, "company_booking", now=now, has_event=True)
    else:
        _to_person(session, booking, "booking_requested", now=now)
        asked(session, booking, now=now)


def asked(session: Session, booking: Booking, *, now: datetime) -> None:
    """The company is asked to answer, each member by a link of their own."""
    for member in members.people(session, booking.slot.company_id):
        token = tokens.sign(ANSWER, [booking.id, member.id])
        _write(session, booking, member, "company_request", now=now, values={"token": token})


def accepted(session: Session, booking: Booking, *, now: datetime) -> None:
    """The person is expected."""
    _to_person(session, booking, "booking_accepted", now=now, has_event=True)


def refused(session: Session, booking: Booking, *, now: datetime) -> None:
    """The company said no; what else there is comes with it."""
    _to_person(session, booking, "booking_refused", now=now, values=_near(session, booking, now=now))


def expired(session: Session, booking: Booking, *, now: datetime) -> None:
    """The company said nothing in time."""
    _to_person(session, booking, "booking_expired", now=now, values=_near(session, booking, now=now))


def cancelled(session: Session, booking: Booking, *, was_accepted: bool, now: datetime) -> None:
    """Both sides know that nobody comes; what was never sure leaves no trace in calendars."""
    _to_person(
        session,
        booking,
        "booking_cancelled",
        now=now,
        has_event=was_accepted,
        values=_near(session, booking, now=now),
    )
    if booking.cancelled_by != "company":
        _to_company(session, booking, "company_cancelled", now=now, has_event=was_accepted)


def moved(session: Session, booking: Booking, *, was_accepted: bool, now: datetime) -> None:
    """The booking has other dates; the calendars that knew the old ones are told, by the same event."""
    is_accepted = booking.state == BookingState.ACCEPTED
    _to_person(session, booking, "booking_moved", now=now, has_event=is_accepted or was_accepted)
    if is_accepted:
        _to_company(session, booking, "company_moved", now=now, has_event=True)
    else:
        asked(session, booking, now=now)


def joined(session: Session, booking: Booking, *, now: datetime) -> None:
    """The person waits."""
    _to_person(session, booking, "waiting_joined", now=now, values={"until": dates.waiting_ends(booking.slot)})


def offered(session: Session, booking: Booking, *, now: datetime) -> None:
    """A freed place is kept for the person until `offered_until`, when the message is of no use any more."""
    token = tokens.sign(PLACE, [booking.id])
    _to_person(session, booking, "place_offered", now=now, values={"token": token})


def waiting_over(session: Session, booking: Booking, *, had_offer: bool, now: datetime) -> None:
    """The list stops, or the offered place was not taken in time."""
    values = {"had_offer": had_offer, **_near(session, booking, now=now)}
    _to_person(session, booking, "waiting_over", now=now, values=values)


def reminded(session: Session, booking: Booking, *, now: datetime) -> None:
    """It is tomorrow; written once for each date, however often the job runs."""
    key = f"booking:{booking.id}:reminder:{booking.first_day}"
    messages.write(
        session,
        to=booking.person.address,
        kind="booking_reminder",
        key=key,
        values=_values(booking),
        now=now,
        topic=Topic.REMINDER,
        expires_at=dates.starts(booking.slot),
    )


def _near(session: Session, booking: Booking, *, now: datetime) -> dict[str, Any]:
    return {"near": alternatives.near(session, booking.slot, person_id=booking.person_id, now=now)}


def _to_person(
    session: Session,
    booking: Booking,
    kind: str,
    *,
    now: datetime,
    has_event: bool = False,
    values: dict[str, Any] | None = None,
) -> None:
    _write(session, booking, booking.person, kind, now=now, has_event=has_event, values=values)


def _to_company(session: Session, booking: Booking, kind: str, *, now: datetime, has_event: bool = False) -> None:
    for member in members.people(session, booking.slot.company_id):
        _write(session, booking, member, kind, now=now, has_event=has_event, is_host=True)


def _write(
    session: Session,
    booking: Booking,
    to: Person,
    kind: str,
    *,
    now: datetime,
    has_event: bool = False,
    is_host: bool = False,
    values: dict[str, Any] | None = None,
) -> None:
    files: list[Attachment] = []
    if has_event and to.email:
        files = [calendars.attachment(booking, to=to, is_host=is_host, organiser=_organiser(), now=now)]
    messages.write(
        session,
        to=to.address,
        kind=kind,
        key=f"booking:{booking.id}:{booking.sequence}:{kind}:{to.id}",
        values={**_values(booking), **(values or {})},
        now=now,
        attachments=files,
    )


def _values(booking: Booking) -> dict[str, Any]:
    slot = booking.slot
    birth = booking.person.birth_date
    age = dates.age_on(birth, slot.first_day) if birth else None
    return {"booking": booking, "slot": slot, "company": slot.company, "person": booking.person, "age": age}


def _organiser() -> str:
    return parseaddr(current_app.config["MAIL_FROM"] or "")[1] or _WITHOUT_ORGANISER
