"""Delivering: once, tried again after an outage, final when refused, and nothing of anybody in the logs."""

import traceback
from datetime import timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import mailbox
from tests.mailbox import CUT, YES, Mailbox
from tests.notifications.samples import NOW, PAUL, WITHOUT_EMAIL, write, written
from traitdunion.clients import sms, smtp
from traitdunion.clients.delivery import Deferred
from traitdunion.clients.http import Unavailable
from traitdunion.core import clock, db, jobs, logs
from traitdunion.notifications import addresses, delivery, waiting
from traitdunion.notifications.jobs import deliver as deliver_job
from traitdunion.notifications.jobs import take_up
from traitdunion.notifications.messages import Address, Attachment, Topic
from traitdunion.notifications.models import Message, State

pytestmark = pytest.mark.usefixtures("relay")


def deliver(session: Session, message: Message, **later: float) -> None:
    """Delivers it, `later` after it was written."""
    delivery.deliver(session, message.id, now=message.written_at + timedelta(**later))


class TestDeliver:
    def test_sends_text_and_html(self, session: Session, box: Mailbox) -> None:
        message = written(session)

        deliver(session, message, seconds=2)

        (mail,) = box.messages
        assert (message.state, message.settled_at) == (State.SENT, NOW + timedelta(seconds=2))
        assert mail.get_content_type() == "multipart/alternative"
        plain, html = mail.iter_parts()
        assert isinstance(plain, EmailMessage)
        assert isinstance(html, EmailMessage)
        assert "Venez mardi.\n\nVoir\u00a0: https://essai.exemple.fr/offres" in plain.get_content().replace(
            "\r\n", "\n"
        )
        assert "C’est mardi &amp; c’est sûr" in html.get_content()

    def test_says_who_when_and_that_nobody_typed_it(self, session: Session, box: Mailbox) -> None:
        message = written(session)

        deliver(session, message)

        (mail,) = box.messages
        assert mail["From"] == "Trait d’union <ne-pas-repondre@exemple.fr>"
        assert mail["To"] == "Paul Létang <paul@exemple.fr>"
        assert mail["Subject"] == "C’est mardi & c’est sûr"
        assert mail["Date"].datetime == NOW
        assert mail["Message-ID"] == message.message_id
        assert message.message_id.endswith("@exemple.fr>")
        assert mail["Auto-Submitted"] == "auto-generated"
        assert box.received[0].isascii()

    def test_offers_to_refuse_only_what_can_be(self, session: Session, box: Mailbox) -> None:
        deliver(session, written(session))
        deliver(session, written(session, key="k2", topic=Topic.REMINDER))

        necessary, reminder = box.messages
        assert necessary["List-Unsubscribe"] is None
        assert str(reminder["List-Unsubscribe"]).strip().startswith("<https://essai.exemple.fr/messages/desabonnement/")
        assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    def test_sends_the_files(self, session: Session, box: Mailbox) -> None:
        files = [Attachment("immersion.ics", "text/calendar; method=REQUEST", "BEGIN:VCALENDAR é".encode())]

        deliver(session, written(session, attachments=files))

        (part,) = box.messages[0].iter_attachments()
        assert isinstance(part, EmailMessage)
        assert (part.get_content_type(), part.get_filename()) == ("text/calendar", "immersion.ics")
        assert part["Content-Type"].params["method"] == "REQUEST"
        assert part.get_content() == "BEGIN:VCALENDAR é"

    def test_writes_no_line_that_relays_refuse(self, session: Session, box: Mailbox) -> None:
        long = "é" * 300
        values = {"day": f"mardi {long} {'a' * 1_200}"}

        deliver(session, written(session, to=Address("paul@exemple.fr", None, long), values=values))

        (mail,) = box.messages
        assert max(map(len, box.received[0].split(b"\r\n"))) <= 998  # RFC 5321, 4.5.3.1.6
        # Python's reader puts a space between encoded words, which RFC 2047 joins.
        assert mail["To"].addresses[0].display_name.replace(" ", "") == long
        assert str(mail["Subject"]).startswith(f"C’est mardi {long} ")
        assert b"\n" not in box.received[0].replace(b"\r\n", b"")

    def test_sends_once(self, session: Session, box: Mailbox) -> None:
        message = written(session)

        deliver(session, message)
        deliver(session, message)

        assert len(box.received) == 1

    def test_keeps_out_headers_typed_by_a_stranger(self, session: Session, box: Mailbox) -> None:
        address = Address("paul@exemple.fr", None, "Paul\r\nBcc: x@exemple.fr")

        deliver(session, written(session, to=address, values={"day": "mardi\r\nBcc: x@exemple.fr"}))

        assert box.messages[0]["Bcc"] is None
        assert box.recipients == ["paul@exemple.fr"]

    @pytest.mark.parametrize("address", ["paul\r\n@exemple.fr", "@", "létang@exemple.fr", f"paul@{'x' * 70}.fr"])
    def test_refuses_an_address_that_no_mail_can_bear(self, session: Session, box: Mailbox, address: str) -> None:
        message = written(session, to=Address(address))

        deliver(session, message)

        assert (message.state, box.received) == (State.REFUSED, [])
        assert message.address.bounced_at == NOW


