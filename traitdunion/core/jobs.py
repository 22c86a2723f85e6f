"""Background work: a PostgreSQL queue (procrastinate), where a job is written in the transaction of its cause.

A task is a function decorated with `task`; it runs in an application context of its own, must bear being run
twice, and opens its own `db.transaction()`. Any number of worker machines share the queue.
"""

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypedDict, Unpack

import procrastinate
from flask import Flask, current_app
from procrastinate.connector import BaseConnector
from procrastinate.tasks import Task
from sqlalchemy.orm import Session

from traitdunion.core import db

Arguments = ParamSpec("Arguments")

NIGHTLY = "nightly"  # stands for the setting NIGHTLY_CRON
_STALLED_SECONDS = 60  # without a heartbeat, a worker is dead and its jobs are taken up again
_FIRST = 100  # priority: thousands of jobs that wait do not keep a dead worker's from being seen
_RETRY = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=4)


class _WorkerConnector(procrastinate.PsycopgConnector):
    """The worker's own work is asynchronous; jobs run in threads and defer others on their session's connection."""

    def get_sync_connector(self) -> BaseConnector:
        """Procrastinate gives the asynchronous one while a worker runs, which cannot use such a connection."""
        return _deferring


_deferring = procrastinate.SyncPsycopgConnector()
app = procrastinate.App(connector=_deferring, worker_defaults={"delete_jobs": "successful"})
_periodic: list[tuple[Task[Any, Any, Any], str]] = []


class Options(TypedDict, total=False):
    """`key`: no second job with the same one waits at the same time; `lock`: none runs at the same time."""

    key: str
    lock: str


def task(
    *,
    queue: str,
    every: str | None = None,
    retry: procrastinate.BaseRetryStrategy = _RETRY,
    priority: int = 0,
) -> Callable[[Callable[Arguments, None]], Task[Any, Any, Any]]:
    """Makes a function a task of `queue`; `every` is a cron line (UTC) or NIGHTLY; a higher priority goes first."""

    def declare(function: Callable[Arguments, None]) -> Task[Any, Any, Any]:
        name = f"{function.__module__.removeprefix('traitdunion.')}.{function.__name__}"

        @functools.wraps(function)
        def in_context(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            # Each job has its own `g`, hence its own session, whatever thread it runs in.
            with current_app._get_current_object().app_context():  # type: ignore[attr-defined]
                function(*args, **kwargs)

        options: dict[str, Any] = {"name": name, "queue": queue, "retry": retry, "priority": priority}
        declared: Task[Any, Any, Any] = app.task(in_context, **options)
        if every is not None:
            _periodic.append((declared, every))
        return declared

    return declare


def defer(session: Session, job: Task[Any, Any, Any], arguments: dict[str, Any], **options: Unpack[Options]) -> None:
    """Writes the job in the session's transaction; a second one with the same waiting `key` is left out."""
    connection = session.connection()
    key = options.get("key")
    configured = job.configure(
        connection=connection.connection.dbapi_connection, queueing_lock=key, lock=options.get("lock")
    )
    if key is None:
        configured.defer(**arguments)
        return
    # The connection's own savepoint: the session's would be sent only with its next statement, and there is none.
    with contextlib.suppress(procrastinate.exceptions.AlreadyEnqueued), connection.begin_nested():
        configured.defer(**arguments)


def defer_all(session: Session, job: Task[Any, Any, Any], arguments: Sequence[dict[str, Any]]) -> None:
    """Writes as many jobs as there are arguments, in one statement of the session's transaction."""
    if arguments:
        connection = session.connection().connection.dbapi_connection
        job.configure(connection=connection).batch_defer(*arguments)


def run_worker(
    flask_app: Flask, *, wait: bool = True, concurrency: int | None = None, queues: Sequence[str] | None = None
) -> None:
    """Runs jobs until it is stopped by SIGTERM or Ctrl-C; with `wait=False`, until the queue is empty.

    `queues`: only theirs; None: all.
    """
    with flask_app.app_context():
        url = db.database().url.replace("postgresql+psycopg://", "postgresql://", 1)
        for job, every in _periodic:
            cron = current_app.config["NIGHTLY_CRON"] if every == NIGHTLY else every
            app.periodic(cron=cron)(job)
        _periodic.clear()
        with app.replace_connector(_WorkerConnector(conninfo=url)) as connected:
            connected.run_worker(
                queues=list(queues) if queues else None,  # a tuple would be read as a row
                wait=wait,
                concurrency=concurrency or int(current_app.config["WORKER_JOBS"]),
                install_signal_handlers=wait,
                listen_notify=wait,
            )


@app.periodic(cron="*/2 * * * *")
@app.task(name="core.jobs.retry_stalled", queue="core", priority=_FIRST, pass_context=True)
async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Takes up again the jobs of a worker that died (kill -9, machine lost): procrastinate leaves that to us."""
    manager = context.app.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
        try:
            await manager.retry_job(stalled)
        except procrastinate.exceptions.UniqueViolation:
            # One of the same key waits already, and will do its work.
            await manager.finish_job(stalled, status=procrastinate.jobs.Status.FAILED, delete_job=True)
