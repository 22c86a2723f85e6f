"""The pages of an establishment."""

from collections.abc import Iterator

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.companies.samples import SIRET, answer, establishment, firm
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.companies import codes, members
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core import tokens


@pytest.fixture
def register(app: Flask, httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """The register of companies, where the application looks for it."""
    before = app.config["RECHERCHE_ENTREPRISES_URL"]
    app.config["RECHERCHE_ENTREPRISES_URL"] = httpserver.url_for("")
    yield httpserver
    app.config["RECHERCHE_ENTREPRISES_URL"] = before


@pytest.fixture
def person(session: Session, pages: PageClient) -> Person:
    """Who is signed in."""
    made = make.person(session, "Ada")
    pages.sign_in(made)
    return made


@pytest.fixture
def company(session: Session, person: Person) -> Company:
    """The company that the person speaks for."""
    made = make.company(session)
    make.member(session, made, person)
    return made


class TestHome:
    def test_welcomes_who_has_no_company(self, pages: PageClient, person: Person) -> None:
        assert "Pour commencer, il faut le SIRET" in pages.get("/entreprise").main

    def test_opens_the_only_one(self, pages: PageClient, company: Company) -> None:
        response = pages.client.get("/entreprise")

        assert (response.status_code, response.location) == (303, f"/entreprise/{company.id}")

    def test_lets_choose_among_several(
        self, session: Session, pages: PageClient, person: Person, company: Company
    ) -> None:
        make.member(session, make.company(session, "Fournil"), person)
        make.member(session, make.company(session, "Scierie"), person, state="asking")

        page = pages.get("/entreprise")

        assert "Boulangerie Martin" in page.main
        assert "Fournil" in page.main
        assert "Votre demande pour Scierie attend la réponse" in page.main


class TestRegister:
    def test_takes_name_and_address_from_the_register(
        self, session: Session, pages: PageClient, person: Person, register: HTTPServer
    ) -> None:
        register.expect_request("/search").respond_with_json(answer(firm()))

        response = pages.post("/entreprise/inscription", {"siret": "732 829 320 00074"})

        company = session.scalars(select(Company)).one()
        assert (response.status_code, response.location) == (303, f"/entreprise/{company.id}")
        page = pages.get(response.location, is_form=True)
        assert "Au Bon Pain est inscrit." in page.main
        assert "12 rue du Four, 57000 Metz" in page.main
        assert "Proposez une première immersion" in page.main

    @pytest.mark.parametrize(
        ("siret", "words"),
        [("732829320", "c’est un SIREN"), ("73282932000075", "n’existe pas"), ("", "Écrivez le SIRET")],
    )
    def test_asks_nobody_about_a_wrong_number(
        self, pages: PageClient, person: Person, register: HTTPServer, siret: str, words: str
    ) -> None:
        response = pages.post("/entreprise/inscription", {"siret": siret})

        assert response.status_code == 422
        assert words in response.text
        assert register.log == []

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_goes_on_during_an_outage(
        self, session: Session, pages: PageClient, person: Person, register: HTTPServer, status: int
    ) -> None:
        register.expect_request("/search").respond_with_data("", status=status, headers={"Retry-After": "90"})
        typed = {"siret": SIRET}

        asked = pages.post("/entreprise/inscription", typed)
        half = pages.post("/entreprise/inscription", typed | {"nom": "Chez Ada", "code_postal": "", "ville": "Metz"})
        done = pages.post(
            "/entreprise/inscription", typed | {"nom": "Chez Ada", "code_postal": "57000", "ville": "Metz"}
        )

        assert asked.status_code == 422
        assert "ne répond pas" in asked.text
        assert "Indiquez le code postal" not in asked.text
        assert "Indiquez le code postal" in half.text
        assert done.status_code == 303
        company = session.scalars(select(Company)).one()
        assert (company.name, company.state) == ("Chez Ada", "unverified")

    def test_says_that_the_register_does_not_show_it(
        self, pages: PageClient, person: Person, register: HTTPServer
    ) -> None:
        register.expect_request("/search").respond_with_json(answer())

        response = pages.post("/entreprise/inscription", {"siret": SIRET})

        assert "Le registre public ne montre pas ce SIRET" in response.text

    def test_refuses_a_closed_establishment(self, pages: PageClient, person: Person, register: HTTPServer) -> None:
        register.expect_request("/search").respond_with_json(answer(firm(establishment(etat_administratif="F"))))

        response = pages.post("/entreprise/inscription", {"siret": SIRET})

        assert response.status_code == 422
        assert "fermé dans le registre" in response.text

    def test_does_nothing_for_a_robot(
        self, session: Session, pages: PageClient, person: Person, register: HTTPServer
    ) -> None:
        response = pages.post("/entreprise/inscription", {"siret": SIRET, "website": "http://spam.example"})

        assert response.status_code == 303
        assert session.scalars(select(Company)).all() == []


class TestMembers:
    def test_are_listed_and_invited(self, session: Session, pages: PageClient, company: Company) -> None:
        path = f"/entreprise/{company.id}/membres"

        response = pages.post(path, {"email": "Paul@Exemple.fr"})

        assert response.status_code == 303
        page = pages.get(path, is_form=True)
        assert "paul@exemple.fr" in page.main
        assert "Ada Exemple" in page.main

    @pytest.mark.parametrize("email", ["", "paul", "paul@@exemple.fr", "paül@exemple.fr"])
    def test_need_an_address(self, pages: PageClient, company: Company, email: str) -> None:
        assert pages.post(f"/entreprise/{company.id}/membres", {"email": email}).status_code == 422

    def test_answer_who_asks(self, session: Session, pages: PageClient, company: Company) -> None:
        asking = make.member(session, company, make.person(session, "Paul"), state="asking")
        path = f"/entreprise/{company.id}/membres"

        response = pages.post(f"{path}/{asking.id}/accepter", form=path)

        assert response.status_code == 303
        session.refresh(asking)
        assert asking.state == "active"

    def test_keep_the_last_one(self, session: Session, pages: PageClient, company: Company) -> None:
        mine = session.scalars(select(CompanyMember)).one()
        path = f"/entreprise/{company.id}/membres"

        response = pages.post(f"{path}/{mine.id}/retirer", form=path)

        assert response.status_code == 409
        assert "dernier membre" in response.text


class TestInvitation:
    def invited(self, session: Session, pages: PageClient) -> str:
        """The path of the link sent to Paul."""
        company = make.company(session)
        member = make.member(
            session, company, make.person(session), person_id=None, state="invited", email="paul@exemple.fr"
        )
        with pages.app.app_context():
            return f"/entreprise/invitation/{tokens.sign(members.INVITATION, [member.id])}"

    def test_does_nothing_when_opened(self, session: Session, pages: PageClient) -> None:
        path = self.invited(session, pages)

        pages.get(path, is_form=True)

        assert session.scalars(select(CompanyMember.state)).one() == "invited"

    def test_joins_by_the_button_once(self, session: Session, pages: PageClient) -> None:
        path = self.invited(session, pages)

        response = pages.post(path)

        assert (response.status_code, response.location) == (303, "/entreprise")
        session.expire_all()
        member = session.scalars(select(CompanyMember)).one()
        assert (member.state, member.person and member.person.email) == ("active", "paul@exemple.fr")
        pages.get(path, 410)

    def test_is_refused_when_altered(self, pages: PageClient) -> None:
        pages.get("/entreprise/invitation/n-importe-quoi", 410)


class TestVerification:
    def test_asks_for_the_letter_then_takes_its_code(
        self, session: Session, pages: PageClient, person: Person, company: Company
    ) -> None:
        company.verified_at = company.verification = None
        session.flush()
        path = f"/entreprise/{company.id}/verification"

        asked = pages.post(f"/entreprise/{company.id}/lettre", form=path)
        letter = codes.of(session, company.id, person.id)
        assert letter is not None
        code = codes.issue(letter, now=make.NOW)
        session.flush()
        wrong = pages.post(path, {"code": "AAAA-AAAA"})
        right = pages.post(path, {"code": code})

        assert [answer.status_code for answer in (asked, wrong, right)] == [303, 422, 303]
        assert "Il vous reste 4\u00a0essais" in wrong.text
        session.refresh(company)
        assert company.verification == "code"

    def test_is_open_to_who_asks_to_join(self, session: Session, pages: PageClient, person: Person) -> None:
        company = make.company(session)
        make.member(session, company, person, state="asking")

        pages.get(f"/entreprise/{company.id}/verification", is_form=True)
        pages.get(f"/entreprise/{company.id}", 404)
