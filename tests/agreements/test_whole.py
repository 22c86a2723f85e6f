"""From a booking to the document in everybody's mailbox: all that signing joins, each part as it is in the service."""

import io
from datetime import date

from flask import Flask
from sqlalchemy import select, text

from tests.agreements import bookings as booked
from tests.agreements.document.samples import text as words
from tests.agreements.signing.samples import last_code
from tests.pages import Page, PageClient
from traitdunion.agreements.document import documents
from traitdunion.agreements.kinds import Act, Actor, Status
from traitdunion.agreements.lifecycle import step
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters
from traitdunion.core import clock, db, jobs
from traitdunion.notifications.models import Message


def sign(pages: PageClient, link: str) -> None:
    """By the link of a message, with the code of the next one."""
    assert pages.post(link, {"par": "email"}).status_code == 303
    with db.transaction() as session:
        code = last_code(session)
    page = Page(pages.post(f"{link}/code", {"code": code}).text, "lxml")
    proof = page.find("input", {"name": "preuve"})
    assert proof is not None
    assert pages.send("POST", f"{link}/signer", {"preuve": str(proof["value"])}).status_code == 303


def test_a_booking_becomes_a_document_that_all_have_and_anybody_verifies(committing_app: Flask) -> None:
    pages = PageClient(committing_app)
    with db.transaction() as session:
        person = booked.person(session, birth_date=date(1998, 5, 4))
        agreement = booked.ready(session, by=person)
        agreement_id, links = agreement.id, [letters.path(one) for one in letters.awaited(agreement)]

    for link in links:
        sign(pages, link)
    with db.transaction() as session:
        agreement = session.get_one(Agreement, agreement_id)
        assert agreement.status == Status.IN_REVIEW
        step(session, agreement, Act.VALIDATE, actor=Actor.VALIDATOR, by=None, now=clock.now())
    jobs.run_worker(committing_app, wait=False, queues=["agreements"])

    with db.transaction() as session:
        agreement = session.get_one(Agreement, agreement_id)
        sent = session.scalars(select(Message).where(Message.kind == "agreement_document")).all()
        files = {one.address.value: one.attachments[0].content for one in sent}
        assert set(files) == {party.email for party in agreement.parties if party.email}
        (content,) = set(files.values())
        assert content == documents.pdf(agreement)
        left = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task")
        assert session.scalar(left, {"task": "agreements.document.jobs.make"}) == 0
    assert "Pas encore signée" not in words(content)
    assert "Validée par l’organisme" in words(content)
    path = documents.VERIFICATION
    answer = pages.post(f"{path}/fichier", {"fichier": (io.BytesIO(content), "convention.pdf")}, form=path)
    assert "Document conforme" in Page(answer.text, "lxml").main
