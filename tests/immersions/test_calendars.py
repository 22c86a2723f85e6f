"""Events for calendars, as the icalendar library reads them back."""

from datetime import UTC, date, datetime, time
from typing import Any

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company
from traitdunion.immersions import bookings, calendars
from traitdunion.immersions.models import Actor, Booking, Slot

NOW = make.NOW


def event(booking: Booking, *, is_host: bool = False) -> tuple[Any, Any]:
    made = calendars.attachment(booking, to=booking.person, is_host=is_host, organiser="nous@exemple.fr", now=NOW)
    calendar = icalendar.Calendar.from_ical(made.content)
    assert isinstance(calendar, icalendar.Calendar)
    (found,) = calendar.walk("VEVENT")
    return calendar, found


def booked(session: Session, slot: Slot) -> Booking:
    person = make.person(session, birth_date=date(1990, 1, 1))
    return bookings.book(session, slot, person, now=NOW)


class TestAttachment:
    @pytest.mark.parametrize(("day", "hour"), [(date(2027, 1, 20), 7), (date(2027, 7, 20), 6)])
    def test_is_at_the_right_instant_in_winter_and_in_summer(self, session: Session, day: date, hour: int) -> None:
        _, found = event(booked(session, make.slot(session, first_day=day, accepts_at_once=True)))

        assert found.decoded("dtstart").astimezone(UTC) == datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        assert found["dtstart"].params["TZID"] == "Europe/Paris"

    def test_bears_its_time_zone_organiser_and_attendee(self, session: Session) -> None:
        booking = booked(session, make.slot(session, accepts_at_once=True))

        calendar, found = event(booking)

        assert calendar["method"] == "REQUEST"
        assert calendar.walk("VTIMEZONE")[0]["tzid"] == "Europe/Paris"
        assert found["organizer"] == "mailto:nous@exemple.fr"
        assert found["attendee"] == f"mailto:{booking.person.email}"
        assert not found.errors

    def test_keeps_its_uid_and_grows_its_sequence(self, session: Session) -> None:
        booking = booked(session, make.slot(session, accepts_at_once=True))
        _, before = event(booking)

        bookings.cancel(session, booking, by=Actor.PERSON, word=None, now=NOW)
        calendar, after = event(booking)

        assert before["uid"] == after["uid"]
        assert after["sequence"] > before["sequence"]
        assert calendar["method"] == "CANCEL"
        assert after["status"] == "CANCELLED"

    def test_is_apart_for_the_company(self, session: Session) -> None:
        booking = booked(session, make.slot(session, accepts_at_once=True))

        assert event(booking)[1]["uid"] != event(booking, is_host=True)[1]["uid"]
        assert booking.person.name in event(booking, is_host=True)[1]["summary"]

    def test_comes_back_each_day_but_on_holidays_and_weekends(self, session: Session) -> None:
        slot = make.slot(
            session, kind="weeks", first_day=date(2027, 3, 22), last_day=date(2027, 3, 31), accepts_at_once=True
        )

        _, found = event(booked(session, slot))

        without = {each.dt.date() for each in found["exdate"].dts}
        good_friday, easter_monday = date(2027, 3, 26), date(2027, 3, 29)
        assert without == {good_friday, date(2027, 3, 27), date(2027, 3, 28), easter_monday}
        assert found["rrule"]["UNTIL"][0].astimezone(UTC).date() == date(2027, 3, 31)

    @given(st.text(min_size=1, max_size=60), st.text(max_size=200))
    def test_survives_whatever_a_company_writes(self, title: str, transport: str) -> None:
        slot = Slot(
            id=1,
            title=title,
            first_day=date(2027, 1, 20),
            last_day=date(2027, 1, 20),
            starts_at=time(9),
            ends_at=time(12),
            postcode="57000",
            city="Metz",
            department="57",
            latitude=49.1,
            longitude=6.1,
            tutor_name="Ada",
            transport=transport,
        )
        slot.company = Company(name=title)
        booking = Booking(id=1, state="accepted", place_number=1, sequence=0, created_at=NOW, changed_at=NOW)
        booking.slot = slot
        booking.person = Person(given_name="Léa", family_name="Martin", email="lea@exemple.fr")

        assert event(booking)[1]["uid"]
