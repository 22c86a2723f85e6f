"""What professionals are told once a day (or at once, once a week, never): kept with its cause, composed in a morning.

Codes and what is necessary never come here. An item is written in the transaction of its cause; a digest is composed
in one transaction for each address: killed in the middle, it is whole or not at all, and the next run takes it up.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.core.clock import PARIS
from traitdunion.notifications import addresses, messages
from traitdunion.notifications.messages import Address
from traitdunion.notifications.models import Channel, DigestItem, Frequency, Message, MessageAddress, Topic

MORNING = time(6)
"""In France: what was written before goes in the digest of the day."""
KEPT = timedelta(days=30)
"""After it was told, so that the same key is not told twice."""
_MOST_LINES = 40  # of one letter; the rest is counted, and on the page
_MONDAY = 0


def add(
    session: Session, *, to: Address, key: str, line: str, path: str, answer_by: date | None = None, now: datetime
) -> None:
    """Tells `line` (a French sentence) with a link to `path`, when and as the address wants it.

    The same `key` is told once. `answer_by`: the last day to answer; what has one stands first. Nothing is kept for an
    address that wants nothing, refused its last message, or that is none.
    """
    channel, value = (Channel.EMAIL, to.email.lower()) if to.email else (Channel.SMS, to.phone)
    if not value:
        return
    known = addresses.find_or_add(session, channel, value, now=now)
    if not addresses.wants(known, Topic.DIGEST):
        return
    row = {
        "address_id": known.id,
        "key": key,
        "name": to.name,
        "line": line,
        "path": path,
        "answer_by": answer_by,
        "created_at": now,
    }
    if known.frequency != Frequency.NOW:
        session.execute(insert(DigestItem).values(row).on_conflict_do_nothing())
        return
    row["told_at"] = now
    if item := session.scalar(insert(DigestItem).values(row).on_conflict_do_nothing().returning(DigestItem)):
        _write(session, to, [item], key=f"digest:{key}", now=now)


def settle(session: Session, key: str) -> None:
    """The matter is settled: what was not told yet needs not be."""
    session.execute(delete(DigestItem).where(DigestItem.key == key, DigestItem.told_at.is_(None)))


def concerns(session: Session, address: MessageAddress) -> bool:
    """Something was told that way to the address, or its owner chose how often."""
    told = select(DigestItem.id).where(DigestItem.address_id == address.id).limit(1)
    return address.frequency != Frequency.DAY or session.scalar(told) is not None


def due(session: Session, *, now: datetime) -> Sequence[int]:
    """The addresses that have something to be told now, the oldest item first."""
    at = now.astimezone(PARIS)
    cut = datetime.combine(at.date(), MORNING, PARIS)
    if at < cut:
        return []
    frequencies = [Frequency.NOW.value, Frequency.DAY.value]
    if at.weekday() == _MONDAY:
        frequencies.append(Frequency.WEEK.value)
    waits = DigestItem.told_at.is_(None), DigestItem.created_at < cut
    query = select(DigestItem.address_id).join(MessageAddress).where(*waits, MessageAddress.frequency.in_(frequencies))
    return list(dict.fromkeys(session.scalars(query.order_by(DigestItem.id))))


def compose(session: Session, address_id: int, *, now: datetime) -> Message | None:
    """The digest of the day for that address: its items are told. None when it has had one today, or nothing waits."""
    today = now.astimezone(PARIS).date()
    known = session.get(MessageAddress, address_id, with_for_update=True)
    key = f"digest:{address_id}:{today}"
    if known is None or session.scalar(select(Message.id).where(Message.key == key)):
        return None
    waits = DigestItem.address_id == address_id, DigestItem.told_at.is_(None)
    items = session.scalars(select(DigestItem).where(*waits).order_by(DigestItem.answer_by.nulls_last())).all()
    if not items:
        return None
    is_email = known.channel == Channel.EMAIL
    to = Address(email=known.value if is_email else None, phone=None if is_email else known.value, name=items[-1].name)
    session.execute(update(DigestItem).where(DigestItem.id.in_([one.id for one in items])).values(told_at=now))
    return _write(session, to, items, key=key, now=now)


def forget(session: Session, *, now: datetime) -> None:
    """Erases what was told long ago, and what nobody wants to be told any more."""
    session.execute(delete(DigestItem).where(DigestItem.told_at < now - KEPT))
    unwanted = select(MessageAddress.id).where(MessageAddress.frequency == Frequency.NOTHING.value)
    session.execute(delete(DigestItem).where(DigestItem.told_at.is_(None), DigestItem.address_id.in_(unwanted)))


def _write(session: Session, to: Address, items: Sequence[DigestItem], *, key: str, now: datetime) -> Message | None:
    return messages.write(
        session,
        to=to,
        kind="digest",
        key=key,
        values=_values(items, today=now.astimezone(PARIS).date()),
        topic=Topic.DIGEST,
        now=now,
    )


def _values(items: Sequence[DigestItem], *, today: date) -> dict[str, Any]:
    """What needs an answer today, what needs one later, what is only to be known; in that order."""
    shown = items[:_MOST_LINES]
    return {
        "urgent": [one for one in shown if one.answer_by and one.answer_by <= today],
        "later": [one for one in shown if one.answer_by and one.answer_by > today],
        "known": [one for one in shown if one.answer_by is None],
        "urgent_count": sum(1 for one in items if one.answer_by and one.answer_by <= today),
        "count": len(items),
        "more": len(items) - len(shown),
    }
