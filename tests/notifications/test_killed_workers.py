"""Workers killed with kill -9 while they deliver: nothing lost, and a repeat only of what was in flight."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests import mailbox
from tests.mailbox import Mailbox
from tests.notifications.samples import NOW
from traitdunion.core import db, jobs
from traitdunion.notifications import messages, waiting
from traitdunion.notifications.messages import Address

KILLS = 50
MESSAGES = 400
SLOTS = 2


@contextmanager
def workers(environ: dict[str, str], box: Mailbox) -> Iterator[Callable[[str], int]]:
    """Gives what starts a worker and returns its process's id."""
    environ = {
        **environ,
        "SMTP_URL": box.url(),
        "MAIL_FROM": "ne-pas-repondre@exemple.fr",
        "PUBLIC_URL": "https://essai.exemple.fr",
    }
    command = [sys.executable, "-m", "tests.notifications.workers"]
    with subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        bufsize=1,
    ) as process:

        def start(order: str) -> int:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{order}\n")
            return int(process.stdout.readline())

        try:
            yield start
        finally:
            process.kill()


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    """Until it is so, or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.005)
    return False


def let_time_pass() -> None:
    """As if an hour had gone: the dead worker's heart is seen to have stopped, and what waited is due."""
    with db.transaction() as session:
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))
        waiting.hasten(session)
        jobs.retry_stalled.configure(connection=session.connection().connection.dbapi_connection).defer(timestamp=0)


def left() -> int:
    """Messages that are not sent yet."""
    with db.transaction() as session:
        return int(session.scalar(text("SELECT count(*) FROM messages WHERE state <> 'sent'")) or 0)


def in_flight(taken: list[str]) -> set[str]:
    """Those of the taken messages that are not settled: the worker was killed in between."""
    with db.transaction() as session:
        waits = set(session.scalars(text("SELECT message_id FROM messages WHERE state = 'waiting'")))
    return waits.intersection(taken)


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the workers die with their parent by a means of Linux")
def test_fifty_kills_lose_nothing(committing_app: Flask, environ: dict[str, str]) -> None:
    with db.transaction() as session:
        for number in range(MESSAGES):
            address = Address(f"personne.{number}@exemple.fr")
            messages.write(session, to=address, kind="test", key=f"k{number}", values={}, now=NOW)
    with db.transaction() as session:
        written = set(session.scalars(text("SELECT message_id FROM messages")))

    flying: Counter[str] = Counter()
    with mailbox.serve(Mailbox()) as box, workers(environ, box) as start:
        for _ in range(KILLS):
            before, some = len(box.received), random.randint(1, 6)
            pid = start("")
            is_at_work = wait_for(lambda: len(box.received) >= before + some, 20)  # noqa: B023 — called at once
            time.sleep(random.random() / 100)
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: not Path(f"/proc/{pid}").exists(), 20)  # noqa: B023
            assert is_at_work, "each worker is at work when it is killed"
            seen = in_flight(box.ids[before:])
            assert len(seen) <= SLOTS
            flying.update(seen)
            let_time_pass()
        at_the_end = left()
        while left():
            pid = start("once")
            assert wait_for(lambda: not Path(f"/proc/{pid}").exists(), 60)  # noqa: B023
            let_time_pass()

        assert at_the_end > 0, "messages were still waiting at the last kill"
        assert set(box.ids) == written
        assert Counter(box.ids) - Counter(written) <= flying
