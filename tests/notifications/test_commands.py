"""`flask notifications …`, as an operator types it."""

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.mailbox import Mailbox
from tests.notifications.samples import WITHOUT_EMAIL, written
from traitdunion.core import db, jobs
from traitdunion.notifications import addresses


def run(app: Flask, *arguments: str) -> Result:
    """What the command says."""
    return app.test_cli_runner().invoke(args=["notifications", *arguments])


class TestTest:
    @pytest.mark.usefixtures("relay")
    def test_sends_at_once_and_shows_the_answer(self, app: Flask, session: Session, box: Mailbox) -> None:
        result = run(app, "test", "Moi@Exemple.fr")

        assert result.exit_code == 0
        assert "Le relais a pris l’e-mail d’essai (réponse 250 2.0.0)." in result.output
        assert box.recipients == ["moi@exemple.fr"]
        assert box.messages[0]["Subject"] == "Essai d’envoi"

    @pytest.mark.usefixtures("relay")
    @pytest.mark.parametrize(
        ("fault", "told"),
        [
            (("rcpt", "550 5.1.1 unknown"), "refuse ce message (550 5.1.1)"),
            (("mail", "550 5.1.8 no"), "a refusé l’expéditeur"),
        ],
    )
    def test_says_what_went_wrong_in_one_line(
        self, app: Flask, session: Session, box: Mailbox, fault: tuple[str, str], told: str
    ) -> None:
        box.next(*fault)

        result = run(app, "test", "moi@exemple.fr")

        assert result.exit_code == 1
        assert told in result.output
        assert len(result.output.splitlines()) == 1

    @pytest.mark.usefixtures("relay")
    def test_refuses_what_is_no_address(self, app: Flask, session: Session) -> None:
        assert run(app, "test", "moi").exit_code == 2

    def test_says_that_there_is_no_relay(self, app: Flask, session: Session) -> None:
        result = run(app, "test", "moi@exemple.fr")

        assert result.exit_code == 1
        assert "SMTP_URL n’est pas réglé" in result.output


class TestWaiting:
    def test_says_what_waits_and_why(self, app: Flask, session: Session) -> None:
        written(session)
        written(session, key="k2", to=WITHOUT_EMAIL)
        session.commit()

        told = run(app, "waiting").output

        assert "E-mail : 1 en attente depuis le 21/11/2026 à 10:00 ; rien ne les emporte : réglez SMTP_URL." in told
        assert "SMS : 1 en attente" in told

    @pytest.mark.usefixtures("relay")
    def test_says_that_nothing_does(self, app: Flask, session: Session) -> None:
        assert run(app, "waiting").output == "Aucun message n’attend.\n"


class TestRetry:
    @pytest.mark.usefixtures("relay")
    def test_makes_both_kinds_leave_now(self, committing_app: Flask, box: Mailbox) -> None:
        with db.transaction() as session:
            put_off = written(session)
            left_behind = written(session, key="k2")
            session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 day'"))
            session.execute(
                text("DELETE FROM procrastinate_jobs WHERE args ->> 'message_id' = :id"), {"id": str(left_behind.id)}
            )

        result = run(committing_app, "retry")
        jobs.run_worker(committing_app, wait=False)

        assert "2 messages remis en route." in result.output
        assert sorted(box.ids) == sorted([put_off.message_id, left_behind.message_id])


class TestRefused:
    def test_is_noted_and_forgotten(self, app: Flask, session: Session) -> None:
        written(session)
        session.commit()

        noted = run(app, "refused", "Paul@exemple.fr")
        session.expire_all()
        is_noted = addresses.is_refused(session, "paul@exemple.fr")
        session.commit()
        forgotten = run(app, "refused", "paul@exemple.fr", "--forget")
        session.expire_all()

        assert "Refus noté" in noted.output
        assert is_noted
        assert "Refus oublié" in forgotten.output
        assert not addresses.is_refused(session, "paul@exemple.fr")

    def test_knows_no_stranger(self, app: Flask, session: Session) -> None:
        result = run(app, "refused", "qui@exemple.fr")

        assert (result.exit_code, "Aucun message" in result.output) == (1, True)
