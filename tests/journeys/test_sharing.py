"""Sharing and printing an offer, in a real browser."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser


class TestShare:
    def test_copies_the_one_address_of_the_offer(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        context.add_init_script("delete Navigator.prototype.share")
        page = context.new_page()
        page.goto(f"{site.address}/offres/{site.offer}?lieu=metz")

        page.get_by_role("button", name="Copier l’adresse").click()

        expect(page.get_by_text("Adresse copiée.")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == f"{site.address}/offres/{site.offer}"
        context.close()

    def test_hands_over_to_the_phone(self, browser: Browser, site: Site) -> None:
        context = browser.new_context()
        context.add_init_script("Navigator.prototype.share = async (shared) => { window.shared = shared; }")
        page = context.new_page()
        page.goto(f"{site.address}/offres/{site.offer}?lieu=metz")

        page.get_by_role("button", name="Partager").click()

        assert page.evaluate("window.shared") == {
            "title": "Boulanger / Boulangère (H/F)",
            "url": f"{site.address}/offres/{site.offer}",
        }
        context.close()

    def test_prints(self, browser: Browser, site: Site) -> None:
        context = browser.new_context()
        context.add_init_script("window.print = () => { window.isPrinted = true; }")
        page = context.new_page()
        page.goto(f"{site.address}/offres/{site.offer}")

        page.get_by_role("button", name="Imprimer").click()

        assert page.evaluate("window.isPrinted")
        context.close()

    def test_is_a_letter_without_javascript(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(f"{site.address}/offres/{site.offer}?lieu=metz")

        link = page.get_by_role("link", name="Envoyer par e-mail").get_attribute("href") or ""

        assert link.startswith("mailto:?subject=Boulanger%20/%20Boulang%C3%A8re")
        assert link.endswith(f"/offres/{site.offer}")
        expect(page.get_by_role("button", name="Imprimer")).to_have_count(0)
        context.close()
