"""`flask about …`: what an operator reads and closes."""

from datetime import datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.about import messages
from traitdunion.about.models import ContactMessage, Subject


def run(app: Flask, *args: str) -> Result:
    """The command's outcome."""
    return app.test_cli_runner().invoke(args=["about", *args])


def send(session: Session, body: str = "Bonjour.", *, now: datetime = make.NOW, reply_to: str = "") -> ContactMessage:
    """A message that waits."""
    message = messages.send(
        session, territory="metz", subject=Subject.ERROR, body=body, reply_to=reply_to or None, now=now
    )
    session.commit()
    return message


class TestMessages:
    def test_are_shown_whole(self, app: Flask, session: Session) -> None:
        message = send(session, "Bonjour,\nla date est fausse.", reply_to="lea@exemple.fr")

        result = run(app, "messages")

        assert result.exit_code == 0
        assert result.output == (
            f"N° {message.id}, 20/11/2026 à 10:00, territoire metz\n"
            "Sujet : Une erreur dans une offre ou une formation\n"
            "Réponse à : lea@exemple.fr\n"
            "  Bonjour,\n"
            "  la date est fausse.\n\n"
            "1 message.\n"
        )

    def test_are_said_to_be_none(self, app: Flask) -> None:
        assert run(app, "messages").output == "Aucun message.\n"

    def test_that_are_closed_are_shown_on_demand(self, app: Flask, session: Session) -> None:
        send(session, "Ouvert.")
        closed = send(session, "Fermé.")
        messages.close(session, closed.id, now=make.NOW)
        session.commit()

        assert "Fermé." not in run(app, "messages").output
        assert "metz, clos" in run(app, "messages", "--all").output


class TestClose:
    def test_takes_a_message_away(self, app: Flask, session: Session) -> None:
        message = send(session)

        assert run(app, "close", str(message.id)).output == f"Message {message.id} clos.\n"
        assert run(app, "messages").output == "Aucun message.\n"

    @pytest.mark.parametrize(("number", "status"), [("12", 1), ("0", 2), (str(2**63), 2), ("x", 2)])
    def test_refuses_what_is_no_message(self, app: Flask, number: str, status: int) -> None:
        result = run(app, "close", number)

        assert result.exit_code == status
        assert "Aucun message n’a le numéro 12." in result.output or status == 2
