"""Delivering a message: handed over at least once, settled in the transaction that holds it."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import BigInteger, column, delete, exists, func, literal_column, select, table, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from traitdunion.clients.delivery import Deferred, Undeliverable
from traitdunion.clients.http import Unavailable
from traitdunion.notifications import carriers
from traitdunion.notifications.models import Channel, Message, MessageAttachment, State

_GIVEN_UP = timedelta(days=5)
"""For a message that is put off though others pass (RFC 5321, 4.5.4.1); an outage of all loses none."""

_CLAIMED = timedelta(minutes=1)
"""Past it, the jobs of a worker that died are anybody's; its messages' locks end with its connection."""
TASK = "notifications.jobs.deliver"
_JOB = table(
    "procrastinate_jobs",
    column("id"),
    column("status"),
    column("task_name"),
    column("args", JSONB),
    column("scheduled_at"),
)
_WAITING = (
    select(Message, exists().where(MessageAttachment.message_id == Message.id).label("has_files"))
    .where(Message.state == State.WAITING.value)
    .options(joinedload(Message.address, innerjoin=True))
)


class Claim(NamedTuple):
    """A job of the queue, and the message it delivers."""

    job_id: int
    message_id: int


_log = structlog.get_logger()


def deliver(session: Session, message_id: int, *, now: datetime) -> None:
    """Hands the message over and settles it; nothing when it is settled.

    The row stays locked meanwhile. Raises Unavailable when it must be tried again; without a carrier it waits.
    """
    query = _WAITING.where(Message.id == message_id)
    if found := session.execute(query.with_for_update(skip_locked=True, of=Message)).one_or_none():
        _hand_over(session, found.Message, has_files=found.has_files, now=now)
    elif session.execute(query).one_or_none():
        # Another worker is at it, or died a moment ago and still seems to be.
        raise Unavailable("Ce message est déjà en cours d’envoi.")


def claim(session: Session, *, most: int, now: datetime) -> Sequence[Claim]:
    """Jobs of deliveries that are due, kept from other workers for a minute, the oldest first."""
    due = (
        select(_JOB.c.id)
        .where(_JOB.c.status == literal_column("'todo'"), _JOB.c.task_name == TASK)
        .where(func.coalesce(_JOB.c.scheduled_at, now) <= now)
        .order_by(_JOB.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(_JOB)
        .where(_JOB.c.id.in_(due))
        .values(scheduled_at=now + _CLAIMED)
        .returning(_JOB.c.id, _JOB.c.args.op("->>")("message_id").cast(BigInteger))
    )
    return sorted(Claim(job_id, message_id) for job_id, message_id in session.execute(claimed))


def deliver_claimed(session: Session, claim: Claim, *, now: datetime) -> None:
    """Delivers the message in its job's stead, and deletes the job in the transaction that settles the message.

    A job of the queue costs as much as a delivery: one that is running takes on others' work. Raises Unavailable when
    it must be tried again: the job, which is left, does it.
    """
    # Waits for the row: a worker that looks for a job holds it for an instant, and a job left aside waits a minute.
    query = (
        _WAITING.join(_JOB, _JOB.c.id == claim.job_id)
        .where(Message.id == claim.message_id, _JOB.c.status == literal_column("'todo'"))
        .with_for_update(of=[Message, _JOB])
    )
    if found := session.execute(query).one_or_none():
        _hand_over(session, found.Message, has_files=found.has_files, now=now)
        session.execute(delete(_JOB).where(_JOB.c.id == claim.job_id))


def _hand_over(session: Session, message: Message, *, has_files: bool, now: datetime) -> None:
    log = _log.bind(message=message.id, kind=message.kind, channel=message.channel)
    if not has_files:
        set_committed_value(message, "attachments", [])
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


def _settle(message: Message, state: State, *, now: datetime) -> None:
    message.state, message.settled_at = state.value, now


def _refuse(message: Message, answer: str, *, now: datetime, is_address: bool) -> None:
    _settle(message, State.REFUSED, now=now)
    message.answer = answer
    if is_address:
        message.address.bounced_at = now
