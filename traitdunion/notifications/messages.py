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

__all__ = ["Address", "Attachment", "Draft", "Topic", "write", "write_many"]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One of many messages of the same kind: to whom, its key, what its template is given."""

    to: Address
    key: str
    values: dict[str, Any]


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
    channel, value = _way(to)
    if not value:
        return None
    known = addresses.find_or_add(session, channel, value, now=now)
    if not addresses.wants(known, topic):
        return None
    row = _row(Draft(to=to, key=key, values=values), known, kind=kind, topic=topic, now=now, expires_at=expires_at)
    return _stored(session, row, known, attachments if channel is Channel.EMAIL else ())


def write_many(
    session: Session, kind: str, drafts: Sequence[Draft], *, now: datetime, topic: Topic = Topic.NECESSARY
) -> int:
    """What `write` does for each of them, in as few statements as for one; returns how many were written."""
    ways = [(_way(draft.to), draft) for draft in drafts]
    known = addresses.find_or_add_all(session, {value: channel for (channel, value), _ in ways if value}, now=now)
    rows = [
        _row(draft, known[value], kind=kind, topic=topic, now=now, expires_at=None)
        for (_, value), draft in ways
        if value and addresses.wants(known[value], topic)
    ]
    if not rows:
        return 0
    written = session.scalars(insert(Message).on_conflict_do_nothing().returning(Message.id), rows).all()
    jobs.defer_all(session, deliver, [{"message_id": message_id} for message_id in written])
    return len(written)


def _way(to: Address) -> tuple[Channel, str | None]:
    return (Channel.EMAIL, to.email.lower()) if to.email else (Channel.SMS, to.phone)


def _row(
    draft: Draft, address: MessageAddress, *, kind: str, topic: Topic, now: datetime, expires_at: datetime | None
) -> dict[str, Any]:
    name, is_email = draft.to.name, address.channel == Channel.EMAIL
    letter = (
        letters.email(kind, draft.values, name=name, preferences_url=addresses.preferences_url(address))
        if is_email
        else letters.sms(kind, draft.values, name=name)
    )
    return {
        "key": draft.key,
        "kind": kind,
        "channel": address.channel,
        "topic": topic.value,
        "address_id": address.id,
        "name": name,
        "territory": territories.current().key,
        "message_id": f"<{uuid.uuid4().hex}@{envelopes.domain(current_app.config['MAIL_FROM']) or _host()}>",
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "state": State.WAITING.value,
        "written_at": now,
        "expires_at": expires_at,
    }


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
