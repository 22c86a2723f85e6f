"""Signing by link: what scans, forwards, guesses or clicks twice."""

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.agreements import samples
from tests.agreements.signing.samples import last_code, party, wrong
from tests.pages import Page, PageClient, check
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementParty, Signature, SignatureCode
from traitdunion.agreements.signing import letters
from traitdunion.core import db
from traitdunion.notifications.models import Message


@pytest.fixture
def agreement(session: Session) -> Agreement:
    """To sign, by the beneficiary and the company."""
    found = samples.agreement(session)
    session.commit()
    return found


def path(one: AgreementParty, *more: str) -> str:
    """Of the party's link."""
    return "/".join((f"/conventions/signature/{letters.token(one)}", *more))


def ask(pages: PageClient, one: AgreementParty, channel: str = "email") -> None:
    """Asks for the code."""
    answer = pages.post(path(one), {"par": channel})
    assert answer.status_code == 303
    assert answer.location.endswith("/code")


def read(pages: PageClient, one: AgreementParty, code: str) -> Page:
    """What the code opens."""
    answer = pages.post(path(one, "code"), {"code": code})
    page = Page(answer.text, "lxml")
    page.status = answer.status_code
    check(page, path(one, "code"))
    return page


def sign(session: Session, pages: PageClient, one: AgreementParty) -> None:
    """All of it."""
    ask(pages, one)
    page = read(pages, one, last_code(session))
    proof = page.find("input", {"name": "preuve"})
    assert proof is not None
    answer = pages.send("POST", path(one, "signer"), {"preuve": str(proof["value"])})
    assert answer.status_code == 303, answer.text


def signed(session: Session) -> int:
    """How many signatures there are."""
    return session.scalar(select(func.count()).select_from(Signature)) or 0


