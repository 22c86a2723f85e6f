"""What is erased when its time is over, as the privacy register says (`models`)."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, update
from sqlalchemy.orm import Session

from traitdunion.notifications.models import Frequency, Message, MessageAddress, MessageAttachment

_SENT = timedelta(days=183)
_REFUSING = timedelta(days=3 * 365)
"""A refusal must be remembered to be kept."""


def forget(session: Session, *, now: datetime) -> None:
    """Erases old messages, addresses that nothing is left of, and the words of messages that are of no use any more."""
    session.execute(delete(Message).where(Message.written_at < now - _SENT))
    _erase_words(session, now=now)
    is_used = exists().where(Message.address_id == MessageAddress.id)
    accepts_all = (
        MessageAddress.accepts_reminders
        & MessageAddress.accepts_suggestions
        & (MessageAddress.frequency == Frequency.DAY.value)
    )
    is_old = (accepts_all & (MessageAddress.created_at < now - _SENT)) | (MessageAddress.changed_at < now - _REFUSING)
    session.execute(delete(MessageAddress).where(is_old, ~is_used))


def _erase_words(session: Session, *, now: datetime) -> None:
    """A link or a code that opens an account does not stay in a table once it opens nothing."""
    spent = session.scalars(
        update(Message)
        .where(Message.expires_at < now, Message.text != "")
        .values(subject="", text="", html=None)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.execute(delete(MessageAttachment).where(MessageAttachment.message_id.in_(spent)))
