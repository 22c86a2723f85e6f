"""A prescriber's minutes, in a real browser: three clicks to propose, a sheet of paper, a person handed on."""

import io
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pypdf
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from tests import factories as make
from tests.journeys.conftest import Site
from tests.journeys.test_booking import SCREENS, context_of, last, look
from tests.prescribers import followed_people as some
from traitdunion.accounts import sign_ins
from traitdunion.accounts.models import Person
from traitdunion.core import clock, db, tokens
from traitdunion.immersions.models import Slot
from traitdunion.prescribers import answers, referral_letters, short_codes
from traitdunion.prescribers.models import CaseloadEntry, Prescriber, Referral

pytestmark = pytest.mark.browser

_ADULT = date(1990, 2, 1)


class Agency(NamedTuple):
    """An organisation that follows three people by e-mail and one without any address, and a slot for bakers."""

    organisation: int
    prescriber: int
    slot: int


@pytest.fixture
def agency(site: Site) -> Agency:
    with db.transaction() as session:
        organisation = make.prescriber_organisation(session, name="Mission locale des Trois Ponts")
        make.prescriber_organisation(session, name="Cap emploi de la Seille", kind="cap_emploi")
        nadia = make.prescriber(session, organisation, make.person(session, "Nadia", family_name="Benali"))
        people = [
            make.person(session, name, family_name="Petit", email=f"{name.lower()}@exemple.fr", birth_date=_ADULT)
            for name in ("Ada", "Lea", "Zoe")
        ]
        people.append(make.person(session, "Omar", email=None, birth_date=_ADULT, postcode="57100"))
        for person in people:
            project = {"project": "Boulangère", "occupation_code": "D1102", "place": "Metz (57)"}
            make.caseload_entry(session, organisation, person, prescriber=nadia, **project)
        slot = make.slot(
            session,
            company=make.company(session, "Boulangerie du Pont"),
            first_day=clock.today() + timedelta(days=20),
            places=5,
            accepts_at_once=True,
            transport="Bus 12, arrêt Pont",
            equipment="Chaussures fermées",
        )
        assert nadia.person_id
        return Agency(organisation.id, nadia.person_id, slot.id)


def signed_in(browser: Browser, site: Site, screen: str, person_id: int) -> BrowserContext:
    """A browser where that person is signed in."""
    with db.transaction() as session:
        secret = sign_ins.start(session, session.get_one(Person, person_id), device="Firefox", now=clock.now())
    context = context_of(browser, screen)
    context.add_cookies([{"name": sign_ins.COOKIE, "value": secret, "url": site.address}])
    return context


def link_in(text: str) -> str:
    """The path of the link that answers."""
    (found,) = (word for word in text.split() if "/propositions/" in word)
    return urlsplit(found).path


def pages_of(page: Page) -> int:
    """How many sheets of A4 it prints."""
    return len(pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages)


@pytest.mark.parametrize("screen", SCREENS)
class TestReferral:
    def test_goes_to_three_people_and_one_says_yes(
        self, browser: Browser, site: Site, agency: Agency, screen: str
    ) -> None:
        context = signed_in(browser, site, screen, agency.prescriber)
        page = context.new_page()

        page.goto(f"{site.address}/prescripteur/{agency.organisation}")
        for name in ("Ada", "Lea", "Zoe"):
            page.get_by_label(f"Choisir {name}").check()
        page.get_by_role("button", name="Proposer une immersion").click()
        look(page, "propose")
        page.get_by_label("Boulangerie du Pont").check()
        page.get_by_role("button", name="Envoyer la proposition").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Proposition envoyée à 3 personnes")
        look(page, "sent")
        person = context_of(browser, screen).new_page()
        person.goto(site.address + link_in(last("lea@exemple.fr", "referral_proposed")))
        expect(person.get_by_role("heading", level=1)).to_have_text("Une immersion pour Lea P.")
        look(person, "referral-answer")
        person.get_by_role("button", name="Oui, je veux y aller").click()
        expect(person.get_by_text("C’est réservé.")).to_be_visible()
        look(person, "referral-accepted")

        assert "Boulangerie du Pont" in last("lea@exemple.fr", "booking_accepted")
        page.reload()
        expect(page.get_by_text("Acceptée")).to_be_visible()
        page.get_by_role("link", name="Ada Petit").click()
        look(page, "referral")
        person.context.close()
        context.close()


