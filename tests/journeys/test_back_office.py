"""An operator at work: the keyboard alone, any screen, nothing that axe disputes."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, expect

from tests import factories as make
from tests.journeys.conftest import Site
from traitdunion.about import messages
from traitdunion.about.models import Subject
from traitdunion.accounts import audit, sign_ins
from traitdunion.core import clock, db
from traitdunion.pathways import drawing

pytestmark = pytest.mark.browser

PATHS = (
    "/admin",
    "/admin/rapprochements?file=tirage",
    "/admin/rapprochements?file=doute",
    "/admin/journal",
    "/admin/personnes",
    "/admin/entreprises",
    "/admin/immersions",
    "/admin/messages",
)


@pytest.fixture
def secret(site: Site) -> str:
    """The cookie of an operator; something of everything waits."""
    with db.transaction() as session:
        operator = make.person(session, "Alix", is_operator=True)
        make.company(session, verified_at=None, verification=None)
        make.slot(session)
        messages.send(
            session,
            territory="metz",
            subject=Subject.ERROR,
            body="Rien\nne va",
            reply_to="a@exemple.fr",
            now=clock.now(),
        )
        drawing.draw(session, month=drawing.month_of(clock.today()))
        audit.record(session, by=operator.id, act="ban", subject="people", subject_id=1, now=clock.now())
        return sign_ins.start(session, operator, device="Firefox sur Linux", now=clock.now())


@pytest.fixture(params=[390, 1280])
def context(browser: Browser, request: pytest.FixtureRequest, site: Site, secret: str) -> Iterator[BrowserContext]:
    """The operator's browser."""
    found = browser.new_context(viewport={"width": request.param, "height": 900})
    found.add_cookies([{"name": sign_ins.COOKIE, "value": secret, "url": site.address}])
    yield found
    found.close()


def test_pages_are_for_everybody(context: BrowserContext, site: Site) -> None:
    page = context.new_page()

    for path in PATHS:
        page.goto(site.address + path)
        found = Axe().run(page)
        assert not found.response["violations"], f"{path}: {found.generate_report()}"
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, f"{path} is {width} px too wide"


def test_a_match_is_decided_with_the_keyboard(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto(f"{site.address}/admin/rapprochements?file=tirage")
    before = page.get_by_role("button", name="Elle y mène").count()

    page.get_by_role("button", name="Elle y mène").first.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Elle n’y mène pas").first).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url("**/admin/rapprochements?file=tirage#file")
    assert page.get_by_role("button", name="Elle y mène").count() == before - 1
    expect(page.get_by_role("table")).to_contain_text("0 %")
