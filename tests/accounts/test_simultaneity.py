"""The same link, the same code, the same unknown address, from twenty processes at the same instant."""

from collections.abc import Callable
from functools import partial

from flask import Flask
from sqlalchemy import func, select

from tests import processes
from tests.accounts import letters
from tests.pages import PageClient
from tests.processes import Wait
from traitdunion.accounts import views
from traitdunion.accounts.models import Person, SignIn
from traitdunion.core import db
from traitdunion.notifications.models import Message

PROCESSES = 20


def at_once(app: Flask, acts: list[Callable[[PageClient], int]]) -> list[int]:
    """What each process was answered."""

    def told(act: Callable[[PageClient], int], wait: Wait) -> int:
        pages = PageClient(app)
        wait()
        return act(pages)

    return sorted(processes.at_once(app, [partial(told, act) for act in acts], processes=PROCESSES))


def count(model: type) -> int:
    """The rows of a table."""
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@processes.forking
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
