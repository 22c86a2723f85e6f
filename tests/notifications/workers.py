"""Starts a worker at each line of its input, in a process of its own, and says its number; `once`: until all is done.

Forked, so that a worker is there at once. Run by `test_killed_workers`, which kills them.
"""

import ctypes
import os
import signal
import sys

from traitdunion import create_app
from traitdunion.core import clock, db, jobs
from traitdunion.notifications import delivery


def main() -> None:
    """Reads the orders."""
    app = create_app(dict(os.environ))
    with app.app_context():
        with db.transaction() as session:  # what is made at the first use is made once, before the forks
            delivery.deliver(session, 0, now=clock.now())
        db.engine().dispose()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for order in sys.stdin:
        pid = os.fork()
        if pid == 0:
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # none outlives the test
            jobs.run_worker(app, wait=order.strip() != "once", concurrency=2)
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
