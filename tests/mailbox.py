"""A real SMTP server on the loopback, with TLS, sign-in, and the faults of relays."""

import asyncio
import datetime
import ipaddress
import re
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)

CUT = "cut"
"""In the place of an answer: the connection is cut instead."""
YES = ""
"""Before a fault that is for a later message."""


@dataclass
class Mailbox:
    """What the server took, and what it answers instead of yes: at each stage, the next answers, then yes again."""

    host: str = "127.0.0.1"
    port: int = 0
    received: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[int] = field(default_factory=list)
    """The connection each message came by."""
    connections: int = 0
    user: tuple[str, str] | None = None
    answers: dict[str, deque[str]] = field(
        default_factory=lambda: {stage: deque() for stage in ("connect", "mail", "rcpt", "data")}
    )

    @property
    def messages(self) -> list[EmailMessage]:
        """What was taken, read."""
        read = [message_from_bytes(content, policy=default) for content in self.received]
        return [one for one in read if isinstance(one, EmailMessage)]

    @property
    def ids(self) -> list[str]:
        """Their Message-ID, in the order of arrival."""
        found = [_ID.search(content) for content in self.received]
        return [one[1].decode() for one in found if one]

    def next(self, stage: str, *answers: str) -> None:
        """The next answers at `connect`, `mail`, `rcpt` or `data`."""
        self.answers[stage].extend(answers)

    def url(self, scheme: str = "smtp", user: str = "") -> str:
        """The setting SMTP_URL."""
        return f"{scheme}://{user}{self.host}:{self.port}"


class _Handler:
    """What the server calls: an object of its own, for aiosmtpd reads every attribute of it at each connection."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        """Answers the sender."""
        if self.mailbox.user and not session.authenticated:
            return "530 5.7.0 Sign in first"
        if answer := self._answer("mail", server):
            return answer
        envelope.mail_from = address
        return "250 2.1.0 Ok"

    async def handle_RCPT(self, server: SMTP, _session: Any, envelope: Envelope, address: str, options: Any) -> str:  # noqa: N802
        """Answers the recipient."""
        if answer := self._answer("rcpt", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Takes the message, then answers, or does not."""
        queued = self.mailbox.answers["data"]
        if not queued or queued[0] == CUT:
            self.mailbox.received.append(_bytes(envelope.content))
            self.mailbox.recipients.extend(envelope.rcpt_tos)
            self.mailbox.senders.append(session.peer[1])
        return self._answer("data", server) or "250 2.0.0 Taken"

    def authenticate(self, _server: SMTP, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        """Knows one user."""
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login.decode(), data.password.decode()) == self.mailbox.user, handled=False)

    def _answer(self, stage: str, server: SMTP) -> str | None:
        if not self.mailbox.answers[stage]:
            return None
        answer = self.mailbox.answers[stage].popleft()
        if answer == CUT:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return answer


class _Server(SMTP):
    """Counts its connections; « connect » answers in the place of the greeting."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        mailbox: Mailbox = self.event_handler.mailbox
        mailbox.connections += 1
        if mailbox.answers["connect"] and isinstance(transport, asyncio.Transport):
            answer = mailbox.answers["connect"].popleft()
            if answer != CUT:
                transport.write(f"{answer}\r\n".encode())
            transport.close()
        super().connection_made(transport)


@contextmanager
def serve(mailbox: Mailbox, *, context: ssl.SSLContext | None = None, is_implicit: bool = False) -> Iterator[Mailbox]:
    """Runs the server in a thread until the block ends; `context` for TLS: STARTTLS compulsory, or `is_implicit`."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    servers: list[asyncio.Server] = []
    handler = _Handler(mailbox)

    def protocol() -> SMTP:
        starttls = context if context and not is_implicit else None
        return _Server(
            handler,
            hostname="relais.exemple.fr",
            loop=loop,
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=handler.authenticate if mailbox.user else None,
            auth_require_tls=False,
        )

    async def start() -> None:
        servers.append(
            await loop.create_server(protocol, mailbox.host, mailbox.port, ssl=context if is_implicit else None)
        )
        mailbox.port = servers[0].sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(start())  # noqa: RUF006 — the loop runs for nothing else
        loop.run_forever()
        servers[0].close()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield mailbox
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def authority(folder: Path, *names: str) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate for the names (or addresses), signed by itself: the file to trust it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Relais d’essai")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_alternative(one) for one in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, private = folder / "authority.pem", folder / "key.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, private)
    return context, trusted


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _bytes(content: bytes | str | None) -> bytes:
    assert isinstance(content, bytes)
    return content