class TestRefusals:
    def test_are_noted_with_the_address(self, session: Session, box: Mailbox) -> None:
        message = written(session)
        box.next("rcpt", "550 5.1.1 <paul@exemple.fr> unknown")

        deliver(session, message)

        assert (message.state, message.answer) == (State.REFUSED, "550 5.1.1")
        assert addresses.is_refused(session, "paul@exemple.fr")
        assert write(session, key="k2", topic=Topic.REMINDER) is None

    def test_are_forgotten_once_a_message_arrives(self, session: Session, box: Mailbox) -> None:
        first, second = written(session), written(session, key="k2")
        box.next("rcpt", "550 5.1.1 unknown")

        deliver(session, first)
        deliver(session, second)

        assert second.state == State.SENT
        assert not addresses.is_refused(session, "paul@exemple.fr")

    def test_of_the_content_do_not_blame_the_address(self, session: Session, box: Mailbox) -> None:
        message = written(session)
        box.next("data", "552 5.3.4 Too big")

        deliver(session, message)

        assert (message.state, message.answer) == (State.REFUSED, "552 5.3.4")
        assert not addresses.is_refused(session, "paul@exemple.fr")


class TestOutages:
    @pytest.mark.parametrize("stage", ["connect", "mail"])
    def test_leave_the_message_waiting(self, session: Session, box: Mailbox, stage: str) -> None:
        message = written(session)
        box.next(stage, "421 4.3.2 Later")

        with pytest.raises(Unavailable):
            deliver(session, message, days=30)
        assert message.state == State.WAITING
        deliver(session, message, days=31)

        assert len(box.received) == 1

    def test_before_the_answer_repeat_the_message_with_its_identity(self, session: Session, box: Mailbox) -> None:
        message = written(session)
        box.next("data", CUT)

        with pytest.raises(Unavailable):
            deliver(session, message)
        deliver(session, message)

        assert box.ids == [message.message_id] * 2

    def test_of_one_message_alone_end_after_five_days(self, session: Session, box: Mailbox) -> None:
        message = written(session)
        box.next("rcpt", "451 4.7.1 Greylisted", "451 4.7.1 Greylisted")

        with pytest.raises(Deferred):
            deliver(session, message, days=4)
        deliver(session, message, days=5)

        assert (message.state, message.answer) == (State.REFUSED, "451 4.7.1")
        assert not addresses.is_refused(session, "paul@exemple.fr")

    def test_end_with_the_use_of_the_message(self, session: Session, box: Mailbox) -> None:
        message = written(session, expires_at=NOW + timedelta(minutes=20))

        deliver(session, message, minutes=20)

        assert (message.state, box.received) == (State.EXPIRED, [])


class TestWithoutCarrier:
    def test_waits(self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.extensions, "mail_relay", None)
        message = written(session)

        deliver(session, message)

        assert message.state == State.WAITING
        health = waiting.health(session)
        assert not health.is_well  # it was written long ago
        assert health.details == {"waiting": 1, "is_email_carried": False, "is_sms_carried": False}

    def test_is_kept_where_all_is_invented(self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.extensions, "mail_relay", None)
        monkeypatch.setitem(app.extensions, "is_demonstration", lambda _session: True)
        mail, text_message = written(session), written(session, key="k2", to=WITHOUT_EMAIL)

        deliver(session, mail)
        deliver(session, text_message)

        assert (mail.state, text_message.state) == (State.SENT, State.SENT)
        assert waiting.health(session).is_well


