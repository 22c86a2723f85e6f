"""The page where two records of one person become one."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import Person

BORN = date(1990, 3, 4)


@pytest.fixture
def person(session: Session, pages: PageClient) -> Person:
    """Somebody whom an operator, signed in, looks at."""
    pages.sign_in(make.person(session, "Alix", is_operator=True))
    return make.person(session, "Camille", family_name="Lefèvre", birth_date=BORN)


class TestMergePage:
    def test_proposes_who_may_be_the_same(self, session: Session, pages: PageClient, person: Person) -> None:
        same = make.person(session, "Camille", family_name="Lefebvre", birth_date=BORN)
        make.person(session, "Zoé", family_name="Okafor")

        page = pages.get(f"/admin/personnes/{person.id}/reunir")

        assert page.select_one(f"main a[href='/admin/personnes/{person.id}/reunir?avec={same.id}']")
        assert "Okafor" not in page.main

    def test_finds_by_name(self, session: Session, pages: PageClient, person: Person) -> None:
        make.person(session, "Zoé", family_name="Okafor")

        assert "Okafor" in pages.get(f"/admin/personnes/{person.id}/reunir?q=okafor").main

    def test_knows_no_other(self, pages: PageClient, person: Person) -> None:
        pages.get(f"/admin/personnes/{10**30}/reunir", 404)
        pages.get(f"/admin/personnes/{person.id}/reunir?avec={10**30}")
        pages.get(f"/admin/personnes/{person.id}/reunir?avec={person.id}")


class TestMerge:
    def test_makes_one_of_two(self, session: Session, pages: PageClient, person: Person) -> None:
        other = make.person(session, "Cam", family_name="Lefevre", postcode="57000")
        other_id, path = other.id, f"/admin/personnes/{person.id}/reunir"

        answer = pages.post(path, {"avec": str(other_id)}, form=f"{path}?avec={other_id}")

        assert answer.status_code == 303
        session.expire_all()
        assert session.get(Person, other_id) is None
        assert person.postcode == "57000"
        assert "a réuni deux fiches en une" in pages.get("/admin/journal", is_form=True).main

    def test_says_why_not(self, session: Session, pages: PageClient, person: Person) -> None:
        other, path = make.person(session, is_operator=True), f"/admin/personnes/{person.id}/reunir"

        for avec, told in ((str(other.id), "administre le service"), ("0", "n’existe plus")):
            answer = pages.post(path, {"avec": avec}, form=f"{path}?avec={other.id}")

            assert answer.status_code == 409
            assert told in answer.text
