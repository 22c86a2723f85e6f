"""The relay's client, against a real SMTP server and its faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import mailbox
from tests.clients.fake_time import FakeTime
from tests.mailbox import CUT, Mailbox
from traitdunion.clients import smtp
from traitdunion.clients.delivery import Deferred, Undeliverable
from traitdunion.clients.http import Unavailable
from traitdunion.clients.smtp import Relay, Security

CONTENT = b"Subject: Bonjour\r\nMessage-ID: <1@exemple.fr>\r\n\r\nBonjour.\r\n.\r\n"


def send(relay: Relay, recipient: str = "paul@exemple.fr") -> str:
    """One message."""
    return relay.send(sender="nous@exemple.fr", recipient=recipient, content=CONTENT)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A server without faults."""
    with mailbox.serve(Mailbox()) as served:
        yield served


@pytest.fixture
def relay(box: Mailbox) -> Iterator[Relay]:
    """A relay to it, in clear on the loopback."""
    with Relay(smtp.read(box.url())) as opened:
        yield opened


class TestRead:
    def test_reads_every_part(self) -> None:
        found = smtp.read("smtp+starttls://nous%40exemple.fr:p%2Fw@relais.exemple.fr:2525")

        assert (found.host, found.port, found.security) == ("relais.exemple.fr", 2525, Security.STARTTLS)
        assert (found.user, found.password) == ("nous@exemple.fr", "p/w")
        assert "p/w" not in repr(found)

    @pytest.mark.parametrize(
        ("url", "port"), [("smtps://h", 465), ("smtp+starttls://h", 587), ("smtp://h", 25), ("smtp+plain://h", 25)]
    )
    def test_knows_the_usual_ports(self, url: str, port: int) -> None:
        assert smtp.read(url).port == port

    @pytest.mark.parametrize("url", ["relais.exemple.fr", "http://h", "smtp://", "smtp://h:port", "smtp://h:99999"])
    def test_refuses_what_it_cannot_read(self, url: str) -> None:
        with pytest.raises(smtp.AddressRefused, match="SMTP_URL"):
            smtp.read(url)


class TestSend:
    def test_hands_the_message_over(self, relay: Relay, box: Mailbox) -> None:
        assert send(relay) == "250 2.0.0"

        assert box.recipients == ["paul@exemple.fr"]
        assert box.received == [CONTENT]

    def test_keeps_its_connection_for_the_next(self, relay: Relay, box: Mailbox) -> None:
        send(relay)
        send(relay)

        assert (len(box.received), box.connections) == (2, 1)

    def test_opens_another_after_a_silence(self, box: Mailbox) -> None:
        time = FakeTime()
        with Relay(smtp.read(box.url()), clock=time.clock) as relay:
            send(relay)
            time.sleep(21)
            send(relay)

        assert (len(box.received), box.connections) == (2, 2)

    @pytest.mark.parametrize("answer", ["421 4.7.0 Too many messages", CUT])
    def test_opens_another_when_the_kept_one_is_closed(self, relay: Relay, box: Mailbox, answer: str) -> None:
        send(relay)
        box.next("mail", answer)

        send(relay)

        assert (len(box.received), box.connections) == (2, 2)

    @pytest.mark.parametrize("stage", ["rcpt", "data"])
    @pytest.mark.parametrize("answer", ["451 4.3.0 Try later", "452 4.2.2 Full", "550 5.7.1 Relaying denied"])
    def test_puts_off_what_may_pass(self, relay: Relay, box: Mailbox, stage: str, answer: str) -> None:
        box.next(stage, answer)

        with pytest.raises(Deferred) as told:
            send(relay)
        send(relay)

        assert told.value.answer == answer[:9]
        assert (len(box.received), box.connections) == (1, 1)

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            ("550 5.1.1 <paul@exemple.fr> unknown", "550 5.1.1"),
            ("550 No such user", "550"),
            ("501 5.1.3 Bad address", "501 5.1.3"),
        ],
    )
    def test_says_which_addresses_are_refused(self, relay: Relay, box: Mailbox, answer: str, code: str) -> None:
        box.next("rcpt", answer)

        with pytest.raises(Undeliverable) as told:
            send(relay)

        assert (told.value.answer, told.value.is_address) == (code, True)
        assert "paul" not in str(told.value)

    def test_does_not_blame_the_address_for_the_message(self, relay: Relay, box: Mailbox) -> None:
        box.next("data", "552 5.3.4 Too big")

        with pytest.raises(Undeliverable) as told:
            send(relay)

        assert not told.value.is_address

    @pytest.mark.parametrize(
        ("stage", "answer"),
        [
            ("connect", "421 4.3.2 Shutting down"),
            ("connect", "554 No service"),
            ("connect", CUT),
            ("mail", "550 5.1.8 Sender refused"),
            ("mail", "451 4.3.0 Later"),
            ("rcpt", "421 4.3.2 Shutting down"),
            ("rcpt", "530 5.5.1 Sign in first"),
            ("rcpt", CUT),
            ("data", "421 4.3.2 Shutting down"),
        ],
    )
    def test_takes_the_rest_for_an_outage(self, box: Mailbox, stage: str, answer: str) -> None:
        time = FakeTime()
        box.next(stage, answer)
        with Relay(smtp.read(box.url()), clock=time.clock) as relay:
            with pytest.raises(Unavailable) as told:
                send(relay)
            time.sleep(5)
            send(relay)

        assert not isinstance(told.value, Deferred)
        assert len(box.received) == 1

    def test_may_have_been_taken_when_the_connection_is_cut_before_the_answer(self, relay: Relay, box: Mailbox) -> None:
        box.next("data", CUT)

        with pytest.raises(Unavailable):
            send(relay)

        assert len(box.received) == 1

    def test_rests_after_an_outage(self, box: Mailbox) -> None:
        time = FakeTime()
        box.next("connect", CUT)
        with Relay(smtp.read(box.url()), clock=time.clock) as relay:
            for _ in range(3):
                with pytest.raises(Unavailable):
                    send(relay)
                time.sleep(1)

            assert box.connections == 1
            time.sleep(5)
            send(relay)

        assert box.connections == 2

    def test_tells_that_nobody_listens(self) -> None:
        with Relay(smtp.read("smtp://127.0.0.1:1")) as relay, pytest.raises(Unavailable, match="ne répond pas"):
            send(relay)


