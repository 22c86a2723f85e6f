"""Delivering a message: handed over at least once, settled in the transaction that holds it."""

import time
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from traitdunion.clients.delivery import Deferred, Undeliverable
from traitdunion.clients.http import Unavailable
from traitdunion.notifications import carriers
from traitdunion.notifications.models import Channel, Message, State

_GIVEN_UP = timedelta(days=5)
"""For a message that is put off though others pass (RFC 5321, 4.5.4.1); an outage of all loses none."""

_log = structlog.get_logger()


def deliver(session: Session, message_id: int, *, now: datetime) -> None:
    """Hands the message over and settles it; nothing when it is settled, or when another worker is at it.

    The row stays locked meanwhile. Raises Unavailable when it must be tried again; without a carrier it waits.
    """
    message = _taken(session, message_id)
    if message is None:
        return
    log = _log.bind(message=message.id, kind=message.kind, channel=message.channel)
    if message.expires_at is not None and message.expires_at <= now:
        _settle(message, State.EXPIRED, now=now)
        log.warning("message expired")
        return
    carry = carriers.of(session, Channel(message.channel))
    if carry is None:
        return
    started = time.perf_counter()
    try:
        carry(message)
    except Undeliverable as refusal:
        _refuse(message, refusal.answer, now=now, is_address=refusal.is_address)
        log.warning("message refused", answer=refusal.answer)
    except Deferred as refusal:
        if now - message.written_at < _GIVEN_UP:
            log.info("message put off", answer=refusal.answer)
            raise
        _refuse(message, refusal.answer, now=now, is_address=False)
        log.warning("message given up", answer=refusal.answer)
    except Unavailable as outage:
        log.warning("message waits", reason=str(outage))
        raise
    else:
        _settle(message, State.SENT, now=now)
        if message.address.bounced_at is not None:
            message.address.bounced_at = None
        log.info("message delivered", ms=round((time.perf_counter() - started) * 1000))


def _taken(session: Session, message_id: int) -> Message | None:
    query = (
        select(Message)
        .where(Message.id == message_id, Message.state == State.WAITING.value)
        .options(joinedload(Message.address, innerjoin=True))
        .with_for_update(skip_locked=True, of=Message)
    )
    return session.scalar(query)


def _settle(message: Message, state: State, *, now: datetime) -> None:
    message.state, message.settled_at = state.value, now


def _refuse(message: Message, answer: str, *, now: datetime, is_address: bool) -> None:
    _settle(message, State.REFUSED, now=now)
    message.answer = answer
    if is_address:
        message.address.bounced_at = now
