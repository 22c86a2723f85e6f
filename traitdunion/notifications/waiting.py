"""The messages that wait: how many, since when, and how they leave after an outage or a change of settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from traitdunion.core import clock
from traitdunion.core.health import Health
from traitdunion.notifications import carriers, delivery
from traitdunion.notifications.models import Channel, Message, State

LATE = timedelta(minutes=15)
"""After that, a message that waits is told to who watches over the service."""
_BATCH = 10_000
_WAITS = Message.state == State.WAITING.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The messages of a channel that wait."""

    channel: Channel
    count: int
    oldest: datetime
    is_carried: bool
    """Something is there to take them away."""


def job_key(message_id: int) -> str:
    """Two jobs of one message never wait at the same time."""
    return f"message:{message_id}"


def lines(session: Session) -> Sequence[Line]:
    """What waits, by channel."""
    query = select(Message.channel, func.count(), func.min(Message.written_at)).where(_WAITS).group_by(Message.channel)
    return [
        Line(channel=Channel(channel), count=count, oldest=oldest, is_carried=_is_carried(session, channel))
        for channel, count, oldest in session.execute(query.order_by(Message.channel))
    ]


def left_behind(session: Session, *, before: datetime) -> Sequence[int]:
    """Messages written before, that something could carry, and that no job is going to deliver: 10,000 at most."""
    carried = [channel.value for channel in Channel if _is_carried(session, channel)]
    has_no_job = text(
        "NOT EXISTS (SELECT FROM procrastinate_jobs AS job WHERE job.task_name = :task"
        " AND job.status IN ('todo', 'doing') AND (job.args ->> 'message_id')::bigint = messages.id)"
    ).bindparams(task=delivery.TASK)
    query = select(Message.id).where(_WAITS, Message.written_at < before, Message.channel.in_(carried), has_no_job)
    return session.scalars(query.order_by(Message.id).limit(_BATCH)).all()


def hasten(session: Session) -> int:
    """Makes the deliveries that wait for another attempt due now; how many."""
    query = text(
        "UPDATE procrastinate_jobs SET scheduled_at = NULL"
        " WHERE task_name = :task AND status = 'todo' AND scheduled_at IS NOT NULL RETURNING id"
    )
    return len(session.scalars(query, {"task": delivery.TASK}).all())


def expire(session: Session, *, now: datetime) -> None:
    """Gives up what is of no use any more."""
    session.execute(
        update(Message)
        .where(_WAITS, Message.expires_at <= now)
        .values(state=State.EXPIRED.value, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def health(session: Session) -> Health:
    """No message waits for more than a quarter of an hour; says what carries each channel's messages."""
    found = lines(session)
    late = sum(line.count for line in found if line.oldest < clock.now() - LATE)
    details: dict[str, object] = {f"is_{one.value}_carried": _is_carried(session, one) for one in Channel}
    return Health(is_well=late == 0, details={"waiting": sum(line.count for line in found), **details})


def _is_carried(session: Session, channel: str) -> bool:
    return carriers.of(session, Channel(channel)) is not None
