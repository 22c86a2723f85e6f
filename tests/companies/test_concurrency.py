"""Two dozen people register one establishment at the same instant, from several processes."""

from collections import Counter
from functools import partial

from flask import Flask
from sqlalchemy import select

from tests import factories as make
from tests import processes
from tests.companies.samples import SIRET, firm
from tests.processes import Wait
from traitdunion.accounts.models import Person
from traitdunion.clients import recherche_entreprises
from traitdunion.companies import companies
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core import db

PEOPLE = 24


def register(person_id: int, wait: Wait) -> str:
    """What the person became in the company."""
    found = recherche_entreprises.read(firm(), SIRET)
    with db.transaction() as session:
        person = session.get_one(Person, person_id)
        wait()
        _company, state = companies.register(session, SIRET, person=person, found=found, described=None, now=make.NOW)
        return state.value


class TestRegister:
    @processes.forking
    def test_makes_one_company_and_one_member(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            people = [make.person(session).id for _ in range(PEOPLE)]

        told = processes.at_once(committing_app, [partial(register, each) for each in people], processes=8)

        assert Counter(told) == {"active": 1, "asking": PEOPLE - 1}
        with db.transaction() as session:
            assert len(session.scalars(select(Company)).all()) == 1
            assert len(session.scalars(select(CompanyMember)).all()) == PEOPLE
