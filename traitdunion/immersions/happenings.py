"""What others listen to: something became of a booking."""

from blinker import Signal

changed = Signal()
"""Sent with the booking (and `session`, `now`) once it has another state or other days; within the same transaction."""
