"""Messages: written with their cause, once for a key, as each address wants them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests.notifications.samples import NOW, WITHOUT_EMAIL, write
from traitdunion.core import db
from traitdunion.notifications import addresses, messages
from traitdunion.notifications.messages import Address, Attachment, Draft, Topic
from traitdunion.notifications.models import Message, MessageAddress, State


def waiting_jobs(session: Session) -> int:
    """How many deliveries wait."""
    return int(
        session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notifications.jobs.deliver'"))
        or 0
    )


class TestWrite:
    def test_keeps_what_the_template_says(self, session: Session) -> None:
        message = write(session)

        assert message is not None
        assert message.subject == "C’est mardi & c’est sûr"
        assert "Bonjour Paul Létang,\n\nVenez mardi.\n\nVoir\u00a0: http" in message.text
        assert "<h1>C’est mardi &amp; c’est sûr</h1>" in (message.html or "")
        assert message.address.value == "paul@exemple.fr"
        assert message.state == State.WAITING

    def test_leaves_a_job_in_the_same_transaction(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            write(session)
            session.rollback()

        with db.transaction() as session:
            assert (waiting_jobs(session), session.scalar(select(func.count(Message.id)))) == (0, 0)
            write(session)
        with db.transaction() as session:
            assert (waiting_jobs(session), session.scalar(select(func.count(Message.id)))) == (1, 1)

    def test_changes_nothing_for_a_key_that_was_used(self, session: Session) -> None:
        first = write(session)

        second = write(session, values={"day": "jeudi"}, attachments=[Attachment("a.txt", "text/plain", b"")])

        assert first is not None
        assert second is first
        assert "mardi" in second.text
        assert second.attachments == []
        assert waiting_jobs(session) == 1

    def test_gives_each_message_an_identity_of_its_own(self, session: Session) -> None:
        first, second = write(session), write(session, key="k2")

        assert first is not None
        assert second is not None
        assert first.message_id != second.message_id
        assert first.message_id.startswith("<")
        assert first.message_id.endswith(">")

    def test_keeps_attachments_in_order(self, session: Session) -> None:
        files = [Attachment("b.ics", "text/calendar; method=REQUEST", b"1"), Attachment("a.txt", "text/plain", b"2")]

        message = write(session, attachments=files)

        session.flush()
        session.expire_all()
        assert message is not None
        assert [(one.name, one.content) for one in message.attachments] == [("b.ics", b"1"), ("a.txt", b"2")]

    def test_writes_an_sms_where_there_is_no_email(self, session: Session) -> None:
        message = write(session, to=WITHOUT_EMAIL)

        assert message is not None
        assert (message.channel, message.address.value, message.html) == ("sms", "+33639980001", None)
        assert message.text == "C’est mardi : venez."

    def test_makes_an_sms_of_the_subject_where_no_words_are_given(self, session: Session) -> None:
        message = write(session, to=WITHOUT_EMAIL, kind="wordy")

        assert message is not None
        assert message.text.startswith("C’est mardi & c’est sûr\u00a0: http")
        assert message.text.endswith("/offres")

    def test_writes_nothing_to_who_has_neither_an_email_nor_a_telephone(self, session: Session) -> None:
        message = write(session, to=Address(None, None))

        assert message is None

    def test_refuses_values_that_hide_what_letters_are_given(self, session: Session) -> None:
        with pytest.raises(ValueError, match="territory"):
            write(session, values={"day": "mardi", "territory": "x"})


class TestOptionalTopics:
    @pytest.mark.parametrize("topic", [Topic.REMINDER, Topic.SUGGESTION])
    def test_are_not_written_to_who_refused_them(self, session: Session, topic: Topic) -> None:
        known = self.known(session)
        known.accepts_reminders = known.accepts_suggestions = False

        assert write(session, topic=topic) is None
        assert write(session, topic=Topic.NECESSARY) is not None

    def test_are_refused_one_by_one(self, session: Session) -> None:
        known = self.known(session)
        known.accepts_suggestions = False

        assert write(session, topic=Topic.REMINDER) is not None
        assert write(session, topic=Topic.SUGGESTION, key="k2") is None

    def test_are_not_written_where_messages_do_not_arrive(self, session: Session) -> None:
        known = self.known(session)
        known.bounced_at = NOW - timedelta(days=1)

        assert write(session, topic=Topic.REMINDER) is None
        assert write(session, topic=Topic.NECESSARY) is not None
        assert addresses.is_refused(session, "PAUL@exemple.fr")

    def known(self, session: Session) -> MessageAddress:
        """The address, written to before."""
        message = write(session, key="before")
        assert message is not None
        return message.address


class TestAddress:
    def test_is_one_row_whatever_its_capitals(self, session: Session) -> None:
        write(session)
        write(session, key="k2", to=Address("PAUL@EXEMPLE.FR"))

        assert session.scalar(select(func.count(MessageAddress.id))) == 1


class TestWriteMany:
    def test_writes_to_each_as_one_would(self, session: Session) -> None:
        alone = write(session, key="alone")
        assert alone is not None
        drafts = [
            Draft(to=Address(email=alone.address.value, name=alone.name), key="k1", values={"day": "mardi"}),
            Draft(to=Address(email=None, phone="+33639980001", name="Zoé"), key="k2", values={"day": "jeudi"}),
            Draft(to=Address(email=None), key="k3", values={"day": "jamais"}),
        ]

        written = messages.write_many(session, alone.kind, drafts, now=NOW)

        first, second = session.scalars(select(Message).where(Message.key != "alone").order_by(Message.key))
        assert written == 2
        assert (first.subject, first.text, first.html) == (alone.subject, alone.text, alone.html)
        assert (second.channel, second.address.value) == ("sms", "+33639980001")
        assert waiting_jobs(session) == 3

    def test_changes_nothing_for_keys_that_were_used(self, session: Session) -> None:
        alone = write(session, key="k1")
        assert alone is not None
        to = Address(email=alone.address.value)

        for _ in range(2):
            keys = ("k1", "k2", "k2")
            drafts = [Draft(to=to, key=key, values={"day": "jeudi"}) for key in keys]
            messages.write_many(session, alone.kind, drafts, now=NOW)

        assert session.scalars(select(Message.key).order_by(Message.key)).all() == ["k1", "k2"]
        assert waiting_jobs(session) == 2

    def test_leaves_out_who_does_not_want_it(self, session: Session) -> None:
        alone = write(session, key="k1")
        assert alone is not None
        alone.address.accepts_suggestions = False
        draft = Draft(to=Address(email=alone.address.value), key="k2", values={"day": "jeudi"})

        assert messages.write_many(session, alone.kind, [draft], now=NOW, topic=Topic.SUGGESTION) == 0
