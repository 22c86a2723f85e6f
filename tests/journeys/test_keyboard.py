"""The first visit by keyboard alone, on a phone: home, search, offer, training, and back with the search kept."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}

# What has the focus: where it is drawn, how, and whether something else hides its middle.
_FOCUS = """() => {
  const one = document.activeElement;
  const drawn = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + Math.min(box.width / 2, 20), box.y + box.height / 2);
  return {
    tag: one.tagName, text: (one.innerText || one.name || '').trim().slice(0, 60), tabindex: one.tabIndex,
    outline: parseFloat(drawn.outlineWidth), style: drawn.outlineStyle,
    isVisible: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right <= innerWidth + 1,
    isHidden: Boolean(top) && !one.contains(top) && !top.contains(one),
  };
}"""


@pytest.fixture(params=[True, False], ids=["javascript", "no javascript"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a phone."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=request.param)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


class TestFirstVisit:
    def test_goes_there_and_back_with_the_search_kept(self, page: Page, site: Site) -> None:
        page.goto(site.address)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Métier ou mot-clé")).to_be_focused()
        page.keyboard.type("boulangère")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Ville ou code postal")).to_be_focused()
        page.keyboard.type("metz")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=2).first).to_contain_text("22 offres")

        press(page, "Boulanger / Boulangère (H/F)", into="Boulanger / Boulangère (H/F)")
        press(page, "CAP boulanger", into="CAP boulanger")
        press(page, "← Retour à l’offre", into="Boulanger / Boulangère (H/F)")
        press(page, "← Retour aux résultats", into="Offres d’emploi")

        expect(page.get_by_label("Métier ou mot-clé")).to_have_value("boulangère")
        expect(page.get_by_label("Ville ou code postal")).to_have_value("metz")
        expect(page.get_by_role("heading", level=2).first).to_contain_text("22 offres")

    def test_finds_trainings_that_start_in_a_month(self, page: Page, site: Site) -> None:
        page.goto(f"{site.address}/formations")
        reach(page, "Plus de critères")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_label("Mon niveau")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_label("Début")).to_be_focused()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name="Rechercher")).to_be_focused()
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", level=2).first).to_contain_text("Aucune formation")
        assert "debut=toute-l-annee" in page.url


class TestFocus:
    def test_is_always_seen_and_follows_the_page(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(viewport=PHONE, reduced_motion="reduce")  # type: ignore[arg-type]
        page = context.new_page()

        for path in ("/", "/offres?lieu=metz&niveau=0", f"/offres/{site.offer}?lieu=metz", "/formations", "/contact"):
            page.goto(site.address + path)
            for focus in walk(page):
                assert focus["outline"] >= 2, (path, focus)
                assert focus["style"] != "none", (path, focus)
                assert focus["isVisible"], (path, focus)
                assert not focus["isHidden"], (path, focus)
                assert focus["tabindex"] == 0, (path, focus)
        context.close()


def walk(page: Page) -> Iterator[dict[str, Any]]:
    """Presses Tab to the end of the page."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focus: dict[str, Any] = page.evaluate(_FOCUS)
        if focus["tag"] == "BODY":
            return
        yield focus
    raise AssertionError("the page has no end")


def press(page: Page, name: str, *, into: str) -> None:
    """Opens the first link whose text begins so, once the search form or the back link has been passed by Tab."""
    reach(page, name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(into)


def reach(page: Page, name: str) -> None:
    """Presses Tab until something whose text begins so has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and focused.inner_text().startswith(name):
            return
    raise AssertionError(f"{name} cannot be reached by Tab")
