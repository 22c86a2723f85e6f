"""Messages delivered per second by one worker to an SMTP server, against smtplib alone over one connection."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from tests import mailbox
from tests.benchmarks import scratch
from tests.benchmarks.table import Row, print_table
from tests.mailbox import Mailbox
from traitdunion.clients import smtp
from traitdunion.core import clock, db, jobs, service
from traitdunion.notifications import envelopes, messages
from traitdunion.notifications.messages import Address
from traitdunion.notifications.models import Message

_MESSAGES, _PLAIN = 10_000, 2_000
_SENDER = "Trait d’union <ne-pas-repondre@exemple.fr>"


def rows(*, full: bool = False) -> list[Row]:
    """The measures."""
    with _server() as port, scratch.application(with_communes=False) as app:
        app.config.update(MAIL_FROM=_SENDER, PUBLIC_URL="https://essai.exemple.fr")
        plain = _plain(port)
        written = _write()
        with smtp.Relay(smtp.read(f"smtp://127.0.0.1:{port}")) as relay:
            app.extensions["mail_relay"] = relay
            delivered = _deliver(app)
        with db.transaction() as session:
            left = session.scalar(text("SELECT count(*) FROM messages WHERE state <> 'sent'"))
    assert left == 0
    ratio = f"{delivered / plain:.2f}"
    return [
        Row("messages written with their jobs, one transaction", f"{written:.0f}/s"),
        Row(f"{_MESSAGES} e-mails delivered by one worker", f"{delivered:.0f}/s", f"{plain:.0f}/s", ratio, "≥ 100/s"),
    ]


def _write() -> float:
    started = time.perf_counter()
    with db.transaction() as session:
        for number in range(_MESSAGES):
            address = Address(f"personne.{number}@exemple.fr", None, f"Personne {number}")
            messages.write(session, to=address, kind="test", key=f"bench:{number}", values={}, now=clock.now())
    return _MESSAGES / (time.perf_counter() - started)


def _deliver(app: Flask) -> float:
    started = time.perf_counter()
    jobs.run_worker(app, wait=False, queues=["notifications"], concurrency=service.MESSAGES_AT_ONCE)
    return _MESSAGES / (time.perf_counter() - started)


def _plain(port: int) -> float:
    """What smtplib does with the same content, ready made, and nothing else."""
    with db.transaction() as session:
        messages.write(session, to=Address("a@exemple.fr"), kind="test", key="plain", values={}, now=clock.now())
        one = session.scalars(select(Message).options(joinedload(Message.address))).one()
        content = envelopes.seal(one, sender=_SENDER, reply_to=None, preferences_url=None).content
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as connection:
        for number in range(_PLAIN):
            connection.sendmail("ne-pas-repondre@exemple.fr", f"personne.{number}@exemple.fr", content)
    return _PLAIN / (time.perf_counter() - started)


@contextmanager
def _server() -> Iterator[int]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_messages", "server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()  # it ends with us, however we end


def _serve() -> None:
    with mailbox.serve(Mailbox()) as box:
        print(box.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    if sys.argv[1:] == ["server"]:
        _serve()
    else:
        print_table(rows())
