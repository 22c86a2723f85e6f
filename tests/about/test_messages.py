"""Contact messages: told to who may answer, kept twelve months as the register says."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.about import jobs, messages
from traitdunion.about.models import ContactMessage, Subject
from traitdunion.core import clock
from traitdunion.notifications.models import Message
from traitdunion.territories import territories


class TestForget:
    def test_erases_what_is_older_than_twelve_months(self, session: Session) -> None:
        for days in (364, 366):
            messages.send(
                session,
                territory="metz",
                subject=Subject.QUESTION,
                body=f"{days} jours",
                reply_to=None,
                now=clock.now() - timedelta(days=days),
            )
        session.commit()

        jobs.forget_messages.func(timestamp=0)

        assert session.scalars(select(ContactMessage.body)).all() == ["364 jours"]


class TestSend:
    def send(self, session: Session) -> None:
        """Somebody writes."""
        messages.send(
            session,
            territory="metz",
            subject=Subject.QUESTION,
            body="Je m’appelle Paul",
            reply_to="paul@exemple.fr",
            now=clock.now(),
        )

    def test_tells_the_contact_without_saying_what_or_who(
        self, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        metz = territories.by_key("metz")
        reached = replace(metz, contact=replace(metz.contact, email="equipe@exemple.fr"))
        monkeypatch.setitem(app.extensions["territories"], "metz", reached)

        self.send(session)

        (told,) = session.scalars(select(Message))
        assert told.address.value == "equipe@exemple.fr"
        assert Subject.QUESTION.label in told.text
        assert "aul" not in told.text

    def test_tells_nobody_where_there_is_no_address(self, session: Session) -> None:
        self.send(session)

        assert session.scalars(select(Message)).all() == []
