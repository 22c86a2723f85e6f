"""Somebody signs in, says who they are, and leaves, in a real browser with and without JavaScript."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.accounts import letters
from tests.journeys.conftest import Site
from traitdunion.accounts import people, sign_ins
from traitdunion.core import clock, db

pytestmark = pytest.mark.browser

EMAIL = "elodie@exemple.fr"
SETTINGS: dict[str, dict[str, Any]] = {
    "phone without JavaScript": {"viewport": {"width": 390, "height": 844}, "java_script_enabled": False},
    "desktop": {"viewport": {"width": 1280, "height": 900}},
}


@pytest.fixture(params=SETTINGS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser set so."""
    context = browser.new_context(**SETTINGS[request.param])
    yield context.new_page()
    context.close()


@pytest.fixture
def reads_axe(page: Page) -> bool:
    """Whether axe can look: it is a script."""
    return bool(page.viewport_size == SETTINGS["desktop"]["viewport"])


def look(page: Page, reads_axe: bool) -> None:
    """Nothing that axe disputes."""
    if reads_axe:
        results = Axe().run(page)
        assert not results.violations_count, f"{page.url}\n{results.generate_report()}"


def test_somebody_comes_says_who_they_are_and_leaves(page: Page, site: Site, reads_axe: bool) -> None:
    page.goto(f"{site.address}/mon-compte")
    expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
    look(page, reads_axe)

    page.get_by_label("Votre e-mail ou votre numéro de portable").fill("élodie@exemple.fr")
    page.get_by_role("button", name="Recevoir un lien et un code").click()
    expect(page.get_by_text("n’a pas d’accent")).to_be_visible()
    look(page, reads_axe)

    page.get_by_label("Votre e-mail ou votre numéro de portable").fill(EMAIL)
    page.get_by_role("button", name="Recevoir un lien et un code").click()
    look(page, reads_axe)
    with db.transaction() as session:
        letter = letters.latest(session)
    page.get_by_label("Code à 6 chiffres").fill(f"{letter.code[:3]} {letter.code[3:]}")
    page.get_by_role("button", name="Continuer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
    page.get_by_label("Prénom").fill("Élodie")
    page.get_by_label("Nom", exact=True).fill("Exemple")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("status")).to_have_text("Vos informations sont enregistrées.")

    with db.transaction() as session:
        person = people.find(session, email=EMAIL)
        assert person is not None
        sign_ins.start(session, person, device="Safari sur iPhone", now=clock.now())
    page.reload()
    look(page, reads_axe)
    page.get_by_role("button", name="Déconnecter Safari sur iPhone").click()
    expect(page.get_by_role("status")).to_have_text("Cet appareil est déconnecté.")

    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes déconnecté")
    look(page, reads_axe)
    page.go_back()
    expect(page.get_by_label("Prénom")).to_have_count(0)  # what was shown is not in the browser's memory


def test_a_link_opened_elsewhere_asks_for_the_code(page: Page, browser: Browser, site: Site, reads_axe: bool) -> None:
    page.goto(f"{site.address}/connexion")
    page.get_by_label("Votre e-mail ou votre numéro de portable").fill(EMAIL)
    page.get_by_role("button", name="Recevoir un lien et un code").click()
    expect(page.get_by_label("Code à 6 chiffres")).to_be_visible()
    with db.transaction() as session:
        letter = letters.latest(session)
    elsewhere = browser.new_context()
    other = elsewhere.new_page()
    other.goto(site.address + letter.link)
    expect(other.get_by_text("dans un autre navigateur")).to_be_visible()
    look(other, True)
    elsewhere.close()

    page.goto(site.address + letter.link)
    expect(page.get_by_label("Code à 6 chiffres")).to_have_count(0)
    look(page, reads_axe)
    page.get_by_role("button", name="Continuer").click()

    expect(page.get_by_role("link", name="Mon espace")).to_be_visible()
    page.goto(site.address + letter.link)
    expect(page.get_by_text("Ce lien a déjà servi")).to_be_visible()
    look(page, reads_axe)