class TestSms:
    @pytest.fixture(autouse=True)
    def _provider(self, app: Flask, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
        settings = sms.Settings(url=httpserver.url_for("/v3"), token="clé", sender="TraitdUnion")
        monkeypatch.setitem(app.extensions, "sms_provider", sms.Provider(settings))

    def test_leave_by_the_provider(self, session: Session, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/v3/transactionalSMS/send").respond_with_json({"messageId": 1}, status=201)
        message = written(session, to=WITHOUT_EMAIL)

        deliver(session, message)

        assert message.state == State.SENT

    def test_note_a_refused_number(self, session: Session, httpserver: HTTPServer) -> None:
        httpserver.expect_request("/v3/transactionalSMS/send").respond_with_json(
            {"code": "invalid_parameter", "message": "Invalid phone number +33639980001"}, status=400
        )
        message = written(session, to=WITHOUT_EMAIL)

        deliver(session, message)

        assert (message.state, message.answer) == (State.REFUSED, "400")
        assert addresses.is_refused(session, "+33639980001")


class TestJobs:
    def test_deliver_what_was_committed(self, committing_app: Flask, box: Mailbox) -> None:
        with db.transaction() as session:
            message = written(session)

        jobs.run_worker(committing_app, wait=False)

        assert box.ids == [message.message_id]
        with db.transaction() as session:
            assert session.scalars(select(Message.state)).all() == [State.SENT]

    def test_try_again_after_an_outage(self, committing_app: Flask, box: Mailbox) -> None:
        with db.transaction() as session:
            identities = [written(session, key=f"k{number}").message_id for number in range(5)]
        box.next("connect", *["421 4.3.2 Later"] * 5)

        jobs.run_worker(committing_app, wait=False, concurrency=1)
        with db.transaction() as session:
            assert box.ids == []
            assert waiting.hasten(session) == 5
        jobs.run_worker(committing_app, wait=False, concurrency=1)

        assert sorted(box.ids) == sorted(identities)

    def test_take_on_the_work_of_others(self, committing_app: Flask, box: Mailbox) -> None:
        with db.transaction() as session:
            first, *_ = [written(session, key=f"k{number}") for number in range(3)]

        deliver_job.func(message_id=first.id)

        assert len(box.ids) == 3
        assert self.left() == [str(first.id)]  # the queue deletes it itself

    def test_leave_what_must_wait_to_its_own_job(self, committing_app: Flask, box: Mailbox) -> None:
        with db.transaction() as session:
            first, second, third = [written(session, key=f"k{number}") for number in range(3)]
        box.next("rcpt", YES, "451 4.2.2 Full", "451 4.2.2 Full")

        deliver_job.func(message_id=third.id)

        assert box.ids == [third.message_id]
        assert self.left() == [str(first.id), str(second.id), str(third.id)]

    def test_try_again_what_another_worker_holds(self, committing_app: Flask, box: Mailbox) -> None:
        with db.transaction() as session:
            message = written(session)
        with db.transaction() as other:
            other.execute(text("SELECT id FROM messages FOR UPDATE"))

            with pytest.raises(Unavailable):
                deliver_job.func(message_id=message.id)

        assert box.ids == []

    def left(self) -> list[str]:
        """The messages that a job is going to deliver."""
        query = "SELECT args ->> 'message_id' FROM procrastinate_jobs WHERE task_name = :task ORDER BY id"
        with db.transaction() as session:
            return list(session.scalars(text(query), {"task": delivery.TASK}))

    def test_deliver_all_once_the_relay_is_back(
        self, committing_app: Flask, box: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with mailbox.serve(Mailbox()) as gone:
            pass
        lost = smtp.Relay(smtp.read(gone.url()), patience=smtp.Patience(rest=0))
        monkeypatch.setitem(committing_app.extensions, "mail_relay", lost)
        with db.transaction() as session:
            identities = {written(session, key=f"k{number}").message_id for number in range(20)}
        jobs.run_worker(committing_app, wait=False)

        with mailbox.serve(Mailbox(port=gone.port)) as back:
            with db.transaction() as session:
                waiting.hasten(session)
            jobs.run_worker(committing_app, wait=False)
            lost.close()

        assert set(back.ids) == identities
        assert len(back.ids) == 20

    def test_take_up_what_waited_for_a_relay(
        self, committing_app: Flask, box: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with db.transaction() as session:
            message = written(session)
        with monkeypatch.context() as without:
            without.setitem(committing_app.extensions, "mail_relay", None)
            jobs.run_worker(committing_app, wait=False)
            assert box.ids == []

        with db.transaction() as session:
            jobs.defer(session, take_up, {"timestamp": 0})  # as the clock does every five minutes
        jobs.run_worker(committing_app, wait=False, concurrency=1)

        assert box.ids == [message.message_id]
        with db.transaction() as session:
            assert waiting.left_behind(session, before=clock.now()) == []

    def test_leave_a_message_whose_job_waits_to_that_job(self, session: Session) -> None:
        written(session)

        assert waiting.left_behind(session, before=clock.now()) == []

    def test_give_up_what_is_of_no_use_any_more(self, session: Session) -> None:
        spent = written(session, expires_at=NOW)
        fresh = written(session, key="k2", expires_at=NOW + timedelta(seconds=1))

        waiting.expire(session, now=NOW)

        session.expire_all()
        assert (spent.state, fresh.state) == (State.EXPIRED, State.WAITING)


class TestLogs:
    def test_hold_nothing_of_anybody(
        self,
        committing_app: Flask,
        box: Mailbox,
        capfd: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        logs.configure()  # a command run by another test in this process has lowered its voice
        caplog.set_level("DEBUG", logger="procrastinate")
        box.next("rcpt", "451 4.2.2 <paul@exemple.fr> full", "550 5.1.1 <paul@exemple.fr> unknown")
        with db.transaction() as session:
            for number in range(3):
                written(session, key=f"k{number}")

        jobs.run_worker(committing_app, wait=False, concurrency=1)

        told = (
            capfd.readouterr().err
            + caplog.text
            + "".join(
                "".join(traceback.format_exception(*record.exc_info)) for record in caplog.records if record.exc_info
            )
        )
        assert "message refused" in told
        assert "message put off" in told
        assert "message delivered" in told
        assert "traitdunion.clients.delivery.Deferred" in told  # the queue's own words are read too
        for word in (PAUL.name, "Létang", "paul", "exemple.fr", "mardi"):
            assert word not in told, word
