"""Jobs of messages: delivering one, taking up those that were left behind, forgetting the old ones."""

import procrastinate
from procrastinate.jobs import Job

from traitdunion.clients.delivery import Deferred
from traitdunion.clients.http import Unavailable
from traitdunion.core import clock, db, jobs
from traitdunion.notifications import delivery, forgetting, waiting

_PRIORITY = 5  # somebody waits for the code while a night's offers are read
_LONGEST_WAIT = 900  # seconds
_NEIGHBOURS = 50  # messages a job delivers beside its own, so that other jobs have their turn


class _Patience(procrastinate.BaseRetryStrategy):
    """Tries again after 5 s, 15 s, 45 s… then each quarter of an hour: a relay that is down for days loses nothing."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:  # noqa: ARG002
        seconds = min(_LONGEST_WAIT, 5 * 3 ** min(job.attempts, 6))
        return procrastinate.RetryDecision(retry_in={"seconds": seconds})


@jobs.task(queue="notifications", retry=_Patience(), priority=_PRIORITY)
def deliver(message_id: int) -> None:
    """Delivers the message, then those that are due; a second run finds it settled."""
    with db.transaction() as session:
        delivery.deliver(session, message_id, now=clock.now())
    with db.transaction() as session:
        claims = delivery.claim(session, most=_NEIGHBOURS, now=clock.now())
    for claim in claims:
        try:
            with db.transaction() as session:
                delivery.deliver_claimed(session, claim, now=clock.now())
        except Deferred:  # told by the message's own job
            continue
        except Unavailable:  # the others would meet the same outage
            return


@jobs.task(queue="notifications", every="*/5 * * * *", priority=_PRIORITY)
def take_up(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Gives a job again to the messages that wait without one: written while nothing carried them away."""
    now = clock.now()
    with db.transaction() as session:
        waiting.expire(session, now=now)
        for message_id in waiting.left_behind(session, before=now - waiting.LATE):
            jobs.defer(session, deliver, {"message_id": message_id}, key=waiting.job_key(message_id))


@jobs.task(queue="notifications", every="41 3 * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001
    """Erases, each night, the messages and addresses whose time is over."""
    with db.transaction() as session:
        forgetting.forget(session, now=clock.now())
