"""The same link, the same code, the same unknown address, from twenty processes at the same instant."""

import multiprocessing
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.accounts import letters
from tests.pages import PageClient
from traitdunion.accounts import views
from traitdunion.accounts.models import Person, SignIn
from traitdunion.core import db
from traitdunion.notifications.models import Message

PROCESSES = 20
_FORK = multiprocessing.get_context("fork")  # the application is loaded: twenty new interpreters would take a minute


def _once(app: Flask, barrier: Barrier, told: "Queue[int]", act: Callable[[PageClient], int]) -> None:
    app.extensions["database"].engine.dispose(close=False)  # the parent's connections are the parent's
    barrier.wait(60)
    told.put(act(PageClient(app)))


def at_once(app: Flask, acts: list[Callable[[PageClient], int]]) -> list[int]:
    """What each process was answered."""
    barrier, told = _FORK.Barrier(len(acts)), _FORK.Queue()
    running = [_FORK.Process(target=_once, args=(app, barrier, told, act)) for act in acts]
    for process in running:
        process.start()
    answers = [told.get(timeout=120) for _ in running]
    for process in running:
        process.join(60)
        assert process.exitcode == 0
    return sorted(answers)


def count(model: type) -> int:
    """The rows of a table."""
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
class TestTwentyAtOnce:
    def test_sign_in_once_by_a_link(self, committing_app: Flask) -> None:
        asking = PageClient(committing_app)
        asking.post("/connexion", {"adresse": "camille@exemple.fr"})
        with db.transaction() as session:
            link = letters.latest(session).link
        cookie = asking.client.get_cookie("asked")
        assert cookie is not None
        secret = cookie.value

        def press(pages: PageClient) -> int:
            pages.client.set_cookie("asked", secret)
            return pages.send("POST", link).status_code

        assert at_once(committing_app, [press] * PROCESSES) == [303] + [410] * (PROCESSES - 1)
        assert (count(SignIn), count(Person)) == (1, 1)

    def test_sign_in_once_by_a_code(self, committing_app: Flask) -> None:
        asking = PageClient(committing_app)
        asking.post("/connexion", {"adresse": "camille@exemple.fr"})
        with db.transaction() as session:
            code = letters.latest(session).code
        cookie = asking.client.get_cookie("asked")
        assert cookie is not None
        secret = cookie.value

        def type_it(pages: PageClient) -> int:
            pages.client.set_cookie("asked", secret)
            return pages.send("POST", "/connexion/code", {"code": code}).status_code

        assert at_once(committing_app, [type_it] * PROCESSES) == [303] + [422] * (PROCESSES - 1)
        assert count(SignIn) == 1

    def test_are_one_new_person(self, committing_app: Flask) -> None:
        # Twenty links for the same unknown address, each asked by a browser of its own.
        secrets, links = [], []
        for number in range(5):
            pages = PageClient(committing_app)
            pages.post("/connexion", {"adresse": "camille@exemple.fr"})
            cookie = pages.client.get_cookie("asked")
            assert cookie is not None, number
            secrets.append(cookie.value)
            with db.transaction() as session:
                links.append(letters.latest(session).link)

        def press(secret: str, link: str) -> Callable[[PageClient], int]:
            def act(pages: PageClient) -> int:
                pages.client.set_cookie("asked", secret)
                return pages.send("POST", link).status_code

            return act

        acts = [press(secret, link) for secret, link in zip(secrets, links, strict=True)] * 4

        assert at_once(committing_app, acts) == [303] * 5 + [410] * 15
        assert (count(SignIn), count(Person)) == (5, 1)

    def test_ask_for_one_address_as_often_as_one_may(self, committing_app: Flask) -> None:
        def ask(pages: PageClient) -> int:
            return pages.send("POST", "/connexion", {"adresse": "camille@exemple.fr"}).status_code

        most = views.ASK_BY_ADDRESS.most

        assert at_once(committing_app, [ask] * PROCESSES) == [303] * most + [429] * (PROCESSES - most)
        assert count(Message) == most
