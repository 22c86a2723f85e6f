"""The pace is kept by processes that know nothing of each other."""

import multiprocessing
import time

import pytest
import sqlalchemy
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from traitdunion.core.pace import Pacing, wait_turn

PER_SECOND, PROCESSES, TURNS = 20, 8, 5


def call_often(url: str) -> list[float]:
    """What one worker process does: the instants at which it was let through."""
    engine = sqlalchemy.create_engine(url)
    instants = []
    for _ in range(TURNS):
        wait_turn(engine, "remote:client", per_second=PER_SECOND)
        instants.append(time.time())
    engine.dispose()
    return instants


class TestWaitTurn:
    def test_lets_no_more_calls_pass_in_any_second_whatever_the_number_of_processes(
        self, engine: sqlalchemy.Engine
    ) -> None:
        url = engine.url.render_as_string(hide_password=False)

        processes = multiprocessing.get_context("forkserver")
        processes.set_forkserver_preload([__name__])  # one import for all
        with processes.Pool(PROCESSES) as pool:
            instants = sorted(instant for found in pool.map(call_often, [url] * PROCESSES, 1) for instant in found)

        assert len(instants) == PROCESSES * TURNS
        assert all(later - earlier >= 1 for earlier, later in zip(instants, instants[PER_SECOND:], strict=False))

    def test_lets_the_first_call_pass_at_once(self, engine: sqlalchemy.Engine) -> None:
        slept: list[float] = []

        wait_turn(engine, "remote:client", per_second=1, sleep=slept.append)

        assert slept == [0]

    def test_spaces_the_next_ones(self, engine: sqlalchemy.Engine) -> None:
        slept: list[float] = []

        for _ in range(3):
            wait_turn(engine, "remote:client", per_second=0.1, sleep=slept.append)

        assert slept == pytest.approx([0, 11, 22], abs=0.5)

    def test_counts_each_key_apart(self, engine: sqlalchemy.Engine) -> None:
        slept: list[float] = []

        wait_turn(engine, "remote:client", per_second=0.1, sleep=slept.append)
        wait_turn(engine, "remote:other", per_second=0.1, sleep=slept.append)

        assert slept == [0, 0]

    def test_gives_up_a_turn_that_it_missed(self, engine: sqlalchemy.Engine) -> None:
        slept: list[float] = []

        def oversleep_once(seconds: float) -> None:
            slept.append(seconds)
            time.sleep(0.1 if len(slept) == 1 else seconds)

        wait_turn(engine, "remote:client", per_second=10, sleep=oversleep_once)

        assert len(slept) == 2

    def test_serves_a_machine_that_is_always_late_in_the_end(self, engine: sqlalchemy.Engine) -> None:
        slept: list[float] = []

        def oversleep(seconds: float) -> None:
            slept.append(seconds)
            time.sleep(0.06)

        wait_turn(engine, "remote:client", per_second=1_000, sleep=oversleep)

        assert len(slept) == 20

    def test_leaves_nothing_to_commit(self, engine: sqlalchemy.Engine) -> None:
        wait_turn(engine, "remote:client", per_second=10)

        with Session(engine) as session:
            assert session.scalars(select(Pacing.key)).all() == ["remote:client"]

    def test_does_not_ask_later_calls_to_skip_the_disk(self, engine: sqlalchemy.Engine) -> None:
        with engine.connect() as connection:
            before = connection.scalar(text("SHOW synchronous_commit"))
            connection.rollback()
            wait_turn(engine, "remote:client", per_second=10)
            after = connection.scalar(text("SHOW synchronous_commit"))

        assert before == after
