"""What a company does with its slots."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import factories as make
from tests.immersions.slot_fields import TODAY, form
from traitdunion.companies import companies
from traitdunion.immersions import slots
from traitdunion.immersions.addresses import FieldRefused
from traitdunion.immersions.details import SlotDetails
from traitdunion.immersions.lifecycle import ActRefused
from traitdunion.immersions.models import Booking, Slot, SlotPlace
from traitdunion.immersions.slots import SlotBooked


def details(**different: Any) -> SlotDetails:
    """What a valid form says."""
    typed = form(**different)
    assert typed.validate(), typed.errors
    return typed.details()


def numbers(session: Session, slot: Slot) -> list[int]:
    """The places of the slot."""
    return list(session.scalars(select(SlotPlace.number).where(SlotPlace.slot_id == slot.id).order_by("number")))


def booking(session: Session, slot: Slot, number: int = 1) -> Booking:
    """Somebody holds that place."""
    made = Booking(
        slot=slot,
        person=make.person(session),
        first_day=slot.first_day,
        last_day=slot.last_day,
        place_number=number,
        state="accepted",
        sequence=0,
        created_at=make.NOW,
        changed_at=make.NOW,
    )
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def written(session: Session) -> Slot:
    """A draft of two places."""
    make.commune(session)
    person, company = make.person(session), make.company(session)
    return slots.write(session, company, details(), by=person.id, now=make.NOW)


class TestWrite:
    def test_makes_a_draft_with_its_places(self, session: Session, written: Slot) -> None:
        assert (written.state, written.places, numbers(session, written)) == ("draft", 2, [1, 2])
        assert (written.commune_code, written.department) == ("57463", "57")

    def test_is_exactly_where_the_company_is_when_the_address_is_the_same(self, written: Slot) -> None:
        assert not written.is_place_approximate
        assert (written.latitude, written.longitude) == (make.METZ["latitude"], make.METZ["longitude"])

    def test_has_another_address_looked_for(self, session: Session) -> None:
        make.commune(session)
        elsewhere = details(adresse="3 place d’Armes")

        slot = slots.write(session, make.company(session), elsewhere, by=make.person(session).id, now=make.NOW)

        assert slot.is_place_approximate
        asked = session.scalars(text("SELECT args->>'slot_id' FROM procrastinate_jobs WHERE task_name LIKE '%locate'"))
        assert asked.all() == [str(slot.id)]

    @pytest.mark.parametrize(
        ("different", "field", "words"),
        [
            ({"code_postal": "99999"}, "code_postal", "aucune commune"),
            ({"du": "25/12/2026"}, "du", "jour férié"),
            ({"du": "26/12/2026"}, "du", "jour férié"),  # in the département of the place, and not everywhere
            ({"type": "jours", "du": "23/12/2026", "au": "25/12/2026"}, "au", "jour férié"),
        ],
    )
    def test_refuses(self, session: Session, different: dict[str, str], field: str, words: str) -> None:
        make.commune(session)

        with pytest.raises(FieldRefused, match=words) as refusal:
            slots.write(session, make.company(session), details(**different), by=make.person(session).id, now=make.NOW)

        assert refusal.value.field == field

    def test_names_the_towns_of_the_postcode(self, session: Session) -> None:
        make.commune(session, "57672", "Thionville", postcodes=["57100"])
        make.commune(session, "57683", "Manom", postcodes=["57100"])

        with pytest.raises(FieldRefused, match="Thionville, Manom"):
            slots.write(
                session,
                make.company(session),
                details(code_postal="57100", ville="Strasbourg"),
                by=make.person(session).id,
                now=make.NOW,
            )


class TestChange:
    def test_writes_what_is_said_now(self, session: Session, written: Slot) -> None:
        slots.change(session, written, replace(details(places="4"), tasks="Cuire."), now=make.NOW)

        assert (written.tasks, written.places, numbers(session, written)) == ("Cuire.", 4, [1, 2, 3, 4])

    def test_keeps_the_days_of_those_who_booked(self, session: Session, written: Slot) -> None:
        booking(session, written)

        with pytest.raises(SlotBooked, match="ont réservé"):
            slots.change(session, written, details(du="8/12/2026"), now=make.NOW)

    def test_lets_the_rest_change_once_booked(self, session: Session, written: Slot) -> None:
        booking(session, written, number=2)

        slots.change(session, written, details(places="1", tuteur="Paul"), now=make.NOW)

        assert (written.tutor_name, numbers(session, written)) == ("Paul", [2])

    def test_takes_no_place_away_from_who_holds_it(self, session: Session, written: Slot) -> None:
        booking(session, written, number=1)
        booking(session, written, number=2)

        with pytest.raises(SlotBooked, match="2\u00a0places"):
            slots.change(session, written, details(places="1"), now=make.NOW)

    def test_fills_and_frees_with_the_places(self, session: Session, written: Slot) -> None:
        slots.publish(session, written, now=make.NOW, today=TODAY)
        booking(session, written)

        slots.change(session, written, details(places="1"), now=make.NOW)
        full = written.state
        slots.change(session, written, details(places="2"), now=make.NOW)

        assert (full, written.state) == ("full", "published")

    @pytest.mark.parametrize("state", ["closed", "cancelled"])
    def test_is_refused_once_over(self, session: Session, state: str) -> None:
        make.commune(session)

        with pytest.raises(ActRefused, match="dupliquez"):
            slots.change(session, make.slot(session, state=state), details(), now=make.NOW)


class TestPublish:
    def test_is_seen_by_everybody_in_a_verified_company(self, session: Session, written: Slot) -> None:
        slots.publish(session, written, now=make.NOW, today=TODAY)

        assert slots.get_public(session, written.id, today=TODAY) is written

    @pytest.mark.parametrize("fields", [{"verified_at": None}, {"state": "closed"}, {"banned_at": make.NOW}])
    def test_is_seen_by_nobody_otherwise(self, session: Session, fields: dict[str, Any]) -> None:
        slot = make.slot(session, company=make.company(session, **fields))

        assert slots.get_public(session, slot.id, today=TODAY) is None

    def test_counts_as_confirmed_shortly_before(self, session: Session) -> None:
        soon = make.slot(session, state="draft", first_day=TODAY + timedelta(days=10))
        later = make.slot(session, state="draft", first_day=TODAY + timedelta(days=11))

        for slot in (soon, later):
            slots.publish(session, slot, now=make.NOW, today=TODAY)

        assert (soon.confirmed_at, later.confirmed_at) == (make.NOW, None)

    def test_is_refused_on_the_day(self, session: Session) -> None:
        with pytest.raises(ActRefused, match="changez les dates"):
            slots.publish(session, make.slot(session, state="draft", first_day=TODAY), now=make.NOW, today=TODAY)

    def test_is_refused_when_nobody_could_book(self, session: Session) -> None:
        late = make.slot(session, state="draft", book_by=TODAY - timedelta(days=1))

        with pytest.raises(ActRefused, match="date limite"):
            slots.publish(session, late, now=make.NOW, today=TODAY)


class TestConfirm:
    def test_shows_a_frozen_slot_again(self, session: Session) -> None:
        slot = make.slot(session, state="frozen")

        slots.confirm(session, slot, now=make.NOW)

        assert (slot.state, slot.confirmed_at) == ("published", make.NOW)

    def test_keeps_a_full_one_full(self, session: Session) -> None:
        slot = make.slot(session, state="frozen")
        booking(session, slot)

        slots.confirm(session, slot, now=make.NOW)

        assert slot.state == "full"


class TestCancel:
    def test_tells_whoever_keeps_bookings(self, session: Session) -> None:
        slot = make.slot(session)
        held = booking(session, slot)

        slots.cancel(session, slot, reason="Four en panne.", now=make.NOW)

        assert (slot.state, held.state, held.word) == ("cancelled", "cancelled", "Four en panne.")

    def test_follows_the_closing_of_the_company(self, session: Session) -> None:
        company = make.company(session)
        open_, over = make.slot(session, company=company), make.slot(session, company=company, state="closed")

        companies.close(session, company, now=make.NOW)

        assert (open_.state, over.state) == ("cancelled", "closed")


class TestOfCompany:
    def test_gives_what_is_not_over_by_day(self, session: Session) -> None:
        company = make.company(session)
        days = (date(2026, 12, 9), date(2026, 12, 7), date(2026, 11, 2))
        later, sooner, _past = [make.slot(session, company=company, first_day=day) for day in days]
        make.slot(session)

        assert slots.of_company(session, company.id, since=TODAY) == [sooner, later]
        assert slots.of_company(session, company.id, since=TODAY, until=date(2026, 12, 8)) == [sooner]


class TestForgetTutors:
    def test_leaves_the_others(self, session: Session) -> None:
        by = make.person(session).id
        old = make.slot(session, first_day=date(2024, 11, 19), state="closed", created_by_id=by)
        recent = make.slot(session, first_day=date(2024, 11, 21), state="closed", created_by_id=by)

        slots.forget_tutors(session, today=TODAY)

        session.expire_all()
        assert (old.tutor_name, old.created_by_id) == ("", None)
        assert (recent.tutor_name, recent.created_by_id) == ("Ada Martin", by)
