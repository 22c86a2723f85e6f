"""Two records of one person become one: nothing is forgotten, whatever the table."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, Table, func, insert, select, text
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts import merging, sign_ins
from traitdunion.accounts.merging import MergeRefused
from traitdunion.accounts.models import AuditEntry, Person, SignIn
from traitdunion.companies.models import CompanyMember
from traitdunion.core.db import Base
from traitdunion.immersions.models import Booking
from traitdunion.notifications.models import Message
from traitdunion.pathways.models import Interest
from traitdunion.prescribers.models import CaseloadEntry, CaseloadNote

PEOPLE = Base.metadata.tables["people"]
POINTERS = [constraint for constraint in merging.pointing_at(PEOPLE) if constraint.table.name != "sign_ins"]


@pytest.fixture
def kept(session: Session) -> Person:
    return make.person(session, "Camille", phone="+33639980021")


@pytest.fixture
def gone(session: Session) -> Person:
    return make.person(session, "Camile", postcode="57000")


def merge(session: Session, kept: Person, gone: Person) -> None:
    merging.merge(session, kept, gone, by=None, now=make.NOW)


def some(column: Column[Any]) -> object:
    """A value of the column's type."""
    values = {int: 7, str: "x", bool: False, date: date(2026, 1, 1), datetime: make.NOW, time: time(9)}
    values |= {uuid.UUID: uuid.uuid4(), bytes: b"x"}
    return values.get(column.type.python_type, "x")


class TestEveryTable:
    def test_is_known_to_the_models(self, session: Session) -> None:
        """The database has no other table that refers to people."""
        rows = session.execute(
            text(
                "SELECT conrelid::regclass::text, conname FROM pg_constraint"
                " WHERE contype = 'f' AND confrelid = 'people'::regclass"
            )
        ).all()

        known = {(one.table.name, str(one.name)) for one in merging.pointing_at(PEOPLE)}
        assert {(table, name) for table, name in rows} == known

    @pytest.mark.parametrize("pointer", POINTERS, ids=lambda one: str(one.name))
    def test_hands_its_rows_over(self, session: Session, kept: Person, gone: Person, pointer: Any) -> None:
        """Whatever the table asks for: its other constraints, and foreign keys, are lifted for this test."""
        table: Table = pointer.table
        (column,) = pointer.columns
        self._lift(session, table)
        session.execute(text("SET LOCAL session_replication_role = replica"))
        values = {one.name: some(one) for one in table.primary_key if not one.identity} | {column.name: gone.id}
        session.execute(insert(table).values(values))

        merge(session, kept, gone)

        assert session.scalar(select(func.count()).select_from(table).where(column == kept.id)) == 1
        assert session.scalar(select(func.count()).select_from(table).where(column == gone.id)) == 0

    def _lift(self, session: Session, table: Table) -> None:
        for constraint in table.constraints:
            if isinstance(constraint, CheckConstraint):
                session.execute(text(f"ALTER TABLE {table.name} DROP CONSTRAINT {constraint.name}"))
        for column in table.columns:
            if not column.nullable and not column.primary_key:
                session.execute(text(f"ALTER TABLE {table.name} ALTER COLUMN {column.name} DROP NOT NULL"))


