"""An e-mail as a relay takes it: headers, text and HTML, attachments (RFC 5322, 2045; ASCII, whatever it says)."""

from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from traitdunion.notifications.models import Message, MessageAttachment, Topic

_NAME = "Trait d’union"


class Unwritable(Exception):
    """No e-mail can bear that address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a relay is told, and the message."""

    sender: str
    recipient: str
    content: bytes


def domain(sender: str | None) -> str:
    """Of the sender's address; a Message-ID from elsewhere looks forged. Empty when there is no sender."""
    return parseaddr(sender or "")[1].rpartition("@")[2]


def seal(message: Message, *, sender: str, reply_to: str | None, preferences_url: str | None) -> Envelope:
    """The e-mail of the message, from `sender` (« Name <address> »); the same at each attempt. Raises Unwritable.

    Signing it (DKIM) is the relay's work: it owns the domain's key.
    """
    try:
        return _sealed(message, sender=sender, reply_to=reply_to, preferences_url=preferences_url)
    except (ValueError, IndexError, UnicodeError, MessageError):
        raise Unwritable from None  # the cause repeats the address


def _sealed(message: Message, *, sender: str, reply_to: str | None, preferences_url: str | None) -> Envelope:
    written, to = EmailMessage(policy=SMTP), _address(message.name, message.address.value)
    name, address = parseaddr(sender)
    written["From"] = _address(name or _NAME, address)
    written["To"] = to
    written["Subject"] = message.subject
    written["Date"] = format_datetime(message.written_at)
    written["Message-ID"] = message.message_id
    written["Content-Language"] = "fr"
    written["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    if reply_to:
        written["Reply-To"] = reply_to
    if preferences_url and message.topic != Topic.NECESSARY:
        # RFC 8058: one POST, without a page, from the mailbox's own button.
        written["List-Unsubscribe"] = f"<{preferences_url}>"
        written["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    written.set_content(message.text, cte="quoted-printable")
    if message.html:
        written.add_alternative(message.html, subtype="html", cte="quoted-printable")
    for attachment in message.attachments:
        _attach(written, attachment)
    return Envelope(sender=address, recipient=to.addr_spec, content=written.as_bytes())


def _address(name: str, address: str) -> Address:
    """Domains with accents are told as DNS knows them; relays seldom take accents before the @ (RFC 6531)."""
    local, _, host = address.rpartition("@")
    local.encode("ascii")
    if not local or not host:
        raise ValueError
    return Address(" ".join(name.split()), local, host.encode("idna").decode("ascii"))


def _attach(written: EmailMessage, attachment: MessageAttachment) -> None:
    media_type, *told = (part.strip() for part in attachment.media_type.split(";"))
    main, _, sub = media_type.partition("/")
    parameters = dict(part.split("=", 1) for part in told if "=" in part)
    if main == "text":
        parameters.setdefault("charset", "utf-8")
    written.add_attachment(
        attachment.content, maintype=main, subtype=sub, filename=attachment.name, params=parameters, cte="base64"
    )
