"""People are found by an address that is theirs, made once, and never lose what they said."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts import audit, people
from traitdunion.accounts.models import AuditEntry, Person, Status
from traitdunion.core import db


class TestGetOrCreate:
    def test_makes_a_person_once(self, session: Session) -> None:
        first = people.get_or_create(session, email="a@exemple.fr", now=make.NOW)
        second = people.get_or_create(session, email="a@exemple.fr", now=make.NOW)

        assert first.id == second.id
        assert first.created_at == make.NOW

    def test_fills_in_what_was_empty_and_nothing_else(self, session: Session) -> None:
        make.person(session, "Zoé", email="a@exemple.fr", family_name="")

        found = people.get_or_create(
            session,
            email="a@exemple.fr",
            given_name="Autre",
            family_name="Exemple",
            birth_date=date(2001, 2, 3),
            now=make.NOW,
        )

        assert (found.given_name, found.family_name, found.birth_date) == ("Zoé", "Exemple", date(2001, 2, 3))

    def test_never_writes_an_address_that_nobody_proved_beside_another(self, session: Session) -> None:
        # Else whoever gives somebody's telephone number would receive, with the number, the person's later sign-ins.
        victims = "+33612345678"

        attacker = people.get_or_create(session, email="a@exemple.fr", phone=victims, now=make.NOW)
        victim = people.get_or_create(session, phone=victims, now=make.NOW)

        assert attacker.phone is None
        assert victim.id != attacker.id


class TestFind:
    def test_goes_by_the_email_first(self, session: Session) -> None:
        by_email = make.person(session, email="a@exemple.fr")
        by_phone = make.person(session, email=None, phone="+33612345678")

        assert people.find(session, email="a@exemple.fr", phone="+33612345678") == by_email
        assert people.find(session, email="b@exemple.fr", phone="+33612345678") == by_phone
        assert people.find(session) is None


class TestPerson:
    def test_has_a_name_and_an_address(self, session: Session) -> None:
        named = make.person(session, "Zoé", family_name="Exemple", email="zoe@exemple.fr")
        nameless = make.person(session, "", family_name="", email=None, phone="+33612345678")

        assert (named.name, named.address.name, named.address.email) == ("Zoé Exemple", "Zoé Exemple", "zoe@exemple.fr")
        assert (nameless.name, nameless.address.name) == ("Personne sans nom", "")
        assert nameless.address.phone == "+33612345678"

    @pytest.mark.parametrize(
        "change",
        [
            "email = 'A@exemple.fr'",
            "email = 'exemple.fr'",
            "phone = '0612345678'",
            "status = 'autre'",
            "level = 9",
        ],
    )
    def test_cannot_be_what_it_must_not(self, session: Session, change: str) -> None:
        person = make.person(session)

        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(f"UPDATE people SET {change} WHERE id = :id"), {"id": person.id})

    def test_status_has_a_label(self) -> None:
        assert all(status.label for status in Status)


class TestForget:
    def test_erases_those_who_left_and_what_hangs_on_them(self, session: Session) -> None:
        slot = make.slot(session)
        gone = make.person(session, created_at=make.NOW - timedelta(days=900))
        back = make.person(session, created_at=make.NOW - timedelta(days=900), seen_at=make.NOW)
        operator = make.person(session, created_at=make.NOW - timedelta(days=900), is_operator=True)
        make.booking(session, slot, gone)
        make.interest(session, gone)
        audit.record(session, by=gone.id, act="x", subject="slots", subject_id=slot.id, now=make.NOW)
        session.flush()

        people.forget(session, before=make.NOW - timedelta(days=730))

        assert set(session.scalars(select(Person.id))) == {back.id, operator.id}
        session.expire_all()
        assert session.scalars(select(AuditEntry)).one().by_id is None

    def test_is_never_kept_from_it_by_what_hangs_on_them(self) -> None:
        stuck = [
            f"{table.name}.{key.parent.name}"
            for table in db.Base.metadata.sorted_tables
            for key in table.foreign_keys
            if key.column.table.name == "people" and key.ondelete not in {"CASCADE", "SET NULL"}
        ]

        assert not stuck
