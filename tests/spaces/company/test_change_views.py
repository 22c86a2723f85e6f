"""A company moves or cancels a booking, and says why."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.agreements import agreements
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core import clock
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Booking


@pytest.fixture
def company(session: Session, pages: PageClient) -> Company:
    made, member = make.company(session), make.person(session, "Ada")
    session.add(CompanyMember(company_id=made.id, person_id=member.id, state="active", created_at=make.NOW))
    session.flush()
    pages.sign_in(member)
    return made


def booked(session: Session, company: Company, **fields: Any) -> Booking:
    day = clock.today() + timedelta(days=20)
    slot = make.slot(session, company=company, first_day=day, accepts_at_once=True, **fields)
    return bookings.book(session, slot, make.person(session, "Zoé", birth_date=date(1990, 1, 1)), now=clock.now())


class TestChangePage:
    def test_leads_to_the_agreement_once_it_is_more_than_a_draft(
        self, session: Session, pages: PageClient, company: Company
    ) -> None:
        booking = booked(session, company)
        path = f"/entreprise/{company.id}/reservations/{booking.id}"
        agreement = agreements.of_booking(session, booking.id)
        assert agreement is not None

        assert "Lire la convention" not in pages.get(path, is_form=True).main
        agreement.status, agreement.submitted_at = "READY_TO_SIGN", make.NOW
        session.flush()
        link = pages.get(path, is_form=True).find("a", string="Lire la convention")

        assert link is not None
        assert link["href"] == f"/conventions/{agreement.id}"


class TestCancel:
    def test_asks_for_a_word(self, session: Session, pages: PageClient, company: Company) -> None:
        booking = booked(session, company)
        path = f"/entreprise/{company.id}/reservations/{booking.id}"

        assert "Zoé Exemple" in pages.get(path, is_form=True).main
        silent = pages.send("POST", f"{path}/annuler")
        said = pages.send("POST", f"{path}/annuler", {"mot": "Four en panne."})

        session.refresh(booking)
        assert (silent.status_code, said.status_code) == (422, 303)
        assert (booking.state, booking.cancelled_by, booking.word) == ("cancelled", "company", "Four en panne.")


class TestMove:
    def test_moves_to_another_of_its_days(self, session: Session, pages: PageClient, company: Company) -> None:
        booking = booked(session, company)
        to = make.slot(session, company=company, first_day=clock.today() + timedelta(days=27))
        path = f"/entreprise/{company.id}/reservations/{booking.id}/deplacer"

        silent = pages.send("POST", path, {"creneau": to.id})
        said = pages.send("POST", path, {"creneau": to.id, "mot_date": "Fermeture ce jour-là."})

        session.refresh(booking)
        assert (silent.status_code, said.status_code) == (422, 303)
        assert (booking.slot_id, booking.state) == (to.id, "accepted")


class TestOthers:
    def test_see_nothing_of_it(self, session: Session, pages: PageClient, company: Company) -> None:
        theirs = booked(session, make.company(session, "Une autre"))

        for path in (
            f"/entreprise/{company.id}/reservations/{theirs.id}",
            f"/entreprise/{theirs.slot.company_id}/reservations/{theirs.id}",
        ):
            pages.get(path, 404)
            assert pages.send("POST", f"{path}/annuler", {"mot": "x"}).status_code == 404


class TestWishes:
    def test_are_told_to_the_company_they_are_about(
        self, session: Session, pages: PageClient, company: Company
    ) -> None:
        make.interest(session, make.person(session), employer_key="boulangerie martin")

        assert "voudrait essayer un métier chez vous" in pages.get(f"/entreprise/{company.id}", is_form=True).main
