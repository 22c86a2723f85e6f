"""What becomes of what accounts keep when its time is over."""

from datetime import timedelta

from traitdunion.accounts import audit, bans, people, sign_in, sign_ins
from traitdunion.core import clock, db, jobs

# As the privacy register says (`models`).
_REQUESTS_KEPT = timedelta(hours=23)
"""Asked each hour: nothing is older than a day."""
_PEOPLE_KEPT = timedelta(days=2 * 365)
_AUDIT_KEPT = timedelta(days=365)
_BANS_KEPT = timedelta(days=3 * 365)


@jobs.task(queue="accounts", every="17 * * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Erases, each hour, what is too old."""
    now = clock.now()
    with db.transaction() as session:
        sign_in.forget(session, before=now - _REQUESTS_KEPT)
        sign_ins.forget(session, now=now)
        people.forget(session, before=now - _PEOPLE_KEPT)
        audit.forget(session, before=now - _AUDIT_KEPT)
        bans.forget(session, before=now - _BANS_KEPT)
