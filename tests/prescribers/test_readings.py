"""Who read whose file."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import AuditEntry
from traitdunion.prescribers import readings
from traitdunion.prescribers.readings import Reading


class TestRecord:
    def test_keeps_one_a_day_for_each_member(self, session: Session) -> None:
        organisation, person = make.prescriber_organisation(session), make.person(session)
        members = [make.prescriber(session, organisation) for _ in range(2)]

        for member in members * 2:
            readings.record(person.id, by=member, now=make.NOW)
        readings.record(person.id, by=members[0], now=make.NOW + timedelta(days=1))

        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 3


class TestOfPerson:
    def test_tells_the_organisations_and_the_days_in_france(self, session: Session) -> None:
        first = make.prescriber(session, make.prescriber_organisation(session, name="Mission locale"))
        second = make.prescriber(session, make.prescriber_organisation(session, name="Cap emploi"))
        person, other = make.person(session), make.person(session)

        late = make.NOW.replace(hour=23, minute=30)  # the next day in France
        readings.record(person.id, by=first, now=make.NOW)
        readings.record(person.id, by=second, now=late)
        readings.record(other.id, by=second, now=make.NOW)

        assert readings.of_person(session, person.id) == [
            Reading(organisation="Cap emploi", on=date(2026, 11, 21)),
            Reading(organisation="Mission locale", on=date(2026, 11, 20)),
        ]


class TestRecordExport:
    def test_is_no_reading_of_one_file(self, session: Session) -> None:
        member = make.prescriber(session, make.prescriber_organisation(session))

        readings.record_export(member, now=make.NOW)

        assert session.scalars(select(AuditEntry.act)).all() == ["caseload.export"]
