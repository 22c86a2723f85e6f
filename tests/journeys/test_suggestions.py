"""Suggestions under the search fields, in a real browser: with keys, with a finger, and out of the way."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import Site
from tests.journeys.test_browser import SCREENS
from traitdunion.core import db
from traitdunion.search.live import gathering

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site: Site) -> Page:
    """The home page, on a screen, where jobs were gathered."""
    gathering.gather(db.engine())
    return opened(browser.new_context(viewport=SCREENS["desktop"]), site)  # type: ignore[arg-type]


def opened(context: BrowserContext, site: Site) -> Page:
    """The home page."""
    page = context.new_page()
    page.goto(site.address)
    return page


class TestJobs:
    def test_are_chosen_with_arrow_keys_and_searched_with_enter(self, page: Page) -> None:
        field = page.get_by_label("Métier ou mot-clé")

        field.press_sequentially("boul")
        expect(page.get_by_role("option")).to_have_text(["Boulanger / Boulangère"])
        expect(page.get_by_text("1 proposition, flèche vers le bas pour choisir.")).to_be_attached()
        expect(field).to_have_attribute("aria-expanded", "true")
        field.press("ArrowDown")
        active = field.get_attribute("aria-activedescendant")
        expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
        field.press("Enter")

        expect(field).to_have_value("Boulanger / Boulangère")
        expect(page.get_by_role("listbox")).to_be_hidden()
        field.press("Enter")
        expect(page.get_by_role("heading", level=2).first).to_contain_text("22 offres")

    def test_never_stand_in_the_way_of_what_was_typed(self, page: Page) -> None:
        field = page.get_by_label("Métier ou mot-clé")

        field.press_sequentially("boul")
        expect(page.get_by_role("option")).to_have_count(1)
        field.press("Enter")

        page.wait_for_url("**/offres?q=boul&**")

    def test_go_away_with_escape_which_leaves_the_words(self, page: Page) -> None:
        field = page.get_by_label("Métier ou mot-clé")
        field.press_sequentially("boul")
        expect(page.get_by_role("listbox")).to_be_visible()

        field.press("Escape")

        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(field).to_have_value("boul")
        expect(field).to_be_focused()
        field.press("ArrowDown")
        expect(page.get_by_role("listbox")).to_be_visible()
        field.press("Tab")
        expect(page.get_by_role("listbox")).to_be_hidden()

    def test_ask_nothing_under_two_letters_and_once_for_a_quick_word(self, page: Page) -> None:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "suggestions" in request.url else None)
        field = page.get_by_label("Métier ou mot-clé")

        field.press_sequentially("b")
        page.wait_for_timeout(400)
        field.press_sequentially("oulan", delay=20)
        expect(page.get_by_role("option")).to_have_count(1)

        assert [url.partition("?")[2] for url in asked if "metiers" in url] == ["q=boulan"]


class TestPlaces:
    def test_are_chosen_with_a_finger(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(viewport=SCREENS["phone"], has_touch=True, is_mobile=True)  # type: ignore[arg-type]
        page = opened(context, site)

        page.get_by_label("Ville ou code postal").press_sequentially("572")
        page.get_by_label("Ville ou code postal").fill("thionv")
        page.get_by_role("option", name="Thionville (57)").tap()

        expect(page.get_by_label("Ville ou code postal")).to_have_value("Thionville (57)")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        context.close()

    def test_that_fail_leave_a_plain_field(self, page: Page) -> None:
        page.route("**/suggestions/**", lambda route: route.abort())
        field = page.get_by_label("Ville ou code postal")

        field.press_sequentially("metz")
        page.wait_for_timeout(400)
        expect(page.get_by_role("listbox")).to_have_count(0)
        field.press("Enter")

        expect(page.get_by_role("heading", level=2).first).to_contain_text("Metz (57)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestAccessibility:
    def test_of_an_open_list_is_not_disputed(self, browser: Browser, site: Site, scheme: str) -> None:
        context = browser.new_context(viewport=SCREENS["phone"], color_scheme=scheme)  # type: ignore[arg-type]
        page = opened(context, site)

        page.get_by_label("Ville ou code postal").press_sequentially("me")
        expect(page.get_by_role("option")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        results = Axe().run(page)

        assert not results.violations_count, results.generate_report()
        context.close()
