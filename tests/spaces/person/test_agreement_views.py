"""`/mon-espace/conventions`: an agreement completed step by step, by account or by link."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.agreements import bookings as booked
from tests.pages import PageClient
from traitdunion.accounts.models import Person
from traitdunion.agreements import agreements, drafting, letters
from traitdunion.agreements.kinds import Actor, Objective, PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.core import clock, tokens

YOU = {
    "prenom": "Camille",
    "nom": "Exemple",
    "naissance": "1998-05-04",
    "adresse": "5 rue du Test, 57000 Metz",
    "situation": "mission_locale",
    "rsa": "non",
}
OBJECTIVE = {"objet": "discover", "buts": "Voir le fournil.", "evaluation": "Un échange."}
EMERGENCY = {"nom": "Sam Exemple", "telephone": "06 39 98 00 09"}
REPRESENTATIVE = {"prenom": "Dominique", "nom": "Exemple", "lien": "ma mère", "contact": "parent@exemple.fr"}


@pytest.fixture
def me(session: Session, pages: PageClient) -> Person:
    person = booked.person(session)
    pages.sign_in(person)
    return person


def draft(session: Session, person: Person) -> Agreement:
    """Of days that are ahead whenever the tests run."""
    day = clock.today() + timedelta(days=30 + (7 - clock.today().weekday()))
    return booked.draft(session, booked.slot(session, first_day=day, last_day=day), person)


def path(agreement: Agreement, step: str = "") -> str:
    """Of the agreement, or of one of its steps."""
    return f"/mon-espace/conventions/{agreement.id}{'/' if step else ''}{step}"


def link(pages: PageClient, agreement: Agreement) -> str:
    """Of the agreement, as the message gives it."""
    with pages.app.app_context():
        return f"/conventions/brouillon/{tokens.sign(letters.DRAFT, [agreement.id])}"


def save(pages: PageClient, session: Session, agreement: Agreement, step: str, typed: dict[str, Any]) -> Any:
    """The step sent as the page would; the agreement is read again."""
    answer = pages.send("POST", path(agreement, step), {**typed, "vu": str(agreement.sequence)})
    session.refresh(agreement)
    return answer


def out_to_be_signed(session: Session, person: Person) -> Agreement:
    """Of days that are ahead, complete."""
    agreement = booked.complete(session, draft(session, person))
    drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=person.id, now=clock.now())
    session.flush()
    return agreement


class TestSteps:
    def test_lead_an_adult_from_the_booking_to_ready_to_sign(
        self, session: Session, pages: PageClient, me: Person
    ) -> None:
        agreement = draft(session, me)
        booking = pages.get(f"/mon-espace/reservations/{agreement.booking_id}", is_form=True)
        assert booking.find("a", href=path(agreement))
        overview = pages.get(path(agreement))
        assert "Il manque\u00a0: votre adresse, le RSA, oui ou non." in overview.get_text()

        answers = [
            save(pages, session, agreement, step, typed).location
            for step, typed in (("vous", YOU), ("objectif", OBJECTIVE), ("urgence", EMERGENCY))
        ]

        assert answers == [path(agreement, "objectif"), path(agreement, "urgence"), path(agreement)]
        ready = pages.get(path(agreement), is_form=True)
        assert ready.find("form", action=path(agreement, "signer"))
        answer = pages.send("POST", path(agreement, "signer"), {"vu": str(agreement.sequence)})
        session.expire_all()
        assert (answer.status_code, agreement.status) == (303, Status.READY_TO_SIGN)
        terms = agreements.terms_of(agreement)
        assert (terms.objective, terms.goals) == (Objective.DISCOVER, "Voir le fournil.")
        assert terms.emergency is not None
        assert terms.emergency.phone == "+33639980009"
        assert "Signer ma convention" in pages.get(path(agreement), is_form=True).main

    def test_ask_a_minor_for_a_representative(self, session: Session, pages: PageClient) -> None:
        person = booked.person(session, birth_date=clock.today() - timedelta(days=366 * 17))
        pages.sign_in(person)
        agreement = draft(session, person)
        born = person.birth_date
        assert born is not None
        for step, typed in (
            ("vous", {**YOU, "naissance": born.isoformat()}),
            ("objectif", OBJECTIVE),
            ("urgence", EMERGENCY),
        ):
            last = save(pages, session, agreement, step, typed)
        assert last.location == path(agreement, "representant")

        answer = save(pages, session, agreement, "representant", REPRESENTATIVE)

        assert answer.location == path(agreement)
        session.expire_all()
        party = agreements.party(agreement, PartyRole.REPRESENTATIVE)
        assert party is not None
        assert (party.email, party.function) == ("parent@exemple.fr", "ma mère")

    def test_forget_the_representative_of_who_is_an_adult_after_all(self, session: Session, pages: PageClient) -> None:
        person = booked.person(session, birth_date=clock.today() - timedelta(days=366 * 17))
        pages.sign_in(person)
        agreement = draft(session, person)
        save(pages, session, agreement, "representant", REPRESENTATIVE)

        save(pages, session, agreement, "vous", YOU)

        session.expire_all()
        assert agreements.party(agreement, PartyRole.REPRESENTATIVE) is None
        assert agreements.terms_of(agreement).representative is None

    def test_ask_an_employee_for_the_employer(self, session: Session, pages: PageClient, me: Person) -> None:
        agreement = draft(session, me)

        answer = save(pages, session, agreement, "vous", {**YOU, "situation": "employee"})

        assert answer.status_code == 422
        typed = {"employeur": "Garage Léo", "employeur_contact": "leo@exemple.fr"}
        assert save(pages, session, agreement, "vous", {**YOU, "situation": "employee", **typed}).status_code == 303
        session.expire_all()
        party = agreements.party(agreement, PartyRole.EMPLOYER)
        assert party is not None
        assert (party.name, party.email) == ("Garage Léo", "leo@exemple.fr")

    @pytest.mark.parametrize("step", ["vous", "objectif", "urgence", "representant"])
    def test_say_what_is_missing_and_keep_what_was_typed(
        self, session: Session, pages: PageClient, me: Person, step: str
    ) -> None:
        agreement = draft(session, me)
        pages.get(path(agreement, step), is_form=True)

        answer = pages.post(path(agreement, step), {"vu": str(agreement.sequence), "nom": "Dupont"})

        assert answer.status_code == 422
        assert "field-error" in answer.text

    def test_are_kept_while_somebody_types(self, session: Session, pages: PageClient, me: Person) -> None:
        agreement = draft(session, me)

        answer = save(pages, session, agreement, "objectif", {"buts": "Voir le fou", "auto": "1"})

        assert (answer.status_code, answer.json) == (200, {"vu": agreement.sequence})
        session.expire_all()
        assert agreements.terms_of(agreement).goals == "Voir le fou"
        page = pages.get(path(agreement, "objectif"), is_form=True)
        assert "Voir le fou" in page.get_text()

    def test_tell_the_second_of_two_who_act_at_once(self, session: Session, pages: PageClient, me: Person) -> None:
        agreement = draft(session, me)
        seen = str(agreement.sequence)
        assert pages.send("POST", path(agreement, "objectif"), {**OBJECTIVE, "vu": seen}).status_code == 303

        answer = pages.send("POST", path(agreement, "urgence"), {**EMERGENCY, "vu": seen})

        assert answer.status_code == 409
        assert "Quelqu’un vient de modifier cette convention" in answer.text
        session.expire_all()
        assert agreements.terms_of(agreement).emergency is None
        auto = pages.send("POST", path(agreement, "urgence"), {**EMERGENCY, "vu": seen, "auto": "1"})
        assert auto.status_code == 409
        assert auto.json is not None
        assert "Quelqu’un" in auto.json["refus"]

    def test_say_what_to_do_about_what_the_law_forbids(self, session: Session, pages: PageClient) -> None:
        person = booked.person(session, birth_date=date(clock.today().year - 15, 1, 1))
        agreement = draft(session, booked.person(session))
        agreement.person = person
        session.flush()
        pages.sign_in(person)
        young = {**YOU, "naissance": f"{clock.today().year - 14}-01-01"}
        assert save(pages, session, agreement, "vous", young).location == path(agreement, "vous")

        page = pages.get(path(agreement), is_form=True)

        assert "Il faut avoir 16\u00a0ans" in page.get_text()
        answer = pages.send("POST", path(agreement, "signer"), {"vu": str(agreement.sequence)})
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text

    def test_want_the_count_that_the_page_was_made_with(self, session: Session, pages: PageClient, me: Person) -> None:
        agreement = draft(session, me)

        assert pages.send("POST", path(agreement, "objectif"), OBJECTIVE).status_code == 400


class TestByLink:
    def test_goes_on_without_signing_in(self, session: Session, pages: PageClient) -> None:
        agreement = draft(session, booked.person(session))
        address = link(pages, agreement)
        assert pages.get(address).find("a", href=f"{address}/vous")

        typed = {**EMERGENCY, "vu": str(agreement.sequence)}
        answer = pages.send("POST", f"{address}/urgence", typed)

        assert answer.status_code == 303
        session.expire_all()
        terms = agreements.terms_of(agreement)
        assert terms.emergency is not None
        assert agreement.events[-1].by_id is None

    def test_shows_nothing_of_it_once_it_is_out_to_be_signed(self, session: Session, pages: PageClient) -> None:
        agreement = booked.ready(session)
        address = link(pages, agreement)

        page = pages.get(address)

        assert "prête à signer" in page.main
        assert "Camille" not in page.main
        assert "Boulangerie" not in page.main
        assert pages.client.get(f"{address}/vous").location == address

    def test_is_not_guessed(self, pages: PageClient) -> None:
        assert pages.client.get("/conventions/brouillon/rien").status_code == 404


class TestCorrections:
    def test_keep_what_is_signed_where_they_are_small(self, session: Session, pages: PageClient, me: Person) -> None:
        agreement = out_to_be_signed(session, me)
        page = pages.get(path(agreement))
        assert page.find("a", href=path(agreement, "urgence"))

        answer = save(pages, session, agreement, "urgence", {**EMERGENCY, "telephone": "06 39 98 00 10"})

        assert answer.status_code == 303
        assert (agreement.version, agreement.status) == (2, Status.READY_TO_SIGN)
        assert not agreements.version_of(agreement).is_material
        assert "Les signatures sont gardées" in pages.get(path(agreement), is_form=True).main

    def test_make_everybody_sign_again_where_they_are_not(
        self, session: Session, pages: PageClient, me: Person
    ) -> None:
        agreement = out_to_be_signed(session, me)

        save(pages, session, agreement, "objectif", {**OBJECTIVE, "objet": "recruit"})

        session.expire_all()
        assert agreements.version_of(agreement).is_material
        assert "signe de nouveau" in pages.get(path(agreement), is_form=True).main

    def test_are_never_made_while_somebody_types(self, session: Session, pages: PageClient, me: Person) -> None:
        agreement = out_to_be_signed(session, me)

        answer = save(pages, session, agreement, "objectif", {**OBJECTIVE, "objet": "recruit", "auto": "1"})

        assert (answer.status_code, agreement.version) == (409, 1)
        assert "data-autosave>" not in pages.get(path(agreement, "objectif"), is_form=True).decode()

    def test_are_over_once_it_is_validated(self, session: Session, pages: PageClient, me: Person) -> None:
        agreement = out_to_be_signed(session, me)
        agreement.status, agreement.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, clock.now()
        session.flush()

        answer = pages.client.get(path(agreement, "objectif"))

        assert (answer.status_code, answer.location) == (303, path(agreement))
