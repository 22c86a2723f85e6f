"""The letters that operators print."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import AuditEntry
from traitdunion.companies import codes
from traitdunion.companies.models import CompanyCode


def asked(session: Session) -> CompanyCode:
    """Somebody of a baker's asks for a letter."""
    company, person = make.company(session, verified_at=None), make.person(session, "Ada")
    codes.ask(session, company, person_id=person.id, now=make.NOW)
    found = codes.of(session, company.id, person.id)
    assert found is not None
    return found


class TestLetters:
    def test_are_listed_until_they_are_printed(self, session: Session, pages: PageClient) -> None:
        letter = asked(session)
        pages.sign_in(make.person(session, is_operator=True))

        before = pages.get("/admin/lettres", is_form=True)
        printed = pages.post(f"/admin/lettres/{letter.company_id}/{letter.person_id}", form="/admin/lettres")

        assert "1 rue du Four, 57000 Metz, à l’attention de Ada Exemple" in before.main
        assert "Votre code de vérification" in printed.text
        assert printed.headers["Cache-Control"] == "no-store"
        assert "Aucune lettre ne vous attend" in pages.get("/admin/lettres").main
        assert session.scalars(select(AuditEntry.act)).all() == ["company.letter"]

    def test_are_nothing_for_who_did_not_ask(self, session: Session, pages: PageClient) -> None:
        asked(session)
        pages.sign_in(make.person(session, is_operator=True))

        response = pages.post("/admin/lettres/1/999999999999999999999", form="/admin/lettres")

        assert response.status_code == 404
