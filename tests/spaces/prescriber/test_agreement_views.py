"""The pages of agreements in a prescriber's space: the queue, the decision, questions, changes, renewal, transfer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as made
from tests.pages import PageClient
from traitdunion.agreements import agreements, letters, renewals
from traitdunion.agreements.kinds import Act, PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementEvent
from traitdunion.core import clock, tokens


@pytest.fixture
def agreement(pages: PageClient, session: Session, monkeypatch: pytest.MonkeyPatch) -> Agreement:
    """Signed by everybody, and read by a member of the organisation, who is signed in."""
    monkeypatch.setattr(clock, "now", lambda: made.NOW)
    monkeypatch.setattr(clock, "today", made.NOW.date)
    organisation = make.prescriber_organisation(session)
    member = make.prescriber(session, organisation)
    found = made.ready(session)
    found.organisation, found.status = organisation, Status.IN_REVIEW.value
    session.flush()
    assert member.person is not None
    pages.sign_in(member.person)
    return found


def path(agreement: Agreement, more: str = "") -> str:
    return f"/prescripteur/{agreement.organisation_id}/conventions/{agreement.id}{more}"


def post(pages: PageClient, agreement: Agreement, more: str, **fields: str) -> int:
    form = path(agreement, more) if more.rsplit("/", maxsplit=1)[-1] in CHANGES else path(agreement)
    return pages.post(path(agreement, more), {"vu": str(agreement.sequence), **fields}, form=form).status_code


CHANGES = {"adresse", "texte", "renouvellement", "organisme"}


class TestQueue:
    def test_leads_to_what_waits(self, pages: PageClient, agreement: Agreement) -> None:
        page = pages.get(f"/prescripteur/{agreement.organisation_id}/conventions")

        assert page.select_one(f"a[href='{path(agreement)}']") is not None

    def test_says_when_nothing_waits(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        agreement.status = Status.READY_TO_SIGN.value
        session.flush()

        page = pages.get(f"/prescripteur/{agreement.organisation_id}/conventions")

        assert "Rien n’attend votre décision" in page.text
        assert "À signer" in page.text


class TestDecision:
    def test_validates(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        pages.get(path(agreement), is_form=True)

        status = post(pages, agreement, "/accepter")

        session.refresh(agreement)
        assert (status, agreement.status) == (303, Status.ACCEPTED_BY_VALIDATOR)

    def test_of_an_older_page_is_not_taken(self, pages: PageClient, agreement: Agreement) -> None:
        assert post(pages, agreement, "/accepter", vu=str(agreement.sequence - 1)) == 409

    def test_refuses_with_a_word(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        mute = post(pages, agreement, "/refuser")
        said = post(pages, agreement, "/refuser", mot="Le poste est saisonnier.")

        session.refresh(agreement)
        assert (mute, said) == (422, 303)
        assert (agreement.status, agreement.justification) == (Status.REJECTED, "Le poste est saisonnier.")
        assert "Le poste est saisonnier." in pages.get(path(agreement), is_form=True).text


class TestAsk:
    def test_is_answered_by_link(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        asked = post(pages, agreement, "/demander", partie="company", question="Quelles machines ?")
        event = session.scalars(select(AgreementEvent).where(AgreementEvent.act == Act.ASK)).one()
        with pages.app.app_context():
            answer = f"/conventions/precision/{tokens.sign(letters.PRECISION, [event.id])}"

        pages.get(answer, is_form=True)
        empty = pages.post(answer, {"reponse": " "}).status_code
        sent = pages.post(answer, {"reponse": "Un pétrin."}).status_code
        again = pages.send("POST", answer, {"reponse": "Deux."}).status_code

        assert (asked, empty, sent, again) == (303, 422, 303, 303)
        session.expire_all()
        assert "Un pétrin." in pages.get(path(agreement), is_form=True).text
        assert "Deux." not in pages.get(answer).text


class TestChange:
    def test_of_an_address_keeps_the_status(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        pages.get(path(agreement, "/adresse"), is_form=True)

        none = post(pages, agreement, "/adresse", partie="company")
        status = post(pages, agreement, "/adresse", partie="company", email="ada@exemple.fr")

        session.refresh(agreement)
        company = agreements.party(agreement, PartyRole.COMPANY)
        assert (none, status, agreement.status) == (422, 303, Status.IN_REVIEW)
        assert company is not None
        assert company.email == "ada@exemple.fr"

    def test_of_an_email_keeps_the_telephone(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        company = agreements.party(agreement, PartyRole.COMPANY)
        assert company is not None
        company.phone = "+33639980008"
        session.flush()
        page = pages.get(path(agreement, "/adresse"), is_form=True)

        post(pages, agreement, "/adresse", partie="company", email="ada@exemple.fr")

        session.refresh(company)
        assert (company.email, company.phone) == ("ada@exemple.fr", "+33639980008")
        assert "+33639980008" in page.text

    def test_of_the_tasks_asks_everybody_to_sign(
        self, pages: PageClient, session: Session, agreement: Agreement
    ) -> None:
        page = pages.get(path(agreement, "/texte"), is_form=True)
        values = {
            str(field["name"]): str(field.get("value") or field.text) for field in page.select("main form [name]")
        }

        same = post(pages, agreement, "/texte", **{**values, "vu": str(agreement.sequence)})
        kept = agreement.version
        status = post(pages, agreement, "/texte", **{**values, "taches": "Vendre.", "vu": str(agreement.sequence)})

        session.expire_all()
        assert (same, kept, status) == (303, 1, 303)
        assert (agreement.status, agreement.version) == (Status.READY_TO_SIGN, 2)
        assert agreements.terms_of(agreement).tasks == "Vendre."

    @pytest.mark.parametrize(
        ("last", "starts", "told"),
        [
            ("2026-12-08", "08:00", "avant le premier"),
            ("2027-12-10", "08:00", "un mois au plus"),
            ("2026-12-11", "18:00", "avant le début"),
        ],
    )
    def test_says_what_is_wrong_with_days(
        self, pages: PageClient, agreement: Agreement, last: str, starts: str, told: str
    ) -> None:
        fields = {"premier": "2026-12-10", "dernier": last, "debut": starts, "fin": "16:00", "taches": "Pétrir."}

        answer = pages.post(path(agreement, "/texte"), {"vu": str(agreement.sequence), **fields})

        assert answer.status_code == 422
        assert told in answer.text


class TestRenewal:
    def test_is_one_more_agreement_to_sign(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        post(pages, agreement, "/accepter")
        session.refresh(agreement)
        first = agreement.last_day + timedelta(days=7)
        days = {"premier": first.isoformat(), "dernier": first.isoformat(), "debut": "08:00", "fin": "12:00"}
        pages.get(path(agreement, "/renouvellement"), is_form=True)

        status = post(pages, agreement, "/renouvellement", mot="Voir la vente.", **days)

        made_anew = renewals.of(session, agreement)
        assert status == 303
        assert made_anew is not None
        assert (made_anew.status, made_anew.first_day) == (Status.READY_TO_SIGN, first)


class TestTransfer:
    def test_takes_it_to_another_organisation(self, pages: PageClient, session: Session, agreement: Agreement) -> None:
        other = make.prescriber_organisation(session, name="Cap emploi de l’Exemple")

        status = post(pages, agreement, "/organisme", organisme=str(other.id), mot="Elle dépend de vous.")

        session.refresh(agreement)
        assert (status, agreement.organisation_id) == (303, other.id)
        assert isinstance(agreement.first_day, date)
