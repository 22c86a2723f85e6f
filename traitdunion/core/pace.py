"""The pace of calls to outside systems, kept by all processes and machines together through the database."""

import time
from collections.abc import Callable
from datetime import datetime

import sqlalchemy
from sqlalchemy import Text, text
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base

# A caller may be late for its turn (woken too late, network stalled), and then call too close to the next one. So turns
# are a tenth further apart than the rate allows, and a turn missed by more than half of what this saves is given up.
_MARGIN = 0.1
_LATEST = 0.05  # seconds
_MOST_TURNS = 20

# The clock is the database's, read once the row's lock is held: the clocks of the machines do not agree.
# Nobody waits for the disk: a turn lost with the server harms nothing.
_RESERVE = text(
    """
    INSERT INTO pacings AS known (key, next_at) VALUES (:key, clock_timestamp() + :gap * interval '1 second')
    ON CONFLICT (key) DO UPDATE
        SET next_at = greatest(known.next_at, clock_timestamp()) + :gap * interval '1 second'
    RETURNING extract(epoch FROM next_at - :gap * interval '1 second' - clock_timestamp())::double precision AS wait,
        set_config('synchronous_commit', 'off', true)
    """
)


class Pacing(Base):
    """When the next call to an outside system may be made."""

    __tablename__ = "pacings"
    __table_args__ = {"info": {"personal": None}}

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    # The system and the account the limit is counted for.
    next_at: Mapped[datetime]


def wait_turn(
    engine: sqlalchemy.Engine, key: str, *, per_second: float, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Returns when one more call may be made: at most `per_second` in any second, for all who share `key`.

    The turn is reserved in a transaction of its own, then waited for without a connection; turns are served in the
    order of asking, 1.1 / per_second seconds apart.
    """
    gap = (1 + _MARGIN) / per_second
    for _ in range(_MOST_TURNS):  # a machine that is late each time is served in the end
        asked = time.monotonic()
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            wait: float = connection.execute(_RESERVE, {"key": key, "gap": gap}).one().wait
        sleep(max(0.0, wait))
        # Counted from the question: the database read its clock after it, nobody knows how long after.
        if time.monotonic() - asked - max(0.0, wait) <= _LATEST:
            return
