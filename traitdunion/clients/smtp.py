"""A mail relay, by SMTP (RFC 5321) with TLS (RFC 3207, RFC 8314): connections are kept open from a message to the next.

Certificates are verified against the machine's authorities (`SSL_CERT_FILE` names others). What a relay says of *us*
(wrong password, sender refused) is an outage, since an operator can repair it and no message may be lost by it; so may
be a refusal by its rules (5.7.x, « relaying denied »), which is tried again; what else begins with a 5 is final.
"""

import ipaddress
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from urllib.parse import unquote, urlsplit

from traitdunion.clients.delivery import Deferred, Undeliverable
from traitdunion.clients.http import Unavailable
from traitdunion.core.errors import Refused

_ENHANCED = re.compile(rb"\b[245]\.\d{1,3}\.\d{1,3}\b")
_OURS = {500, 501, 502, 503, 504, 530, 534, 535, 538}  # of the dialogue or of the sign-in, not of the recipient
_POLICY = "5.7."  # RFC 3463: by the relay's rules
_ADDRESS = "5.1."  # RFC 3463: of the address, whatever the code before it
_CLOSING = 421


class Security(StrEnum):
    """The scheme of the relay's address."""

    TLS = "smtps"
    STARTTLS = "smtp+starttls"
    PRIVATE = "smtp"
    """In clear, on this machine or a private network."""
    PLAIN = "smtp+plain"
    """In clear, anywhere: whoever writes it knows what it means."""


_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.PRIVATE: 25, Security.PLAIN: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the relay is, and how to enter."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: to answer, of silence after which a kept connection is not used again, of rest after an outage."""

    answer: float = 60.0
    idle: float = 20.0
    rest: float = 5.0


class AddressRefused(Refused):
    """The relay's address cannot be read."""


def read(url: str) -> Settings:
    """The settings in `smtp+starttls://user:password@host:port`. Raises AddressRefused."""
    parts = urlsplit(url)
    if parts.scheme not in set(Security) or not parts.hostname:
        raise AddressRefused(f"SMTP_URL doit commencer par {', '.join(f'{one}://' for one in Security)}.")
    security = Security(parts.scheme)
    try:
        port = parts.port or _PORTS[security]
    except ValueError:
        raise AddressRefused("SMTP_URL : le port doit être un nombre.") from None
    user, password = (unquote(one) if one else None for one in (parts.username, parts.password))
    return Settings(host=parts.hostname, port=port, security=security, user=user, password=password)


