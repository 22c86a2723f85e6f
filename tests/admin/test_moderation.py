"""Operators shut out and let in again, verify, cancel and close: each act once, on the record."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.pages import PageClient
from traitdunion.about import messages
from traitdunion.about.models import ContactMessage, Subject
from traitdunion.accounts.models import AuditEntry, Person
from traitdunion.admin.moderation import listing
from traitdunion.companies.models import Company
from traitdunion.core import clock
from traitdunion.immersions.models import Slot


@pytest.fixture(autouse=True)
def operator(session: Session, pages: PageClient) -> Person:
    """Somebody who runs the service, signed in."""
    found = factories.person(session, "Alix", is_operator=True)
    pages.sign_in(found)
    session.commit()
    return found


def acts(session: Session) -> list[str]:
    """What is on the record."""
    return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


class TestPeople:
    def test_are_found_by_name_or_address(self, session: Session) -> None:
        wanted = factories.person(session, "Éloïse", email="eloise@exemple.fr", phone="+33639980012")
        factories.person(session, "Camille")

        for typed in ("eloise", "ELOISE@exemple", "06 39 98 00 12", "Éloïse Exemple"):
            assert list(listing.people(session, typed)) == [wanted], typed
        assert len(listing.people(session, "")) == 3
        assert list(listing.people(session, "%")) == []

    def test_are_shut_out_with_a_reason_then_let_in(self, session: Session, pages: PageClient) -> None:
        person = factories.person(session)
        session.commit()
        address = f"/admin/personnes/{person.id}"

        silent = pages.post(f"{address}/exclure", {"raison": " "})
        told = pages.post(f"{address}/exclure", {"raison": "Faux rendez-vous"})
        session.refresh(person)
        banned_at = person.banned_at
        again = pages.post(f"{address}/rouvrir", form="/admin/personnes")
        session.refresh(person)

        assert (silent.status_code, told.status_code, again.status_code) == (422, 303, 303)
        assert banned_at is not None
        assert person.banned_at is None
        assert acts(session) == ["ban", "lift ban"]
        assert session.scalars(select(AuditEntry.details).order_by(AuditEntry.id)).first() == {
            "reason": "Faux rendez-vous"
        }

    def test_who_run_the_service_are_not_shut_out(self, session: Session, pages: PageClient, operator: Person) -> None:
        pages.post(f"/admin/personnes/{operator.id}/exclure", {"raison": "Essai"})

        session.refresh(operator)
        assert operator.banned_at is None
        assert "Retirez-lui d’abord" in pages.get("/admin/personnes", is_form=True).main


class TestCompanies:
    def test_are_shown_with_those_to_verify_first(self, session: Session, pages: PageClient) -> None:
        factories.company(session, "Vérifiée")
        waiting = factories.company(session, "En attente", verified_at=None, verification=None)
        session.commit()

        page = pages.get("/admin/entreprises", is_form=True)

        assert [title.get_text(" ", strip=True) for title in page.select("main li h2")] == [
            "En attente à vérifier",
            "Vérifiée",
        ]
        assert list(listing.companies(session, waiting.siret[:9])) == [waiting]

    def test_are_verified_once(self, session: Session, pages: PageClient) -> None:
        company = factories.company(session, verified_at=None, verification=None)
        session.commit()

        for _ in range(2):
            pages.send("POST", f"/admin/entreprises/{company.id}/verifier")

        session.refresh(company)
        assert company.is_verified
        assert acts(session) == ["company.verify"]

    def test_are_shut_out_with_their_slots_then_let_in(self, session: Session, pages: PageClient) -> None:
        slot = factories.slot(session)
        company = session.get_one(Company, slot.company_id)
        session.commit()

        silent = pages.post(f"/admin/entreprises/{company.id}/exclure")
        pages.post(f"/admin/entreprises/{company.id}/exclure", {"raison": "Annonces trompeuses"})
        session.refresh(slot)
        pages.send("POST", f"/admin/entreprises/{company.id}/rouvrir")

        assert silent.status_code == 422
        assert slot.state == "cancelled"
        assert acts(session) == ["company.ban", "company.unban"]
        assert session.scalars(select(AuditEntry.details["reason"].astext)).first() == "Annonces trompeuses"


class TestSlots:
    def test_are_cancelled_with_a_reason(self, session: Session, pages: PageClient) -> None:
        slot = factories.slot(session)
        session.commit()
        address = f"/admin/immersions/{slot.id}/annuler"

        shown = pages.get("/admin/immersions").main
        silent = pages.post(address)
        told, twice = (pages.post(address, {"raison": "Annonce trompeuse"}) for _ in range(2))

        assert slot.title in shown
        assert (silent.status_code, told.status_code, twice.status_code) == (422, 303, 303)
        assert session.get_one(Slot, slot.id, populate_existing=True).state == "cancelled"
        assert acts(session) == ["slot.cancel"]


class TestMessages:
    def test_are_read_and_closed_once(self, session: Session, pages: PageClient) -> None:
        kept = messages.send(
            session,
            territory="metz",
            subject=Subject.ERROR,
            body="Une page <b>manque</b>",
            reply_to="moi@exemple.fr",
            now=clock.now(),
        )
        session.commit()

        page = pages.get("/admin/messages", is_form=True)
        for _ in range(2):
            pages.send("POST", f"/admin/messages/{kept.id}/clore")

        assert "Une page <b>manque</b>" in page.main
        assert session.get_one(ContactMessage, kept.id, populate_existing=True).closed_at is not None
        assert acts(session) == ["close message"]


@pytest.mark.parametrize(
    "path", ["personnes/999999/exclure", "immersions/999999/annuler", "personnes/" + "9" * 30 + "/exclure"]
)
def test_what_does_not_exist_is_not_found(pages: PageClient, path: str) -> None:
    assert pages.client.get(f"/admin/{path}").status_code == 404
