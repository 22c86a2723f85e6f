"""`/prescripteur/…`: whom an organisation follows."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import AuditEntry
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.spaces.prescriber import caseload_views


@pytest.fixture
def me(session: Session, pages: PageClient) -> Prescriber:
    """A prescriber who is signed in."""
    found = make.prescriber(session, make.prescriber_organisation(session), make.person(session, "Paula"))
    assert found.person
    pages.sign_in(found.person)
    return found


def follow(session: Session, me: Prescriber, given_name: str, **fields: Any) -> CaseloadEntry:
    row = {"prescriber": me, **fields}
    return make.caseload_entry(session, me.organisation, make.person(session, given_name), **row)


def names(pages: PageClient, me: Prescriber, query: str = "") -> list[str]:
    page = pages.get(f"/prescripteur/{me.organisation_id}{query}")
    return [link.get_text().split()[0] for link in page.select(".people li > p:first-of-type a")]


class TestCaseloadPage:
    def test_says_what_to_do_where_nobody_is(self, pages: PageClient, me: Prescriber) -> None:
        assert "Personne pour le moment" in pages.get(f"/prescripteur/{me.organisation_id}").main

    def test_groups_people_by_who_has_to_act(self, pages: PageClient, session: Session, me: Prescriber) -> None:
        asked = follow(session, me, "Demande")
        follow(session, me, "Libre", project="boulangère", place="Metz (57)")
        make.booking(session, make.slot(session), asked.person)

        page = pages.get(f"/prescripteur/{me.organisation_id}")

        headings = [heading.get_text() for heading in page.select(".people-heading")]
        assert headings == ["À vous", "À l’entreprise"]
        assert "Proposer une immersion" in page.main
        assert "boulangère · Metz (57)" in page.main
        assert "Boulanger / Boulangère, Boulangerie Martin" in page.main

    def test_shows_mine_unless_all_are_asked_for(self, pages: PageClient, session: Session, me: Prescriber) -> None:
        colleague = make.prescriber(session, me.organisation)
        follow(session, me, "Mienne")
        follow(session, colleague, "Autre")

        assert names(pages, me) == ["Mienne"]
        assert names(pages, me, "?qui=tous") == ["Autre", "Mienne"]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("?q=helene", ["Hélène"]),
            ("?etape=a-l-entreprise", []),
            ("?etape=proposer", ["Hélène"]),
            ("?metier=D1102&depuis=trimestre", ["Hélène"]),
            ("?commune=57000", ["Hélène"]),
            ("?commune=nulle&metier=part&etape=jamais&depuis=hier&page=99", ["Ada", "Hélène"]),
        ],
    )
    def test_is_narrowed(
        self, pages: PageClient, session: Session, me: Prescriber, query: str, expected: list[str]
    ) -> None:
        entry = follow(
            session, me, "Hélène", project="boulangère", occupation_code="D1102", created_at=make.NOW.replace(year=2025)
        )
        entry.person.postcode = "57000"
        make.occupation(session)
        follow(session, me, "Ada")
        session.flush()

        assert sorted(names(pages, me, query)) == expected

    def test_goes_on_after_a_page(
        self, pages: PageClient, session: Session, me: Prescriber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(caseload_views, "SIZE", 2)
        for name in ("Ada", "Bea", "Cleo"):
            follow(session, me, name)

        assert names(pages, me, "?page=2") == ["Cleo"]
        assert pages.get(f"/prescripteur/{me.organisation_id}").find("a", rel="next")


class TestExport:
    def test_is_a_file_that_spreadsheets_do_not_compute(
        self, pages: PageClient, session: Session, me: Prescriber
    ) -> None:
        entry = follow(session, me, "=1+1", project="boulangère; pâtissière")
        entry.person.family_name, entry.person.phone = "", "+33639980001"
        session.flush()

        answer = pages.client.get(f"/prescripteur/{me.organisation_id}/personnes.csv?q=1")

        text = answer.data.decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
        assert answer.data.startswith(b"\xef\xbb\xbf")
        assert "attachment" in answer.headers["Content-Disposition"]
        assert (row["Nom"], row["Projet"]) == ("'=1+1", "boulangère; pâtissière")
        assert row["Téléphone"].startswith("06")
        assert row["Référent"] == "Paula Exemple"
        assert row["Prochaine étape"] == "Proposer une immersion"

    def test_is_kept_in_the_audit(self, pages: PageClient, session: Session, me: Prescriber) -> None:
        pages.client.get(f"/prescripteur/{me.organisation_id}/personnes.csv")

        assert session.scalars(select(AuditEntry.act)).all() == ["caseload.export"]
