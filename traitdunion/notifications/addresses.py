"""The addresses that messages go to: what each accepts, and whether it refused the last one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.notifications.models import Channel, MessageAddress, Topic


def find(session: Session, value: str) -> MessageAddress | None:
    """The address (e-mail in lower case, or E.164), or None when nothing was ever written to it."""
    return session.scalar(select(MessageAddress).where(MessageAddress.value == value))


def find_or_add(session: Session, channel: Channel, value: str, *, now: datetime) -> MessageAddress:
    """The address, which accepts everything when it is new."""
    known = find(session, value)
    if known is not None:
        return known
    row = {
        "channel": channel.value,
        "value": value,
        "accepts_reminders": True,
        "accepts_suggestions": True,
        "created_at": now,
        "changed_at": now,
    }
    added = session.scalar(insert(MessageAddress).values(row).on_conflict_do_nothing().returning(MessageAddress))
    # Another transaction may have added it, and committed, while this one waited for it.
    return added or session.scalars(select(MessageAddress).where(MessageAddress.value == value)).one()


def wants(address: MessageAddress, topic: Topic) -> bool:
    """What is necessary is always wanted; the rest as its owner said, and not where messages do not arrive."""
    if topic is Topic.NECESSARY:
        return True
    accepts = address.accepts_reminders if topic is Topic.REMINDER else address.accepts_suggestions
    return accepts and address.bounced_at is None


def is_refused(session: Session, value: str | None) -> bool:
    """The last message to that address was refused for good: whoever shows the address says so."""
    known = find(session, value.lower()) if value else None
    return known is not None and known.bounced_at is not None


def preferences_url(_address: MessageAddress) -> str | None:
    """Where its owner says what is accepted, without an account."""
    return None
