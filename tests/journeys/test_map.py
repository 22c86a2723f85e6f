"""The map of offers, in a real browser; IGN's tiles are made here, since nothing outside is asked for by tests."""

import struct
import zlib
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests import factories as make
from tests.journeys.conftest import Site
from tests.journeys.test_browser import SCREENS
from traitdunion.core import db

pytestmark = pytest.mark.browser

SEARCH = "/offres?q=boulanger&lieu=metz&rayon=50"


def tile() -> bytes:
    """A PNG of 256 pixels of one grey."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 256, 256, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\xdd" * 256) * 256
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class Visit:
    """A page of offers; what it asked for and what the browser refused is written down."""

    def __init__(self, context: BrowserContext, site: Site, *, has_tiles: bool = True, search: str = SEARCH) -> None:
        self.page: Page = context.new_page()
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.refused.append(message.text) if "Policy" in message.text else None)
        self.page.on("pageerror", lambda error: self.refused.append(str(error)))

        def answer(route: Route) -> None:
            if has_tiles:
                route.fulfill(body=tile(), content_type="image/png")
            else:
                route.abort()

        self.page.route("https://data.geopf.fr/**", answer)
        self.page.goto(site.address + search)

    @property
    def hosts(self) -> set[str]:
        """Those that were asked, besides ours."""
        return {host for url in self.asked if (host := urlsplit(url).hostname) not in {"127.0.0.1", None}}

    def open_map(self) -> None:
        """Presses the button, and waits for markers."""
        self.page.get_by_role("button", name="Voir sur la carte").click()
        expect(self.page.locator(".map-marker").first).to_be_visible()


@pytest.fixture
def context(browser: Browser) -> BrowserContext:
    """A screen."""
    return browser.new_context(viewport=SCREENS["desktop"])  # type: ignore[arg-type]


class TestMap:
    def test_asks_for_nothing_before_it_is_opened_then_for_tiles_alone(
        self, context: BrowserContext, site: Site
    ) -> None:
        visit = Visit(context, site)
        assert not visit.hosts
        assert not [url for url in visit.asked if "leaflet" in url or "carte.json" in url]
        assert len(visit.asked) <= 6, visit.asked

        visit.open_map()
        expect(visit.page.locator(".leaflet-tile-loaded").first).to_be_attached()

        assert visit.hosts == {"data.geopf.fr"}
        assert not visit.refused
        expect(visit.page.get_by_text("22 offres sur la carte.")).to_be_visible()
        expect(visit.page.get_by_role("link", name="IGN")).to_be_visible()

    def test_leads_to_offers_by_keyboard_alone(self, context: BrowserContext, site: Site) -> None:
        visit = Visit(context, site)
        page = visit.page

        page.get_by_role("button", name="Voir sur la carte").press("Enter")
        marker = page.get_by_role("button", name="22 offres, Metz (57)")
        marker.press("Enter")
        popup = page.get_by_role("group", name="Offres à cet endroit")
        expect(popup.get_by_role("link")).to_have_count(22)
        expect(popup.get_by_role("link").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(popup).to_have_count(0)
        expect(marker).to_be_focused()
        page.keyboard.press("Enter")
        popup.get_by_role("link").first.press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text("Boulanger / Boulangère (H/F)")
        assert "lieu=metz" in page.url

    @pytest.mark.parametrize("key", ["Enter", " "])
    def test_parts_a_cluster_by_keyboard(self, context: BrowserContext, site: Site, key: str) -> None:
        with db.transaction() as session:
            for north in range(3):
                make.offer(session, latitude=49.1 + north / 1000, longitude=6.19)
        visit = Visit(context, site, search="/offres")
        page = visit.page
        page.get_by_role("button", name="Voir sur la carte").click()

        cluster = page.get_by_role("button", name="25 offres : agrandir la carte ici")
        cluster.press(key)

        expect(cluster).to_have_count(0)
        expect(page.locator("#carte")).to_be_focused()
        expect(page.locator(".map-marker").first).to_be_visible()

    def test_keeps_its_markers_and_says_so_when_tiles_fail(self, context: BrowserContext, site: Site) -> None:
        visit = Visit(context, site, has_tiles=False)

        visit.open_map()

        expect(visit.page.get_by_text("Le fond de carte ne répond pas")).to_be_visible()
        expect(visit.page.get_by_role("button", name="22 offres, Metz (57)")).to_be_visible()

    def test_leaves_the_list_when_its_places_fail(self, context: BrowserContext, site: Site) -> None:
        visit = Visit(context, site)
        visit.page.route("**/offres/carte.json*", lambda route: route.fulfill(status=503))

        visit.page.get_by_role("button", name="Voir sur la carte").click()

        expect(visit.page.get_by_text("La liste ci-dessous dit la même chose.").first).to_be_visible()
        expect(visit.page.locator(".result").first).to_be_visible()

    def test_closes_and_opens_again_without_loading_twice(self, context: BrowserContext, site: Site) -> None:
        visit = Visit(context, site)
        visit.open_map()

        visit.page.get_by_role("button", name="Fermer la carte").click()
        expect(visit.page.locator(".map-marker").first).to_be_hidden()
        visit.open_map()

        assert len([url for url in visit.asked if "leaflet-map.js" in url]) == 1

    def test_is_not_shown_without_javascript(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(java_script_enabled=False)

        visit = Visit(context, site)

        expect(visit.page.get_by_role("button", name="Voir sur la carte")).to_have_count(0)
        expect(visit.page.locator(".result").first).to_be_visible()
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
class TestAccessibility:
    def test_of_an_open_map_is_not_disputed(self, browser: Browser, site: Site, scheme: str) -> None:
        context = browser.new_context(
            viewport=SCREENS["phone"],  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        visit = Visit(context, site)
        visit.open_map()
        visit.page.get_by_role("button", name="22 offres, Metz (57)").click()
        expect(visit.page.get_by_role("group", name="Offres à cet endroit")).to_be_visible()

        results = Axe().run(visit.page)

        assert not results.violations_count, results.generate_report()
        assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        context.close()
