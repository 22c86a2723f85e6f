"""The job that delivers a message."""

from traitdunion.core import jobs


@jobs.task(queue="notifications")
def deliver(message_id: int) -> None:
    """Delivers the message, once; a second run finds it sent."""
