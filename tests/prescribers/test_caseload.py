"""Who follows whom, and who signs."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.core import db
from traitdunion.prescribers import caseload
from traitdunion.prescribers.caseload import CaseloadRefused
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import CaseloadEntry, CaseloadNote, Organisation


@pytest.fixture
def mission(session: Session) -> Organisation:
    return make.prescriber_organisation(session)


@pytest.fixture
def cap(session: Session) -> Organisation:
    return make.prescriber_organisation(session, name="Cap emploi", kind="cap_emploi")


@pytest.fixture
def person(session: Session) -> Person:
    return make.person(session, "Camille")


def follow(session: Session, organisation: Organisation, person: Person) -> CaseloadEntry:
    return caseload.follow(
        session, organisation=organisation, person=person, origin=Origin.CREATED, by=None, now=make.NOW
    )


class TestFollow:
    def test_signs_for_whom_nobody_signs_yet(
        self, session: Session, mission: Organisation, cap: Organisation, person: Person
    ) -> None:
        first, second = follow(session, mission, person), follow(session, cap, person)

        assert (first.prescribes, second.prescribes) == (True, False)
        assert caseload.prescribing(session, person.id) is first

    def test_changes_nothing_a_second_time(self, session: Session, mission: Organisation, person: Person) -> None:
        assert follow(session, mission, person) is follow(session, mission, person)

    def test_refuses_an_organisation_that_is_not_active(self, session: Session, person: Person) -> None:
        waiting = make.prescriber_organisation(session, state="waiting")

        with pytest.raises(CaseloadRefused, match="pas encore accepté"):
            follow(session, waiting, person)

    def test_refuses_the_member_of_another(
        self, session: Session, mission: Organisation, cap: Organisation, person: Person
    ) -> None:
        stranger = make.prescriber(session, cap)

        with pytest.raises(CaseloadRefused, match="Seul un membre"):
            caseload.follow(
                session, organisation=mission, person=person, origin=Origin.CREATED, by=stranger, now=make.NOW
            )

    def test_lets_one_sign_of_those_who_come_at_once(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            person = make.person(session)
            ids = [make.prescriber_organisation(session, name=f"Organisme {number}").id for number in range(6)]
        start = threading.Barrier(len(ids))

        def come(organisation_id: int) -> None:
            with committing_app.app_context(), db.transaction() as session:
                start.wait()
                follow(session, session.get_one(Organisation, organisation_id), session.get_one(Person, person.id))

        crowd = [threading.Thread(target=come, args=(one,)) for one in ids]
        for each in crowd:
            each.start()
        for each in crowd:
            each.join(30)

        with db.transaction() as session:
            signing = select(func.count()).select_from(CaseloadEntry).where(CaseloadEntry.prescribes)
            assert session.scalar(select(func.count()).select_from(CaseloadEntry)) == len(ids)
            assert session.scalar(signing) == 1


class TestEnd:
    def test_lets_the_next_one_sign(
        self, session: Session, mission: Organisation, cap: Organisation, person: Person
    ) -> None:
        first, second = follow(session, mission, person), follow(session, cap, person)

        for _ in range(2):
            caseload.end(session, first, word="A déménagé", now=make.NOW)

        assert (first.ended_at, first.end_word, first.prescribes) == (make.NOW, "A déménagé", False)
        assert caseload.prescribing(session, person.id) is second
        assert caseload.get(session, mission.id, person.id) is None
        assert caseload.latest(session, mission.id, person.id) is first

    def test_tells_who_listens(self, session: Session, mission: Organisation, person: Person) -> None:
        heard: list[CaseloadEntry] = []
        listener = caseload.ended.connect(lambda entry, **_: heard.append(entry), weak=False)
        entry = follow(session, mission, person)

        try:
            caseload.end(session, entry, word=None, now=make.NOW)
        finally:
            caseload.ended.disconnect(listener)

        assert heard == [entry]


class TestTake:
    def test_makes_a_member_the_referent(self, session: Session, mission: Organisation, person: Person) -> None:
        entry, member = follow(session, mission, person), make.prescriber(session, mission)

        caseload.take(session, entry, by=member, now=make.NOW)

        assert entry.prescriber is member

    def test_refuses_whoever_left(self, session: Session, mission: Organisation, person: Person) -> None:
        gone = make.prescriber(session, mission, state="left", left_at=make.NOW)

        with pytest.raises(CaseloadRefused, match="Seul un membre"):
            caseload.take(session, follow(session, mission, person), by=gone, now=make.NOW)

    def test_refuses_what_has_ended(self, session: Session, mission: Organisation, person: Person) -> None:
        entry, member = follow(session, mission, person), make.prescriber(session, mission)
        caseload.end(session, entry, word=None, now=make.NOW)

        with pytest.raises(CaseloadRefused, match="ne suit plus"):
            caseload.take(session, entry, by=member, now=make.NOW)


class TestHandOn:
    def test_gives_the_person_the_word_and_the_signature_not_the_notes(
        self, session: Session, mission: Organisation, cap: Organisation, person: Person
    ) -> None:
        member = make.prescriber(session, mission)
        entry = follow(session, mission, person)
        entry.project, entry.occupation_code, entry.radius_km = "boulangère", "D1102", 20
        session.add(CaseloadNote(entry_id=entry.id, prescriber_id=member.id, text="Entre nous", created_at=make.NOW))

        new = caseload.hand_on(session, entry, cap, word="Elle vous attend", by=member, now=make.NOW)

        session.flush()
        assert (new.organisation_id, new.origin, new.handed_from_id, new.handed_word) == (
            cap.id,
            "handed_on",
            entry.id,
            "Elle vous attend",
        )
        assert (new.project, new.occupation_code, new.radius_km, new.prescriber_id) == ("boulangère", "D1102", 20, None)
        assert (entry.ended_at, entry.prescribes, new.prescribes) == (make.NOW, False, True)
        assert list(session.scalars(select(CaseloadNote.entry_id))) == [entry.id]

    def test_goes_to_the_entry_that_the_other_has_already(
        self, session: Session, mission: Organisation, cap: Organisation, person: Person
    ) -> None:
        member = make.prescriber(session, mission)
        entry, theirs = follow(session, mission, person), follow(session, cap, person)
        theirs.project = "soudeuse"

        new = caseload.hand_on(session, entry, cap, word="À vous", by=member, now=make.NOW)

        assert new is theirs
        assert (new.project, new.handed_word, new.prescribes) == ("soudeuse", "À vous", True)

    def test_refuses_its_own_organisation(self, session: Session, mission: Organisation, person: Person) -> None:
        member = make.prescriber(session, mission)

        with pytest.raises(CaseloadRefused, match="suit déjà"):
            caseload.hand_on(session, follow(session, mission, person), mission, word="", by=member, now=make.NOW)

    def test_refuses_who_hands_on_twice(
        self, session: Session, mission: Organisation, cap: Organisation, person: Person
    ) -> None:
        member, entry = make.prescriber(session, mission), follow(session, mission, person)
        caseload.hand_on(session, entry, cap, word="À vous", by=member, now=make.NOW)

        with pytest.raises(CaseloadRefused, match="ne suit plus"):
            caseload.hand_on(session, entry, cap, word="À vous", by=member, now=make.NOW)


class TestPrescribe:
    def test_takes_the_signature_from_the_other(
        self, session: Session, mission: Organisation, cap: Organisation, person: Person
    ) -> None:
        first, second = follow(session, mission, person), follow(session, cap, person)

        caseload.prescribe(session, second, now=make.NOW)

        session.flush()
        session.refresh(first)
        assert (first.prescribes, second.prescribes) == (False, True)
        assert [one.id for one in caseload.of_person(session, person.id)] == [second.id, first.id]


class TestForget:
    def test_erases_what_ended_two_years_ago(self, session: Session, mission: Organisation) -> None:
        old = make.caseload_entry(session, mission, ended_at=make.NOW)
        make.caseload_note(session, old)
        make.caseload_entry(session, mission)

        caseload.forget(session, now=make.NOW + caseload.KEPT)
        kept = len(session.scalars(select(CaseloadEntry.id)).all())
        caseload.forget(session, now=make.NOW + caseload.KEPT + timedelta(seconds=1))

        assert kept == 2
        assert len(session.scalars(select(CaseloadEntry.id)).all()) == 1
        assert not session.scalars(select(CaseloadNote.id)).all()


class TestKeptPeople:
    def test_are_those_who_are_followed_and_two_years_more(self, session: Session) -> None:
        entry = make.caseload_entry(session, make.prescriber_organisation(session), make.person(session, email=None))
        long_after = make.NOW + timedelta(days=900)
        caseload.end(session, entry, word=None, now=make.NOW + timedelta(days=400))
        session.flush()

        caseload.forget(session, now=long_after)
        people.forget(session, before=long_after)
        assert session.scalar(select(func.count()).select_from(Person)) == 1

        caseload.forget(session, now=long_after + timedelta(days=400))
        people.forget(session, before=long_after)
        assert session.scalar(select(func.count()).select_from(Person)) == 0
