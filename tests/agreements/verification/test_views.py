"""Verifying a document: what is said to whoever holds it, and nothing to the others."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from tests.agreements.document.test_documents import sign
from tests.pages import Page, PageClient, check
from traitdunion.agreements.document import documents
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementVersion
from traitdunion.agreements.verification.views import VERIFY

PATH = "/conventions/verification"
NOW = make.NOW


@pytest.fixture
def agreement(session: Session) -> Agreement:
    """Signed by the beneficiary, awaited from the company."""
    found = samples.agreement(session)
    sign(session, found, PartyRole.BENEFICIARY, minutes=5)
    session.commit()
    return found


def by_code(pages: PageClient, code: str, name: str) -> Page:
    """What the page answers."""
    answer = pages.post(PATH, {"code": code, "nom": name})
    page = Page(answer.text, "lxml")
    page.status, page.response = answer.status_code, answer
    check(page, PATH)
    return page


def by_file(pages: PageClient, content: bytes) -> Page:
    """What the page answers."""
    answer = pages.post(f"{PATH}/fichier", {"fichier": (io.BytesIO(content), "convention.pdf")}, form=PATH)
    page = Page(answer.text, "lxml")
    page.status = answer.status_code
    check(page, PATH)
    return page


class TestFormPage:
    def test_is_filled_in_by_the_code_in_the_picture(self, pages: PageClient) -> None:
        page = pages.get(f"{PATH}?code=K7Q2X-9XWM3", is_form=True)

        field = page.find("input", {"name": "code"})
        assert field is not None
        assert field["value"] == "K7Q2X-9XWM3"


class TestByCode:
    @pytest.mark.parametrize("name", ["Exemple", "EXEMPLE", " éxemple "])
    def test_says_who_signed_and_when_to_whoever_knows_the_name(
        self, pages: PageClient, agreement: Agreement, name: str
    ) -> None:
        page = by_code(pages, documents.printed(agreement.code).lower(), name)

        assert "Document conforme" in page.main
        assert "1 sur 2" in page.main
        assert "La personne en immersion, le " in page.main

    def test_says_no_name_no_address_and_no_day_of_birth(self, pages: PageClient, agreement: Agreement) -> None:
        page = by_code(pages, agreement.code, "Exemple")

        result = page.find("section", {"class": "notice"})
        assert result is not None
        for private in ("Camille", "Exemple", "Ada", "Martin", "@", "…", "rue", "1998", "Metz"):
            assert private not in result.get_text()

    @pytest.mark.parametrize(("code", "name"), [("", "Martin"), ("AAAAA-AAAAA", "Exemple"), ("", "—")])
    def test_says_the_same_of_a_wrong_code_and_of_a_wrong_name(
        self, pages: PageClient, agreement: Agreement, code: str, name: str
    ) -> None:
        page = by_code(pages, code or agreement.code, name)

        assert page.status == 200
        assert "Document non conforme" in page.main
        assert "avec ce code et ce nom" in page.main
        assert "Signatures" not in page.main

    def test_knows_no_draft(self, session: Session, pages: PageClient) -> None:
        draft = samples.agreement(session, status=Status.DRAFT)
        session.commit()

        assert "Document non conforme" in by_code(pages, draft.code, "Exemple").main

    @pytest.mark.parametrize("status", [Status.REJECTED, Status.CANCELLED, Status.DEPRECATED])
    def test_says_that_it_is_without_effect(self, session: Session, pages: PageClient, status: Status) -> None:
        over = samples.agreement(session, status=status)
        session.commit()

        assert "sans effet" in by_code(pages, over.code, "Exemple").main

    def test_says_that_it_was_altered(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        terms = {**agreement.versions[0].terms, "tasks": "Autre chose."}
        session.execute(update(AgreementVersion).values(terms=terms))
        session.commit()

        assert "ne vont plus ensemble" in by_code(pages, agreement.code, "Exemple").main

    def test_asks_for_both(self, pages: PageClient) -> None:
        page = by_code(pages, "", "")

        assert page.status == 422
        assert "Écrivez le code" in page.main
        assert "Écrivez le nom" in page.main

    def test_cannot_be_tried_at_leisure(self, pages: PageClient) -> None:
        for _ in range(VERIFY.most):
            pages.send("POST", PATH, {"code": "x", "nom": "x"})

        assert pages.send("POST", PATH, {"code": "x", "nom": "x"}).status_code == 429


class TestByFile:
    def test_knows_the_very_file(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        content = documents.keep(session, agreement, now=NOW + timedelta(minutes=6))
        session.commit()

        page = by_file(pages, content)

        assert "Document conforme" in page.main
        assert documents.printed(agreement.code) in page.main

    def test_says_that_another_came_after_it(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        content = documents.keep(session, agreement, now=NOW + timedelta(minutes=6))
        sign(session, agreement, PartyRole.COMPANY, minutes=7)
        session.commit()

        page = by_file(pages, content)

        assert "authentique, mais dépassé" in page.main
        assert "2 sur 2" in page.main

    def test_does_not_know_a_file_that_was_touched(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        content = documents.keep(session, agreement, now=NOW)
        session.commit()

        page = by_file(pages, content + b"\n")

        assert "Document non conforme" in page.main
        assert "octet près" in page.main

    def test_asks_for_a_file(self, pages: PageClient) -> None:
        page = by_file(pages, b"")

        assert page.status == 422
        assert "Choisissez le fichier" in page.main
