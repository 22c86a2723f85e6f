"""What a person does by a link or a code: a GET changes nothing, a stranger learns nothing, a second click is told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from tests.prescribers import followed_people as some
from traitdunion.core import clock, tokens
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications.models import Message
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment
from traitdunion.prescribers import answers, referral_letters, referrals, short_codes
from traitdunion.prescribers.models import CaseloadEntry, Prescriber, Referral


@pytest.fixture
def nadia(session: Session) -> Prescriber:
    return some.prescriber(session)


def slot_ahead(session: Session, days: int = 20, **fields: Any) -> Slot:
    return make.slot(session, first_day=clock.today() + timedelta(days=days), **fields)


def refer(session: Session, by: Prescriber, who: CaseloadEntry, *slots: Slot, **fields: Any) -> Referral:
    return some.refer(session, by, who, *(slots or [slot_ahead(session)]), **{"now": clock.now(), **fields})


def path(referral: Referral) -> str:
    return f"/propositions/{referral_letters.token(referral)}"


def choose(referral: Referral, answer: str = "oui", **fields: Any) -> dict[str, Any]:
    return {"reponse": answer, "creneau": referral.choices[0].slot_id, **fields}


class TestAnswerPage:
    def test_shows_what_is_proposed_and_changes_nothing(
        self, session: Session, pages: PageClient, nadia: Prescriber
    ) -> None:
        made = refer(session, nadia, some.entry(session, nadia))

        page = pages.get(path(made), is_form=True)

        assert page.h1 is not None
        assert "pour Camille E." in page.h1.get_text()
        assert made.choices[0].slot.company.name in page.main
        assert "Vous n’êtes pas Camille E." in page.main
        session.refresh(made)
        assert made.state == "proposed"

    def test_shows_nothing_else_of_the_person(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        who = some.entry(session, nadia, phone="+33639980001", postcode="54000")
        made = refer(session, nadia, who, word="Pensez à votre dos")

        text = pages.client.get(path(made)).text

        for theirs in ("Exemple", who.person.email, "39 98", "54000", "dos", "1990", nadia.organisation.name):
            assert str(theirs) not in text.replace("exemple.fr/", ""), theirs

    def test_says_vous_to_the_person_who_is_signed_in(
        self, session: Session, pages: PageClient, nadia: Prescriber
    ) -> None:
        who = some.entry(session, nadia)
        made = refer(session, nadia, who)
        pages.sign_in(who.person)

        page = pages.get(path(made), is_form=True)

        assert page.h1 is not None
        assert page.h1.get_text() == "Une immersion pour vous"

    def test_lets_choose_among_dates(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.entry(session, nadia), slot_ahead(session), slot_ahead(session, 30))

        page = pages.get(path(made), is_form=True)

        assert len(page.select("input[name=creneau][type=radio]")) == 2
        assert len(page.select("input[name=creneau][checked]")) == 1

    def test_is_no_page_of_an_altered_link(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.entry(session, nadia))

        page = pages.get(f"{path(made)}x", 410)

        assert "Lien périmé" in page.main

    def test_is_kept_from_search_engines(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        answer = pages.client.get(path(refer(session, nadia, some.entry(session, nadia))))

        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert answer.headers["Cache-Control"] == "no-store"


class TestAnswer:
    def test_books_in_one_click(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.entry(session, nadia), slot_ahead(session, accepts_at_once=True))

        answer = pages.post(path(made), choose(made))

        assert answer.status_code == 303
        assert "C’est réservé." in pages.get(path(made)).main
        assert session.scalars(select(Booking.state)).one() == "accepted"

    def test_tells_what_stands_when_answered_twice(
        self, session: Session, pages: PageClient, nadia: Prescriber
    ) -> None:
        made = refer(session, nadia, some.entry(session, nadia))
        pages.post(path(made), choose(made))

        assert pages.send("POST", path(made), choose(made)).status_code == 303
        refused = pages.send("POST", path(made), choose(made, "non"))

        assert refused.status_code == 409
        assert "Vous avez déjà répondu oui." in refused.text

    def test_says_no_with_a_reason(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.entry(session, nadia))

        pages.post(path(made), choose(made, "non", raison="too_far", mot="Sans voiture"))

        page = pages.get(path(made))
        assert "vous avez répondu non" in page.main
        assert "loin" not in page.main
        session.refresh(made)
        assert (made.decline_reason, made.answer_word) == ("too_far", "Sans voiture")

    def test_asks_for_the_birth_date_where_it_is_needed(
        self, session: Session, pages: PageClient, nadia: Prescriber
    ) -> None:
        made = refer(session, nadia, some.entry(session, nadia, birth_date=None))

        page = pages.get(path(made), is_form=True)
        refused = pages.post(path(made), choose(made))
        done = pages.post(path(made), choose(made, naissance="01/02/1990"))

        assert page.find(id="naissance")
        assert (refused.status_code, done.status_code) == (409, 303)

    def test_proposes_the_waiting_list_when_the_last_place_is_gone(
        self, session: Session, pages: PageClient, nadia: Prescriber
    ) -> None:
        slot = slot_ahead(session, accepts_at_once=True)
        made = refer(session, nadia, some.entry(session, nadia), slot)
        bookings.book(session, slot, make.person(session, birth_date=some.ADULT), now=clock.now())

        refused = pages.post(path(made), choose(made))
        waits = pages.post(path(made), choose(made, "attente"))

        assert (refused.status_code, waits.status_code) == (409, 303)
        assert "La dernière place vient d’être prise" in refused.text
        assert "sur la liste d’attente" in pages.get(path(made)).main

    def test_keeps_why_from_whoever_holds_a_forwarded_link(
        self, session: Session, pages: PageClient, nadia: Prescriber
    ) -> None:
        who, slot = some.entry(session, nadia), slot_ahead(session)
        made = refer(session, nadia, who, slot)
        bookings.book(session, slot_ahead(session), who.person, now=clock.now())

        stranger = pages.post(path(made), choose(made))
        pages.sign_in(who.person)
        theirs = pages.post(path(made), choose(made))

        assert (stranger.status_code, theirs.status_code) == (409, 409)
        assert "ces jours-là" not in stranger.text
        assert "Connectez-vous pour savoir" in stranger.text
        assert "ces jours-là" in theirs.text

    def test_of_a_forwarded_link_confirms_to_the_person(
        self, session: Session, pages: PageClient, nadia: Prescriber
    ) -> None:
        who = some.entry(session, nadia)
        made = refer(session, nadia, who)
        pages.sign_in(make.person(session, "Autre"))

        pages.post(path(made), choose(made))

        assert {one.address.value for one in session.scalars(select(Message))} == {who.person.email}

    @pytest.mark.parametrize(
        "fields", [{}, {"reponse": "peut-être"}, {"reponse": "oui"}, {"reponse": "oui", "creneau": 0}]
    )
    def test_refuses_what_is_no_answer(
        self, session: Session, pages: PageClient, nadia: Prescriber, fields: dict[str, Any]
    ) -> None:
        made = refer(session, nadia, some.entry(session, nadia))

        assert pages.post(path(made), fields).status_code in {409, 422}
        session.refresh(made)
        assert made.state == "proposed"

    def test_is_told_that_it_is_too_late(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        long_ago = clock.now() - timedelta(days=9)
        made = refer(session, nadia, some.entry(session, nadia), now=long_ago)

        assert "Le délai pour répondre est passé." in pages.get(path(made)).main
        assert pages.send("POST", path(made), choose(made)).status_code == 409

    def test_is_told_that_it_was_withdrawn(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.entry(session, nadia))
        referrals.withdraw(session, made, now=clock.now())
        session.flush()

        assert "Vous n’avez rien à faire." in pages.get(path(made)).main


class TestKnowledge:
    def test_is_asked_once_after_yes(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.entry(session, nadia))

        early = pages.send("POST", f"{path(made)}/metier", {"note": "9"})
        pages.send("POST", path(made), choose(made))
        asked = pages.get(path(made), is_form=True)
        pages.send("POST", f"{path(made)}/metier", {"note": "3"})
        pages.send("POST", f"{path(made)}/metier", {"note": "7"})

        assert early.status_code == 303
        assert "Connaissez-vous ce métier" in asked.main
        assert "Connaissez-vous ce métier" not in pages.get(path(made), is_form=True).main
        assert knowledge.of_person(session, made.entry.person_id) == {"D1102": {Moment.BEFORE: 3}}

    def test_keeps_no_other_answer(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.entry(session, nadia))
        pages.send("POST", path(made), choose(made))

        assert pages.send("POST", f"{path(made)}/metier", {"note": "11"}).status_code == 422
        assert pages.send("POST", "/propositions/altered/metier", {"note": "1"}).status_code == 410


class TestCode:
    def test_opens_the_proposal(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.on_paper(session, nadia))
        typed = {"code": short_codes.written(made.code).lower(), "naissance": "01/02/1990"}

        answer = pages.post("/proposition", typed)

        assert answer.status_code == 303
        assert "Camille E." in pages.get(answer.location, is_form=True).main

    def test_comes_with_the_qr_code(self, pages: PageClient) -> None:
        page = pages.get("/proposition?code=K7PM-4RTX", is_form=True)

        field = page.find(id="code")
        assert field is not None
        assert field["value"] == "K7PM-4RTX"

    @pytest.mark.parametrize(
        "typed",
        [
            {},
            {"code": "K7", "naissance": "01/02/1990"},
            {"code": "K7PM-4RTX", "naissance": "01/02/1990"},
            {"code": "K7PM-4RTX", "naissance": "demain"},
            {"code": "é" * 500, "naissance": "01/02/1990"},
        ],
    )
    def test_says_what_to_correct(self, session: Session, pages: PageClient, typed: dict[str, str]) -> None:
        answer = pages.post("/proposition", typed)

        assert answer.status_code == 422
        assert "field-error" in answer.text

    def test_is_not_guessed(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        made = refer(session, nadia, some.on_paper(session, nadia))

        tries = [
            pages.send("POST", "/proposition", {"code": made.code, "naissance": f"{day:02d}/03/1990"}).status_code
            for day in range(1, 11)
        ]

        assert tries[0] == 422
        assert tries[-1] == 429
        right = pages.send("POST", "/proposition", {"code": made.code, "naissance": "01/02/1990"})
        assert right.status_code == 429


class TestInTheirPlace:
    def test_is_cancelled_by_the_link(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        who = some.entry(session, nadia)
        some.consent(session, nadia, who)
        made = refer(session, nadia, who)
        answers.accept_in_place(session, made, made.choices[0].slot_id, by=nadia, now=clock.now())
        session.flush()
        link = f"/propositions/annulation/{tokens.sign(referral_letters.IN_PLACE, [made.id])}"

        assert "Annuler cette réservation" in pages.get(link, is_form=True).main
        assert session.scalars(select(Booking.state)).one() == "requested"
        for _ in range(2):
            assert pages.send("POST", link).status_code == 303

        assert "Cette réservation est annulée" in pages.get(link).main

    def test_ends_with_the_consent(self, session: Session, pages: PageClient, nadia: Prescriber) -> None:
        who = some.entry(session, nadia)
        consent = some.consent(session, nadia, who)
        link = f"/accords/{tokens.sign(referral_letters.CONSENT, [consent.id])}"

        assert consent.text in pages.get(link, is_form=True).main
        assert pages.post(link).status_code == 303

        assert "Votre accord est retiré" in pages.get(link).main
