"""Letters that only tests write."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address
from traitdunion.notifications.models import Message

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PAUL = Address("Paul@Exemple.fr", None, "Paul Létang")
WITHOUT_EMAIL = Address(None, "+33639980001", "Lucie")

_LETTER = """{% extends "messages/_letter.html" %}
{% block subject %}C’est {{ day }} &amp; c’est sûr{% endblock %}
{% block body %}<p>Venez
  {{ day }}.</p>{% endblock %}
{% block action_label %}Voir{% endblock %}
{% block action_url %}{{ address("/offres") }}{% endblock %}"""
TEMPLATES = {
    "messages/sample.html": _LETTER,
    "messages/wordy.html": _LETTER,
    "messages/sample.sms.txt": "C’est {{ day }} :\n  venez.",
}


def write(session: Session, **fields: Any) -> Message | None:
    """A message that says when."""
    given: dict[str, Any] = {"to": PAUL, "kind": "sample", "key": "k1", "values": {"day": "mardi"}, "now": NOW}
    return messages.write(session, **{**given, **fields})


def written(session: Session, **fields: Any) -> Message:
    """The same, where the address wants it."""
    message = write(session, **fields)
    assert message is not None
    session.flush()
    return message
