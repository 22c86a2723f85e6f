"""Somebody is added once, however many click at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.core import db
from traitdunion.prescribers import newcomers
from traitdunion.prescribers.duplicates import Described
from traitdunion.prescribers.models import CaseloadEntry
from traitdunion.prescribers.newcomers import AddressTaken

CAMILLE = Described(given_name="Camille", family_name="Lefèvre", birth_date=date(1990, 3, 4))


class TestAdd:
    def test_of_a_crowd_makes_one_person(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            by = make.prescriber(session, make.prescriber_organisation(session))
            organisation_id, person = by.organisation_id, by.person
        assert person

        def click(_: int) -> int:
            pages = PageClient(committing_app)
            pages.sign_in(person)
            typed = {"prenom": "Camille", "nom": "Lefèvre", "naissance": "04/03/1990"}
            return pages.post(f"/prescripteur/{organisation_id}/personnes/nouvelle", typed).status_code

        with ThreadPoolExecutor(4) as pool:
            told = sorted(pool.map(click, range(4)))

        assert told == [303, 409, 409, 409]
        with db.transaction() as session:
            assert session.scalar(select(func.count()).select_from(CaseloadEntry)) == 1

    @pytest.mark.parametrize(("field", "value"), [("email", "a@exemple.fr"), ("phone", "+33639980031")])
    def test_is_refused_an_address_that_was_taken_meanwhile(
        self, session: Session, monkeypatch: pytest.MonkeyPatch, field: str, value: str
    ) -> None:
        by = make.prescriber(session, make.prescriber_organisation(session))
        address: dict[str, Any] = {field: value}
        make.person(session, **{"email": None, **address})
        described = Described(given_name="Zoé", family_name="Okafor", **address)
        monkeypatch.setattr("traitdunion.accounts.people.find", lambda *_, **__: None)

        with pytest.raises(AddressTaken) as refused:
            newcomers.add(session, described, by=by, now=make.NOW)

        assert refused.value.field == field
        assert session.scalar(select(func.count()).select_from(Person).where(Person.given_name == "Zoé")) == 0