class Relay:
    """Sends messages; may be used by several threads, each of which has its own connection while it sends."""

    def __init__(
        self,
        settings: Settings,
        *,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._clock = clock
        self._lock = threading.Lock()
        self._idle: list[tuple[smtplib.SMTP, float]] = []
        self._rests_until = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections that are kept."""
        with self._lock:
            kept, self._idle = self._idle, []
        for connection, _ in kept:
            connection.close()

    def send(self, *, sender: str, recipient: str, content: bytes) -> str:
        """Hands the message over and returns the relay's code; `content` is ASCII, with its headers.

        Raises Undeliverable, Deferred, or Unavailable. After Unavailable the relay may have taken it all the same: the
        connection can be cut between its taking and its saying so.
        """
        connection = self._begin(sender)
        try:
            answer = _hand_over(connection, recipient, content)
        except (Undeliverable, Deferred):
            self._keep(connection, is_clean=False)
            raise
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            raise Unavailable(_told(error)) from None
        except BaseException:
            connection.close()
            raise
        self._keep(connection, is_clean=True)
        return answer

    def _begin(self, sender: str) -> smtplib.SMTP:
        """A connection that has taken the sender: a kept one, or a new one where the kept one was closed meanwhile."""
        kept = self._kept()
        for connection in [kept, None] if kept else [None]:
            used = connection or self._open()
            try:
                code, words = used.mail(sender)
            except (OSError, smtplib.SMTPException) as error:
                code, words = _CLOSING, _told(error).encode()
            if code == 250:
                return used
            used.close()
            if connection is None:
                raise Unavailable(f"Le relais a refusé l’expéditeur ({_code(code, words)}).")
        raise AssertionError("a new connection either serves or raises")

    def _open(self) -> smtplib.SMTP:
        if self._clock() < self._rests_until:
            raise Unavailable("Le relais ne répondait pas il y a un instant.")
        try:
            return self._connected()
        except (OSError, smtplib.SMTPException) as error:
            self._rests_until = self._clock() + self._patience.rest
            raise Unavailable(_told(error)) from None

    def _connected(self) -> smtplib.SMTP:
        settings, wait, name = self._settings, self._patience.answer, socket.gethostname()
        if settings.security is Security.TLS:
            context = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, local_hostname=name, timeout=wait, context=context
            )
        else:
            connection = smtplib.SMTP(settings.host, settings.port, local_hostname=name, timeout=wait)
        try:
            if settings.security is Security.STARTTLS:
                connection.starttls(context=ssl.create_default_context())
            elif settings.security is Security.PRIVATE and not _is_private(connection):
                raise Unavailable("SMTP_URL en clair vers un réseau public : utilisez smtp+starttls:// ou smtps://.")
            connection.ehlo_or_helo_if_needed()
            if settings.user:
                connection.login(settings.user, settings.password or "")
        except BaseException:
            connection.close()
            raise
        return connection

    def _kept(self) -> smtplib.SMTP | None:
        oldest = self._clock() - self._patience.idle
        with self._lock:
            connection, since = self._idle.pop() if self._idle else (None, 0.0)
            stale, self._idle = (
                [one for one, at in self._idle if at < oldest],
                [(one, at) for one, at in self._idle if at >= oldest],
            )
        for one in stale:
            one.close()
        if connection and since < oldest:
            connection.close()
            return None
        return connection

    def _keep(self, connection: smtplib.SMTP, *, is_clean: bool) -> None:
        try:
            if not is_clean:
                connection.rset()
        except (OSError, smtplib.SMTPException):
            connection.close()
            return
        with self._lock:
            self._idle.append((connection, self._clock()))


def _hand_over(connection: smtplib.SMTP, recipient: str, content: bytes) -> str:
    code, words = connection.rcpt(recipient)
    if code not in {250, 251}:
        _refuse(code, words, is_recipient=True)
    try:
        code, words = connection.data(content)
    except smtplib.SMTPDataError as error:  # before the content: « not now », or « not this sender »
        code, words = error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b""
    if code != 250:
        _refuse(code, words, is_recipient=False)
    return _code(code, words)


def _refuse(code: int, words: bytes, *, is_recipient: bool) -> None:
    told = _code(code, words)
    if code == _CLOSING or (code in _OURS and _ADDRESS not in told) or not 400 <= code < 600:
        raise smtplib.SMTPServerDisconnected(told)
    if code < 500 or _POLICY in told:
        raise Deferred(f"Le relais ne prend pas ce message pour l’instant ({told}).", answer=told)
    raise Undeliverable(f"Le relais refuse ce message ({told}).", status=code, answer=told, is_address=is_recipient)


def _code(code: int, words: bytes) -> str:
    """« 550 5.1.1 »: what RFC 3463 numbers, without the words."""
    found = _ENHANCED.search(words or b"")
    return f"{code} {found.group().decode()}" if found else str(code)


def _told(error: Exception) -> str:
    """What went wrong, without the relay's words, which may repeat an address or a password."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Le certificat du relais n’est pas reconnu ({error.verify_message})."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"Le relais refuse l’utilisateur ou le mot de passe de SMTP_URL ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"Le relais ne prend pas de messages ({error.smtp_code})."
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "Le relais a coupé la connexion."
    if isinstance(error, TimeoutError):
        return "Le relais ne répond pas (délai dépassé)."
    return f"Le relais ne répond pas ({type(error).__name__})."


def _is_private(connection: smtplib.SMTP) -> bool:
    assert connection.sock is not None  # noqa: S101 — it has just been opened
    address = ipaddress.ip_address(connection.sock.getpeername()[0].partition("%")[0])
    return address.is_private or address.is_loopback or address.is_link_local
