"""Writing a message: a row and the job that delivers it, both in the transaction of their cause."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from traitdunion.core import jobs
from traitdunion.notifications import addresses, envelopes, letters, links
from traitdunion.notifications.jobs import deliver
from traitdunion.notifications.models import Channel, Message, MessageAddress, MessageAttachment, State, Topic
from traitdunion.territories import territories

__all__ = ["Address", "Attachment", "Topic", "write"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where to reach somebody: by e-mail first, by SMS (E.164) where there is none."""

    email: str | None
    phone: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file for an e-mail; the media type may bear parameters (`text/calendar; method=REQUEST`)."""

    name: str
    media_type: str
    content: bytes


def write(
    session: Session,
    *,
    to: Address,
    kind: str,
    key: str,
    values: dict[str, Any],
    now: datetime,
    attachments: Sequence[Attachment] = (),
    topic: Topic = Topic.NECESSARY,
    expires_at: datetime | None = None,
) -> Message | None:
    """The message of `templates/messages/<kind>.html` to that address; it leaves once the transaction is committed.

    A second call with the same `key` changes nothing and returns the first message. None when the address does not
    want the topic, or refused the last message and this one is not necessary; None as well where there is neither an
    e-mail nor a telephone: whoever follows that person hands it on. After `expires_at` it does not leave.
    """
    channel, value = (Channel.EMAIL, to.email.lower()) if to.email else (Channel.SMS, to.phone)
    if not value:
        return None
    known = addresses.find_or_add(session, channel, value, now=now)
    if not addresses.wants(known, topic):
        return None
    letter = (
        letters.email(kind, values, name=to.name, preferences_url=addresses.preferences_url(known))
        if channel is Channel.EMAIL
        else letters.sms(kind, values, name=to.name)
    )
    row = {
        "key": key,
        "kind": kind,
        "channel": channel.value,
        "topic": topic.value,
        "address_id": known.id,
        "name": to.name,
        "territory": territories.current().key,
        "message_id": f"<{uuid.uuid4().hex}@{envelopes.domain(current_app.config['MAIL_FROM']) or _host()}>",
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "state": State.WAITING.value,
        "written_at": now,
        "expires_at": expires_at,
    }
    return _stored(session, row, known, attachments if channel is Channel.EMAIL else ())


def _stored(
    session: Session, row: dict[str, Any], address: MessageAddress, attachments: Sequence[Attachment]
) -> Message:
    written: Message | None = session.scalar(insert(Message).values(row).on_conflict_do_nothing().returning(Message))
    if written is None:
        return session.scalars(select(Message).where(Message.key == row["key"])).one()
    # Set without asking for what was there before: nothing.
    set_committed_value(written, "address", address)
    set_committed_value(written, "attachments", [])
    for position, one in enumerate(attachments, start=1):
        file = MessageAttachment(position=position, name=one.name, media_type=one.media_type, content=one.content)
        written.attachments.append(file)
    jobs.defer(session, deliver, {"message_id": written.id})
    return written


def _host() -> str:
    return urlsplit(links.origin()).hostname or "localhost"
