"""What waits for a proof is done once, whatever the proof was, and never keeps a person out."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.accounts import letters
from tests.pages import Page, PageClient, check
from traitdunion.accounts import sign_in
from traitdunion.accounts.models import Person, SignInRequest
from traitdunion.accounts.sign_in import CodeRefused, LinkRefused, Pending
from traitdunion.core import clock
from traitdunion.core.errors import Refused
from traitdunion.notifications.messages import Address
from traitdunion.notifications.models import Message

EMAIL = Address(email="camille@exemple.fr")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What was done for those who proved their address; a « no » is refused."""
    kept: list[dict[str, Any]] = []

    def act(session: Session, person: Person, values: dict[str, Any], now: datetime) -> str | None:
        person.training_wish = "written before the refusal"
        session.flush()
        if values.get("no"):
            raise Refused("Cette immersion est complète.")
        kept.append({"person": person.id, **values})
        path: str | None = values.get("path")
        return path

    monkeypatch.setitem(sign_in._handlers, "test", act)
    return kept


def ask(session: Session, **values: Any) -> letters.Letter:
    """Asks with something that waits."""
    then = Pending("test", values, told="réserver votre visite")
    sign_in.ask(session, address=EMAIL, browser="browser", then=then, path="/formations", now=make.NOW)
    session.flush()
    return letters.latest(session)


def confirm(session: Session, letter: letters.Letter) -> sign_in.Done:
    """Types the code."""
    return sign_in.confirm_code(session, letter.code, browser="browser", device="Chrome", now=make.NOW)


class TestPending:
    def test_is_done_for_who_proved_the_address(self, session: Session, done: list[dict[str, Any]]) -> None:
        letter = ask(session, slot_id=3, path="/immersions")

        found = confirm(session, letter)

        assert done == [{"person": found.person.id, "slot_id": 3, "path": "/immersions"}]
        assert (found.path, found.refusal) == ("/immersions", None)
        assert found.secret

    def test_leaves_the_page_that_was_asked_for(self, session: Session, done: list[dict[str, Any]]) -> None:
        assert confirm(session, ask(session)).path == "/formations"

    def test_is_told_by_the_message(self, session: Session, done: list[dict[str, Any]]) -> None:
        ask(session)

        assert "Pour réserver votre visite" in session.scalars(select(Message)).one().text

    def test_is_done_once_and_forgotten(self, session: Session, done: list[dict[str, Any]]) -> None:
        letter = ask(session, slot_id=3)
        confirm(session, letter)

        with pytest.raises(CodeRefused):
            confirm(session, letter)
        with pytest.raises(LinkRefused, match="déjà servi"):
            sign_in.confirm_link(
                session, letter.link.rpartition("/")[2], browser="browser", code="", device="Chrome", now=make.NOW
            )
        assert len(done) == 1
        session.expire_all()
        assert session.scalars(select(SignInRequest)).one().pending_values is None

    def test_that_is_refused_signs_in_and_undoes_only_itself(
        self, session: Session, done: list[dict[str, Any]]
    ) -> None:
        found = confirm(session, ask(session, no=True))

        session.refresh(found.person)
        assert found.refusal == "Cette immersion est complète."
        assert (found.secret is not None, found.path) == (True, None)
        assert found.person.training_wish is None

    def test_that_is_refused_is_told_to_who_is_signed_in(
        self, session: Session, pages: PageClient, done: list[dict[str, Any]]
    ) -> None:
        pages.client.set_cookie("asked", "browser")
        then = Pending("test", {"no": True})
        sign_in.ask(session, address=EMAIL, browser="browser", then=then, now=clock.now())
        session.commit()

        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})

        page = Page(answer.text, "lxml")
        check(page, "/connexion/code")
        assert answer.status_code == 200
        assert "Cette immersion est complète." in page.main
        assert pages.client.get("/mon-compte").status_code == 200


class TestAsk:
    def test_keeps_no_secret(self, session: Session) -> None:
        sign_in.ask(session, address=EMAIL, browser="browser", now=make.NOW)
        session.flush()

        letter, (row,) = letters.latest(session), session.scalars(select(SignInRequest)).all()
        kept = row.link + row.code + row.browser
        for secret in (letter.code, letter.link.rpartition("/")[2], "browser"):
            assert secret.encode() not in kept

    def test_is_not_delivered_when_it_is_too_late(self, session: Session) -> None:
        sign_in.ask(session, address=EMAIL, browser="browser", now=make.NOW)
        session.flush()

        assert session.scalars(select(Message)).one().expires_at == make.NOW + sign_in.VALID_FOR
