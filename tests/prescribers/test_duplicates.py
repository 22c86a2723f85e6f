"""A person is created once: who is found, who is not, and what is told."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.prescribers import duplicates
from traitdunion.prescribers.duplicates import Described, Evidence, Near

BORN = date(1990, 3, 4)


def described(**fields: Any) -> Described:
    """Camille Lefèvre, born on 4 March 1990."""
    return Described(**{"given_name": "Camille", "family_name": "Lefèvre", "birth_date": BORN, **fields})


def known(session: Session, **fields: Any) -> Person:
    """The same, in the database."""
    row = {"given_name": "Camille", "family_name": "Lefèvre", "birth_date": BORN, "email": None, **fields}
    person = make.person(session, **row)
    session.flush()
    return person


def find(session: Session, **fields: Any) -> list[Near]:
    """Who is found, for an organisation that follows nobody."""
    return duplicates.find(session, described(**fields), organisation_id=0)


class TestFind:
    @pytest.mark.parametrize(
        ("fields", "evidence"),
        [
            ({}, (Evidence.NAME, Evidence.BIRTH_DATE)),
            ({"family_name": "LEFEVRE"}, (Evidence.NAME, Evidence.BIRTH_DATE)),
            ({"given_name": "Lefèvre", "family_name": "Camille"}, (Evidence.NAME, Evidence.BIRTH_DATE)),
            ({"family_name": "Lefebvre"}, (Evidence.NEAR_NAME, Evidence.BIRTH_DATE)),
            ({"given_name": "Camile"}, (Evidence.NEAR_NAME, Evidence.BIRTH_DATE)),
            ({"birth_date": date(1990, 4, 3)}, (Evidence.NAME, Evidence.NEAR_BIRTH_DATE)),
            ({"birth_date": date(1990, 3, 14)}, (Evidence.NAME, Evidence.NEAR_BIRTH_DATE)),
            ({"birth_date": date(1990, 12, 25)}, (Evidence.NAME, Evidence.BIRTH_YEAR)),
            ({"birth_date": None}, (Evidence.NAME,)),
        ],
    )
    def test_meets_the_same_person(
        self, session: Session, fields: dict[str, Any], evidence: tuple[Evidence, ...]
    ) -> None:
        person = known(session)

        (near,) = find(session, **fields)

        assert (near.person, near.evidence) == (person, evidence)

    @pytest.mark.parametrize(
        "fields",
        [
            {"given_name": "Sacha", "family_name": "Martin"},
            {"given_name": "Camille", "family_name": "Martin"},
            {"birth_date": date(1971, 12, 25)},
            {"family_name": "Lefebvre", "birth_date": date(1990, 12, 25)},
        ],
    )
    def test_leaves_others_out(self, session: Session, fields: dict[str, Any]) -> None:
        known(session)

        assert find(session, **fields) == []

    @pytest.mark.parametrize(("field", "value"), [("email", "camille@exemple.fr"), ("phone", "+33639980012")])
    def test_meets_whoever_has_the_address(self, session: Session, field: str, value: str) -> None:
        known(session, **{field: value})

        (same,) = find(session, **{field: value, "birth_date": None})
        (other,) = find(session, **{field: value, "given_name": "Zoé", "family_name": "Okafor", "birth_date": None})

        assert same.is_sure
        assert not other.is_sure
        assert Evidence(field) in other.evidence

    def test_tells_the_likeliest_first_and_few(self, session: Session) -> None:
        for _ in range(7):
            known(session, family_name="Lefebvre")
        same = known(session)

        found = find(session)

        assert len(found) == duplicates.MOST
        assert found[0].person == same
        assert [near.is_sure for near in found] == [True, False, False, False, False]

    def test_says_whom_the_organisation_follows(self, session: Session) -> None:
        person, ours, theirs = (
            known(session),
            make.prescriber_organisation(session),
            make.prescriber_organisation(session),
        )
        make.caseload_entry(session, ours, person)

        (here,) = duplicates.find(session, described(), organisation_id=ours.id)
        (elsewhere,) = duplicates.find(session, described(), organisation_id=theirs.id)

        assert (here.is_followed_here, elsewhere.is_followed_here) == (True, False)
        assert elsewhere.initials == "C. L."


class TestFindMany:
    def test_finds_for_each_line(self, session: Session) -> None:
        person = known(session, phone="+33639980012")
        ageless = known(session, given_name="Sacha", birth_date=None)

        found = duplicates.find_many(
            session,
            [
                described(family_name="Lefebvre"),
                described(given_name="Zoé", family_name="Okafor", birth_date=None, phone="+33639980012"),
                described(given_name="Sacha"),
                described(given_name="Nadia", family_name="Okafor"),
            ],
            organisation_id=0,
        )

        assert [[near.person for near in each] for each in found] == [[person], [person], [ageless], []]

    def test_asks_nothing_of_nobody(self, session: Session) -> None:
        assert duplicates.find_many(session, [], organisation_id=0) == []


@given(st.text(max_size=60), st.text(max_size=60), st.none() | st.dates())
def test_comparing_never_fails(given_name: str, family_name: str, born: date | None) -> None:
    """Whatever was typed, somebody is the same as themselves, and sure only with a day."""
    one = Described(given_name=given_name, family_name=family_name, birth_date=born)
    person = Person(given_name=given_name, family_name=family_name, birth_date=born)

    evidence, is_sure = duplicates.compare(one, duplicates.Known(person, one.key, is_followed_here=False))

    assert is_sure == (bool(one.key.strip()) and born is not None)
    assert bool(evidence) == bool(one.key.strip())
