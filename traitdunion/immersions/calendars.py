"""Bookings for calendars (RFC 5545 and 5546): what goes with a message, and feeds behind a secret address.

An event keeps its UID all its life; its SEQUENCE grows with each change, so that calendars know which is the latest.
Hours are on the clock of Europe/Paris, whose rules come with the file: a calendar abroad shows the right instant.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache

from icalendar import Calendar, Event, Timezone, vCalAddress, vText
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session, contains_eager

from traitdunion.accounts.models import Person
from traitdunion.companies import members
from traitdunion.companies.models import Company
from traitdunion.core import clock, tokens
from traitdunion.immersions import dates, wording
from traitdunion.immersions.models import ACTIVE, Booking, BookingState, CalendarFeed, Slot
from traitdunion.notifications.messages import Attachment

_PURPOSE = "calendar"
_PRODUCT = "-//Trait d’union//Immersions//FR"
_KEPT = timedelta(days=90)
"""How long a feed shows what is over."""
_REFRESH = "PT4H"
# The rules in force in France since 1996 (directive 2000/84/CE).
_PARIS = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""


class Method(StrEnum):
    """What a calendar is asked to do with an event."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


def attachment(booking: Booking, *, to: Person, is_host: bool, organiser: str, now: datetime) -> Attachment:
    """The event for a message to that person; a cancelled booking takes it out of their calendar."""
    method = Method.CANCEL if booking.state not in ACTIVE else Method.REQUEST
    calendar = _calendar(method)
    event = _event(booking, is_host=is_host, now=now)
    sender = vCalAddress(f"mailto:{organiser}")
    sender.params["CN"] = vText("Trait d’union")
    event.add("organizer", sender)
    if to.email:
        attendee = vCalAddress(f"mailto:{to.email}")
        attendee.params["CN"] = vText(to.name)
        attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
        attendee.params["PARTSTAT"] = vText("ACCEPTED")
        event.add("attendee", attendee)
    calendar.add_component(event)
    return Attachment(
        name="immersion.ics", media_type=f"text/calendar; method={method.value}", content=calendar.to_ical()
    )


def feed(session: Session, *, person: Person, company: Company | None = None, now: datetime) -> bytes:
    """The bookings of a person, or those that a company expects, of today, to come and lately over."""
    if company is not None:
        return published(
            session, Slot.company_id == company.id, f"Immersions {company.name}", names_people=True, now=now
        )
    return published(session, Booking.person_id == person.id, "Mes immersions", names_people=False, now=now)


def published(session: Session, whose: ColumnElement[bool], name: str, *, names_people: bool, now: datetime) -> bytes:
    """The bookings that hold a place, of today, to come and lately over, as a calendar of that name."""
    query = (
        select(Booking)
        .join(Booking.slot)
        .options(contains_eager(Booking.slot).joinedload(Slot.company))
        .where(whose, Booking.last_day >= (now - _KEPT).date(), Booking.place_number.is_not(None))
        .where(Booking.state != BookingState.WAITING.value)
        .order_by(Booking.first_day, Booking.id)
    )
    calendar = _calendar(Method.PUBLISH)
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", _REFRESH)
    for booking in session.scalars(query):
        calendar.add_component(_event(booking, is_host=names_people, now=now))
    content: bytes = calendar.to_ical()
    return content


def open_feed(session: Session, person: Person, *, company: Company | None, now: datetime) -> CalendarFeed:
    """The feed of the person, or of the company for that person; made when there is none."""
    found = find_feed(session, person, company=company)
    if found is None:
        found = CalendarFeed(person_id=person.id, company_id=company.id if company else None, created_at=now)
        session.add(found)
    return found


def find_feed(session: Session, person: Person, *, company: Company | None) -> CalendarFeed | None:
    """The feed that is open, or None."""
    return session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.person_id == person.id,
            CalendarFeed.company_id == company.id if company else CalendarFeed.company_id.is_(None),
        )
    )


def close_feed(session: Session, person: Person, *, company: Company | None) -> None:
    """Whoever had the address reads nothing more; a second time changes nothing."""
    session.execute(
        delete(CalendarFeed).where(
            CalendarFeed.person_id == person.id,
            CalendarFeed.company_id == company.id if company else CalendarFeed.company_id.is_(None),
        )
    )


def secret(feed_: CalendarFeed) -> str:
    """What stands in the address of the feed; good until the feed is closed, whenever it was made."""
    return tokens.sign(_PURPOSE, [feed_.id])


def of_secret(session: Session, text: str) -> CalendarFeed | None:
    """The feed of an address; None when it was closed, altered, or the person no longer belongs to the company."""
    try:
        (feed_id,) = tokens.read(_PURPOSE, text, None)
    except tokens.TokenRefused:
        return None
    found = session.get(CalendarFeed, feed_id)
    if found is None or found.company_id is None:
        return found
    return found if members.is_active(session, found.company_id, found.person_id) else None


def _calendar(method: Method) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    calendar.add_component(_paris())
    return calendar


def _event(booking: Booking, *, is_host: bool, now: datetime) -> Event:
    slot = booking.slot
    event = Event()
    event.add("uid", uid(booking, is_host=is_host))
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("last-modified", booking.changed_at.astimezone(UTC))
    event.add("status", _status(booking))
    event.add("dtstart", dates.starts(slot))
    event.add("dtend", datetime.combine(slot.first_day, slot.ends_at, tzinfo=clock.PARIS))
    _repeat(event, slot)
    event.add("summary", f"{slot.title}\u00a0: {booking.person.name}" if is_host else f"Immersion\u00a0: {slot.title}")
    event.add("location", f"{slot.company.name}, {wording.place(slot)}")
    event.add("geo", (slot.latitude, slot.longitude))
    event.add("description", _description(slot))
    return event


def uid(booking: Booking, *, is_host: bool) -> str:
    """The same all the booking's life; apart for the two sides, since one may be both."""
    side = "entreprise" if is_host else "personne"
    return f"reservation-{booking.id}-{int(booking.created_at.timestamp())}-{side}@trait-d-union"


def _status(booking: Booking) -> str:
    if booking.state == BookingState.REQUESTED:
        return "TENTATIVE"
    return "CONFIRMED" if booking.place_number is not None else "CANCELLED"


def _repeat(event: Event, slot: Slot) -> None:
    """Every day of presence, at the same hours."""
    if slot.first_day == slot.last_day:
        return
    last = datetime.combine(slot.last_day, slot.starts_at, tzinfo=clock.PARIS)
    event.add("rrule", {"freq": "daily", "until": last.astimezone(UTC)})
    present = set(dates.presence(slot))
    length = (slot.last_day - slot.first_day).days
    absent = _absent(slot, present, length)
    if absent:
        event.add("exdate", absent)


def _absent(slot: Slot, present: Iterable[object], length: int) -> list[datetime]:
    every = (slot.first_day + timedelta(days=number) for number in range(length + 1))
    kept = set(present)
    return [datetime.combine(day, slot.starts_at, tzinfo=clock.PARIS) for day in every if day not in kept]


def _description(slot: Slot) -> str:
    host = f"{slot.tutor_name}, {slot.tutor_role}" if slot.tutor_role else slot.tutor_name
    lines = [
        f"Qui vous accueille\u00a0: {host}",
        f"Équipement\u00a0: {slot.equipment}" if slot.equipment else None,
        f"Transport\u00a0: {slot.transport}" if slot.transport else None,
    ]
    return "\n".join(line for line in lines if line)


@cache
def _paris() -> Timezone:
    found = Timezone.from_ical(_PARIS)
    assert isinstance(found, Timezone)  # noqa: S101 — narrows the type
    return found
