"""What becomes of messages when their time is over."""

from datetime import timedelta

from traitdunion.about import messages
from traitdunion.core import clock, db, jobs

_KEPT = timedelta(days=365)
"""As the privacy register says (`models`): twelve months."""


@jobs.task(queue="about", every="23 3 * * *")
def forget_messages(timestamp: int) -> None:  # noqa: ARG001 — given by the queue to periodic jobs
    """Erases, each night, the messages that are too old."""
    with db.transaction() as session:
        messages.forget(session, before=clock.now() - _KEPT)