class TestMerge:
    def test_fills_in_what_was_not_said(self, session: Session) -> None:
        kept = make.person(session, "Camille", birth_date=date(1990, 1, 1))
        gone = make.person(session, "Cam", email=None, phone="+33639980022", postcode="57000", seen_at=make.NOW)
        gone.birth_date, gone.created_at = date(1991, 1, 1), make.NOW - timedelta(days=9)
        email, gone_id = kept.email, gone.id
        session.flush()

        merge(session, kept, gone)

        assert (kept.given_name, kept.email, kept.phone) == ("Camille", email, "+33639980022")
        assert (kept.birth_date, kept.postcode, kept.seen_at) == (date(1990, 1, 1), "57000", make.NOW)
        assert kept.created_at == make.NOW - timedelta(days=9)
        assert session.get(Person, gone_id) is None

    def test_leaves_a_trace_and_tells_both_addresses(self, session: Session, kept: Person, gone: Person) -> None:
        gone_id, addresses = gone.id, {kept.email, gone.email}
        make.interest(session, gone)

        merge(session, kept, gone)

        (entry,) = session.scalars(select(AuditEntry)).all()
        assert (entry.act, entry.subject_id) == ("person.merge", kept.id)
        assert entry.details == {"gone": gone_id, "moved": {"interests": 1}}
        told = session.scalars(select(Message).where(Message.kind == "people_merged")).all()
        assert {message.address.value for message in told} == addresses

    def test_signs_the_second_out(self, session: Session, kept: Person, gone: Person) -> None:
        sign_ins.start(session, gone, device="Firefox", now=make.NOW)
        sign_ins.start(session, kept, device="Chrome", now=make.NOW)
        session.flush()

        merge(session, kept, gone)

        assert session.scalars(select(SignIn.device)).all() == ["Chrome"]

    def test_carries_a_ban(self, session: Session, kept: Person, gone: Person) -> None:
        gone.banned_at = make.NOW
        session.flush()

        merge(session, kept, gone)

        assert kept.banned_at == make.NOW

    def test_is_refused_for_an_operator_and_for_oneself(self, session: Session, kept: Person) -> None:
        operator = make.person(session, is_operator=True)

        with pytest.raises(MergeRefused, match="administre"):
            merge(session, kept, operator)
        with pytest.raises(MergeRefused, match="différentes"):
            merge(session, kept, kept)

    def test_is_refused_when_bookings_overlap(self, session: Session, kept: Person, gone: Person) -> None:
        for person in (kept, gone):
            make.booking(session, make.slot(session), person)
        make.interest(session, gone)

        with pytest.raises(MergeRefused, match="se chevauchent"):
            merge(session, kept, gone)

        assert session.scalar(select(Interest.person_id)) == gone.id
        assert set(session.scalars(select(Booking.person_id))) == {kept.id, gone.id}

    def test_is_refused_when_both_wait_for_one_slot(self, session: Session, kept: Person, gone: Person) -> None:
        slot = make.slot(session)
        for person in (kept, gone):
            make.booking(session, slot, person, state="waiting", place_number=None, expires_at=None)

        with pytest.raises(MergeRefused, match="la même immersion"):
            merge(session, kept, gone)

    def test_keeps_the_stronger_of_two_memberships(self, session: Session, kept: Person, gone: Person) -> None:
        company = make.company(session)
        make.member(session, company, kept, state="asking")
        make.member(session, company, gone)

        merge(session, kept, gone)

        (member,) = session.scalars(select(CompanyMember)).all()
        assert (member.person_id, member.state) == (kept.id, "active")

    def test_makes_one_wish_of_two(self, session: Session, kept: Person, gone: Person) -> None:
        offer = make.offer(session)
        for person in (kept, gone):
            make.interest(session, person, offer_id=offer.id)
            make.interest(session, person)

        merge(session, kept, gone)

        assert set(session.scalars(select(Interest.person_id))) == {kept.id}
        assert session.scalar(select(func.count()).select_from(Interest)) == 3

    def test_makes_one_entry_of_two_with_what_hangs_on_them(self, session: Session, kept: Person, gone: Person) -> None:
        organisation = make.prescriber_organisation(session)
        by = make.prescriber(session, organisation)
        first = make.caseload_entry(session, organisation, kept)
        second = make.caseload_entry(session, organisation, gone, prescribes=True)
        for entry in (first, second):
            session.add(CaseloadNote(entry_id=entry.id, prescriber_id=by.id, text="Note", created_at=make.NOW))
        session.flush()

        merge(session, kept, gone)

        (entry,) = session.scalars(select(CaseloadEntry)).all()
        assert (entry.id, entry.person_id, entry.prescribes) == (first.id, kept.id, True)
        assert session.scalars(select(CaseloadNote.entry_id)).all() == [first.id, first.id]

    def test_lets_one_organisation_sign(self, session: Session, kept: Person, gone: Person) -> None:
        entries = [
            make.caseload_entry(session, make.prescriber_organisation(session), person, prescribes=True)
            for person in (kept, gone)
        ]

        merge(session, kept, gone)

        assert [(entry.person_id, entry.prescribes) for entry in entries] == [(kept.id, True), (kept.id, False)]
