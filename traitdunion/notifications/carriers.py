"""What takes messages away: the mail relay, the SMS provider, or, in the demonstration, a box that anybody may read."""

from collections.abc import Callable

from flask import Flask, current_app
from sqlalchemy.orm import Session

from traitdunion.clients import sms, smtp
from traitdunion.clients.delivery import Undeliverable
from traitdunion.notifications import addresses, envelopes
from traitdunion.notifications.models import Channel, Message
from traitdunion.territories import territories

Carrier = Callable[[Message], None]
"""Hands the message over; raises Undeliverable, Deferred or Unavailable (`clients`)."""


def init_app(app: Flask) -> None:
    """Reads the relay's address, so that a wrong one is told at start. Raises smtp.AddressRefused."""
    url, token = app.config["SMTP_URL"], app.config["SMS_TOKEN"]
    app.extensions["mail_relay"] = smtp.Relay(smtp.read(url)) if url else None
    settings = sms.Settings(url=app.config["SMS_URL"], token=token or "", sender=app.config["SMS_SENDER"])
    app.extensions["sms_provider"] = sms.Provider(settings) if token else None
    app.extensions.setdefault("is_demonstration", lambda _session: False)


def demonstrated_by(app: Flask, is_demonstration: Callable[[Session], bool]) -> None:
    """Where this says so, messages that nothing carries away are kept for a page to show."""
    app.extensions["is_demonstration"] = is_demonstration


def of(session: Session, channel: Channel) -> Carrier | None:
    """What carries the channel's messages; None where nothing does: they wait."""
    if channel is Channel.EMAIL and current_app.extensions["mail_relay"]:
        return _mail
    if channel is Channel.SMS and current_app.extensions["sms_provider"]:
        return _text
    return _keep if current_app.extensions["is_demonstration"](session) else None


def kept(session: Session) -> frozenset[Channel]:
    """The channels whose messages anybody may read here: those of a demonstration that nothing carries away."""
    return frozenset(channel for channel in Channel if of(session, channel) is _keep)


def _mail(message: Message) -> None:
    relay: smtp.Relay = current_app.extensions["mail_relay"]
    known = territories.known().get(message.territory)
    try:
        envelope = envelopes.seal(
            message,
            sender=current_app.config["MAIL_FROM"],
            reply_to=known.contact.email if known else None,
            preferences_url=addresses.unsubscribe_url(message),
        )
    except envelopes.Unwritable:
        raise Undeliverable(
            "Cette adresse ne peut pas être écrite.", status=553, answer="553 5.1.3", is_address=True
        ) from None
    relay.send(sender=envelope.sender, recipient=envelope.recipient, content=envelope.content)


def _text(message: Message) -> None:
    provider: sms.Provider = current_app.extensions["sms_provider"]
    provider.send(recipient=message.address.value, text=message.text)


def _keep(_message: Message) -> None:
    """It is in its table already."""
