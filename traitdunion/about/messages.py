"""Messages to whoever runs the service: kept, read, closed, forgotten."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from traitdunion.about.models import ContactMessage, Subject
from traitdunion.core.errors import Refused
from traitdunion.notifications.messages import Address, write
from traitdunion.territories import territories


class UnknownMessage(Refused):
    """No message bears that number."""


def send(
    session: Session, *, territory: str, subject: Subject, body: str, reply_to: str | None, now: datetime
) -> ContactMessage:
    """Keeps the message, and tells the territory's contact by e-mail, where it has an address.

    The e-mail says neither the message nor who wrote it: they are kept here twelve months, in a mailbox for ever.
    """
    message = ContactMessage(
        territory=territory, subject=subject.value, body=body, reply_to=reply_to or None, sent_at=now, closed_at=None
    )
    session.add(message)
    session.flush()  # its number is told
    contact = territories.known()[territory].contact
    if contact.email:
        write(
            session,
            to=Address(contact.email),
            kind="contact_message",
            key=f"contact:{message.id}",
            values={"number": message.id, "about": subject.label},
            now=now,
        )
    return message


def waiting(session: Session, *, with_closed: bool = False) -> Sequence[ContactMessage]:
    """The messages that nobody closed, the oldest first; all of them `with_closed`."""
    query = select(ContactMessage).order_by(ContactMessage.sent_at, ContactMessage.id)
    return session.scalars(query if with_closed else query.where(ContactMessage.closed_at.is_(None))).all()


def close(session: Session, message_id: int, *, now: datetime) -> None:
    """Says that the message needs nothing more; a second time changes nothing. Raises UnknownMessage."""
    message = session.get(ContactMessage, message_id)
    if message is None:
        raise UnknownMessage(f"Aucun message n’a le numéro {message_id}.")
    message.closed_at = message.closed_at or now


def forget(session: Session, *, before: datetime) -> None:
    """Erases the messages that were sent before."""
    session.execute(delete(ContactMessage).where(ContactMessage.sent_at < before))
