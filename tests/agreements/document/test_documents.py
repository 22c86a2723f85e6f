"""The document of a stored agreement: its hash, the job that makes it, and a worker killed in the middle."""

import hashlib
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from tests.agreements.document.samples import text as words
from tests.agreements.signing.samples import party
from tests.mailbox import Mailbox, serve
from tests.notifications.test_killed_workers import let_time_pass, wait_for, workers
from traitdunion.agreements import agreements, lifecycle
from traitdunion.agreements.document import documents, jobs, printing
from traitdunion.agreements.kinds import Act, Actor, PartyRole, SignatureChannel, Status
from traitdunion.agreements.models import Agreement, AgreementDocument, Signature
from traitdunion.agreements.signing import codes, signatures
from traitdunion.core import db
from traitdunion.notifications.models import Message

NOW = make.NOW


def sign(session: Session, agreement: Agreement, role: PartyRole, **later: float) -> Signature:
    """The party of that role does."""
    one = party(agreement, role)
    asked = codes.ask(session, one, agreements.version_of(agreement), channel=SignatureChannel.EMAIL, now=NOW)
    session.flush()
    found = signatures.sign(session, one, asked, now=NOW + timedelta(**later))
    session.flush()
    return found


class TestKeep:
    def test_keeps_the_hash_of_the_bytes(self, session: Session) -> None:
        agreement = samples.agreement(session)

        content = documents.keep(session, agreement, now=NOW)

        kept = session.scalars(select(AgreementDocument)).one()
        assert kept.pdf_hash == hashlib.sha256(content).digest()
        assert kept.size == len(content)
        assert kept.generator == printing.GENERATOR
        assert documents.pdf(agreement) == content

    def test_changes_nothing_a_second_time(self, session: Session) -> None:
        agreement = samples.agreement(session)

        first = documents.keep(session, agreement, now=NOW)
        session.expire_all()
        second = documents.keep(session, agreement, now=NOW + timedelta(days=400))

        assert first == second
        assert session.scalar(select(func.count()).select_from(AgreementDocument)) == 1

    def test_says_when_the_bytes_are_not_those_of_yesterday(self, session: Session) -> None:
        agreement = samples.agreement(session)
        documents.keep(session, agreement, now=NOW)
        session.execute(update(AgreementDocument).values(pdf_hash=b"x" * 32))

        with pytest.raises(documents.NotTheSame):
            documents.keep(session, agreement, now=NOW)

    def test_is_another_document_after_each_signature(self, session: Session) -> None:
        agreement = samples.agreement(session)
        hashes = {hashlib.sha256(documents.keep(session, agreement, now=NOW)).digest()}
        for role in (PartyRole.BENEFICIARY, PartyRole.COMPANY):
            sign(session, agreement, role)
            hashes.add(hashlib.sha256(documents.keep(session, agreement, now=NOW)).digest())

        assert len(hashes) == 3
        assert session.scalar(select(func.count()).select_from(AgreementDocument)) == 3

    def test_does_not_depend_on_the_host_that_is_asked(self, app: Flask, session: Session) -> None:
        agreement = samples.agreement(session)
        content = documents.pdf(agreement)

        with app.test_request_context(base_url="https://un-autre-hote.exemple"):
            assert documents.pdf(agreement) == content


class TestMake:
    def test_is_ordered_by_each_signature(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            sign(session, samples.agreement(session), PartyRole.BENEFICIARY)

        with db.transaction() as session:
            tasks = session.scalars(text("SELECT task_name FROM procrastinate_jobs")).all()

        assert "agreements.document.jobs.make" in tasks

    def test_sends_the_document_to_all_once_it_is_validated(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            agreement = samples.agreement(session)
            for role in (PartyRole.BENEFICIARY, PartyRole.COMPANY):
                sign(session, agreement, role)
            agreement_id = agreement.id
        jobs.make(agreement_id=agreement_id)
        with db.transaction() as session:
            kinds = select(func.count()).select_from(Message).where(Message.kind == "agreement_document")
            assert session.scalar(kinds) == 0
            agreement = session.get_one(Agreement, agreement_id)
            agreement.status, agreement.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, NOW

        for _ in range(2):
            jobs.make(agreement_id=agreement_id)

        with db.transaction() as session:
            sent = session.scalars(select(Message).where(Message.kind == "agreement_document")).all()
            agreement = session.get_one(Agreement, agreement_id)
            assert len(sent) == len(agreement.parties)
            (file,) = sent[0].attachments
            assert file.content == documents.pdf(agreement)
            assert "Validée par l’organisme" in words(file.content)

    def test_is_ordered_by_each_act_once_it_is_out_to_be_signed(self, session: Session) -> None:
        agreement = samples.agreement(session, status=Status.IN_REVIEW)
        lifecycle.step(session, agreement, Act.VALIDATE, actor=Actor.VALIDATOR, by=None, now=NOW)

        ordered = session.scalars(text("SELECT args FROM procrastinate_jobs")).all()

        assert ordered == [{"agreement_id": agreement.id}]

    def test_tells_nobody_that_a_cancelled_one_is_validated(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            agreement = samples.agreement(session, status=Status.CANCELLED, validated_at=NOW)
            agreement_id = agreement.id

        jobs.make(agreement_id=agreement_id)

        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(Message)) == 0
            assert session.scalar(select(func.count()).select_from(AgreementDocument)) == 1

    def test_does_nothing_for_an_agreement_that_is_gone(self, committing_app: Flask) -> None:
        jobs.make(agreement_id=0)

    @pytest.mark.skipif(sys.platform != "linux", reason="the workers die with their parent by a means of Linux")
    def test_is_done_again_when_its_worker_is_killed(
        self, committing_app: Flask, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(committing_app.config, "PUBLIC_URL", "https://essai.exemple.fr")  # as `workers` sets it
        count = 6
        with db.transaction() as session:
            ids = [samples.agreement(session).id for _ in range(count)]
            for agreement_id in ids:
                jobs.order(session, session.get_one(Agreement, agreement_id))

        def kept() -> int:
            with db.transaction() as session:
                return session.scalar(select(func.count()).select_from(AgreementDocument)) or 0

        with serve(Mailbox()) as box, workers(environ, box) as start:
            pid = start("")
            assert wait_for(lambda: kept() > 0, 30)
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not Path(f"/proc/{pid}").exists(), 20)
            before = kept()
            while kept() < count:
                let_time_pass()
                pid = start("once")
                assert wait_for(lambda: not Path(f"/proc/{pid}").exists(), 60)  # noqa: B023 — called at once

        with db.transaction() as session:
            assert before < count
            for agreement_id in ids:
                content = documents.pdf(session.get_one(Agreement, agreement_id))
                assert [one.agreement_id for one in documents.of_bytes(session, content)] == [agreement_id]


class TestTyped:
    @pytest.mark.parametrize("typed", ["K7Q2X-9XWM3", "k7q2x9xwm3", " k7q2x – 9xwm3 "])
    def test_is_blind_to_how_it_is_parted(self, typed: str) -> None:
        assert documents.typed(typed) == "K7Q2X9XWM3"
        assert documents.printed("K7Q2X9XWM3") == "K7Q2X-9XWM3"
