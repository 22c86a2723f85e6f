"""From the home page to a booked immersion, and a waiting list that moves, in a real browser."""

import os
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from tests import factories as make
from tests.journeys.conftest import Site
from traitdunion.companies.models import CompanyMember
from traitdunion.core import clock, db
from traitdunion.notifications.models import Message

pytestmark = pytest.mark.browser

SCREENS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}
_HUMAN = 2_100  # ms: nobody fills in four fields faster than the trap allows


@pytest.fixture
def slot(site: Site) -> int:
    """One place at a baker's that accepts at once, and a member who reads messages."""
    with db.transaction() as session:
        company = make.company(session, "Boulangerie du Pont")
        member = make.person(session, "Ada", email="ada@exemple.fr")
        session.add(CompanyMember(company_id=company.id, person_id=member.id, state="active", created_at=make.NOW))
        day = clock.today() + timedelta(days=20)
        made = make.slot(
            session,
            company=company,
            first_day=day,
            accepts_at_once=True,
            tasks="Pétrir avec l’équipe.\nFaçonner et cuire.",
            equipment="Chaussures fermées",
            transport="Bus 12, arrêt Pont",
        )
        make.slot(session, company=company, first_day=day + timedelta(days=2), kind="half_day")
        return made.id


def book(page: Page, name: str, email: str) -> None:
    """Fills in the four fields, then the code of the message."""
    page.get_by_label("Votre prénom et votre nom").fill(name)
    page.get_by_label("Votre e-mail ou votre numéro de portable").fill(email)
    page.get_by_label("Votre date de naissance").fill("1990-02-01")
    page.get_by_label("Votre code postal").fill("57000")
    page.wait_for_timeout(_HUMAN)
    page.locator("main form button[type=submit]").click()
    page.get_by_label("Code à 6").fill(code_for(email))
    page.locator("main form button[type=submit]").click()


def code_for(email: str) -> str:
    found = re.search(r"\b(\d{6})\b", last(email, "sign_in"))
    assert found
    return found[1]


def last(email: str, kind: str) -> str:
    """The text of the last message of that kind to that address."""
    with db.transaction() as session:
        query = select(Message).where(Message.kind == kind).order_by(Message.id.desc())
        return next(message.text for message in session.scalars(query) if message.address.value == email)


def link_in(text: str) -> str:
    """The path of the link of a message."""
    found = re.search(r"https?://\S+/reservations/\S+", text)
    assert found, text
    return urlsplit(found[0]).path


def look(page: Page, name: str) -> None:
    """No violation for axe, nothing beside the screen; a picture where SHOTS asks for one."""
    page.wait_for_load_state()
    results = Axe().run(page)
    assert not results.violations_count, f"{page.url}\n{results.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    if "SHOTS" in os.environ:
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=Path(os.environ["SHOTS"]) / f"{name}-{width}.png", full_page=True)


def context_of(browser: Browser, screen: str, *, has_javascript: bool = True) -> BrowserContext:
    return browser.new_context(viewport=SCREENS[screen], java_script_enabled=has_javascript)  # type: ignore[arg-type]


@pytest.mark.parametrize(("screen", "has_javascript"), [("phone", True), ("phone", False), ("desktop", True)])
class TestJobSeeker:
    def test_goes_from_home_to_a_booked_immersion(
        self, browser: Browser, site: Site, slot: int, screen: str, has_javascript: bool
    ) -> None:
        context = context_of(browser, screen, has_javascript=has_javascript)
        page = context.new_page()

        page.goto(site.address)
        page.get_by_label("Métier ou mot-clé").fill("boulangère")
        page.get_by_label("Ville ou code postal").fill("metz")
        page.keyboard.press("Escape")  # what is proposed for the place hides the button of a phone
        page.get_by_role("button", name="Rechercher").click()
        page.locator(".result", has_text="Aux Délices").get_by_role("link").first.click()
        expect(page.get_by_text("Il reste 60 jours pour essayer")).to_be_visible()
        page.locator(".chain-card").get_by_role("link", name="Boulangerie du Pont").first.click()
        page.get_by_role("link", name="Réserver", exact=True).click()
        book(page, "Léa Martin", "lea@exemple.fr")

        expect(page.locator(".step").first).to_contain_text("Confirmée")
        assert "Boulangerie du Pont" in last("lea@exemple.fr", "booking_accepted")
        assert "Léa Martin" in last("ada@exemple.fr", "company_booking")
        page.get_by_role("link", name="← Mon espace").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Mon espace")
        expect(page.locator(".booking")).to_contain_text("Rendez-vous le")
        context.close()


class TestWaitingList:
    @pytest.mark.parametrize("screen", SCREENS)
    def test_moves_when_somebody_cancels(self, browser: Browser, site: Site, slot: int, screen: str) -> None:
        first, second = (context_of(browser, screen) for _ in range(2))
        holder, waiter = first.new_page(), second.new_page()

        holder.goto(f"{site.address}/immersions/{slot}/reserver")
        book(holder, "Léa Martin", "lea@exemple.fr")
        waiter.goto(f"{site.address}/immersions/{slot}")
        look(waiter, "slot-full")
        waiter.get_by_role("link", name="Rejoindre la liste d’attente").click()
        look(waiter, "book-waiting")
        book(waiter, "Zoé Petit", "zoe@exemple.fr")
        expect(waiter.locator(".step").first).to_contain_text("en tête de la liste")
        look(waiter, "booking-waiting")
        holder.get_by_role("button", name="Annuler ma réservation").click()
        expect(holder.get_by_text("C’est annulé")).to_be_visible()
        waiter.goto(site.address + link_in(last("zoe@exemple.fr", "place_offered")))
        look(waiter, "place-offered")
        waiter.get_by_role("button", name="Prendre cette place").click()

        expect(waiter.get_by_role("heading", level=1)).to_have_text("Votre place est réservée")
        waiter.goto(f"{site.address}/mon-espace")
        expect(waiter.locator(".booking")).to_contain_text("Confirmée")
        first.close()
        second.close()


class TestPages:
    @pytest.mark.parametrize("screen", SCREENS)
    def test_have_nothing_that_axe_disputes(self, browser: Browser, site: Site, slot: int, screen: str) -> None:
        context = context_of(browser, screen)
        page = context.new_page()

        for name, path in (
            ("slots", "/immersions?lieu=metz"),
            ("slots-none", "/immersions?q=plombier&duree=visit&du=bientot"),
            ("slot", f"/immersions/{slot}"),
            ("book", f"/immersions/{slot}/reserver"),
            ("offer", f"/offres/{site.offer}"),
            ("training", f"/formations/{site.training}"),
            ("wish", f"/offres/{site.offer}/essayer"),
        ):
            page.goto(site.address + path)
            look(page, name)
        page.goto(f"{site.address}/immersions/{slot + 1}/reserver")
        book(page, "Léa Martin", "lea@exemple.fr")
        look(page, "booking-requested")
        page.goto(f"{site.address}/mon-espace")
        look(page, "space")
        page.get_by_role("button", name="Créer l’adresse de mon agenda").click()
        look(page, "space-calendar")
        page.goto(site.address + link_in(last("ada@exemple.fr", "company_request")))
        look(page, "answer")
        page.get_by_role("button", name="Accepter cette demande").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("La réservation est confirmée")
        look(page, "answered")
        context.close()
