"""Who speaks for a company."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.companies import members
from traitdunion.companies.members import MemberRefused
from traitdunion.companies.models import Company, CompanyMember, MemberState
from traitdunion.core import tokens
from traitdunion.core.tokens import TokenRefused
from traitdunion.notifications.models import Message


@pytest.fixture
def company(session: Session) -> Company:
    """A company with one member, Ada."""
    made = make.company(session)
    make.member(session, made, make.person(session, "Ada"))
    return made


def ada(session: Session, company: Company) -> CompanyMember:
    """Its member."""
    return members.of_company(session, company.id)[0]


def invite(session: Session, company: Company, email: str = "paul@exemple.fr") -> str:
    """Invites, and gives the link's token."""
    by = ada(session, company).person
    assert by is not None
    members.invite(session, company, email, by=by, now=make.NOW)
    invited = session.scalars(select(CompanyMember.id).where(CompanyMember.email == email)).one()
    return tokens.sign(members.INVITATION, [invited])


class TestInvite:
    def test_writes_to_the_address(self, session: Session, company: Company) -> None:
        token = invite(session, company)

        message = session.scalars(select(Message)).one()
        assert (message.kind, message.address.value) == ("company_invitation", "paul@exemple.fr")
        assert members.invitation(session, token).company is company

    def test_writes_once_a_day(self, session: Session, company: Company) -> None:
        invite(session, company)
        invite(session, company)

        assert len(session.scalars(select(Message)).all()) == 1

    def test_refuses_who_is_a_member_already(self, session: Session, company: Company) -> None:
        person = ada(session, company).person
        assert person is not None

        with pytest.raises(MemberRefused, match="déjà membre"):
            members.invite(session, company, person.email or "", by=person, now=make.NOW)

    def test_stops_at_twenty(self, session: Session, company: Company) -> None:
        for number in range(20):
            make.member(session, company, make.person(session), person_id=None, state="invited", email=f"{number}@a.fr")

        with pytest.raises(MemberRefused, match="20"):
            invite(session, company)


class TestAccept:
    def test_makes_a_person_of_the_address(self, session: Session, company: Company) -> None:
        invited = members.invitation(session, invite(session, company))

        person = members.accept(session, invited, person_id=None, now=make.NOW)

        session.flush()
        assert (person.email, invited.email, invited.state) == ("paul@exemple.fr", None, "active")
        assert members.is_active(session, company.id, person.id)

    def test_takes_whoever_is_signed_in(self, session: Session, company: Company) -> None:
        other = make.person(session, "Lea")
        make.member(session, company, other, state="asking")
        invited = members.invitation(session, invite(session, company))

        person = members.accept(session, invited, person_id=other.id, now=make.NOW)

        session.flush()
        assert person is other
        assert members.is_active(session, company.id, other.id)

    def test_works_once(self, session: Session, company: Company) -> None:
        token = invite(session, company)
        members.accept(session, members.invitation(session, token), person_id=None, now=make.NOW)
        session.flush()

        with pytest.raises(TokenRefused, match="déjà servi"):
            members.invitation(session, token)

    def test_needs_a_token_of_ours(self, session: Session, company: Company) -> None:
        token = invite(session, company)

        with pytest.raises(TokenRefused):
            members.invitation(session, token[:-1] + ("A" if token[-1] != "A" else "B"))


class TestAdmit:
    def test_says_yes_once_and_tells_them(self, session: Session, company: Company) -> None:
        person = make.person(session, "Paul")
        assert members.join(session, company, person, now=make.NOW) is MemberState.ASKING
        member = members.of_company(session, company.id)[1]

        members.admit(session, member, now=make.NOW)

        session.flush()
        assert members.is_active(session, company.id, person.id)
        with pytest.raises(MemberRefused):
            members.admit(session, member, now=make.NOW)


class TestRemove:
    def test_leaves_the_last_one(self, session: Session, company: Company) -> None:
        with pytest.raises(MemberRefused, match="dernier"):
            members.remove(session, ada(session, company))

    def test_takes_one_of_two(self, session: Session, company: Company) -> None:
        other = make.member(session, company, make.person(session))

        members.remove(session, other)

        session.flush()
        assert len(members.people(session, company.id)) == 1


class TestForgetInvitations:
    def test_erases_the_old_ones_alone(self, session: Session, company: Company) -> None:
        invite(session, company, "vieux@exemple.fr")
        session.scalars(select(CompanyMember).where(CompanyMember.email == "vieux@exemple.fr")).one().created_at = (
            make.NOW - timedelta(days=15)
        )
        invite(session, company)
        session.flush()

        members.forget_invitations(session, now=make.NOW)

        left = session.scalars(select(CompanyMember.email).where(CompanyMember.email.is_not(None))).all()
        assert left == ["paul@exemple.fr"]
