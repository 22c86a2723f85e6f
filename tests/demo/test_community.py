"""The people of the demonstration: everybody at a step, and gone without a trace."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.demo.samples import NOW
from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company, CompanyMember, CompanyState
from traitdunion.core import db
from traitdunion.demo.community import cast
from traitdunion.demo.loading import Loaded
from traitdunion.immersions import bookings, places
from traitdunion.immersions.models import Booking, BookingState, Slot, SlotState
from traitdunion.pathways import interests
from traitdunion.prescribers import delegations, members, organisations
from traitdunion.prescribers.delegations import Right
from traitdunion.prescribers.kinds import Origin, ReferralState
from traitdunion.prescribers.models import CaseloadEntry, Consent, Organisation, Prescriber, Referral
from traitdunion.territories import working_days


class TestPlay:
    def test_fills_the_territory(self, loaded: Loaded) -> None:
        community = loaded.community

        assert (community.companies, community.slots) == (60, 120)
        assert community.people == 60 + 47 + 1 + 12 + 153
        assert (community.organisations, community.followed) == (6, 204)
        assert community.bookings > 60

    @pytest.mark.parametrize("state", BookingState)
    def test_leaves_bookings_at_every_step(self, loaded: Loaded, state: BookingState) -> None:
        with db.transaction() as session:
            found = session.scalar(select(func.count()).where(Booking.state == state.value))

        assert found

    @pytest.mark.parametrize("state", SlotState)
    def test_leaves_slots_at_every_step(self, loaded: Loaded, state: SlotState) -> None:
        with db.transaction() as session:
            found = session.scalar(select(func.count()).where(Slot.state == state.value))

        assert found

    @pytest.mark.parametrize("state", CompanyState)
    def test_leaves_companies_in_every_state_but_unknown(self, loaded: Loaded, state: CompanyState) -> None:
        with db.transaction() as session:
            found = session.scalar(select(func.count()).where(Company.state == state.value))

        assert bool(found) is (state is not CompanyState.UNVERIFIED)

    def test_says_full_of_slots_without_a_free_place(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            full = list(session.scalars(select(Slot.id).where(Slot.state == SlotState.FULL.value)))
            published = list(session.scalars(select(Slot.id).where(Slot.state == SlotState.PUBLISHED.value)))
            free = places.free_counts(session, [*full, *published])

        assert all(free[slot_id] == 0 for slot_id in full)
        assert all(free[slot_id] > 0 for slot_id in published)

    def test_leaves_wishes_to_try(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            found = interests.demands(session)

        assert [demand.people for demand in found] == [5, 3, 2, 1, 1]
        assert all(demand.company_name and demand.waiting for demand in found)

    def test_expects_nobody_on_a_day_off(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            days = session.execute(select(Slot.first_day, Slot.last_day, Slot.department)).all()

        for first_day, last_day, department in days:
            local = working_days.subdivision(department)
            assert working_days.is_working_day(first_day, local=local)
            assert working_days.is_working_day(last_day, local=local)


class TestPrescribing:
    @pytest.mark.parametrize("state", [state for state in ReferralState if state is not ReferralState.GONE])
    def test_leaves_referrals_at_every_step(self, loaded: Loaded, state: ReferralState) -> None:
        with db.transaction() as session:
            assert session.scalar(select(func.count()).where(Referral.state == state.value))

    def test_follows_two_hundred_people_some_without_any_address(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            followed = select(CaseloadEntry.person_id).distinct()
            assert session.scalar(select(func.count()).select_from(followed.subquery())) == 200
            bare = Person.email.is_(None) & Person.phone.is_(None)
            assert session.scalar(select(func.count()).where(bare)) == 8

    def test_has_twelve_prescribers_in_six_organisations(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Prescriber)) == 12
            assert session.scalar(select(func.count()).select_from(Organisation)) == 6
            assert (session.scalar(select(func.count()).select_from(Consent)) or 0) >= 3


class TestCast:
    def test_seeker_has_something_at_every_stage(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            camille = people.find(session, email=cast.SEEKER.email)
            assert camille is not None
            found = bookings.of_person(session, camille.id)
            states = {booking.state for booking in found}
            is_offered = [booking.is_offered for booking in found]

        assert states >= {BookingState.ACCEPTED, BookingState.REQUESTED, BookingState.WAITING, BookingState.DONE}
        assert any(is_offered)

    def test_without_email_is_expected(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            sacha = people.find(session, phone=cast.WITHOUT_EMAIL.phone)
            assert sacha is not None
            assert sacha.email is None
            assert BookingState.ACCEPTED in {booking.state for booking in bookings.of_person(session, sacha.id)}

    def test_host_has_requests_to_answer(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            dominique = people.find(session, email=cast.HOST.email)
            assert dominique is not None
            own = session.scalars(select(CompanyMember.company_id).where(CompanyMember.person_id == dominique.id)).all()
            assert len(bookings.requests_of(session, own)) >= 2
            assert bookings.expected_of(session, own)

    def test_newcomer_has_a_company_to_verify(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            lou = people.find(session, email=cast.NEWCOMER.email)
            assert lou is not None
            company = session.scalars(
                select(Company).join(Company.members).where(CompanyMember.person_id == lou.id)
            ).one()

        assert not company.is_verified

    def test_counsellor_has_something_at_every_step(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            member = self.member(session, cast.COUNSELLOR)
            mine = select(Referral.state).where(Referral.prescriber_id == member.id)
            states = set(session.scalars(mine))
            followed = members.count_followed(session, member)

        assert followed >= 15
        assert states >= {"proposed", "accepted", "declined", "expired", "withdrawn"}

    def test_youth_counsellor_has_people_to_welcome(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            organisation_id = self.member(session, cast.YOUTH_COUNSELLOR).organisation_id
            theirs = CaseloadEntry.organisation_id == organisation_id
            handed = session.scalars(select(CaseloadEntry).where(theirs, CaseloadEntry.origin == Origin.HANDED_ON))
            assert [entry.prescriber_id for entry in handed] == [None] * 4

    def test_administrators_have_a_delegation_to_renew(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            rights = []
            for part in (cast.ADMINISTRATOR, cast.LATE_ADMINISTRATOR):
                member = self.member(session, part)
                assert member.is_administrator
                rights.append(delegations.standing(member.organisation, on=NOW.date()).right)

        assert rights == [Right.ENDS_SOON, Right.ENDED]

    def test_operator_has_an_organisation_to_accept(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            assert organisations.count_waiting(session) == 1

    def member(self, session: Session, part: cast.Part) -> Prescriber:
        """The membership of somebody of the cast."""
        found = people.find(session, email=part.email)
        assert found is not None
        return members.of(session, found.id)[0]

    def test_operator_is_one(self, loaded: Loaded) -> None:
        with db.transaction() as session:
            claude = people.find(session, email=cast.OPERATOR.email)

        assert claude is not None
        assert claude.is_operator
