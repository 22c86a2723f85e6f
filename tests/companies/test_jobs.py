"""The register asked again: what closed is taken down, an outage changes nothing."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import select

from tests import factories as make
from tests.companies.samples import SIRET, answer, establishment, firm
from traitdunion.clients.http import Patience
from traitdunion.companies import jobs, lookup
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core import clock, db
from traitdunion.immersions.models import Slot


@pytest.fixture
def register(committing_app: Flask, httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """The register of companies, where the application looks for it."""
    before = committing_app.config["RECHERCHE_ENTREPRISES_URL"]
    committing_app.config["RECHERCHE_ENTREPRISES_URL"] = httpserver.url_for("")
    yield httpserver
    committing_app.config["RECHERCHE_ENTREPRISES_URL"] = before


@pytest.fixture
def company_id(register: HTTPServer) -> int:
    """An unverified company with a published slot and a member."""
    with db.transaction() as session:
        company = make.company(session, siret=SIRET, state="unverified", checked_at=None)
        make.member(session, company, make.person(session))
        make.slot(session, company=company)
        return company.id


def refresh(company_id: int) -> bool:
    """Asks the register once, without patience."""
    with lookup.client(Patience(read=2, attempts=1)) as client:
        return jobs.refresh(client, company_id, now=clock.now())


def company(company_id: int) -> Company:
    """The company as it is now."""
    with db.transaction() as session:
        return session.get_one(Company, company_id)


class TestRefresh:
    def test_writes_what_the_register_shows(self, register: HTTPServer, company_id: int) -> None:
        register.expect_request("/search").respond_with_json(answer(firm()))

        assert refresh(company_id)

        assert (company(company_id).state, company(company_id).name) == ("active", "Au Bon Pain")

    def test_takes_down_what_closed(self, register: HTTPServer, company_id: int) -> None:
        register.expect_request("/search").respond_with_json(answer(firm(establishment(etat_administratif="F"))))

        assert refresh(company_id)

        with db.transaction() as session:
            assert session.scalars(select(Slot.state)).all() == ["cancelled"]
        assert company(company_id).state == "closed"

    @pytest.mark.parametrize("status", [400, 429, 500, 503])
    def test_changes_nothing_during_an_outage(self, register: HTTPServer, company_id: int, status: int) -> None:
        register.expect_request("/search").respond_with_data("", status=status)

        assert not refresh(company_id)

        assert (company(company_id).state, company(company_id).checked_at) == ("unverified", None)

    def test_leaves_who_is_not_shown_to_be_verified(self, register: HTTPServer, company_id: int) -> None:
        register.expect_request("/search").respond_with_json(answer())

        assert refresh(company_id)

        assert company(company_id).state == "unverified"

    def test_verifies_by_the_address_of_a_member(self, register: HTTPServer, company_id: int) -> None:
        with db.transaction() as session:
            mine = make.company(session, verified_at=None)
            person = make.person(session, email="ada@boulangerie-martin.fr", seen_at=make.NOW)
            make.member(session, mine, person)
            session.get_one(Company, company_id).siret = "00000000000000"
            session.flush()
            mine.siret = SIRET
        register.expect_request("/search").respond_with_json(answer(firm()))

        refresh(mine.id)

        assert company(mine.id).verification == "domain"


class TestRefreshDue:
    def test_asks_about_unverified_ones_and_those_of_last_week(self, register: HTTPServer, company_id: int) -> None:
        now = clock.now()
        with db.transaction() as session:
            old = make.company(session, checked_at=now - timedelta(days=8))
            never = make.company(session, checked_at=None)
            make.company(session, checked_at=now - timedelta(days=6))
            make.company(session, state="closed", checked_at=now - timedelta(days=90))

        assert jobs.due(now) == [company_id, never.id, old.id]

    def test_gives_up_when_the_register_is_down(
        self, register: HTTPServer, company_id: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with db.transaction() as session:
            for _ in range(5):
                make.company(session, state="unverified", checked_at=None)
            session.add(CompanyMember(company_id=company_id, email="a@b.fr", state="invited", created_at=make.NOW))
        monkeypatch.setattr("traitdunion.clients.recherche_entreprises.IN_A_JOB", Patience(read=2, attempts=1))
        register.expect_request("/search").respond_with_data("", status=503)

        jobs.refresh_due(0)

        assert len(register.log) == 3
