"""What is true around an agreement: the calendar of its place, the person's other days, the company's past."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as booked
from tests.agreements import samples
from traitdunion.agreements import agreements, surroundings
from traitdunion.agreements.kinds import Status

TODAY = booked.NOW.date()


class TestAround:
    @pytest.mark.parametrize(
        ("department", "day", "is_holiday"),
        [
            ("57", date(2026, 12, 26), True),
            ("57", date(2027, 3, 26), True),  # Good Friday
            ("67", date(2026, 12, 26), True),
            ("54", date(2026, 12, 26), False),
            ("54", date(2027, 3, 26), False),
            ("54", date(2026, 12, 25), True),
        ],
    )
    def test_has_the_public_holidays_of_the_place(
        self, session: Session, department: str, day: date, is_holiday: bool
    ) -> None:
        terms = samples.terms(days=(samples.day(day),))
        there = replace(terms, place=replace(terms.place, department=department))
        agreement = samples.agreement(session, there)

        around = surroundings.around(session, agreement, there, today=TODAY)

        assert around.holidays == (frozenset({day}) if is_holiday else frozenset())

    def test_counts_the_notice_in_working_days(self, session: Session) -> None:
        agreement = samples.agreement(session)

        around = surroundings.around(session, agreement, samples.terms(), today=date(2026, 12, 23))

        # The 24th, then the 28th, the 29th: Christmas, its morrow and Sunday are none.
        assert (around.notice_days, around.earliest) == (3, date(2026, 12, 29))

    def test_finds_other_bookings_and_not_its_own(self, session: Session) -> None:
        person = booked.person(session)
        agreement = booked.draft(session, by=person)
        far = booked.FIRST_DAY + timedelta(days=20)
        booked.booked(session, booked.slot(session, first_day=far, last_day=far), person)
        terms = agreements.terms_of(agreement)

        own = surroundings.around(session, agreement, terms, today=TODAY)
        longer = replace(terms, days=(*terms.days, samples.day(far)))
        both = surroundings.around(session, agreement, longer, today=TODAY)

        assert own.others == ()
        assert [one.first_day for one in both.others] == [far]

    def test_counts_the_days_agreed_with_the_same_company_over_twelve_months(self, session: Session) -> None:
        person, company = make.person(session), make.company(session)
        this = samples.agreement(session, person=person, company=company)
        for first, status in (
            (date(2026, 1, 12), Status.ACCEPTED_BY_VALIDATOR),  # five days
            (date(2026, 3, 2), Status.REJECTED),
            (date(2025, 11, 3), Status.ACCEPTED_BY_VALIDATOR),  # too long ago
            (date(2026, 10, 5), Status.DRAFT),
        ):
            terms = samples.terms(days=samples.week(first))
            samples.agreement(session, terms, person=person, company=company, status=status)
        samples.agreement(session, samples.terms(days=samples.week(date(2026, 6, 1))), person=person)  # elsewhere

        around = surroundings.around(session, this, samples.terms(), today=TODAY)

        assert around.days_in_company == 5

    def test_knows_an_employee_by_the_situation(self, session: Session) -> None:
        terms = samples.terms()
        employed = replace(terms, beneficiary=replace(terms.beneficiary, situation="Salarié"))
        agreement = samples.agreement(session, terms)

        assert surroundings.around(session, agreement, employed, today=TODAY).is_employed
        assert not surroundings.around(session, agreement, terms, today=TODAY).is_employed
