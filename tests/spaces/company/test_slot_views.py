"""The pages of slots: written in two steps, changed, cancelled, repeated, imported, confirmed from an e-mail."""

import io
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.immersions.slot_fields import TYPED
from tests.pages import PageClient
from traitdunion.companies.models import Company
from traitdunion.core import clock, tokens
from traitdunion.immersions import confirming
from traitdunion.immersions.models import Slot
from traitdunion.territories import working_days

TODAY = clock.today()


def working_day(days: int = 20) -> Any:
    """A working day that is not before so many days."""
    return working_days.after(TODAY + timedelta(days=days), 1, local="57")


def typed(**different: str) -> dict[str, str]:
    """What the form sends."""
    return {**TYPED, "du": f"{working_day():%Y-%m-%d}", **different}


@pytest.fixture
def company(session: Session, pages: PageClient) -> Company:
    """A verified baker's, whose member is signed in; bakers are known."""
    make.commune(session)
    make.occupation(session)
    make.occupation(session, "F1703", "Maçon / Maçonne")
    made, person = make.company(session), make.person(session, "Ada")
    make.member(session, made, person)
    pages.sign_in(person)
    return made


class TestNew:
    def test_asks_for_the_job_first(self, pages: PageClient, company: Company) -> None:
        page = pages.get(f"/entreprise/{company.id}/immersions/nouvelle")

        assert "Quel métier montrez-vous" in page.main

    def test_then_proposes_occupations_and_what_it_knows(self, pages: PageClient, company: Company) -> None:
        page = pages.get(f"/entreprise/{company.id}/immersions/nouvelle?titre=boulangere", is_form=True)

        assert [field["value"] for field in page.select("input[name=metier]")] == ["D1102"]
        assert page.select_one("input[name=adresse]")["value"] == "1 rue du Four"  # type: ignore[index]

    def test_says_that_nothing_looks_like_it(self, pages: PageClient, company: Company) -> None:
        page = pages.get(f"/entreprise/{company.id}/immersions/nouvelle?titre=zzzzzz")

        assert "Nous ne trouvons aucun métier" in page.main


class TestCreate:
    def test_publishes_at_once(self, session: Session, pages: PageClient, company: Company) -> None:
        path = f"/entreprise/{company.id}/immersions/nouvelle"

        response = pages.post(path, typed(publier="1"), form=f"{path}?titre=boulanger")

        slot = session.scalars(select(Slot)).one()
        assert response.location == f"/entreprise/{company.id}/immersions/{slot.id}"
        assert (slot.state, slot.places) == ("published", 2)
        assert "L’immersion est publiée." in pages.get(response.location, is_form=True).main

    def test_keeps_a_draft(self, session: Session, pages: PageClient, company: Company) -> None:
        path = f"/entreprise/{company.id}/immersions/nouvelle"

        pages.post(path, typed(), form=f"{path}?titre=boulanger")

        assert session.scalars(select(Slot.state)).all() == ["draft"]

    @pytest.mark.parametrize(
        ("different", "words"),
        [
            ({"a": "25:00"}, "Cette heure n’existe pas"),
            ({"places": "10000"}, "Entre 1 et 50"),
            ({"code_postal": "99999"}, "aucune commune"),
            ({"metier": "A1101"}, "Choisissez le métier"),
        ],
    )
    def test_shows_again_what_was_typed(
        self, session: Session, pages: PageClient, company: Company, different: dict[str, str], words: str
    ) -> None:
        path = f"/entreprise/{company.id}/immersions/nouvelle"

        response = pages.post(path, typed(**different), form=f"{path}?titre=boulanger")

        assert response.status_code == 422
        assert words in response.text
        assert "Ada Martin" in response.text
        assert session.scalars(select(Slot)).all() == []


class TestChange:
    def test_keeps_what_is_said_now(self, session: Session, pages: PageClient, company: Company) -> None:
        slot = make.slot(session, company=company, first_day=working_day())
        path = f"/entreprise/{company.id}/immersions/{slot.id}/modifier"

        page = pages.get(path, is_form=True)
        response = pages.post(path, typed(places="5", tuteur="Paul"))

        assert page.select_one("input[name=tuteur]")["value"] == "Ada Martin"  # type: ignore[index]
        assert response.status_code == 303
        session.refresh(slot)
        assert (slot.places, slot.tutor_name) == (5, "Paul")

    def test_corrects_a_slot_that_can_no_longer_be_booked(
        self, session: Session, pages: PageClient, company: Company
    ) -> None:
        over = TODAY - timedelta(days=1)
        slot = make.slot(session, company=company, first_day=working_day(), book_by=over)
        path = f"/entreprise/{company.id}/immersions/{slot.id}/modifier"

        kept = pages.post(path, typed(tuteur="Paul", limite=f"{over:%Y-%m-%d}"))
        earlier = pages.post(path, typed(limite=f"{over - timedelta(days=1):%Y-%m-%d}"))

        assert (kept.status_code, earlier.status_code) == (303, 422)

    def test_protects_who_booked(self, session: Session, pages: PageClient, company: Company) -> None:
        slot = make.slot(session, company=company, first_day=working_day())
        make.booking(session, slot, make.person(session))

        path = f"/entreprise/{company.id}/immersions/{slot.id}/modifier"
        response = pages.post(path, typed(du=f"{working_day(30):%Y-%m-%d}"))

        assert response.status_code == 409
        assert "Des personnes ont réservé" in response.text


