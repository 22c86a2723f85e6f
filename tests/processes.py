"""What several processes do at the same instant.

They are forked from the test, where the application is loaded: a new interpreter takes two seconds to load it.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import TypeVar

import pytest
from flask import Flask

_PATIENCE = 120  # seconds
_FORK = multiprocessing.get_context("fork")
_Told = TypeVar("_Told")
Wait = Callable[[], None]
"""Returns once all the others wait too."""

forking = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
"""For who does it: the threads that Python warns of are the test runner's, and hold no lock of ours."""


def at_once(app: Flask, acts: Sequence[Callable[[Wait], _Told]], *, processes: int) -> list[_Told]:
    """What each act returned, in no order: each has a thread and an application context of its own.

    They are dealt out to so many processes; an act calls what it is given just before what is to be simultaneous.
    """
    barrier, told = _FORK.Barrier(len(acts)), _FORK.Queue()
    hands = [acts[number::processes] for number in range(min(processes, len(acts)))]
    running = [_FORK.Process(target=_play, args=(app, hand, barrier, told)) for hand in hands]
    for process in running:
        process.start()
    answers = [answer for _ in running for answer in told.get(timeout=_PATIENCE)]
    for process in running:
        process.join(_PATIENCE)
        assert process.exitcode == 0
    return answers


def _play(app: Flask, acts: Sequence[Callable[[Wait], _Told]], barrier: Barrier, told: "Queue[list[_Told]]") -> None:
    app.extensions["database"].engine.dispose(close=False)  # the parent's connections are the parent's

    def wait() -> None:
        barrier.wait(_PATIENCE)

    def play(act: Callable[[Wait], _Told]) -> _Told:
        with app.app_context():
            return act(wait)

    with ThreadPoolExecutor(len(acts)) as pool:
        told.put(list(pool.map(play, acts)))
