"""Every public page and state, as people set their screens: nothing that axe disputes, nothing lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Site
from traitdunion.about.views import CONTACT
from traitdunion.core import limits

pytestmark = pytest.mark.browser

PHONE, TABLET, DESKTOP = ({"width": width, "height": 900} for width in (390, 768, 1280))
SCREENS: dict[str, dict[str, Any]] = {
    "desktop light": {"viewport": DESKTOP, "color_scheme": "light"},
    "phone dark": {"viewport": PHONE, "color_scheme": "dark"},
    "tablet forced colours": {"viewport": TABLET, "forced_colors": "active"},
    "phone more contrast dark": {"viewport": PHONE, "contrast": "more", "color_scheme": "dark"},
}
ONLY_COLOURS = {"tablet forced colours", "phone more contrast dark"}
"""Settings that change nothing but colours: the structure of the pages was judged in the others."""
RULES: dict[str, Any] = {
    "all": {"resultTypes": ["violations"]},
    "colours": {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}},
}


@pytest.fixture(params=SCREENS)
def setting(request: pytest.FixtureRequest) -> str:
    """How somebody's screen is set."""
    return str(request.param)


@pytest.fixture
def context(browser: Browser, setting: str) -> Iterator[BrowserContext]:
    """A browser set so."""
    found = browser.new_context(**SCREENS[setting])
    yield found
    found.close()


class TestStates:
    @pytest.mark.long
    def test_have_nothing_that_axe_disputes(self, context: BrowserContext, setting: str, site: Site) -> None:
        page = context.new_page()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))

        for path in paths(site):
            page.goto(site.address + path)
            _check(page, path, rules="colours" if setting in ONLY_COLOURS else "all")

        assert all(url.startswith(site.address) for url in requests)

    def test_say_what_is_wrong_in_a_form_and_that_one_asks_too_often(self, context: BrowserContext, site: Site) -> None:
        page = context.new_page()
        page.goto(f"{site.address}/contact")
        page.get_by_label("Votre e-mail ou votre téléphone").fill("lea@exemple")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_role("alert")).to_be_visible()
        _check(page, "contact, refused")

        for _ in range(CONTACT.most):
            limits.count(CONTACT, "127.0.0.1")
        page.get_by_label("Votre message").fill("Bonjour.")
        page.get_by_label("Votre e-mail ou votre téléphone").fill("")
        page.get_by_role("button", name="Envoyer").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Trop de demandes")
        _check(page, "429")


class TestSizes:
    @pytest.mark.parametrize(
        ("width", "height"), [(320, 640), (640, 450)], ids=["320 px", "a screen of 1280 px at 200 %"]
    )
    def test_never_make_one_scroll_sideways(self, browser: Browser, site: Site, width: int, height: int) -> None:
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()

        for path in paths(site):
            page.goto(site.address + path)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        context.close()

    def test_leave_the_words_whole_when_text_alone_is_doubled(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()

        for path in ("/", "/offres?lieu=metz", f"/offres/{site.offer}", f"/formations/{site.training}", "/contact"):
            page.goto(site.address + path)
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        context.close()

    def test_show_the_search_without_scrolling_on_a_phone(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
        page = context.new_page()

        page.goto(site.address)

        expect(page.get_by_role("button", name="Rechercher")).to_be_in_viewport()
        context.close()


class TestMotion:
    def test_is_none_where_less_is_asked_for(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{site.address}/offres")

        moving = page.evaluate(
            """() => [...document.querySelectorAll('*')].map(one => getComputedStyle(one)).filter(
                 drawn => drawn.transitionDuration.split(',').some(time => parseFloat(time) > 0.01)
                   || (drawn.animationName !== 'none' && parseFloat(drawn.animationDuration) > 0.01)).length"""
        )

        assert moving == 0
        context.close()


class TestPaper:
    def test_keeps_the_offer_and_leaves_out_what_one_presses(self, browser: Browser, site: Site) -> None:
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{site.address}/offres/{site.offer}")
        page.emulate_media(media="print")

        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("pétrir")).to_be_visible()
        for gone in (".site-nav", ".site-footer", ".back"):
            expect(page.locator(gone)).to_be_hidden()
        context.close()


def paths(site: Site) -> list[str]:
    """Every public page, and the states that look different."""
    return [
        "/",
        "/offres",
        "/offres?q=boulagner&lieu=metz&rayon=abc&niveau=0&page=2",
        "/offres?q=boulanger&lieu=thionville&rayon=5",
        "/offres?q=H/F&lieu=xyzzy",
        f"/offres/{site.offer}?lieu=metz&niveau=4",
        f"/offres/{site.withdrawn}",
        f"/offres/{site.offer}/formations/{site.training}/avis?reponse=non",
        "/formations",
        "/formations?niveau=0&debut=2020-01&mode=distance",
        "/metiers/D1102?lieu=metz",
        "/immersions",
        "/immersions?q=boulanger&lieu=metz&rayon=5",
        "/connexion",
        f"/formations/{site.training}?offre={site.offer}&niveau=0",
        *("/accessibilite", "/mentions-legales", "/politique-de-confidentialite", "/cgu", "/aide"),
        *("/stats", "/budget", "/contact", "/contact/merci", "/nulle-part"),
    ]


def _check(page: Page, name: str, *, rules: str = "all") -> None:
    results = Axe().run(page, options=RULES[rules])
    assert not results.violations_count, f"{name}\n{results.generate_report()}"
