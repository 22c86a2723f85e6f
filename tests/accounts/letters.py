"""What was sent to people, read from the messages that were written."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.notifications.models import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to sign in; an SMS has no link."""

    code: str
    link: str


def latest(session: Session) -> Letter:
    """The last message that was written."""
    message = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    code = re.search(r"\b\d{6}\b", message.text)
    link = re.search(r"/connexion/lien/[\w-]+", message.text)
    assert code is not None, message.text
    return Letter(code=code.group(), link=link.group() if link else "")
