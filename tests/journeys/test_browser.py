"""A first visit, in a real browser: from the home page to a training and back, on a phone and on a screen."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.conftest import Site

pytestmark = pytest.mark.browser

SCREENS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


@pytest.mark.parametrize("has_javascript", [True, False], ids=["javascript", "no javascript"])
@pytest.mark.parametrize("screen", SCREENS)
class TestFirstVisit:
    def test_finds_an_offer_then_a_training_and_comes_back_to_its_search(
        self, browser: Browser, site: Site, screen: str, has_javascript: bool
    ) -> None:
        context = browser.new_context(viewport=SCREENS[screen], java_script_enabled=has_javascript)  # type: ignore[arg-type]
        page = context.new_page()

        page.goto(site.address)
        page.get_by_label("Métier ou mot-clé").fill("boulangère")
        page.get_by_label("Ville ou code postal").fill("metz")
        page.get_by_role("button", name="Rechercher").click()
        expect(page.get_by_role("heading", level=2)).to_contain_text("22 offres")
        search = page.url
        expect(page.get_by_label("Métier ou mot-clé")).to_have_value("boulangère")
        page.locator(".result", has_text="Aux Délices").get_by_role("link").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Boulanger / Boulangère (H/F)")
        page.get_by_role("link", name="CAP boulanger", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("CAP boulanger")
        page.get_by_role("link", name="Retour à l’offre").click()
        page.get_by_role("link", name="Retour aux résultats").click()

        assert page.url.replace("&rayon=30", "") == search
        expect(page.get_by_role("heading", level=2)).to_contain_text("22 offres")
        page.get_by_role("link", name="Page suivante").click()
        expect(page.get_by_text("Page 2 sur 2")).to_be_visible()
        page.go_back()
        expect(page.get_by_text("Page 1 sur 2")).to_be_visible()
        context.close()


class TestContact:
    def test_tells_what_to_correct_then_thanks(self, browser: Browser, site: Site) -> None:
        context = browser.new_context(viewport=SCREENS["phone"], java_script_enabled=False)  # type: ignore[arg-type]
        page = context.new_page()

        page.goto(site.address)
        assert not context.cookies()
        page.get_by_role("link", name="Contact", exact=True).click()
        page.get_by_label("Votre message").fill("La date est fausse.")
        page.get_by_label("Votre e-mail ou votre téléphone").fill("lea@exemple")
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_text("Ce n’est ni une adresse e-mail ni un numéro")).to_be_visible()
        expect(page.get_by_label("Votre message")).to_have_value("La date est fausse.")
        page.get_by_label("Votre e-mail ou votre téléphone").fill("lea@exemple.fr")
        page.get_by_role("button", name="Envoyer").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Votre message est arrivé")
        context.close()
