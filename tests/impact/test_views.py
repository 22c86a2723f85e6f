"""The pages by link after an immersion: opening answers nothing, each tap is kept, late answers are told so."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as agreements_made
from tests.impact.immersions import tried
from tests.pages import PageClient
from traitdunion.agreements.kinds import Status
from traitdunion.core import clock, tokens
from traitdunion.immersions.models import Booking
from traitdunion.impact import bilans, letters, verdicts
from traitdunion.impact.bilans import Said
from traitdunion.impact.kinds import Choice, Presence
from traitdunion.impact.models import Bilan, Outcome, Verdict


@pytest.fixture
def booking(session: Session) -> Booking:
    return tried(session, ended=1)


def link(pages: PageClient, purpose: str, *values: int) -> str:
    with pages.app.app_context():
        return tokens.sign(purpose, list(values))


class TestVerdict:
    def test_is_three_taps(self, pages: PageClient, session: Session, booking: Booking) -> None:
        path = f"/verdict/{link(pages, letters.VERDICT, booking.id)}"
        pages.get(path, is_form=True)
        before = session.scalar(select(func.count()).select_from(Verdict))

        first = pages.post(f"{path}/choix", {"reponse": "abandon"}, form=path)
        second = pages.post(f"{path}/raison", {"reponse": "effort"})
        third = pages.post(f"{path}/connaissance", {"reponse": "9"})
        page = pages.get(path)

        assert before == 0
        assert [answer.status_code for answer in (first, second, third)] == [303, 303, 303]
        assert (first.location, second.location, third.location) == (f"{path}/raison", f"{path}/connaissance", path)
        assert "J’abandonne ce métier" in page.text
        assert "9 sur 10" in page.text

    @pytest.mark.parametrize("step", ["choix", "raison", "connaissance"])
    def test_each_question_can_be_read(self, pages: PageClient, session: Session, booking: Booking, step: str) -> None:
        verdicts.choose(session, booking.id, Choice.NUANCE, now=clock.now())

        page = pages.get(f"/verdict/{link(pages, letters.VERDICT, booking.id)}/{step}", is_form=True)

        assert "sur 3" in page.text

    @pytest.mark.parametrize(
        ("step", "answer"),
        [("choix", "oui"), ("raison", ""), ("connaissance", "11"), ("connaissance", "١"), ("connaissance", "-1")],
    )
    def test_keeps_nothing_of_what_is_no_answer(
        self, pages: PageClient, session: Session, booking: Booking, step: str, answer: str
    ) -> None:
        verdicts.choose(session, booking.id, Choice.NUANCE, now=clock.now())
        path = f"/verdict/{link(pages, letters.VERDICT, booking.id)}"

        sent = pages.post(f"{path}/{step}", {"reponse": answer}, form=f"{path}/choix")

        assert sent.status_code in {409, 422}
        assert session.get_one(Verdict, booking.id).reason is None

    def test_says_that_it_is_too_early_or_too_late(self, pages: PageClient, session: Session) -> None:
        early, late = tried(session, ended=-1), tried(session, ended=20)
        verdicts.choose(session, late.id, Choice.CONFIRM, now=clock.now() - timedelta(days=8))

        soon = pages.get(f"/verdict/{link(pages, letters.VERDICT, early.id)}")
        past = pages.get(f"/verdict/{link(pages, letters.VERDICT, late.id)}/choix")

        assert "n’a pas commencé" in soon.text
        assert "ne se modifie plus" in past.text
        assert not past.select("main form")

    def test_link_of_another_purpose_opens_nothing(self, pages: PageClient, booking: Booking) -> None:
        pages.get(f"/verdict/{link(pages, letters.BILAN, booking.id)}", 410)
        pages.get(f"/verdict/{link(pages, letters.VERDICT, 404_404)}", 410)


class TestBilan:
    def test_is_three_questions(self, pages: PageClient, session: Session, booking: Booking) -> None:
        path = f"/bilan/{link(pages, letters.BILAN, booking.id)}"
        pages.get(path, is_form=True)

        sent = pages.post(path, {"presence": "COMPLETED", "reussi": "À l’aise.", "embauche": "oui", "contrat": "cdi"})
        page = pages.get(path)

        assert sent.status_code == 303
        assert session.get_one(Bilan, booking.id).contract == "cdi"
        assert "Merci" in page.text

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({}, "Choisissez une réponse"),
            ({"presence": "PARTIALLY_COMPLETED", "dernier_jour": "2020-01-01"}, "n’est pas un jour de l’immersion"),
            ({"presence": "PARTIALLY_COMPLETED", "heures": "900"}, "de 0 à 200"),
            ({"presence": "COMPLETED", "reussi": "a" * 3_001}, "trop long"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, pages: PageClient, session: Session, booking: Booking, fields: dict[str, str], told: str
    ) -> None:
        path = f"/bilan/{link(pages, letters.BILAN, booking.id)}"

        sent = pages.post(path, {"embauche": "non", "contrat": "", **fields})

        assert sent.status_code == 422
        assert told in sent.text
        assert session.get(Bilan, booking.id) is None

    def test_absence_is_one_button(self, pages: PageClient, session: Session, booking: Booking) -> None:
        path = f"/bilan/{link(pages, letters.BILAN, booking.id)}"

        sent = pages.post(f"{path}/absence", form=path)

        session.refresh(booking)
        assert (sent.status_code, booking.state) == (303, "no_show")

    def test_can_be_corrected_from_its_page(self, pages: PageClient, session: Session, booking: Booking) -> None:
        path = f"/bilan/{link(pages, letters.BILAN, booking.id)}"
        bilans.say(session, booking.id, Said(presence=Presence.COMPLETED, went_well="Bien"), now=clock.now())

        page = pages.get(f"{path}?modifier=oui", is_form=True)

        assert "Bien" in page.text
        assert page.select("[name=presence][checked]")


class TestOpinion:
    def test_takes_a_word(self, pages: PageClient, session: Session, booking: Booking) -> None:
        path = f"/bilan/avis/{link(pages, letters.OPINION, booking.id)}"
        pages.get(path, 404)
        bilans.say(session, booking.id, Said(presence=Presence.COMPLETED, went_well="Le geste"), now=clock.now())
        read = pages.get(path, is_form=True)

        mute = pages.post(path, {"accord": "non"})
        sent = pages.post(path, {"accord": "non", "mot": "Pas tout à fait."})

        assert "Le geste" in read.text
        assert (mute.status_code, sent.status_code) == (422, 303)
        assert "Pas tout à fait." in pages.get(path, is_form=True).text


class TestOutcome:
    def test_leads_from_the_situation_to_the_session(
        self, pages: PageClient, session: Session, booking: Booking
    ) -> None:
        training = make.training(session, "CAP boulanger")
        entered = make.training_session(session, make.action(session, training), today=clock.today())
        path = f"/suite/{link(pages, letters.OUTCOME, booking.id, 3, 0)}"
        pages.get(path, is_form=True)

        first = pages.post(f"{path}/situation", {"reponse": "training_entered"}, form=path)
        choices = pages.get(f"{path}/formation", is_form=True)
        second = pages.post(f"{path}/formation", {"reponse": str(entered.id)})
        third = pages.post(f"{path}/orientation", {"reponse": "oui"})

        assert (first.location, second.location, third.location) == (
            f"{path}/formation",
            f"{path}/orientation",
            path,
        )
        assert "CAP boulanger" in choices.text
        outcome = session.get_one(Outcome, (booking.id, 3))
        assert (outcome.training_session_id, outcome.well_oriented) == (entered.id, True)

    def test_leads_from_nothing_to_why(self, pages: PageClient, session: Session, booking: Booking) -> None:
        path = f"/suite/{link(pages, letters.OUTCOME, booking.id, 0, 0)}"

        first = pages.post(f"{path}/situation", {"reponse": "none"}, form=path)
        second = pages.post(f"{path}/obstacle", {"reponse": "money"})

        assert (first.location, second.location) == (f"{path}/obstacle", path)
        assert "Question d’argent" in pages.get(path).text

    def test_takes_a_title_that_the_catalogue_lacks(
        self, pages: PageClient, session: Session, booking: Booking
    ) -> None:
        path = f"/suite/{link(pages, letters.OUTCOME, booking.id, 0, 0)}"
        pages.post(f"{path}/situation", {"reponse": "training_planned"}, form=path)

        pages.post(f"{path}/formation", {"reponse": "autre", "titre": "  CAP   crêpier "})

        assert session.get_one(Outcome, (booking.id, 0)).training_title == "CAP crêpier"

    @pytest.mark.parametrize(
        ("step", "answer"),
        [("situation", "x"), ("formation", "99999999"), ("obstacle", "x"), ("orientation", "x"), ("formation", "١")],
    )
    def test_refuses_what_is_no_answer(
        self, pages: PageClient, session: Session, booking: Booking, step: str, answer: str
    ) -> None:
        path = f"/suite/{link(pages, letters.OUTCOME, booking.id, 0, 0)}"

        sent = pages.post(f"{path}/{step}", {"reponse": answer}, form=path)

        assert sent.status_code in {409, 422}
        assert session.get(Outcome, (booking.id, 0)) is None

    def test_speaks_of_the_person_to_a_prescriber(self, pages: PageClient, session: Session, booking: Booking) -> None:
        by = make.person(session, "Inès")
        path = f"/suite/{link(pages, letters.OUTCOME, booking.id, 0, by.id)}"

        page = pages.get(path, is_form=True)
        pages.post(f"{path}/situation", {"reponse": "job"}, form=path)

        assert "Où en est cette personne" in page.text
        assert session.get_one(Outcome, (booking.id, 0)).by_id == by.id


class TestAccident:
    def test_says_what_to_do_to_anybody(self, pages: PageClient) -> None:
        page = pages.get("/accident")

        assert "24 heures" in page.text
        assert "48 heures" in page.text

    def test_says_whom_to_call_to_the_parties(self, pages: PageClient, session: Session) -> None:
        agreement = agreements_made.ready(session)
        organisation = make.prescriber_organisation(session, name="Mission locale de l’Exemple", phone="+33387000000")
        agreement.organisation_id, agreement.status = organisation.id, Status.ACCEPTED_BY_VALIDATOR.value
        agreement.validated_at = clock.now()
        agreement.first_day = agreement.last_day = clock.today()
        session.flush()
        assert agreement.person is not None
        pages.sign_in(agreement.person)

        page = pages.get("/accident")

        assert "Mission locale de l’Exemple" in page.text
