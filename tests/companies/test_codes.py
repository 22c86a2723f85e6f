"""Codes by letter."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.companies import codes, members
from traitdunion.companies.codes import CodeRefused
from traitdunion.companies.models import Company, CompanyCode


@pytest.fixture
def company(session: Session) -> Company:
    """A company that is not verified."""
    return make.company(session, verified_at=None)


@pytest.fixture
def person(session: Session, company: Company) -> Person:
    """Who asks to join it."""
    made = make.person(session)
    make.member(session, company, made, state="asking")
    return made


def asked(session: Session, company: Company, person: Person) -> CompanyCode:
    """The letter that the person asked for."""
    codes.ask(session, company, person_id=person.id, now=make.NOW)
    session.expire_all()
    found = codes.of(session, company.id, person.id)
    assert found is not None
    return found


def wrong(code: str) -> str:
    """Another code."""
    return ("A" if code[0] != "A" else "B") + code[1:]


class TestAsk:
    def test_puts_the_letter_on_the_list_once(self, session: Session, company: Company, person: Person) -> None:
        letter = asked(session, company, person)
        codes.ask(session, company, person_id=person.id, now=make.NOW + timedelta(days=1))

        assert codes.to_print(session) == [letter]
        assert letter.asked_at == make.NOW

    @pytest.mark.parametrize("fields", [{"state": "unverified"}, {"address": None}])
    def test_needs_the_address_of_the_register(self, session: Session, fields: dict[str, Any]) -> None:
        company = make.company(session, **fields)

        with pytest.raises(CodeRefused, match="adresse"):
            codes.ask(session, company, person_id=make.person(session).id, now=make.NOW)


class TestTry:
    def test_verifies_and_makes_a_member(self, session: Session, company: Company, person: Person) -> None:
        code = codes.issue(asked(session, company, person), now=make.NOW)
        session.flush()

        codes.try_(session, company, f" {code.lower()} ", person_id=person.id, now=make.NOW)

        session.flush()
        assert (company.verification, company.verified_by_id) == ("code", person.id)
        assert members.is_active(session, company.id, person.id)
        assert codes.of(session, company.id, person.id) is None

    def test_keeps_only_a_fingerprint(self, session: Session, company: Company, person: Person) -> None:
        letter = asked(session, company, person)

        code = codes.issue(letter, now=make.NOW)

        assert code.replace("-", "").encode() not in (letter.fingerprint or b"")
        assert len(code.replace("-", "")) == 8

    def test_counts_five_tries_however_they_end(self, session: Session, company: Company, person: Person) -> None:
        code = codes.issue(asked(session, company, person), now=make.NOW)
        session.flush()
        told = []

        for _ in range(6):
            with pytest.raises(CodeRefused) as refusal:
                codes.try_(session, company, wrong(code), person_id=person.id, now=make.NOW)
            told.append(str(refusal.value).rpartition("reste ")[2])
        with pytest.raises(CodeRefused, match="cinq essais"):
            codes.try_(session, company, code, person_id=person.id, now=make.NOW)

        assert told[:4] == ["4\u00a0essais.", "3\u00a0essais.", "2\u00a0essais.", "1\u00a0essai."]
        assert not company.is_verified

    def test_lets_another_letter_be_asked_for_after_that(
        self, session: Session, company: Company, person: Person
    ) -> None:
        letter = asked(session, company, person)
        codes.issue(letter, now=make.NOW)
        letter.attempts = 5
        session.flush()

        again = asked(session, company, person)

        assert (again.fingerprint, again.attempts) == (None, 0)

    def test_is_worth_nothing_for_somebody_else(self, session: Session, company: Company, person: Person) -> None:
        code, other = codes.issue(asked(session, company, person), now=make.NOW), make.person(session)
        make.member(session, company, other, state="asking")
        codes.issue(asked(session, company, other), now=make.NOW)
        session.flush()

        with pytest.raises(CodeRefused):
            codes.try_(session, company, code, person_id=other.id, now=make.NOW)

    def test_is_worth_nothing_before_or_long_after(self, session: Session, company: Company, person: Person) -> None:
        letter = asked(session, company, person)
        with pytest.raises(CodeRefused, match="pas encore"):
            codes.try_(session, company, "ABCD-2345", person_id=person.id, now=make.NOW)
        code = codes.issue(letter, now=make.NOW)
        session.flush()

        with pytest.raises(CodeRefused, match="deux mois"):
            codes.try_(session, company, code, person_id=person.id, now=make.NOW + timedelta(days=61))


class TestCommand:
    def test_writes_a_page_to_print(
        self, app: Flask, session: Session, company: Company, person: Person, tmp_path: Path
    ) -> None:
        asked(session, company, person)
        session.commit()

        result = app.test_cli_runner().invoke(args=["companies", "letters", "--output", str(tmp_path)])

        assert result.output.endswith(": 1.\n"), result.output
        (file,) = tmp_path.glob("*.html")
        assert company.siret in file.name
        assert "Votre code de vérification" in file.read_text()
        assert file.stat().st_mode & 0o077 == 0