class TestTheLink:
    def test_opened_by_a_scanner_sends_and_signs_nothing(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        for more in ((), ("code",)):
            for _ in range(3):
                pages.get(path(party(agreement), *more), is_form=True)
            pages.client.head(path(party(agreement), *more))

        assert signed(session) == 0
        assert session.scalar(select(func.count()).select_from(SignatureCode)) == 0
        assert session.scalar(select(func.count()).select_from(Message)) == 0

    def test_forwarded_shows_neither_the_text_nor_an_address(self, pages: PageClient, agreement: Agreement) -> None:
        beneficiary = party(agreement)

        page = pages.get(path(beneficiary), is_form=True)

        assert "Camille E." in page.main
        for private in ("4 mai 1998", "5 rue du Test", "RSA", "Camille Exemple", beneficiary.email, "Sam Exemple"):
            assert str(private) not in str(page)
        assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert page.response.headers["Cache-Control"] == "no-store"

    def test_forwarded_is_useless_without_the_partys_own_mailbox(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        company = party(agreement, PartyRole.COMPANY)
        ask(pages, party(agreement))  # the thief reads the beneficiary's mailbox, not the company's
        stolen = last_code(session)
        ask(pages, company)
        if stolen == last_code(session):
            stolen = wrong(stolen)

        page = read(pages, company, stolen)

        assert page.status == 422
        assert "5 rue du Test" not in page.main
        assert pages.send("POST", path(company, "signer"), {"preuve": "x"}).status_code == 409
        assert signed(session) == 0

    @pytest.mark.parametrize("more", [(), ("code",)])
    def test_altered_says_so(self, pages: PageClient, more: tuple[str, ...]) -> None:
        page = pages.get("/".join(("/conventions/signature/abc", *more)), 410)

        assert "Lien périmé" in page.main


class TestTheCode:
    def test_tried_six_times_opens_nothing_more(self, committing_app: Flask) -> None:
        pages = PageClient(committing_app)
        with db.transaction() as session:
            company = party(samples.agreement(session), PartyRole.COMPANY)
        ask(pages, company)
        with db.transaction() as session:
            code = last_code(session)
        for _ in range(5):
            assert read(pages, company, wrong(code)).status == 422

        page = read(pages, company, code)

        assert page.status == 422
        assert "Trop d’essais" in page.main
        ask(pages, company)
        with db.transaction() as session:
            code = last_code(session)
        assert read(pages, company, code).status == 200

    def test_too_old_opens_nothing(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        company = party(agreement, PartyRole.COMPANY)
        ask(pages, company)
        session.execute(update(SignatureCode).values(expires_at=SignatureCode.asked_at))
        session.commit()

        page = read(pages, company, last_code(session))

        assert page.status == 422
        assert "n’est plus valable" in page.main

    def test_is_sent_six_times_in_half_an_hour_at_most(self, pages: PageClient, agreement: Agreement) -> None:
        company = party(agreement, PartyRole.COMPANY)
        for _ in range(6):
            ask(pages, company)

        assert pages.post(path(company), {"par": "sms"}).status_code == 429

    def test_is_not_sent_by_a_way_that_there_is_not(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        for way in ("sms", "pigeon", ""):  # the beneficiary has no telephone
            assert pages.post(path(party(agreement)), {"par": way}).status_code == 409

        assert session.scalar(select(func.count()).select_from(Message)) == 0


class TestSigning:
    def test_follows_the_whole_text(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        company = party(agreement, PartyRole.COMPANY)
        ask(pages, company, "sms")

        page = read(pages, company, last_code(session))

        assert page.status == 200
        for said in ("4 mai 1998", "5 rue du Test", "Pétrir, façonner, cuire.", "lundi 7 décembre 2026", "48"):
            assert said in page.main
        assert page.main.index("Engagements de chacun") < page.main.index("Signer la convention")

    def test_by_all_goes_to_the_organisation(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        sign(session, pages, party(agreement))
        page = pages.get(path(party(agreement)))
        assert "Il manque encore la signature de" in page.main
        assert "la signature de : l’entreprise d’accueil" in page.main

        sign(session, pages, party(agreement, PartyRole.COMPANY))

        session.refresh(agreement)
        assert agreement.status == Status.IN_REVIEW
        assert "Tout le monde a signé" in pages.get(path(party(agreement))).main

    def test_twice_signs_once(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        ask(pages, beneficiary)
        page = read(pages, beneficiary, last_code(session))
        proof = str(page.find("input", {"name": "preuve"})["value"])  # type: ignore[index]

        answers = [pages.send("POST", path(beneficiary, "signer"), {"preuve": proof}) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [303, 303]
        assert signed(session) == 1

    def test_reloads_the_text_while_the_code_is_valid(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        beneficiary = party(agreement)
        ask(pages, beneficiary)

        for _ in range(3):
            assert read(pages, beneficiary, last_code(session)).status == 200

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (Status.DRAFT, "en préparation"),
            (Status.REJECTED, "refusée"),
            (Status.CANCELLED, "annulée"),
            (Status.DEPRECATED, "abandonnée"),
        ],
    )
    def test_is_not_offered_where_there_is_nothing_to_sign(
        self, session: Session, pages: PageClient, status: Status, said: str
    ) -> None:
        found = samples.agreement(session, status=status)
        session.commit()

        page = pages.get(path(party(found)))

        assert said in page.main
        assert page.find("form") is None
        assert pages.send("POST", path(party(found)), {"par": "email"}).status_code == 409

    def test_is_not_offered_to_who_has_no_address(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        beneficiary = party(agreement)
        beneficiary.email = beneficiary.phone = None
        session.commit()

        assert "ni votre e-mail, ni votre téléphone" in pages.get(path(beneficiary)).main


def test_the_path_in_digests_is_that_of_the_page(session: Session, pages: PageClient) -> None:
    one = party(samples.agreement(session))
    session.commit()

    assert pages.client.get(letters.path(one)).status_code == 200
