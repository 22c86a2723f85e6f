"""The post of the demonstration: every message, where all is invented and nothing leaves; nowhere else."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOW
from tests.pages import PageClient
from traitdunion.demo.community.cast import CAST
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address, Attachment
from traitdunion.notifications.models import Message

PAUL = Address("paul@exemple.fr", None, "Paul")


def written(session: Session, number: int = 1, to: Address = PAUL, **fields: object) -> Message:
    """A message of the service."""
    message = messages.write(session, to=to, kind="test", key=f"k{number}", values={}, now=NOW, **fields)  # type: ignore[arg-type]
    assert message is not None
    session.flush()
    return message


@pytest.fixture
def _demonstration(session: Session) -> None:
    factories.source(session, "démonstration", is_fictitious=True)
    factories.offer(session, source="démonstration")


@pytest.mark.usefixtures("_demonstration")
class TestMail:
    def test_shows_every_message_the_newest_first(self, session: Session, pages: PageClient) -> None:
        written(session, 1)
        written(session, 2, Address(None, "+33639980001"))

        page = pages.get("/demo/courrier")

        assert page.main.index("SMS à +33639980001") < page.main.index("E-mail à paul@exemple.fr")
        assert "les e-mails de Trait d’union arrivent" in page.main

    def test_narrows_to_one_address(self, session: Session, pages: PageClient) -> None:
        written(session, 1)
        written(session, 2, Address("lucie@exemple.fr"))

        page = pages.get("/demo/courrier?pour=Paul@exemple.fr")

        assert "à paul@exemple.fr" in page.main
        assert "lucie" not in page.main
        assert "Aucun message à cette adresse" in pages.get("/demo/courrier?pour=personne%00").main

    def test_goes_further_back(self, session: Session, pages: PageClient) -> None:
        for number in range(31):
            written(session, number)

        page = pages.get("/demo/courrier")
        (link,) = [a for a in page.find_all("a") if "plus anciens" in a.get_text()]
        older = pages.get(str(link["href"]))

        assert (len(page.select("article")), len(older.select("article"))) == (30, 1)

    def test_lets_links_be_followed(self, session: Session, pages: PageClient) -> None:
        written(session)

        page = pages.get("/demo/courrier")

        (link,) = [a for a in page.select("article p a") if "/messages/preferences/" in str(a["href"])]
        pages.get("/" + str(link["href"]).split("/", 3)[3], is_form=True)

    def test_shows_the_letter_as_mailboxes_do_without_scripts(self, session: Session, pages: PageClient) -> None:
        message = written(session)

        answer = pages.client.get(f"/demo/courrier/{message.id}")

        assert answer.text == message.html
        assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-popups; default-src 'none'")

    def test_gives_the_files(self, session: Session, pages: PageClient) -> None:
        message = written(session, attachments=[Attachment("un.ics", "text/calendar; method=REQUEST", b"BEGIN")])

        answer = pages.client.get(f"/demo/courrier/{message.id}/1")

        assert (answer.data, answer.mimetype) == (b"BEGIN", "text/calendar")
        assert "un.ics" in answer.headers["Content-Disposition"]
        pages.get(f"/demo/courrier/{message.id}/2", 404)

    @pytest.mark.parametrize("path", ["/demo/courrier/0", f"/demo/courrier/{10**30}", "/demo/courrier/1/9999999999"])
    def test_knows_no_other(self, pages: PageClient, path: str) -> None:
        pages.get(path, 404)

    def test_is_linked_from_every_page(self, pages: PageClient) -> None:
        assert pages.get("/contact", is_form=True).select_one("header a[href='/demo/courrier']")

    def test_is_closed_where_a_relay_carries_messages(
        self, app: Flask, session: Session, pages: PageClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        message = written(session)
        monkeypatch.setitem(app.extensions, "mail_relay", object())
        monkeypatch.setitem(app.extensions, "sms_provider", object())

        pages.get("/demo/courrier", 404)
        pages.get(f"/demo/courrier/{message.id}", 404)

    def test_does_not_show_what_a_relay_carries(
        self, app: Flask, session: Session, pages: PageClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        message = written(session)
        monkeypatch.setitem(app.extensions, "mail_relay", object())

        assert "paul" not in pages.get("/demo/courrier").main
        pages.get(f"/demo/courrier/{message.id}", 404)


class TestElsewhere:
    def test_is_closed(self, session: Session, pages: PageClient) -> None:
        factories.offer(session)
        message = written(session, attachments=[Attachment("un.ics", "text/calendar", b"BEGIN")])

        pages.get("/demo/courrier", 404)
        pages.get(f"/demo/courrier/{message.id}", 404)
        pages.get(f"/demo/courrier/{message.id}/1", 404)


@pytest.mark.usefixtures("_demonstration")
class TestParts:
    def test_say_whom_one_may_be_and_how(self, pages: PageClient) -> None:
        page = pages.get("/demo")

        assert all(part.address in page.main for part in CAST)
        assert page.select_one("main a[href='/connexion']")
        assert page.select_one("main a[href='/demo/courrier']")


def test_nobody_else_may_be_played(pages: PageClient) -> None:
    pages.get("/demo", 404)
