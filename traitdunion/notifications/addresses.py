"""The addresses that messages go to: what each accepts, and whether it refused the last one."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.core import tokens
from traitdunion.core.errors import Refused
from traitdunion.notifications import links
from traitdunion.notifications.models import Channel, Frequency, Message, MessageAddress, Topic

_PURPOSE = "messages"


class UnknownAddress(Refused):
    """Nothing was ever written to that address."""


def find(session: Session, value: str) -> MessageAddress | None:
    """The address (e-mail in lower case, or E.164), or None when nothing was ever written to it."""
    return session.scalar(select(MessageAddress).where(MessageAddress.value == value))


def find_or_add(session: Session, channel: Channel, value: str, *, now: datetime) -> MessageAddress:
    """The address, which accepts everything when it is new."""
    known = find(session, value)
    return known or find_or_add_all(session, {value: channel}, now=now)[value]


def find_or_add_all(session: Session, wanted: Mapping[str, Channel], *, now: datetime) -> dict[str, MessageAddress]:
    """The same, of each value."""
    among = select(MessageAddress).where(MessageAddress.value.in_(wanted))
    known = {one.value: one for one in session.scalars(among)}
    # In one order, so that two transactions which add the same ones do not wait for each other for ever.
    rows = [_new(wanted[value], value, now=now) for value in sorted(wanted.keys() - known.keys())]
    if rows:
        added = insert(MessageAddress).on_conflict_do_nothing().returning(MessageAddress)
        known |= {one.value: one for one in session.scalars(added, rows)}
    if wanted.keys() - known.keys():
        # Another transaction added it, and committed, while this one waited for it.
        known |= {one.value: one for one in session.scalars(among)}
    return known


def _new(channel: Channel, value: str, *, now: datetime) -> dict[str, object]:
    return {
        "channel": channel.value,
        "value": value,
        "accepts_reminders": True,
        "accepts_suggestions": True,
        "frequency": Frequency.DAY.value,
        "created_at": now,
        "changed_at": now,
    }


def wants(address: MessageAddress, topic: Topic) -> bool:
    """What is necessary is always wanted; the rest as its owner said, and not where messages do not arrive."""
    accepts = {
        Topic.NECESSARY: True,
        Topic.REMINDER: address.accepts_reminders,
        Topic.SUGGESTION: address.accepts_suggestions,
        Topic.DIGEST: address.frequency != Frequency.NOTHING,
    }
    return accepts[topic] and (topic is Topic.NECESSARY or address.bounced_at is None)


def prefer(
    address: MessageAddress,
    *,
    reminders: bool,
    suggestions: bool,
    frequency: Frequency | None = None,
    now: datetime,
) -> None:
    """Keeps what its owner wants; `frequency` of digests: None leaves it as it is."""
    address.accepts_reminders, address.accepts_suggestions, address.changed_at = reminders, suggestions, now
    if frequency is not None:
        address.frequency = frequency.value


def is_refused(session: Session, value: str | None) -> bool:
    """The last message to that address was refused for good: whoever shows the address says so."""
    return bool(refused(session, [value]))


def refused(session: Session, values: Iterable[str | None]) -> set[str]:
    """Those of the addresses, as they are given, to which the last message was refused for good; one query."""
    asked = {value.lower(): value for value in values if value}
    query = select(MessageAddress.value).where(MessageAddress.value.in_(asked), MessageAddress.bounced_at.is_not(None))
    return {asked[value] for value in session.scalars(query)} if asked else set()


def note_refusal(session: Session, value: str, *, at: datetime | None) -> None:
    """Notes that the address refuses messages, or that it does not any more (None). Raises UnknownAddress."""
    known = find(session, value.strip().lower())
    if known is None:
        raise UnknownAddress("Aucun message n’a été écrit à cette adresse.")
    known.bounced_at = at


def preferences_token(address: MessageAddress) -> str:
    """The right to say what the address accepts."""
    return tokens.sign(_PURPOSE, [address.id])


def preferences_url(address: MessageAddress) -> str:
    """Where its owner says what is accepted, without an account."""
    return links.link("notifications.preferences", token=preferences_token(address))


def unsubscribe_url(message: Message) -> str | None:
    """Where one POST refuses the message's topic (RFC 8058); None for what is necessary."""
    if message.topic == Topic.NECESSARY:
        return None
    return links.link("notifications.unsubscribe", token=tokens.sign(_PURPOSE, [message.address_id, message.topic]))


def of_token(session: Session, token: str) -> tuple[MessageAddress, Topic | None]:
    """The address that a link of ours speaks of, and the topic it refuses. Raises TokenRefused, UnknownAddress.

    The link has no end: who receives messages must be able to refuse them by the oldest of them.
    """
    address_id, *topic = tokens.read(_PURPOSE, token, None)
    address = session.get(MessageAddress, address_id)
    if address is None:
        raise UnknownAddress("Nous n’avons plus cette adresse : plus aucun message n’y part.")
    return address, Topic(str(topic[0])) if topic else None
