"""What an address accepts, said by whoever holds a link of ours."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.notifications.samples import PAUL, write, written
from tests.pages import PageClient
from traitdunion.notifications import addresses
from traitdunion.notifications.messages import Topic
from traitdunion.notifications.models import Message


def path(url: str | None) -> str:
    """Of an absolute address of ours."""
    assert url is not None
    return "/" + url.split("/", 3)[3]


def post(pages: PageClient, address: str, form: dict[str, str]) -> int:
    """Sends the form of a page with its token; the answer's status."""
    page = pages.get(address, is_form=True)
    token = page.select_one("input[name=csrf_token]")
    assert token is not None
    return pages.client.post(address, data={"csrf_token": str(token["value"]), **form}).status_code


@pytest.fixture
def reminder(session: Session) -> Message:
    """A message that can be refused."""
    return written(session, topic=Topic.REMINDER)


@pytest.mark.usefixtures("reminder")
class TestPreferences:
    def test_are_linked_from_the_foot_of_every_email(self, session: Session, pages: PageClient) -> None:
        message = written(session, key="k2")

        (link,) = [word for word in message.text.split() if "/messages/preferences/" in word]
        page = pages.get(path(link), is_form=True)

        assert PAUL.email is not None
        assert PAUL.email.lower() in page.main

    def test_are_kept(self, session: Session, pages: PageClient, reminder: Message) -> None:
        address = path(addresses.preferences_url(reminder.address))

        assert post(pages, address, {"suggestions": "y"}) == 303

        session.refresh(reminder.address)
        assert (reminder.address.accepts_reminders, reminder.address.accepts_suggestions) == (False, True)
        assert write(session, key="k2", topic=Topic.REMINDER) is None
        page = pages.get(f"{address}?enregistre=oui", is_form=True)
        assert "Votre choix est enregistré" in page.main
        assert [field.has_attr("checked") for field in page.select("input[type=checkbox]")] == [False, True]

    def test_need_the_token_of_the_form(self, app: Flask, pages: PageClient, reminder: Message) -> None:
        address = path(addresses.preferences_url(reminder.address))

        assert pages.client.post(address, data={}).status_code == 400

    def test_are_nobody_elses(self, pages: PageClient, reminder: Message) -> None:
        address = path(addresses.preferences_url(reminder.address))

        pages.get(f"{address[:-4]}xxxx", 404)
        pages.get("/messages/preferences/1", 404)

    def test_are_kept_from_robots_and_other_sites(self, pages: PageClient, reminder: Message) -> None:
        page = pages.get(path(addresses.preferences_url(reminder.address)), is_form=True)

        assert "noindex" in page.response.headers["X-Robots-Tag"]
        assert page.response.headers["Cache-Control"] == "no-store"


class TestUnsubscribe:
    def test_by_one_click_refuses_the_topic(self, session: Session, pages: PageClient, reminder: Message) -> None:
        address = path(addresses.unsubscribe_url(reminder))

        answer = pages.client.post(address, data={"List-Unsubscribe": "One-Click"})

        session.refresh(reminder.address)
        assert (answer.status_code, answer.text) == (204, "")
        assert "Set-Cookie" not in answer.headers
        assert (reminder.address.accepts_reminders, reminder.address.accepts_suggestions) == (False, True)

    def test_by_opening_the_link_changes_nothing(self, session: Session, pages: PageClient, reminder: Message) -> None:
        answer = pages.client.get(path(addresses.unsubscribe_url(reminder)))

        session.refresh(reminder.address)
        assert reminder.address.accepts_reminders
        assert answer.status_code == 302
        pages.get(answer.headers["Location"], is_form=True)

    def test_is_refused_to_forgers(self, pages: PageClient, reminder: Message) -> None:
        address = path(addresses.unsubscribe_url(reminder))

        assert pages.client.post(f"{address[:-4]}xxxx").status_code == 404
