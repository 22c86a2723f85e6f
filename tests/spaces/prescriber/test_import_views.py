"""A file of people: sent, shown line by line, kept or given up."""

import io
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.prescribers.people_files.models import PeopleFile

HEADER = "prenom;nom;naissance\n"


@pytest.fixture
def prescriber(session: Session, pages: PageClient) -> Prescriber:
    made = make.prescriber(session, make.prescriber_organisation(session))
    assert made.person
    pages.sign_in(made.person)
    return made


@pytest.fixture
def path(prescriber: Prescriber) -> str:
    return f"/prescripteur/{prescriber.organisation_id}/personnes/importer"


def send(pages: PageClient, path: str, text: str) -> str:
    """Sends the file; gives the address of its page."""
    answer = pages.post(path, {"fichier": (io.BytesIO(text.encode()), "personnes.csv")})
    assert answer.status_code == 303, answer.text[:2000]
    return answer.headers["Location"]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CaseloadEntry)) or 0


class TestImport:
    def test_shows_then_keeps_then_gives_the_others_back(self, session: Session, pages: PageClient, path: str) -> None:
        make.person(session, "Camille", family_name="Lefèvre", birth_date=date(1990, 3, 4))

        address = send(pages, path, f"{HEADER}Zoé;Okafor;01/01/2000\nCamile;Lefebvre;04/03/1990\nNoé;;1/1/2000\n")
        page = pages.get(address, is_form=True)

        assert count(session) == 0
        assert "Ligne 3 : Camile Lefebvre" in page.main
        assert "Lefèvre" not in page.main
        assert page.select_one("main input[name=autre][value='3']")
        assert "colonne nom" in page.main
        assert "Ajouter 1 personne" in page.main
        shown = pages.client.get(f"{address}/lignes.csv").data.decode("utf-8-sig")
        assert "2;Zoé;Okafor;01/01/2000" in shown
        assert ";ajoutée;" in shown

        answer = pages.post(address)

        assert answer.status_code == 303
        assert count(session) == 1
        page = pages.get(address, is_form=True)
        assert "1 personne ajoutée" in page.main
        assert "2 lignes mises de côté" in page.main
        back = pages.client.get(f"{address}/lignes.csv").data.decode("utf-8-sig")
        assert "Camile;Lefebvre" in back
        assert "Zoé" not in back

    def test_is_forgotten_when_given_up(self, session: Session, pages: PageClient, path: str) -> None:
        address = send(pages, path, f"{HEADER}Zoé;Okafor;01/01/2000")

        answer = pages.post(address, {"renoncer": "1"})

        assert answer.status_code == 303
        assert count(session) == 0
        pages.get(address, 404)

    @pytest.mark.parametrize(
        ("text", "told"),
        [("", "Choisissez un fichier."), ("a;b\n1;2", "Il manque des colonnes"), ("%PDF-1.7", "pas un fichier CSV")],
    )
    def test_says_why_a_file_cannot_be_read(
        self, session: Session, pages: PageClient, path: str, text: str, told: str
    ) -> None:
        answer = pages.post(path, {"fichier": (io.BytesIO(text.encode()), "personnes.csv")})

        assert answer.status_code == 422
        assert told in answer.text
        assert session.scalar(select(func.count()).select_from(PeopleFile)) == 0

    def test_is_nobody_elses(self, session: Session, pages: PageClient, path: str, prescriber: Prescriber) -> None:
        address = send(pages, path, f"{HEADER}Zoé;Okafor;01/01/2000")
        colleague = make.prescriber(session, prescriber.organisation)
        assert colleague.person
        pages.sign_in(colleague.person)

        pages.get(address, 404)
        pages.get(f"{address}/lignes.csv", 404)
        assert pages.send("POST", address).status_code == 404
        pages.get(f"{path}/{10**30}", 404)

    def test_gives_a_file_to_fill_in(self, pages: PageClient, path: str) -> None:
        answer = pages.client.get(path.replace("importer", "modele.csv"))

        assert answer.mimetype == "text/csv"
        assert answer.data.decode("utf-8-sig").startswith("prenom;nom;naissance;")