@pytest.mark.parametrize("screen", SCREENS)
class TestPaper:
    def test_is_printed_and_its_code_is_typed(
        self, browser: Browser, site: Site, agency: Agency, screen: str, tmp_path: Path
    ) -> None:
        context = signed_in(browser, site, screen, agency.prescriber)
        page = context.new_page()

        page.goto(f"{site.address}/immersions/{agency.slot}")
        page.get_by_role("link", name="Proposer à des personnes suivies").click()
        page.get_by_label("Omar").check()
        look(page, "propose-slot")
        page.get_by_role("button", name="Envoyer la proposition").click()
        page.get_by_role("link", name="Imprimer sa feuille").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Une immersion pour Omar E.")
        look(page, "sheet")
        assert pages_of(page) == 1
        with db.transaction() as session:
            code = short_codes.written(session.scalars(select(Referral.code)).one())
        assert code in page.inner_text("main")
        library = context_of(browser, screen, has_javascript=False).new_page()
        library.goto(f"{site.address}/proposition")
        library.get_by_label("Le code de votre feuille").fill(code.lower())
        library.get_by_label("Votre date de naissance").fill("1990-02-01")
        library.get_by_role("button", name="Continuer").click()
        library.get_by_role("button", name="Oui, je veux y aller").click()

        expect(library.get_by_text("C’est réservé.")).to_be_visible()
        expect(library.get_by_text("appelez la personne qui vous accompagne")).to_be_visible()
        library.context.close()
        context.close()


class TestHandedOn:
    @pytest.mark.parametrize("screen", SCREENS)
    def test_leaves_one_organisation_for_another(
        self, browser: Browser, site: Site, agency: Agency, screen: str
    ) -> None:
        context = signed_in(browser, site, screen, agency.prescriber)
        page = context.new_page()

        page.goto(f"{site.address}/prescripteur/{agency.organisation}")
        look(page, "caseload")
        page.get_by_role("link", name="Ada Petit").click()
        look(page, "file")
        page.get_by_text("Confier à un autre organisme").click()
        page.get_by_label("Organisme", exact=True).select_option(label="Cap emploi de la Seille (Metz)")
        page.get_by_label("Un mot pour cet organisme").fill("Elle préfère un suivi plus proche.")
        page.get_by_role("button", name="Confier cette personne").click()
        page.goto(f"{site.address}/prescripteur/{agency.organisation}")

        expect(page.get_by_role("link", name="Zoe Petit")).to_be_visible()
        expect(page.get_by_role("link", name="Ada Petit")).to_have_count(0)
        context.close()


class TestPages:
    def test_have_nothing_that_axe_disputes(self, browser: Browser, site: Site, agency: Agency) -> None:
        with db.transaction() as session:
            by = session.scalars(select(Prescriber).where(Prescriber.person_id == agency.prescriber)).one()
            entry = session.scalars(select(CaseloadEntry).order_by(CaseloadEntry.id)).first()
            assert entry is not None
            made = some.refer(session, by, entry, session.get_one(Slot, agency.slot), now=clock.now())
            given = some.consent(session, by, entry)
            answers.accept_in_place(session, made, agency.slot, by=by, now=clock.now())
            later = make.slot(session, first_day=clock.today() + timedelta(days=40))
            waits = some.refer(session, by, entry, later, now=clock.now())
            person_id, consent_id, referral_id = entry.person_id, given.id, made.id
        own = f"/prescripteur/{agency.organisation}"
        paths = {
            agency.prescriber: [
                f"{own}/propositions/{waits.id}",
                f"{own}/propositions/{made.id}",
                f"{own}/personnes/{person_id}/accord",
            ],
            person_id: [
                "/mon-espace",
                "/proposition",
                f"/accords/{tokens.sign(referral_letters.CONSENT, [consent_id])}",
                f"/propositions/annulation/{tokens.sign(referral_letters.IN_PLACE, [referral_id])}",
            ],
        }

        for whose, theirs in paths.items():
            context = signed_in(browser, site, "phone", whose)
            page = context.new_page()
            for number, path in enumerate(theirs):
                page.goto(site.address + path)
                for screen in SCREENS.values():
                    page.set_viewport_size(screen)  # type: ignore[arg-type]
                    look(page, f"page-{whose == person_id}-{number}")
            context.close()
