"""A party signs from its telephone, reads what it signed, and verifies it, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.agreements import samples
from tests.agreements.signing.samples import last_code, party, wrong
from tests.journeys.conftest import Site
from traitdunion.accounts import sign_ins
from traitdunion.agreements.document import documents
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters
from traitdunion.core import clock, db

pytestmark = pytest.mark.browser

SCREENS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}},
    "desktop dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


@pytest.fixture(params=SCREENS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser set so."""
    context = browser.new_context(**SCREENS[request.param])
    yield context.new_page()
    context.close()


def look(page: Page) -> None:
    """Nothing that axe disputes, nothing to scroll sideways for."""
    results = Axe().run(page)
    assert not results.violations_count, f"{page.url}\n{results.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def code() -> str:
    """That of the last message."""
    with db.transaction() as session:
        return last_code(session)


def test_a_party_reads_signs_and_verifies(page: Page, site: Site, tmp_path: Path) -> None:
    with db.transaction() as session:
        agreement = samples.agreement(session, samples.minor(samples.terms()))
        agreement_id, link = agreement.id, letters.path(party(agreement, PartyRole.COMPANY))
        printed = documents.printed(agreement.code)
    page.goto(site.address + link)
    look(page)

    page.get_by_role("button", name="Recevoir le code par SMS").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saisir le code pour signer")
    page.get_by_label("Code à 6 chiffres").fill(wrong(code()))
    page.get_by_role("button", name="Lire la convention").click()
    expect(page.get_by_text("il vous reste 4 essais")).to_be_visible()
    look(page)
    page.get_by_label("Code à 6 chiffres").fill(code())
    page.get_by_role("button", name="Lire la convention").click()
    expect(page.get_by_text("Pétrir, façonner, cuire.")).to_be_visible()
    look(page)
    page.get_by_role("button", name="Signer la convention").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Vous avez signé la convention")
    look(page)
    with db.transaction() as session:
        agreement = session.get_one(Agreement, agreement_id)
        assert agreement.status == Status.PARTIALLY_SIGNED
        file = tmp_path / "convention.pdf"
        file.write_bytes(documents.keep(session, agreement, now=clock.now()))

    page.goto(f"{site.address}/conventions/verification?code={printed}")
    look(page)
    page.get_by_label("Nom de famille").fill("exemple")
    page.get_by_role("button", name="Vérifier ce code").click()
    expect(page.get_by_role("status")).to_contain_text("Document conforme")
    look(page)
    page.get_by_label("Fichier PDF").set_input_files(file)
    page.get_by_role("button", name="Vérifier ce fichier").click()
    expect(page.get_by_role("status")).to_contain_text("1 sur 3")


def test_whom_it_binds_reads_it_and_downloads_it(page: Page, site: Site) -> None:
    with db.transaction() as session:
        agreement = samples.agreement(session)
        assert agreement.person is not None
        secret = sign_ins.start(session, agreement.person, device="Safari", now=clock.now())
        path, name = f"/conventions/{agreement.id}", documents.file_name(agreement)
    page.context.add_cookies([{"name": sign_ins.COOKIE, "value": secret, "url": site.address}])

    page.goto(site.address + path)
    look(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger le PDF").click()

    assert download.value.suggested_filename == name
    assert download.value.path().read_bytes().startswith(b"%PDF-1.7")