class TestActs:
    def act(self, pages: PageClient, slot: Slot, name: str, fields: dict[str, str] | None = None) -> Any:
        """Presses the button."""
        path = f"/entreprise/{slot.company_id}/immersions/{slot.id}"
        return pages.post(f"{path}/{name}", fields or {}, form=path)

    def test_publish_then_cancel(self, session: Session, pages: PageClient, company: Company) -> None:
        slot = make.slot(session, company=company, first_day=working_day(), state="draft")

        published = self.act(pages, slot, "publier")
        again = self.act(pages, slot, "publier")
        cancelled = self.act(pages, slot, "annuler")

        assert [answer.status_code for answer in (published, again, cancelled)] == [303, 409, 303]
        session.refresh(slot)
        assert slot.state == "cancelled"

    def test_cancel_needs_a_word_for_who_booked(self, session: Session, pages: PageClient, company: Company) -> None:
        slot = make.slot(session, company=company, first_day=working_day())
        make.booking(session, slot, make.person(session))

        silent = self.act(pages, slot, "annuler")
        polite = self.act(pages, slot, "annuler", {"mot": "Le four est en panne."})

        assert (silent.status_code, polite.status_code) == (422, 303)

    def test_confirm_shows_a_frozen_slot_again(self, session: Session, pages: PageClient, company: Company) -> None:
        slot = make.slot(session, company=company, first_day=working_day(), state="frozen")

        self.act(pages, slot, "confirmer")

        session.refresh(slot)
        assert slot.state == "published"

    def test_duplicate_opens_the_copy(self, session: Session, pages: PageClient, company: Company) -> None:
        slot = make.slot(session, company=company)

        response = self.act(pages, slot, "dupliquer")

        copied = session.scalars(select(Slot).where(Slot.id != slot.id)).one()
        assert response.location == f"/entreprise/{company.id}/immersions/{copied.id}/modifier"
        pages.get(response.location, is_form=True)

    def test_repeat_writes_what_was_shown(self, session: Session, pages: PageClient, company: Company) -> None:
        slot = make.slot(session, company=company, first_day=working_day())
        path = f"/entreprise/{company.id}/immersions/{slot.id}/repeter"

        page = pages.get(f"{path}?semaines=3", is_form=True)
        shown = len(page.select("#dates ~ ul li")) - len(page.select("#dates ~ ul s"))
        pages.post(path, {"semaines": "3"})

        assert len(session.scalars(select(Slot)).all()) == 1 + shown


class TestImport:
    def test_keeps_good_lines_and_shows_the_others(self, session: Session, pages: PageClient, company: Company) -> None:
        day = f"{working_day():%d/%m/%Y}"
        header = "titre;du;de;a;places;tuteur;taches"
        content = f"{header}\nBoulanger;{day};8h;12h;2;Ada;Pétrir\nBoulanger;{day};8h;12h;0;Ada;Pétrir\n"
        path = f"/entreprise/{company.id}/immersions/importer"

        response = pages.post(path, {"fichier": (io.BytesIO(content.encode("cp1252")), "dates.csv")})

        assert "1 immersion ajoutée." in response.text
        assert "<strong>Ligne 3</strong>" in response.text
        assert session.scalars(select(Slot.state)).all() == ["draft"]

    def test_says_why_nothing_was_read(self, pages: PageClient, company: Company) -> None:
        path = f"/entreprise/{company.id}/immersions/importer"

        assert "Choisissez un fichier" in pages.post(path).text
        assert "pas un fichier CSV" in pages.post(path, {"fichier": (io.BytesIO(b"PK\x03"), "a.xlsx")}).text

    def test_gives_a_file_to_fill_in(self, pages: PageClient, company: Company) -> None:
        response = pages.client.get("/entreprise/modele-immersions.csv")

        assert response.data.startswith("\ufefftitre;code_rome;type;du".encode())


class TestConfirmation:
    def test_answers_by_the_button_alone(self, session: Session, pages: PageClient) -> None:
        slot = make.slot(session, first_day=TODAY + timedelta(days=8), state="frozen")
        over = make.slot(session, state="cancelled")
        with pages.app.app_context():
            path = f"/entreprise/confirmation/{tokens.sign(confirming.PURPOSE, [slot.id, over.id])}"

        opened = pages.get(path, is_form=True)
        session.refresh(slot)
        before = slot.state
        answers = [pages.post(path, form=path) for _ in range(1)]
        session.refresh(slot)

        assert "Oui, c’est toujours bon" in opened.main
        assert (before, slot.state, over.state) == ("frozen", "published", "cancelled")
        assert [answer.status_code for answer in answers] == [303]
        assert "Merci, c’est noté" in pages.get(path, is_form=False).main

    def test_is_refused_when_altered(self, pages: PageClient) -> None:
        pages.get("/entreprise/confirmation/n-importe-quoi", 410)
