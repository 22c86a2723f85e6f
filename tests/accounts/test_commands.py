"""`flask accounts …` gives and takes rights, on the record."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts import people
from traitdunion.accounts.models import AuditEntry, Ban


def run(app: Flask, *words: str) -> tuple[int, str]:
    """Exit status and what was said."""
    result = app.test_cli_runner().invoke(args=["accounts", *words])
    return result.exit_code, result.output


class TestOperator:
    def test_is_made_and_unmade(self, app: Flask, session: Session) -> None:
        made = run(app, "operator", "Chef@Exemple.fr")
        person = people.find(session, email="chef@exemple.fr")
        assert person is not None
        was_operator = person.is_operator
        unmade = run(app, "operator", "chef@exemple.fr", "--revoke")
        session.refresh(person)

        assert made == (0, "Cette personne administre le service.\n")
        assert unmade[0] == 0
        assert (was_operator, person.is_operator) == (True, False)
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert [(entry.by_id, entry.act) for entry in entries] == [(None, "grant operator"), (None, "revoke operator")]

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (["chef"], "pas un numéro"),
            (["chef@exemple"], "fin de l’adresse"),
            (["a@exemple.fr", "--revoke"], "Personne"),
        ],
    )
    def test_says_what_is_wrong(self, app: Flask, session: Session, words: list[str], told: str) -> None:
        status, said = run(app, "operator", *words)

        assert status == 1
        assert told in said


class TestBan:
    @pytest.mark.parametrize("typed", ["a@exemple.fr", "06 12 34 56 78"])
    def test_shuts_a_person_out_and_in(self, app: Flask, session: Session, typed: str) -> None:
        person = make.person(session, email="a@exemple.fr", phone="+33612345678")
        session.commit()

        out = run(app, "ban", typed, "--reason", "Nuit.")
        session.refresh(person)
        is_out = person.banned_at is not None
        back = run(app, "unban", typed)
        session.refresh(person)

        assert (out[0], back[0]) == (0, 0)
        assert (is_out, person.banned_at) == (True, None)

    def test_shuts_an_unknown_address_out_and_in(self, app: Flask, session: Session) -> None:
        out = run(app, "ban", "a@exemple.fr", "--reason", "Nuit.")
        rows = session.scalars(select(Ban)).all()
        back = run(app, "unban", "a@exemple.fr")
        again = run(app, "unban", "a@exemple.fr")

        assert (out[0], len(rows), back[0], again[0]) == (0, 1, 0, 1)
        assert "ne sont exclues" in again[1]
