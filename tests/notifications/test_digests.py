"""Digests: once a day and whole, what needs an answer first, told once, as often as the address wants."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.notifications.samples import PAUL
from tests.notifications.test_views import path, post
from tests.pages import PageClient
from traitdunion.core import db
from traitdunion.notifications import addresses, digests
from traitdunion.notifications.messages import Address
from traitdunion.notifications.models import Channel, DigestItem, Frequency, Message, MessageAddress

FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 21, 5, 30, tzinfo=UTC)
"""At half past six in France."""
MONDAY = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)


def add(session: Session, key: str = "k1", *, now: datetime = FRIDAY, answer_by: date | None = None) -> None:
    """Paul is told that Ada accepted."""
    line = f"Ada Exemple a répondu ({key})."
    digests.add(session, to=PAUL, key=key, line=line, path="/prescripteur/3", answer_by=answer_by, now=now)
    session.flush()


def paul(session: Session, frequency: Frequency = Frequency.DAY) -> MessageAddress:
    """His address, told that often."""
    assert PAUL.email is not None
    known = addresses.find_or_add(session, Channel.EMAIL, PAUL.email.lower(), now=FRIDAY)
    known.frequency = frequency.value
    session.flush()
    return known


def written(session: Session) -> list[Message]:
    """All messages, the first written first."""
    return list(session.scalars(select(Message).order_by(Message.id)))


def run(session: Session, *, now: datetime) -> None:
    """What the job does."""
    for address_id in digests.due(session, now=now):
        digests.compose(session, address_id, now=now)


class TestAdd:
    def test_waits_for_the_next_morning(self, session: Session) -> None:
        add(session)

        assert written(session) == []
        assert digests.due(session, now=FRIDAY) == []
        assert len(digests.due(session, now=SATURDAY)) == 1

    def test_tells_the_same_key_once(self, session: Session) -> None:
        add(session)
        run(session, now=SATURDAY)
        add(session, now=SATURDAY)

        run(session, now=SATURDAY + timedelta(days=1))

        assert len(written(session)) == 1

    def test_writes_at_once_to_who_wants_it_now(self, session: Session) -> None:
        paul(session, Frequency.NOW)

        add(session)
        add(session)

        (message,) = written(session)
        assert message.subject == "Ada Exemple a répondu (k1)."
        assert digests.due(session, now=SATURDAY) == []

    def test_keeps_nothing_for_who_wants_nothing(self, session: Session) -> None:
        paul(session, Frequency.NOTHING)

        add(session)

        assert session.scalar(select(func.count()).select_from(DigestItem)) == 0

    def test_keeps_nothing_for_who_has_no_address(self, session: Session) -> None:
        digests.add(session, to=Address(None, None, "Ada"), key="k", line="Bonjour.", path="/", now=FRIDAY)

        assert session.scalar(select(func.count()).select_from(DigestItem)) == 0


class TestDue:
    @pytest.mark.parametrize(
        ("frequency", "now", "is_due"),
        [
            (Frequency.DAY, SATURDAY, True),
            (Frequency.DAY, SATURDAY - timedelta(hours=2), False),
            (Frequency.WEEK, SATURDAY, False),
            (Frequency.WEEK, MONDAY, True),
            (Frequency.NOTHING, MONDAY, False),
        ],
    )
    def test_is_what_the_address_wants(
        self, session: Session, frequency: Frequency, now: datetime, is_due: bool
    ) -> None:
        add(session)
        paul(session, frequency)

        assert bool(digests.due(session, now=now)) is is_due


class TestCompose:
    def test_says_first_what_needs_an_answer_today(self, session: Session) -> None:
        add(session, "savoir")
        add(session, "plus-tard", answer_by=SATURDAY.date() + timedelta(days=5))
        add(session, "ce-jour", answer_by=SATURDAY.date())

        run(session, now=SATURDAY)

        (message,) = written(session)
        order = [message.text.index(f"({key})") for key in ("ce-jour", "plus-tard", "savoir")]
        assert order == sorted(order)
        assert message.subject == "À répondre aujourd’hui : 1, et 2 autres nouvelles"

    def test_goes_once_a_day(self, session: Session) -> None:
        add(session)
        run(session, now=SATURDAY)
        add(session, "k2", now=SATURDAY - timedelta(hours=2))

        run(session, now=SATURDAY + timedelta(hours=1))

        assert len(written(session)) == 1
        run(session, now=SATURDAY + timedelta(days=1))
        assert len(written(session)) == 2

    def test_leaves_out_what_was_settled(self, session: Session) -> None:
        add(session)
        add(session, "k2")

        digests.settle(session, "k1")
        run(session, now=SATURDAY)

        (message,) = written(session)
        assert "(k1)" not in message.text

    def test_reaches_by_sms_who_has_no_email(self, session: Session) -> None:
        to = Address(None, "+33639980007", "Ada")
        digests.add(session, to=to, key="k", line="Paul a répondu.", path="/prescripteur/3", now=FRIDAY)
        session.flush()

        run(session, now=SATURDAY)

        (message,) = written(session)
        assert message.channel == Channel.SMS
        assert message.text.startswith("Paul a répondu.")

    @pytest.mark.usefixtures("committing_app")
    def test_is_whole_or_not_at_all(self) -> None:
        with db.transaction() as session:
            add(session)
            add(session, "k2")

        with pytest.raises(InterruptedError):
            _compose_and_die()

        with db.transaction() as session:
            assert written(session) == []
            run(session, now=SATURDAY)
        with db.transaction() as session:
            (message,) = written(session)
            assert "(k1)" in message.text
            assert "(k2)" in message.text

    def test_goes_once_when_two_workers_compose(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            add(session)
            (address_id,) = digests.due(session, now=SATURDAY)

        def compose(_number: int) -> bool:
            with committing_app.app_context(), db.transaction() as session:
                return digests.compose(session, address_id, now=SATURDAY) is not None

        with ThreadPoolExecutor(4) as pool:
            composed = list(pool.map(compose, range(4)))

        assert sum(composed) == 1


def _compose_and_die() -> None:
    with db.transaction() as session:
        run(session, now=SATURDAY)
        raise InterruptedError


class TestForget:
    def test_erases_what_was_told_a_month_ago(self, session: Session) -> None:
        add(session)
        run(session, now=SATURDAY)

        digests.forget(session, now=SATURDAY + timedelta(days=31))

        assert session.scalar(select(func.count()).select_from(DigestItem)) == 0

    def test_keeps_what_waits(self, session: Session) -> None:
        add(session)

        digests.forget(session, now=FRIDAY + timedelta(days=31))

        assert session.scalar(select(func.count()).select_from(DigestItem)) == 1


class TestPreferences:
    def test_ask_a_professional_how_often(self, session: Session, pages: PageClient) -> None:
        add(session)
        address = paul(session)
        page = path(addresses.preferences_url(address))

        assert post(pages, page, {"rappels": "y", "suggestions": "y", "rythme": "week"}) == 303

        session.refresh(address)
        assert address.frequency == Frequency.WEEK

    def test_refuse_another_word(self, session: Session, pages: PageClient) -> None:
        add(session)
        page = path(addresses.preferences_url(paul(session)))

        assert post(pages, page, {"rythme": "souvent"}) == 422

    def test_do_not_ask_the_others(self, session: Session, pages: PageClient) -> None:
        page = path(addresses.preferences_url(paul(session)))

        assert "rythme" not in pages.get(page, is_form=True).text

    def test_refuse_digests_by_the_button_of_the_mailbox(self, session: Session, pages: PageClient) -> None:
        add(session)
        run(session, now=SATURDAY)
        url = addresses.unsubscribe_url(written(session)[0])

        assert pages.client.post(path(url)).status_code == 204

        address = paul_as_stored(session)
        assert address.frequency == Frequency.NOTHING
        assert address.accepts_reminders


def paul_as_stored(session: Session) -> MessageAddress:
    """His address, read again."""
    return session.scalars(select(MessageAddress).execution_options(populate_existing=True)).one()
