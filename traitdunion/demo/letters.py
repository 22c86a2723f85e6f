"""The post of the demonstration: every e-mail and SMS that the service would have sent."""

from collections.abc import Collection, Sequence

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from traitdunion.notifications import carriers
from traitdunion.notifications.models import Channel, Message, MessageAddress, MessageAttachment
from traitdunion.offers import offers


def init_app(app: Flask) -> None:
    """Where some offers are invented, the messages that nothing carries away are kept to be read here."""
    carriers.demonstrated_by(app, offers.has_fictitious)


def newest(
    session: Session, channels: Collection[Channel], *, to: str | None, before: int | None, most: int
) -> Sequence[Message]:
    """The messages of these channels, the newest first, to the one address or to all, below an id."""
    query = (
        select(Message)
        .join(Message.address)
        .where(Message.channel.in_(channels))
        .options(joinedload(Message.address, innerjoin=True), selectinload(Message.attachments))
        .order_by(Message.id.desc())
        .limit(most)
    )
    if to:
        query = query.where(MessageAddress.value == to)
    if before is not None:
        query = query.where(Message.id < before)
    return session.scalars(query).all()


def find(session: Session, channels: Collection[Channel], message_id: int) -> Message | None:
    """The message, if it is of these channels."""
    return session.scalar(select(Message).where(Message.id == message_id, Message.channel.in_(channels)))


def attachment(
    session: Session, channels: Collection[Channel], message_id: int, position: int
) -> MessageAttachment | None:
    """A file of a message of these channels."""
    if find(session, channels, message_id) is None:
        return None
    return session.get(MessageAttachment, (message_id, position))
