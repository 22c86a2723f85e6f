"""An adult, then a minor, complete their agreement from a telephone, by the link of the message; in a real browser."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select

from tests.agreements import bookings as booked
from tests.journeys.conftest import Site
from traitdunion.agreements.models import Agreement
from traitdunion.core import clock, db
from traitdunion.notifications.models import Message

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=390, height=844)
DESKTOP = ViewportSize(width=1280, height=900)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A telephone."""
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    """A telephone that runs no script."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def desktop(browser: Browser) -> Iterator[Page]:
    """A large screen."""
    context = browser.new_context(viewport=DESKTOP)
    yield context.new_page()
    context.close()


def drafted(born: date) -> str:
    """The path in the message that asks somebody born that day to complete an agreement."""
    day = clock.today() + timedelta(days=35 - clock.today().weekday())
    with db.transaction() as session:
        person = booked.person(session, birth_date=born)
        booked.draft(session, booked.slot(session, first_day=day, last_day=day + timedelta(days=2)), person)
    with db.transaction() as session:
        text = session.scalars(select(Message.text).where(Message.kind == "agreement_draft")).one()
    found = re.search(r"https?://\S+/conventions/\S+", text)
    assert found, text
    return urlsplit(found[0]).path


def status() -> str:
    """Of the only agreement."""
    with db.transaction() as session:
        return session.scalars(select(Agreement.status)).one()


def look(page: Page, name: str) -> None:
    """Nothing that axe disputes, nothing to scroll sideways for; a picture where SHOTS asks for one."""
    page.wait_for_load_state()
    results = Axe().run(page)
    assert not results.violations_count, f"{page.url}\n{results.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url
    if "SHOTS" in os.environ:
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=Path(os.environ["SHOTS"]) / f"{name}-{width}.png", full_page=True)


def go_on(page: Page, heading: str) -> None:
    """Sends the step; the next page bears that heading."""
    page.get_by_role("button", name="Enregistrer et continuer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)


def fill_in(page: Page, look: Callable[[Page, str], None] = look) -> None:
    """The three steps of everybody."""
    page.get_by_role("link", name="Continuer").click()
    page.get_by_label("Adresse", exact=True).fill("5 rue du Test, 57000 Metz")
    page.get_by_label("Non", exact=True).check()
    look(page, "agreement-person")
    go_on(page, "Votre objectif")
    page.get_by_label("Découvrir un métier").check()
    page.get_by_label("Ce que vous voulez découvrir").fill("Voir le fournil avant la formation.")
    look(page, "agreement-objective")
    go_on(page, "En cas d’urgence")
    page.get_by_label("Nom de la personne").fill("Sam Exemple")
    page.get_by_label("Son téléphone").fill("06 39 98 00 09")


def submit(page: Page) -> None:
    """Everybody is asked to sign."""
    page.get_by_role("button", name="Envoyer à signer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre convention est prête à signer")
    assert status() == "READY_TO_SIGN"


def test_an_adult_goes_from_the_message_to_ready_to_sign(phone: Page, site: Site) -> None:
    phone.goto(site.address + drafted(date(1998, 5, 4)))
    look(phone, "agreement-draft")

    fill_in(phone)
    go_on(phone, "Ma convention")
    look(phone, "agreement-ready")
    submit(phone)
    look(phone, "agreement-sent")


def test_an_adult_does_so_without_a_script(bare: Page, site: Site) -> None:
    bare.goto(site.address + drafted(date(1998, 5, 4)))

    fill_in(bare, look=lambda *_: None)
    go_on(bare, "Ma convention")

    submit(bare)


def test_a_minor_names_a_representative(desktop: Page, site: Site) -> None:
    desktop.goto(site.address + drafted(clock.today() - timedelta(days=366 * 17)))

    fill_in(desktop)
    go_on(desktop, "Votre représentant légal")
    desktop.get_by_label("Son prénom").fill("Dominique")
    desktop.get_by_label("Son nom").fill("Exemple")
    desktop.get_by_label("Qui est-ce pour vous").fill("ma mère")
    desktop.get_by_label("Son e-mail ou son portable").fill("parent@exemple.fr")
    look(desktop, "agreement-representative")
    go_on(desktop, "Ma convention")
    submit(desktop)

    with db.transaction() as session:
        asked = select(Message).where(Message.kind == "signature_asked")
        assert "parent@exemple.fr" in {one.address.value for one in session.scalars(asked)}


def test_what_is_typed_is_kept_before_the_button(phone: Page, site: Site) -> None:
    address = site.address + drafted(date(1998, 5, 4))
    phone.goto(f"{address}/objectif")

    phone.get_by_label("Ce que vous voulez découvrir").fill("Voir le fournil.")
    phone.get_by_label("Comment saurez-vous").focus()
    expect(phone.locator("[data-autosave-status]")).to_have_text("Enregistré.")
    phone.goto(f"{address}/objectif")

    expect(phone.get_by_label("Ce que vous voulez découvrir")).to_have_value("Voir le fournil.")
