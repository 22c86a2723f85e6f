"""Nothing of a person reaches the logs or an address: a whole sign-in is read, line by line."""

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests import factories as make
from tests.accounts import letters
from tests.pages import PageClient
from traitdunion.accounts import people, sign_ins
from traitdunion.accounts.models import Person
from traitdunion.core import logs


class TestLogs:
    def test_say_nothing_of_who_signs_in(
        self, session: Session, pages: PageClient, capsys: pytest.CaptureFixture[str]
    ) -> None:
        logs.configure()
        make.person(session, "Élodie", email="elodie.dupont@exemple.fr", phone="+33612345678")
        pages.get("/connexion", is_form=True)
        pages.post("/connexion", {"adresse": "elodie.dupont@exemple"})
        pages.post("/connexion", {"adresse": "Elodie.Dupont@exemple.fr"})
        letter = letters.latest(session)
        pages.post("/connexion/code", {"code": "000000"})
        pages.get(letter.link, is_form=True)
        pages.client.get(letter.link + "x")
        answer = pages.post(letter.link)
        cookie = pages.client.get_cookie(sign_ins.COOKIE)
        assert cookie is not None
        pages.post("/mon-compte", {"prenom": "Élodie", "nom": "Dupont", "code_postal": "57990"})
        pages.post("/mon-compte/adresse", {"adresse": "06 98 76 54 32"}, form="/mon-compte")
        pages.post("/deconnexion", form="/mon-compte")

        said = capsys.readouterr()
        lines = said.err + said.out
        assert lines.count('"route": "/connexion/lien/<token>"') >= 3
        token = letter.link.rpartition("/")[2]
        for secret in ("lodie", "upont", "exemple", "06 98", "69876", "57990", token, letter.code, cookie.value):
            assert secret.lower() not in lines.lower(), secret
        assert answer.location in {"/mon-espace", "/mon-compte"}

    def test_say_nothing_when_it_fails(
        self, session: Session, pages: PageClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        logs.configure()
        make.person(session, email="elodie.dupont@exemple.fr")
        pages.post("/connexion", {"adresse": "camille@exemple.fr"})
        letter = letters.latest(session)
        monkeypatch.setitem(pages.app.config, "PROPAGATE_EXCEPTIONS", False)
        monkeypatch.setattr(people, "get_or_create", _written_twice)

        answer = pages.post(letter.link)

        lines = capsys.readouterr().err
        assert answer.status_code == 500
        assert "request failed" in lines
        assert "uq_people_email" in lines
        assert letter.link.rpartition("/")[2] not in lines
        assert "dupont" not in lines


def _written_twice(session: Session, **_: object) -> None:
    # PostgreSQL's words name the value that stands twice.
    session.execute(insert(Person).values(email="elodie.dupont@exemple.fr", created_at=make.NOW))
