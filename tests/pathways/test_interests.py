"""Wishes to try a job: kept of a proved address, told of the first slot, counted for companies and operators."""

import re
from datetime import timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.notifications.models import Message
from traitdunion.pathways import interests
from traitdunion.pathways.models import Interest

NOW = make.NOW
METZ = {"latitude": 49.1081, "longitude": 6.196}


class TestTell:
    def test_writes_once_when_a_slot_comes_near(self, session: Session) -> None:
        wish = make.interest(session, make.person(session), **METZ)

        assert not interests.tell(session, wish, now=NOW)
        make.slot(session, title="Au fournil")
        assert interests.tell(session, wish, now=NOW)
        assert not interests.tell(session, wish, now=NOW)

        (letter,) = session.scalars(select(Message)).all()
        assert "Au fournil" in letter.subject
        assert not interests.untold(session)

    def test_waits_for_one_that_is_near_and_of_the_job(self, session: Session) -> None:
        wish = make.interest(session, make.person(session), **METZ)
        make.slot(session, latitude=48.5)
        make.slot(session, occupation_code="F1703")
        make.slot(session, state="full")

        assert not interests.tell(session, wish, now=NOW)


class TestDemands:
    def test_say_where_most_would_like_to_try(self, session: Session) -> None:
        for department, told_at in (("57", None), ("54", NOW), ("57", None)):
            make.interest(
                session,
                make.person(session),
                employer_key="au fournil",
                company_name="Au Fournil",
                department=department,
                told_at=told_at,
            )
        make.interest(session, make.person(session))

        first, second = interests.demands(session)

        assert (first.company_name, first.people, first.waiting) == ("Au Fournil", 3, 2)
        assert first.departments == ["54", "57"]
        assert (second.company_name, second.title, second.departments) == (None, "Boulanger", [])

    def test_are_told_by_the_command_line(self, session: Session) -> None:
        make.interest(session, make.person(session), company_name="Au Fournil")
        session.commit()

        told = current_app.test_cli_runner().invoke(args=["pathways", "interests"])

        assert "   1  Au Fournil, Boulanger" in told.output


class TestCountOfCompany:
    def test_finds_its_own_by_its_name_and_department(self, session: Session) -> None:
        company = make.company(session, "Au Fournil")
        for department in ("57", "75"):
            make.interest(session, make.person(session), employer_key="au fournil", department=department)

        assert interests.count_of_company(session, company) == 1


class TestForget:
    def test_erases_what_is_a_year_old(self, session: Session) -> None:
        make.interest(session, make.person(session))

        interests.forget(session, before=NOW + timedelta(seconds=1))

        assert not session.scalars(select(Interest)).all()


class TestWishPage:
    def test_keeps_a_stranger_s_wish_once_the_code_is_typed(self, pages: PageClient, session: Session) -> None:
        training = make.training(session)
        make.action(session, training)
        who = {"nom": "Léa Martin", "adresse": "lea@exemple.fr", "naissance": "01/02/1990", "code_postal": "57000"}

        asked = pages.post(f"/formations/{training.id}/essayer", who)
        assert not session.scalars(select(Interest)).all()
        code = re.search(r"\b(\d{6})\b", session.scalars(select(Message.text)).one())
        assert code
        done = pages.post("/connexion/code", {"code": code[1]})

        assert asked.headers["Location"].endswith("/connexion/code")
        assert "/mon-espace" in done.headers["Location"]
        kept = session.scalars(select(Interest)).one()
        assert (kept.training_id, kept.latitude) == (training.id, METZ["latitude"])

    def test_shows_no_form_for_what_is_gone(self, pages: PageClient, session: Session) -> None:
        pages.get(f"/offres/{make.offer(session, withdrawn_at=NOW).id}/essayer", 404)
        pages.get("/formations/999999/essayer", 404)
