"""What becomes of companies: registered, verified, closed, banned."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.companies.samples import SIRET, establishment, firm
from traitdunion.accounts.models import AuditEntry
from traitdunion.clients import recherche_entreprises
from traitdunion.clients.recherche_entreprises import Establishment
from traitdunion.companies import companies, members
from traitdunion.companies.companies import CompanyRefused, Described
from traitdunion.companies.models import MemberState, Verification
from traitdunion.notifications.models import Message

DESCRIBED = Described(name="Chez Ada", address=None, postcode="57000", city="Metz")


def found(**different: Any) -> Establishment:
    """What the register shows."""
    read = recherche_entreprises.read(firm(establishment(**different)), SIRET)
    assert read is not None
    return read


def kinds(session: Session) -> list[str]:
    """What was written."""
    return list(session.scalars(select(Message.kind).order_by(Message.id)))


def register(session: Session, **different: Any) -> Any:
    """Somebody registers the baker's."""
    given = {"person": make.person(session), "found": found(), "described": None, "now": make.NOW, **different}
    return companies.register(session, SIRET, **given)


class TestRegister:
    def test_writes_what_the_register_shows(self, session: Session) -> None:
        company, state = register(session)

        assert (company.name, company.city, company.state) == ("Au Bon Pain", "Metz", "active")
        assert (company.checked_at, state) == (make.NOW, MemberState.ACTIVE)
        assert not company.is_verified

    def test_keeps_what_is_described_during_an_outage(self, session: Session) -> None:
        company, state = register(session, found=None, described=DESCRIBED)

        assert (company.name, company.state, company.checked_at) == ("Chez Ada", "unverified", None)
        assert state is MemberState.ACTIVE

    def test_refuses_a_closed_establishment(self, session: Session) -> None:
        with pytest.raises(CompanyRefused, match="fermé"):
            register(session, found=found(etat_administratif="F"))

        assert companies.find(session, SIRET) is None

    def test_refuses_a_banned_one(self, session: Session) -> None:
        make.company(session, siret=SIRET, banned_at=make.NOW)

        with pytest.raises(CompanyRefused, match="contact"):
            register(session)

    def test_twice_changes_nothing(self, session: Session) -> None:
        person = make.person(session)

        first, _ = register(session, person=person)
        second, state = register(session, person=person)

        assert (first, state) == (second, MemberState.ACTIVE)
        assert len(members.of_company(session, first.id)) == 1

    def test_asks_the_members_of_a_known_company(self, session: Session) -> None:
        company, _ = register(session)

        again, state = register(session, person=make.person(session, "Paul"))

        assert (again, state) == (company, MemberState.ASKING)
        assert kinds(session) == ["company_join_asked"]

    def test_verifies_by_the_address_that_bears_the_name(self, session: Session) -> None:
        person = make.person(session, email="ada@boulangerie-martin.fr", seen_at=make.NOW)

        company, _ = register(session, person=person)

        assert (company.verification, company.verified_by_id) == (Verification.DOMAIN, person.id)

    def test_believes_no_address_that_nobody_proved(self, session: Session) -> None:
        company, _ = register(session, person=make.person(session, email="ada@boulangerie-martin.fr", seen_at=None))

        assert not company.is_verified

    def test_verifies_another_establishment_of_the_firm(self, session: Session) -> None:
        person, sibling = make.person(session), make.company(session, siret="73282932000082")
        make.member(session, sibling, person)

        company, _ = register(session, person=person)

        assert company.verification == Verification.FIRM

    def test_does_not_for_who_only_asks_to_join_the_other(self, session: Session) -> None:
        person, sibling = make.person(session), make.company(session, siret="73282932000082")
        make.member(session, sibling, person, state="asking")

        company, _ = register(session, person=person)

        assert not company.is_verified


class TestVerify:
    def test_by_the_operator_tells_the_members_and_the_audit(self, session: Session) -> None:
        company = make.company(session, verified_at=None)
        operator = make.person(session, is_operator=True)
        make.member(session, company, make.person(session))

        for _ in range(2):
            companies.verify(session, company, method=Verification.OPERATOR, by=operator.id, now=make.NOW)

        assert (company.is_verified, company.verified_by_id) == (True, operator.id)
        assert kinds(session) == ["company_verified"]
        assert session.scalars(select(AuditEntry.act)).all() == ["company.verify"]

    def test_by_the_operator_stands_for_the_register(self, session: Session) -> None:
        company = make.company(session, verified_at=None, state="unverified", checked_at=None)

        companies.verify(session, company, method=Verification.OPERATOR, by=None, now=make.NOW)

        assert (company.state, company.checked_at, company.is_shown) == ("active", None, True)


class TestClose:
    def test_takes_the_slots_down_and_tells_the_members_once(self, session: Session) -> None:
        company = make.company(session)
        make.member(session, company, make.person(session))
        slot = make.slot(session, company=company)

        for _ in range(2):
            companies.close(session, company, now=make.NOW)

        assert (company.state, slot.state) == ("closed", "cancelled")
        assert kinds(session) == ["company_closed"]


class TestBan:
    def test_shuts_the_company_out(self, session: Session) -> None:
        company, person = make.company(session), make.person(session)
        make.member(session, company, person)

        companies.ban(session, company, by=None, now=make.NOW)

        session.flush()
        assert companies.of(session, person.id) == []
        companies.unban(session, company, by=None, now=make.NOW)
        session.flush()
        assert companies.of(session, person.id) == [company]


class TestForget:
    def test_leaves_a_number_of_what_closed_three_years_ago(self, session: Session) -> None:
        long_ago = make.NOW - timedelta(days=3 * 365 + 1)
        old = make.company(session, state="closed", checked_at=long_ago, legal_name="MARTIN ADA")
        make.member(session, old, make.person(session))
        open_ = make.company(session, checked_at=long_ago)

        companies.forget(session, now=make.NOW)

        session.expire_all()
        assert (old.name, old.legal_name, old.address) == ("Établissement fermé", None, None)
        assert members.of_company(session, old.id) == []
        assert open_.name == "Boulangerie Martin"
