"""The text of an agreement: for those whom it binds, and nobody else."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from tests.agreements.document.samples import text
from tests.agreements.document.test_documents import sign
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.agreements.document import documents, reading
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.notifications.models import Message
from traitdunion.prescribers import readings


@pytest.fixture
def agreement(session: Session) -> Agreement:
    """To sign, prescribed by an organisation."""
    return samples.agreement(session, organisation=make.prescriber_organisation(session))


class TestTextPage:
    def test_says_all_that_the_pdf_says(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        assert agreement.person is not None
        sign(session, agreement, PartyRole.COMPANY)
        session.commit()
        pages.sign_in(agreement.person)

        page = pages.get(f"/conventions/{agreement.id}", is_form=True)

        sheet = documents.sheet_of(agreement)
        for section in sheet.sections:
            said = (section.heading, *section.paragraphs, *(row.value for row in section.rows))
            cells = (cell for line in (section.table.lines if section.table else ()) for cell in line)
            for words in (*said, *cells):
                assert " ".join(words.split()) in page.main
        assert [heading.get_text() for heading in page.select("main section h2")] == [
            *(section.heading for section in sheet.sections),
            sheet.proof.heading,
        ]

    def test_leads_who_has_yet_to_sign_to_do_it(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        assert agreement.person is not None
        session.commit()
        pages.sign_in(agreement.person)

        page = pages.get(f"/conventions/{agreement.id}", is_form=True)
        assert page.find("a", string="Signer cette convention") is not None
        sign(session, agreement, PartyRole.BENEFICIARY)
        session.commit()
        page = pages.get(f"/conventions/{agreement.id}", is_form=True)

        assert page.find("a", string="Signer cette convention") is None


class TestRemind:
    def test_writes_once_a_day_whoever_wishes_it(
        self, session: Session, pages: PageClient, agreement: Agreement
    ) -> None:
        assert agreement.person is not None
        session.commit()
        pages.sign_in(agreement.person)
        path = f"/conventions/{agreement.id}"

        told = []
        for _ in range(2):
            pages.post(f"{path}/relancer", {"partie": "company"}, form=path)
            told.append(pages.get(path, is_form=True).main)

        assert "Le rappel est parti." in told[0]
        assert "déjà parti aujourd’hui" in told[1]
        (message,) = session.scalars(select(Message).where(Message.kind == "signature_reminder"))
        assert message.address.value == agreement.parties[1].email

    @pytest.mark.parametrize("role", ["beneficiary", "tutor", "", "pigeon"])
    def test_writes_to_nobody_else(self, session: Session, pages: PageClient, agreement: Agreement, role: str) -> None:
        assert agreement.person is not None
        sign(session, agreement, PartyRole.BENEFICIARY)
        session.commit()
        pages.sign_in(agreement.person)
        path = f"/conventions/{agreement.id}"

        pages.post(f"{path}/relancer", {"partie": role}, form=path)

        assert "n’est plus attendue" in pages.get(path, is_form=True).main


class TestPdf:
    def test_is_the_document(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        assert agreement.person is not None
        session.commit()
        pages.sign_in(agreement.person)

        answer = pages.client.get(f"/conventions/{agreement.id}/convention.pdf")

        assert answer.mimetype == "application/pdf"
        assert answer.data == documents.pdf(agreement)
        assert documents.printed(agreement.code) in text(answer.data)
        assert f"convention-{documents.printed(agreement.code)}.pdf" in answer.headers["Content-Disposition"]
        assert answer.headers["Cache-Control"] == "no-store"


class TestFind:
    def test_gives_it_to_those_whom_it_binds(self, session: Session, agreement: Agreement) -> None:
        speaks, prescribes, parent = make.person(session), make.person(session), make.person(session)
        assert agreement.company is not None
        assert agreement.organisation is not None
        make.member(session, agreement.company, speaks)
        make.prescriber(session, agreement.organisation, prescribes)
        agreement.parties[1].person_id = parent.id
        session.flush()

        for person in (agreement.person, speaks, prescribes, parent):
            assert person is not None
            assert reading.find(session, agreement.id, person.id) is agreement

    def test_keeps_that_a_prescriber_read_it(self, session: Session, pages: PageClient, agreement: Agreement) -> None:
        prescribes = make.person(session)
        assert agreement.organisation is not None
        assert agreement.person is not None
        make.prescriber(session, agreement.organisation, prescribes)
        session.commit()
        pages.sign_in(prescribes)

        pages.get(f"/conventions/{agreement.id}", is_form=True)

        assert [one.organisation for one in readings.of_person(session, agreement.person.id)] == [
            agreement.organisation.name
        ]

    @pytest.mark.parametrize("status", [Status.DRAFT])
    def test_gives_no_draft(self, session: Session, status: Status) -> None:
        person: Person = make.person(session)
        draft = samples.agreement(session, person=person, status=status)

        assert reading.find(session, draft.id, person.id) is None

    def test_gives_it_to_nobody_else(self, session: Session, agreement: Agreement) -> None:
        other = make.prescriber(session, make.prescriber_organisation(session))
        colleague = make.member(session, make.company(session), make.person(session))
        assert agreement.organisation is not None
        gone = make.prescriber(session, agreement.organisation, make.person(session), state="left", left_at=make.NOW)

        for person_id in (other.person_id, colleague.person_id, gone.person_id):
            assert person_id is not None
            assert reading.find(session, agreement.id, person_id) is None
