"""The list of people an organisation follows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.prescribers import followed
from traitdunion.prescribers.followed import Choice, Criteria
from traitdunion.prescribers.models import CaseloadNote, Organisation
from traitdunion.prescribers.steps import Ball, Kind


@pytest.fixture
def mission(session: Session) -> Organisation:
    return make.prescriber_organisation(session)


def names(session: Session, organisation: Organisation, **criteria: Any) -> list[str]:
    found = followed.find(session, organisation.id, Criteria(**criteria), now=make.NOW)
    return sorted(one.name.split()[0] for one in found)


def queries_for(session: Session, organisation: Organisation) -> int:
    sent: list[str] = []
    connection = session.connection()

    def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(connection, "before_cursor_execute", count)
    followed.find(session, organisation.id, Criteria(), now=make.NOW)
    event.remove(connection, "before_cursor_execute", count)
    return len(sent)


class TestFind:
    def test_finds_nobody_elses_people_nor_those_who_left(self, session: Session, mission: Organisation) -> None:
        make.caseload_entry(session, mission, make.person(session, "Ada"))
        make.caseload_entry(session, mission, make.person(session, "Partie"), ended_at=make.NOW)
        make.caseload_entry(session, make.prescriber_organisation(session), make.person(session, "Ailleurs"))

        assert names(session, mission) == ["Ada"]

    @pytest.mark.parametrize(
        ("criteria", "expected"),
        [
            ({"text": "helene"}, ["Hélène"]),
            ({"text": "DÙPÔNT hel"}, ["Hélène"]),
            ({"text": "hélène martin"}, []),
            ({"text": "%"}, []),
            ({"occupation_code": "D1102"}, ["Hélène"]),
            ({"postcode": "54000"}, ["Ada"]),
            ({"after": make.NOW - timedelta(days=7)}, ["Hélène"]),
            ({"before": make.NOW - timedelta(days=7)}, ["Ada"]),
            ({}, ["Ada", "Hélène"]),
        ],
    )
    def test_meets_all_criteria(
        self, session: Session, mission: Organisation, criteria: dict[str, Any], expected: list[str]
    ) -> None:
        make.caseload_entry(
            session,
            mission,
            make.person(session, "Hélène", family_name="Dupont", postcode="57000"),
            project="boulangère",
            occupation_code="D1102",
        )
        ada = make.person(session, "Ada", postcode="54000")
        make.caseload_entry(session, mission, ada, created_at=make.NOW - timedelta(days=90))

        assert names(session, mission, **criteria) == expected

    def test_tells_the_referent(self, session: Session, mission: Organisation) -> None:
        make.caseload_entry(
            session, mission, prescriber=make.prescriber(session, mission, make.person(session, "Paula"))
        )

        (one,) = followed.find(session, mission.id, Criteria(), now=make.NOW)

        assert one.referent == "Paula Exemple"

    def test_gives_a_member_their_own_and_those_whom_nobody_took_on(
        self, session: Session, mission: Organisation
    ) -> None:
        member, colleague = (make.prescriber(session, mission) for _ in range(2))
        make.caseload_entry(session, mission, make.person(session, "Ada"), prescriber=member)
        make.caseload_entry(session, mission, make.person(session, "Bea"), prescriber=colleague)
        make.caseload_entry(session, mission, make.person(session, "Nouvelle"))

        assert names(session, mission, prescriber_id=member.id) == ["Ada", "Nouvelle"]

    def test_puts_first_what_waits_for_the_prescriber(self, session: Session, mission: Organisation) -> None:
        slot = make.slot(session)
        asked, free = make.person(session, "Demande"), make.person(session, "Libre")
        make.booking(session, slot, asked)
        for person in (asked, free):
            make.caseload_entry(session, mission, person)

        found = followed.find(session, mission.id, Criteria(), now=make.NOW)

        assert [one.person_id for one in found] == [free.id, asked.id]
        assert (found[1].step.kind, found[1].step.about) == (
            Kind.COMPANY_ANSWER,
            "Boulanger / Boulangère, Boulangerie Martin",
        )
        assert followed.tally(found) == {Ball.PRESCRIBER: 1, Ball.PERSON: 0, Ball.COMPANY: 1, Ball.NOBODY: 0}
        assert followed.at_step(found, Ball.COMPANY) == [found[1]]
        assert followed.at_step(found, Kind.TAKE) == [found[0]]

    def test_asks_as_many_questions_for_ten_people_as_for_one(self, session: Session, mission: Organisation) -> None:
        def add() -> None:
            entry = make.caseload_entry(session, mission)
            make.booking(session, make.slot(session), entry.person)
            session.add(CaseloadNote(entry_id=entry.id, text="Vu", created_at=make.NOW))
            session.flush()

        add()
        alone = queries_for(session, mission)
        for _ in range(9):
            add()

        assert queries_for(session, mission) == alone == 5


class TestStepOf:
    def test_is_that_of_the_list(self, session: Session, mission: Organisation) -> None:
        entry = make.caseload_entry(session, mission, project="boulanger")

        (one,) = followed.find(session, mission.id, Criteria(), now=make.NOW)

        assert followed.step_of(session, entry, now=make.NOW) == one.step


class TestChoices:
    def test_count_jobs_and_communes(self, session: Session, mission: Organisation) -> None:
        make.occupation(session)
        make.commune(session)
        for postcode in ("57000", "57000", "99999"):
            make.caseload_entry(
                session, mission, make.person(session, postcode=postcode), project="boulanger", occupation_code="D1102"
            )

        assert followed.jobs(session, mission.id) == [Choice(value="D1102", label="Boulanger / Boulangère", count=3)]
        assert followed.communes(session, mission.id) == [
            Choice(value="57000", label="Metz 57000", count=2),
            Choice(value="99999", label="99999", count=1),
        ]
