"""`/prescripteur/…/propositions`: to whom, what, sent; then what each became; the sheet of paper; the consent."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from tests.prescribers import followed_people as some
from traitdunion.accounts.models import AuditEntry
from traitdunion.core import clock
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications import addresses
from traitdunion.notifications.models import Message
from traitdunion.prescribers import caseload, consents, short_codes
from traitdunion.prescribers.models import CaseloadEntry, Prescriber, Referral


@pytest.fixture
def me(session: Session, pages: PageClient) -> Prescriber:
    """A prescriber who is signed in."""
    found = some.prescriber(session)
    assert found.person
    pages.sign_in(found.person)
    return found


def slot_ahead(session: Session, days: int = 20, **fields: Any) -> Slot:
    return make.slot(session, first_day=clock.today() + timedelta(days=days), **fields)


def refer(session: Session, by: Prescriber, who: CaseloadEntry, *slots: Slot) -> Referral:
    return some.refer(session, by, who, *(slots or [slot_ahead(session)]), now=clock.now())


def new(me: Prescriber, query: str = "") -> str:
    return f"/prescripteur/{me.organisation_id}/propositions/nouvelle{query}"


def one(me: Prescriber, referral: Referral) -> str:
    return f"/prescripteur/{me.organisation_id}/propositions/{referral.id}"


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Referral)) or 0


class TestNewPage:
    def test_shows_the_slots_of_the_projects_of_who_was_ticked(
        self, session: Session, pages: PageClient, me: Prescriber
    ) -> None:
        make.occupation(session)
        slot_ahead(session, title="Du métier")
        slot_ahead(session, title="D’un autre métier", occupation_code="F1703")
        who = some.entry(session, me)
        who.occupation_code = "D1102"
        session.flush()

        page = pages.get(new(me, f"?personne={who.person_id}"), is_form=True)

        assert [box["value"] for box in page.select("input[name=personne][type=hidden]")].count(str(who.person_id)) == 2
        assert "Du métier" in page.main
        assert "C’est le métier visé." in page.main
        assert "D’un autre métier" not in page.main

    def test_shows_those_of_several_projects_together(
        self, session: Session, pages: PageClient, me: Prescriber
    ) -> None:
        make.occupation(session)
        make.occupation(session, "F1703", "Maçon / Maçonne")
        slot_ahead(session, title="Pain")
        slot_ahead(session, title="Mur", occupation_code="F1703")
        people = [some.entry(session, me), some.entry(session, me)]
        for who, code in zip(people, ("D1102", "F1703"), strict=True):
            who.occupation_code = code
        session.flush()

        query = "&".join(f"personne={who.person_id}" for who in people)
        page = pages.get(new(me, f"?{query}"), is_form=True)

        assert [label.get_text().split()[0] for label in page.select(".rows label")] == ["Pain", "Mur"]

    def test_searches_for_others(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        slot_ahead(session, title="Maçon", tasks="Monter un mur", occupation_code="F1703")
        slot_ahead(session)
        who = some.entry(session, me)

        page = pages.get(new(me, f"?personne={who.person_id}&q=ma%C3%A7on"), is_form=True)

        assert [label.get_text().split()[0] for label in page.select(".rows label")] == ["Maçon"]

    def test_shows_who_may_be_proposed_a_slot(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        make.occupation(session)
        suited, other = some.entry(session, me, "Ada"), some.entry(session, me, "Zoé")
        suited.occupation_code = "D1102"
        some.entry(session, some.prescriber(session), "Étrangère")

        page = pages.get(new(me, f"?immersion={slot_ahead(session).id}"), is_form=True)

        ticks = [str(box["value"]) for box in page.select("input[name=personne]")]
        assert ticks == [str(suited.person_id), str(other.person_id)]
        assert "Étrangère" not in page.main
        assert len(page.select("input[name=immersion][checked]")) == 1

    def test_names_nobody_who_is_not_followed(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        stranger = make.person(session, "Étrangère")

        page = pages.get(new(me, f"?personne={stranger.id}&personne=99999999999999999999&personne=x"), is_form=False)

        assert "Étrangère" not in page.main
        assert "ne suit encore personne" in page.main


class TestSend:
    def test_proposes_to_each_and_shows_how(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        people = [some.entry(session, me, "Ada"), some.on_paper(session, me, given_name="Zoé")]
        fields = {
            "personne": [who.person_id for who in people],
            "immersion": slot_ahead(session).id,
            "envoi": str(uuid4()),
            "mot": "À bientôt",
        }

        answer = pages.send("POST", new(me), fields)
        page = pages.get(answer.location)

        assert answer.status_code == 303
        assert "Proposition envoyée à 2 personnes" in page.main
        assert "par e-mail" in page.main
        assert page.find("a", string=lambda text: bool(text and "Imprimer sa feuille" in text)) or page.select(
            "a[href$='/feuille']"
        )
        assert session.scalars(select(Referral.word)).all() == ["À bientôt"] * 2

    def test_writes_once_when_the_form_is_sent_twice(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        who = some.entry(session, me)
        fields = {"personne": who.person_id, "immersion": slot_ahead(session).id, "envoi": str(uuid4())}

        first, second = pages.send("POST", new(me), fields), pages.send("POST", new(me), fields)

        assert first.location == second.location
        assert count(session) == 1
        assert session.scalar(select(func.count()).select_from(Message)) == 1

    def test_tells_who_was_left_out_and_sends_the_rest(
        self, session: Session, pages: PageClient, me: Prescriber
    ) -> None:
        slot = slot_ahead(session, minors_welcome=False)
        minor = some.entry(session, me, "Benjamine", birth_date=clock.today() - timedelta(days=365 * 17))
        fields = {"personne": [minor.person_id, some.entry(session, me).person_id], "immersion": slot.id}

        answer = pages.send("POST", new(me), fields)

        assert answer.status_code == 200
        assert "Benjamine" in answer.text
        assert "18\u00a0ans" in answer.text
        assert count(session) == 1

    @pytest.mark.parametrize(
        ("people", "told"), [(0, "Cochez au moins une personne"), (200, "200\u00a0personnes, c’est trop")]
    )
    def test_refuses_nobody_and_a_crowd(
        self, session: Session, pages: PageClient, me: Prescriber, people: int, told: str
    ) -> None:
        fields = {"personne": list(range(1, people + 1)), "immersion": slot_ahead(session).id}

        answer = pages.send("POST", new(me), fields)

        assert answer.status_code == 409
        assert told in answer.text

    @pytest.mark.parametrize("fields", [{"state": "draft"}, {"state": "cancelled"}, {"first_day": make.NOW.date()}])
    def test_refuses_a_slot_that_nobody_can_book(
        self, session: Session, pages: PageClient, me: Prescriber, fields: dict[str, Any]
    ) -> None:
        slot = make.slot(session, **{"first_day": clock.today() + timedelta(days=9), **fields})

        answer = pages.send("POST", new(me), {"personne": some.entry(session, me).person_id, "immersion": slot.id})

        assert answer.status_code == 409
        assert 'role="alert"' in answer.text
        assert count(session) == 0

    def test_refuses_a_word_that_no_sms_could_carry(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        fields = {"personne": some.entry(session, me).person_id, "immersion": slot_ahead(session).id, "mot": "a" * 301}

        answer = pages.send("POST", new(me), fields)

        assert answer.status_code == 422
        assert count(session) == 0


class TestReferralPage:
    def test_shows_what_it_waits_for_and_keeps_the_reading(
        self, session: Session, pages: PageClient, me: Prescriber
    ) -> None:
        made = refer(session, me, some.entry(session, me))

        page = pages.get(one(me, made), is_form=True)

        assert "Attend sa réponse" in page.main
        assert short_codes.written(made.code) in page.main
        assert "caseload.read" in session.scalars(select(AuditEntry.act)).all()

    def test_is_withdrawn(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        made = refer(session, me, some.entry(session, me))

        pages.post(f"{one(me, made)}/retirer", form=one(me, made))

        assert "Retirée" in pages.get(one(me, made), is_form=True).main

    def test_books_in_their_place_once_the_consent_is_noted(
        self, session: Session, pages: PageClient, me: Prescriber
    ) -> None:
        who = some.entry(session, me)
        made = refer(session, me, who)
        book, consent = (
            f"{one(me, made)}/reserver",
            f"/prescripteur/{me.organisation_id}/personnes/{who.person_id}/accord",
        )
        slot = {"creneau": made.choices[0].slot_id}

        refused = pages.post(book, slot, form=one(me, made))
        noted = pages.post(
            consent, {"moyen": "spoken", "jour": clock.today().isoformat(), "proposition": made.id}, form=one(me, made)
        )
        booked = pages.post(book, slot, form=one(me, made))

        assert (refused.status_code, noted.status_code, booked.status_code) == (409, 303, 303)
        assert noted.location == one(me, made)
        assert "n’a pas donné son accord" in refused.text
        page = pages.get(one(me, made), is_form=True)
        assert "faite à sa place" in page.main
        assert "pour répondre. Rien à faire" in page.main
        assert session.scalars(select(Booking.person_id)).one() == who.person_id

    def test_is_read_but_not_answered_once_the_following_ended(
        self, session: Session, pages: PageClient, me: Prescriber
    ) -> None:
        who = some.entry(session, me)
        made = refer(session, me, who)
        caseload.end(session, who, word=None, now=clock.now())
        session.flush()

        page = pages.get(one(me, made))

        assert "Retirée" in page.main
        assert not page.select("main form, main .btn")

    def test_says_when_messages_do_not_arrive(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        who = some.entry(session, me)
        made = refer(session, me, who)
        addresses.note_refusal(session, str(who.person.email), at=clock.now())
        session.flush()

        assert "n’arrivent pas" in pages.get(one(me, made), is_form=True).main
        assert (
            "n’y arrivent pas" in pages.get(f"/prescripteur/{me.organisation_id}/propositions/envois/{made.batch}").main
        )


class TestConsent:
    def test_is_noted_with_its_words_and_withdrawn(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        who = some.entry(session, me)
        path = f"/prescripteur/{me.organisation_id}/personnes/{who.person_id}/accord"

        assert pages.post(path, {"jour": "2020-01-01", "moyen": "signed"}).status_code == 422
        assert pages.post(path, {"jour": clock.today().isoformat()}).status_code == 422
        assert pages.post(path, {"jour": clock.today().isoformat(), "moyen": "signed"}).status_code == 303
        page = pages.get(path, is_form=True)
        pages.post(f"{path}/retirer", form=path)

        assert consents.words(me.organisation) in page.main
        assert "papier signé" in page.main
        assert consents.standing(session, who.id) is None


class TestSheet:
    def test_says_when_where_and_how_to_answer(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        make.commune(session, "57480", "Moulins", postcodes=["57160"], latitude=49.10, longitude=6.11)
        slot = slot_ahead(session, transport="Bus 12, arrêt Pont")
        made = refer(session, me, some.on_paper(session, me, postcode="57160"), slot)

        page = pages.get(f"{one(me, made)}/feuille")

        for told in (short_codes.written(made.code), "1 rue du Four", "Bus 12", "Camille E.", "km à l’est de Moulins"):
            assert told in page.main, told
        assert "Exemple" not in page.main
        assert [image["src"] for image in page.select(".sheet img")] == [
            f"{one(me, made)}/plan.svg",
            f"{one(me, made)}/qr.svg",
        ]

    @pytest.mark.parametrize("name", ["plan.svg", "qr.svg"])
    def test_has_pictures_drawn_here(self, session: Session, pages: PageClient, me: Prescriber, name: str) -> None:
        make.commune(session, name="L’Hôpital & <Cie>")
        made = refer(session, me, some.on_paper(session, me, postcode="57000"))

        answer = pages.client.get(f"{one(me, made)}/{name}")

        assert answer.mimetype == "image/svg+xml"
        assert etree.fromstring(answer.data).tag.endswith("svg")
        assert "style=" not in answer.text
        assert "http" not in answer.text.replace("http://www.w3.org/2000/svg", "")


class TestSlotPage:
    def test_lets_a_prescriber_propose_it(self, session: Session, pages: PageClient, me: Prescriber) -> None:
        slot = slot_ahead(session)

        link = pages.get(f"/immersions/{slot.id}").find("a", string="Proposer à des personnes suivies")
        pages.sign_out()

        assert link is not None
        assert str(link["href"]).endswith(f"/propositions/nouvelle?immersion={slot.id}")
        assert "Proposer à des personnes suivies" not in pages.get(f"/immersions/{slot.id}").main


class TestOfferPage:
    def test_lets_a_prescriber_propose_the_slots_of_its_job(
        self, session: Session, pages: PageClient, me: Prescriber
    ) -> None:
        make.commune(session)
        make.occupation(session)
        first, second = slot_ahead(session), slot_ahead(session, 30)
        offer = make.offer(session)

        link = pages.get(f"/offres/{offer.id}").find("a", string="Proposer à des personnes suivies")

        assert link is not None
        assert str(link["href"]).endswith(f"/propositions/nouvelle?immersion={first.id}&immersion={second.id}")
        assert len(pages.get(str(link["href"]), is_form=True).select("input[name=immersion][checked]")) == 2
