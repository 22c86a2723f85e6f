"""The file of a person, as a prescriber reads and changes it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.accounts.models import AuditEntry
from traitdunion.core import clock
from traitdunion.prescribers import notes
from traitdunion.prescribers.models import CaseloadEntry, CaseloadNote, Prescriber


@pytest.fixture
def me(session: Session, pages: PageClient) -> Prescriber:
    """A prescriber who is signed in."""
    found = make.prescriber(session, make.prescriber_organisation(session), make.person(session, "Paula"))
    assert found.person
    pages.sign_in(found.person)
    return found


@pytest.fixture
def entry(session: Session, me: Prescriber) -> CaseloadEntry:
    """Camille, whom my organisation follows."""
    make.occupation(session)
    make.commune(session)
    return make.caseload_entry(session, me.organisation, make.person(session), prescribes=True)


def path(entry: CaseloadEntry, act: str = "") -> str:
    return f"/prescripteur/{entry.organisation_id}/personnes/{entry.person_id}{act}"


def send(pages: PageClient, entry: CaseloadEntry, act: str, **fields: Any) -> int:
    return pages.send("POST", path(entry, act), fields).status_code


class TestFilePage:
    def test_keeps_who_read_it_and_shows_it(self, pages: PageClient, session: Session, entry: CaseloadEntry) -> None:
        for _ in range(2):
            page = pages.get(path(entry), is_form=True)

        kept = session.scalars(select(AuditEntry)).all()
        assert [(one.act, one.subject_id) for one in kept] == [("caseload.read", entry.person_id)]
        assert entry.organisation.name in page.select_one("#lectures").parent.get_text()  # type: ignore[union-attr]

    def test_is_not_there_for_whom_one_does_not_follow(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        other = make.caseload_entry(session, make.prescriber_organisation(session))

        pages.get(f"/prescripteur/{entry.organisation_id}/personnes/{other.person_id}", 404)
        pages.get(path(other), 404)

        assert not session.scalars(select(AuditEntry)).all()

    def test_tells_the_word_of_who_handed_the_person_on(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        entry.handed_word = "Elle vise la boulangerie"
        session.flush()

        assert "Elle vise la boulangerie" in pages.get(path(entry), is_form=True).main


class TestProject:
    def test_is_kept_with_the_likeliest_occupation(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        status = send(pages, entry, "/projet", projet="boulangère", lieu="metz", rayon="20", permis="non", niveau="3")

        session.refresh(entry)
        session.refresh(entry.person)
        assert status == 303
        assert (entry.project, entry.occupation_code, entry.place) == ("boulangère", "D1102", "Metz (57)")
        assert (entry.radius_km, entry.has_licence, entry.latitude, entry.person.level) == (20, False, 49.1081, 3)

    def test_does_not_keep_the_occupation_of_another_title(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        make.occupation(session, "H2913", "Soudeur / Soudeuse")
        entry.project, entry.occupation_code = "boulangère", "D1102"
        session.flush()

        send(pages, entry, "/projet", projet="soudeuse", metier="D1102", lieu="", rayon="20")

        session.refresh(entry)
        assert entry.occupation_code == "H2913"

    def test_keeps_the_occupation_that_was_chosen(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        make.occupation(session, "D1104", "Boulanger-pâtissier / Boulangère-pâtissière")
        entry.project, entry.occupation_code = "boulangère", "D1102"
        session.flush()

        send(pages, entry, "/projet", projet="boulangère", metier="D1104", lieu="", rayon="20")
        send(pages, entry, "/projet", projet="boulangère", lieu="", rayon="30")

        session.refresh(entry)
        assert (entry.occupation_code, entry.radius_km) == ("D1104", 30)

    def test_says_which_place_is_unknown(self, pages: PageClient, session: Session, entry: CaseloadEntry) -> None:
        answer = pages.send("POST", path(entry, "/projet"), {"projet": "x", "lieu": "Zzyzx", "rayon": "20"})

        session.refresh(entry)
        assert answer.status_code == 422
        assert "Nous ne trouvons pas cette commune" in answer.text
        assert entry.project is None

    def test_leaves_what_somebody_with_an_account_said(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        entry.person.level, entry.person.seen_at = 4, make.NOW
        session.flush()

        send(pages, entry, "/projet", projet="boulangère", lieu="", rayon="20", niveau="0")

        session.refresh(entry.person)
        assert entry.person.level == 4
        assert not pages.get(path(entry), is_form=True).find(id="niveau")


class TestNotes:
    def test_are_kept_apart_and_erased_by_their_author(
        self, pages: PageClient, session: Session, me: Prescriber, entry: CaseloadEntry
    ) -> None:
        assert send(pages, entry, "/notes", note="Rappeler lundi") == 303
        (note,) = session.scalars(select(CaseloadNote))
        page = pages.get(path(entry), is_form=True)
        theirs = notes.write(
            session, entry, "D’une collègue", by=make.prescriber(session, me.organisation), now=make.NOW
        )
        session.flush()

        assert "Rappeler lundi" in page.select_one("#notes").get_text()  # type: ignore[union-attr]
        assert send(pages, entry, f"/notes/{theirs.id}/effacer") == 404
        assert send(pages, entry, f"/notes/{note.id}/effacer") == 303
        assert session.scalars(select(CaseloadNote.id)).all() == [theirs.id]

    def test_are_not_empty(self, pages: PageClient, entry: CaseloadEntry) -> None:
        assert send(pages, entry, "/notes", note="  ") == 422


class TestFollowing:
    def test_has_a_referent(self, pages: PageClient, session: Session, me: Prescriber, entry: CaseloadEntry) -> None:
        assert send(pages, entry, "/referent") == 303

        session.refresh(entry)
        assert entry.prescriber_id == me.id

    def test_signs(self, pages: PageClient, session: Session, entry: CaseloadEntry) -> None:
        entry.prescribes = False
        session.flush()

        assert send(pages, entry, "/signataire") == 303

        session.refresh(entry)
        assert entry.prescribes

    def test_is_handed_on_with_a_word(self, pages: PageClient, session: Session, entry: CaseloadEntry) -> None:
        cap = make.prescriber_organisation(session, name="Cap emploi", kind="cap_emploi")

        silent = send(pages, entry, "/confier", organisme=cap.id, mot="")
        itself = send(pages, entry, "/confier", organisme=entry.organisation_id, mot="x")
        said = send(pages, entry, "/confier", organisme=cap.id, mot="Elle vous attend")

        found = session.scalars(select(CaseloadEntry).where(CaseloadEntry.organisation_id == cap.id)).one()
        assert (silent, itself, said) == (422, 422, 303)
        assert (found.handed_word, found.person_id) == ("Elle vous attend", entry.person_id)
        assert send(pages, entry, "/notes", note="Trop tard") == 404
        assert "Votre organisme ne suit plus" in pages.get(path(entry), is_form=True).main

    def test_ends(self, pages: PageClient, session: Session, entry: CaseloadEntry) -> None:
        assert send(pages, entry, "/fin", raison="A trouvé un emploi") == 303

        page = pages.get(path(entry), is_form=True)
        session.refresh(entry)
        assert entry.end_word == "A trouvé un emploi"
        assert "A trouvé un emploi" in page.main
        assert str(entry.person.email) not in page.main


class TestSuggestions:
    def test_go_to_a_proposal_with_the_person(self, pages: PageClient, session: Session, entry: CaseloadEntry) -> None:
        entry.project, entry.occupation_code = "boulangère", "D1102"
        entry.latitude, entry.longitude, entry.radius_km = 49.1, 6.2, 20
        aimed = make.training_session(
            session, make.action(session, make.training(session)), today=clock.today(), starts_in=40
        )
        day = clock.today() + timedelta(days=10)
        slot = make.slot(session, first_day=day)

        page = pages.get(path(entry), is_form=True)

        form = page.find(id="suggestions")
        assert form
        assert form.find("input", {"name": "immersion", "value": str(slot.id)})
        assert form.find("input", {"name": "personne", "value": str(entry.person_id)})
        assert form.find("a", href=f"/formations/{aimed.action.training_id}")
        assert "Finit 30\u00a0jours avant la clôture des inscriptions." in form.get_text()

    def test_say_that_there_is_none(self, pages: PageClient, session: Session, entry: CaseloadEntry) -> None:
        entry.project, entry.occupation_code = "boulangère", "D1102"
        session.flush()

        assert "Élargissez le rayon" in pages.get(path(entry), is_form=True).main


CORRECTED = {"prenom": "Camille", "nom": "Durand", "naissance": "03/02/2001", "email": "camille.durand@exemple.fr"}


class TestDetails:
    def test_are_corrected_while_the_person_has_no_account(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        link = pages.get(path(entry), is_form=True).find("a", href=path(entry, "/modifier"))
        page = pages.get(path(entry, "/modifier"), is_form=True)
        status = send(pages, entry, "/modifier", **CORRECTED)

        session.refresh(entry.person)
        assert link
        assert page.find("input", {"name": "nom", "value": "Exemple"})
        assert status == 303
        assert (entry.person.name, entry.person.email) == ("Camille Durand", "camille.durand@exemple.fr")

    def test_are_the_person_s_own_once_they_signed_in(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        entry.person.seen_at = make.NOW
        session.flush()

        pages.get(path(entry, "/modifier"), 404)
        send(pages, entry, "/modifier", **CORRECTED)

        session.refresh(entry.person)
        assert entry.person.family_name == "Exemple"

    def test_are_not_one_organisation_s_where_two_follow(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        make.caseload_entry(session, make.prescriber_organisation(session), entry.person)

        pages.get(path(entry, "/modifier"), 404)

    def test_do_not_take_somebody_else_s_address(
        self, pages: PageClient, session: Session, entry: CaseloadEntry
    ) -> None:
        make.person(session, email="camille.durand@exemple.fr")

        answer = pages.send("POST", path(entry, "/modifier"), CORRECTED)

        assert answer.status_code == 422
        assert "est à une personne déjà connue" in answer.text
