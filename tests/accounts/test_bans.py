"""Who is banned is out at once, everywhere, with every address, until let in again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.accounts import letters
from tests.pages import Page, PageClient, check
from traitdunion.accounts import bans
from traitdunion.accounts.bans import Banned
from traitdunion.accounts.models import AuditEntry, Ban, SignIn


class TestBan:
    def test_shuts_out_at_once(self, session: Session, pages: PageClient) -> None:
        operator, person = make.person(session, is_operator=True), make.person(session)
        pages.sign_in(person)

        bans.ban(session, person, reason="Ne vient jamais.", by=operator.id, now=make.NOW)
        session.commit()

        assert pages.client.get("/mon-compte").status_code == 303
        assert session.scalars(select(SignIn)).all() == []
        with pytest.raises(Banned):
            bans.refuse(session, person)
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.by_id, entry.act, entry.subject, entry.subject_id) == (operator.id, "ban", "people", person.id)

    def test_is_told_plainly_and_only_to_who_proves_the_address(self, session: Session, pages: PageClient) -> None:
        person = make.person(session, email="a@exemple.fr")
        bans.ban(session, person, reason="Ne vient jamais.", by=None, now=make.NOW)
        session.commit()

        asked = pages.post("/connexion", {"adresse": "a@exemple.fr"})
        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})

        page = Page(answer.text, "lxml")
        check(page, "/connexion/code")
        assert asked.status_code == 303
        assert answer.status_code == 403
        assert "Ce compte a été suspendu" in page.main
        assert "Ne vient jamais" not in page.main
        assert pages.client.get("/mon-compte").status_code == 303

    def test_of_an_address_outlives_its_person(self, session: Session) -> None:
        person = make.person(session, email="a@exemple.fr", phone="+33612345678")
        bans.ban(session, person, reason="Nuit.", by=None, now=make.NOW)
        session.execute(update(Ban).values(person_id=None))
        session.delete(person)
        session.flush()

        for address in ({"email": "a@exemple.fr"}, {"email": None, "phone": "+33612345678"}):
            with pytest.raises(Banned):
                bans.refuse(session, make.person(session, **address))

    def test_keeps_no_address_that_can_be_read(self, session: Session) -> None:
        bans.ban_address(session, "a@exemple.fr", reason="Nuit.", by=None, now=make.NOW)

        (row,) = session.scalars(select(Ban))
        assert row.address is not None
        assert b"exemple" not in row.address

    def test_is_lifted(self, session: Session) -> None:
        person = make.person(session)
        bans.ban(session, person, reason="Erreur.", by=None, now=make.NOW)

        bans.lift(session, person, by=None, now=make.NOW)

        bans.refuse(session, person)
        assert [entry.act for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))] == [
            "ban",
            "lift ban",
        ]

    def test_is_forgotten_but_for_those_who_are_still_out(self, session: Session) -> None:
        person = make.person(session)
        bans.ban(session, person, reason="Nuit.", by=None, now=make.NOW)

        bans.forget(session, before=make.NOW + timedelta(days=1))

        assert session.scalars(select(Ban)).all() == []
        with pytest.raises(Banned):
            bans.refuse(session, person)
