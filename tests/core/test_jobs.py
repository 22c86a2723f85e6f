"""Jobs: written with their cause, run once, taken up again when a worker dies."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from traitdunion.core import db, jobs

done: list[str] = []


@jobs.task(queue="tests")
def note(word: str) -> None:
    """Remembers a word, with the number of rows that its own session sees."""
    with db.transaction() as session:
        session.execute(text("SELECT 1"))
    done.append(word)


@jobs.task(queue="tests")
def pass_on(word: str) -> None:
    """Leaves the word to another job."""
    with db.transaction() as session:
        jobs.defer(session, note, {"word": word}, key="passed on")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    done.clear()
    yield
    done.clear()


def waiting(session: Session) -> int:
    """How many jobs of the tests wait; periodic ones may be due at any minute."""
    return int(
        session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = 'tests'"))
        or 0
    )


class TestDefer:
    def test_is_undone_with_its_transaction(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            jobs.defer(session, note, {"word": "jamais"})
            session.rollback()

        with db.transaction() as session:
            assert waiting(session) == 0

    def test_leaves_out_a_second_job_of_the_same_key(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            jobs.defer(session, note, {"word": "un"}, key="seul")
            jobs.defer(session, note, {"word": "deux"}, key="seul")
            session.execute(text("SELECT 1"))  # the transaction goes on

        with db.transaction() as session:
            assert waiting(session) == 1


class TestRunWorker:
    def test_runs_what_was_committed(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            jobs.defer(session, note, {"word": "bonjour"})

        jobs.run_worker(committing_app, wait=False)

        assert done == ["bonjour"]
        with db.transaction() as session:
            assert waiting(session) == 0

    def test_lets_a_job_defer_another(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            jobs.defer(session, pass_on, {"word": "bonsoir"})

        jobs.run_worker(committing_app, wait=False)
        jobs.run_worker(committing_app, wait=False)  # the first may have stopped before the second job came

        assert done == ["bonsoir"]


class TestQueues:
    def test_are_left_to_those_who_take_them(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            jobs.defer(session, note, {"word": "bonjour"})

        jobs.run_worker(committing_app, wait=False, queues=("others",))
        before = list(done)
        jobs.run_worker(committing_app, wait=False, queues=("others", "tests"))

        assert (before, done) == ([], ["bonjour"])


class TestRetryStalled:
    def test_takes_up_every_job_of_a_dead_worker(self, committing_app: Flask) -> None:
        self.leave_stalled("un", key=None)
        self.leave_stalled("deux", key=None)

        jobs.run_worker(committing_app, wait=False, concurrency=1)

        assert sorted(done) == ["deux", "un"]

    def test_leaves_out_the_one_whose_key_waits_again(self, committing_app: Flask) -> None:
        self.leave_stalled("vieux", key="seul")
        self.leave_stalled("autre", key=None)
        with db.transaction() as session:
            jobs.defer(session, note, {"word": "neuf"}, key="seul")

        jobs.run_worker(committing_app, wait=False, concurrency=1)

        assert sorted(done) == ["autre", "neuf"]

    def leave_stalled(self, word: str, *, key: str | None) -> None:
        """As a worker leaves a job that is killed, and the clock sees it later."""
        with db.transaction() as session:
            if key:
                jobs.defer(session, note, {"word": word}, key=key)
            else:
                jobs.defer(session, note, {"word": word})
            session.execute(
                text("UPDATE procrastinate_jobs SET status = 'doing' WHERE args ->> 'word' = :w"), {"w": word}
            )
            connection = session.connection().connection.dbapi_connection
            session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'core.jobs.retry_stalled'"))
            jobs.retry_stalled.configure(connection=connection).defer(timestamp=0)