class TestSecurity:
    @pytest.mark.parametrize(("scheme", "is_implicit"), [("smtp+starttls", False), ("smtps", True)])
    def test_sends_through_tls(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, is_implicit: bool
    ) -> None:
        context, trusted = mailbox.authority(tmp_path, "127.0.0.1")
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with mailbox.serve(Mailbox(user=("nous", "secret")), context=context, is_implicit=is_implicit) as box:
            with Relay(smtp.read(box.url(scheme, "nous:secret@"))) as relay:
                send(relay)

            assert len(box.received) == 1

    @pytest.mark.parametrize(("scheme", "is_implicit"), [("smtp+starttls", False), ("smtps", True)])
    def test_refuses_an_unknown_certificate(self, tmp_path: Path, scheme: str, is_implicit: bool) -> None:
        context, _ = mailbox.authority(tmp_path, "127.0.0.1")
        with mailbox.serve(Mailbox(), context=context, is_implicit=is_implicit) as box:
            with Relay(smtp.read(box.url(scheme))) as relay, pytest.raises(Unavailable, match="certificat"):
                send(relay)

            assert box.received == []

    def test_refuses_a_certificate_for_another_name(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        context, trusted = mailbox.authority(tmp_path, "ailleurs.exemple.fr")
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        with mailbox.serve(Mailbox(), context=context) as box, Relay(smtp.read(box.url("smtp+starttls"))) as relay:
            with pytest.raises(Unavailable, match="certificat"):
                send(relay)

            assert box.received == []

    def test_says_that_the_password_is_wrong_without_saying_it(self) -> None:
        with (
            mailbox.serve(Mailbox(user=("nous", "secret"))) as box,
            Relay(smtp.read(box.url(user="nous:faux@"))) as relay,
            pytest.raises(Unavailable) as told,
        ):
            send(relay)

        assert "mot de passe" in str(told.value)
        assert "faux" not in str(told.value)

    def test_does_not_send_in_clear_over_a_public_network(
        self, box: Mailbox, relay: Relay, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp, "_is_private", lambda _connection: False)

        with pytest.raises(Unavailable, match="en clair"):
            send(relay)
        with Relay(smtp.read(box.url("smtp+plain"))) as told_to:
            send(told_to)

        assert len(box.received) == 1
