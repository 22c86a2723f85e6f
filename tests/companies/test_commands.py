"""`flask companies …`."""

from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy.orm import Session

from tests import factories as make
from tests.companies.samples import SIRET, answer, firm
from traitdunion.companies.models import Company


@pytest.fixture
def company(session: Session) -> Company:
    """A company that nobody verified."""
    made = make.company(session, siret=SIRET, verified_at=None)
    session.commit()
    return made


@pytest.fixture
def register(app: Flask, httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """The register of companies, where the application looks for it."""
    before = app.config["RECHERCHE_ENTREPRISES_URL"]
    app.config["RECHERCHE_ENTREPRISES_URL"] = httpserver.url_for("")
    yield httpserver
    app.config["RECHERCHE_ENTREPRISES_URL"] = before


def run(app: Flask, *words: str) -> Result:
    """The command's answer."""
    return app.test_cli_runner().invoke(args=["companies", *words])


class TestVerify:
    def test_says_so_once(self, app: Flask, session: Session, company: Company) -> None:
        first, second = run(app, "verify", "732 829 320 00074"), run(app, "verify", SIRET)

        session.refresh(company)
        assert company.is_verified
        assert first.output == "Boulangerie Martin : vérifiée.\n"
        assert second.output == "Boulangerie Martin : déjà vérifiée.\n"

    @pytest.mark.parametrize(("number", "words"), [("732829320", "SIREN"), ("35600000000048", "Aucune entreprise")])
    def test_refuses_in_one_line(self, app: Flask, number: str, words: str) -> None:
        result = run(app, "verify", number)

        assert result.exit_code == 1
        assert words in result.output
        assert "Traceback" not in result.output


class TestBan:
    def test_shuts_out_and_lets_in(self, app: Flask, session: Session, company: Company) -> None:
        run(app, "ban", SIRET)
        session.refresh(company)
        was_banned = company.banned_at is not None
        run(app, "ban", SIRET, "--lift")
        session.refresh(company)

        assert (was_banned, company.banned_at) == (True, None)


class TestRefresh:
    def test_asks_about_one(self, app: Flask, session: Session, company: Company, register: HTTPServer) -> None:
        register.expect_request("/search").respond_with_json(answer(firm()))

        result = run(app, "refresh", SIRET)

        session.refresh(company)
        assert (company.name, result.output) == ("Au Bon Pain", "Réponses du registre : 1 sur 1.\n")
