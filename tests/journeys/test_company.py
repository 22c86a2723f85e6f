"""A company, in a real browser: from its SIRET to a published slot, then to the answer to whoever asks to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from pytest_httpserver import HTTPServer
from sqlalchemy import select

from tests import factories as make
from tests.companies.samples import answer, firm
from tests.journeys.conftest import Site
from traitdunion.accounts import people, sign_ins
from traitdunion.companies import companies
from traitdunion.companies.models import Company, Verification
from traitdunion.core import clock, db
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Booking, Slot
from traitdunion.territories import working_days

pytestmark = pytest.mark.browser

SCREENS = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


@pytest.fixture
def register(committing_app: Flask, httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """The register of companies, which shows a baker's."""
    before = committing_app.config["RECHERCHE_ENTREPRISES_URL"]
    committing_app.config["RECHERCHE_ENTREPRISES_URL"] = httpserver.url_for("")
    httpserver.expect_request("/search").respond_with_json(answer(firm()))
    yield httpserver
    committing_app.config["RECHERCHE_ENTREPRISES_URL"] = before


@dataclass(frozen=True, slots=True)
class Visit:
    """A page of the service, and whether scripts run on it."""

    page: Page
    has_javascript: bool

    def check(self) -> None:
        """Axe disputes nothing, and the page does not scroll sideways."""
        if self.has_javascript:  # axe is a script itself
            found = Axe().run(self.page).response["violations"]
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], self.page.url
            assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url


@pytest.fixture(
    params=[("phone", True), ("desktop", True), ("phone", False)], ids=["phone", "desktop", "no javascript"]
)
def visit(request: pytest.FixtureRequest, browser: Browser, site: Site) -> Iterator[Visit]:
    """A browser where Ada is signed in."""
    screen, has_javascript = request.param
    viewport: Any = SCREENS[screen]
    found = browser.new_context(viewport=viewport, java_script_enabled=has_javascript)
    with db.transaction() as session:
        ada = make.person(session, "Ada", family_name="Martin", email="ada@exemple.fr")
        secret = sign_ins.start(session, ada, device="Firefox", now=clock.now())
    found.add_cookies([{"name": sign_ins.COOKIE, "value": secret, "url": site.address}])
    yield Visit(found.new_page(), has_javascript)
    found.close()


class TestCompany:
    def test_goes_from_its_siret_to_accepting_somebody(self, visit: Visit, site: Site, register: HTTPServer) -> None:
        page = visit.page

        page.goto(f"{site.address}/entreprise")
        visit.check()
        page.get_by_role("link", name="Inscrire un établissement").click()
        page.get_by_label("SIRET").fill("732829320")
        page.get_by_role("button", name="Continuer").click()
        expect(page.get_by_text("c’est un SIREN")).to_be_visible()
        visit.check()
        page.wait_for_timeout(2_000)  # nobody types a SIRET in less: the form is a trap for robots
        page.get_by_label("SIRET").fill("732 829 320 00074")
        page.get_by_role("button", name="Continuer").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Au Bon Pain")
        visit.check()

        propose(visit)
        expect(page.get_by_role("heading", level=1)).to_have_text("Boulanger")
        expect(page.get_by_text("Elle se montrera une fois l’établissement vérifié.")).to_be_visible()
        expect(page.get_by_role("link", name="CAP boulanger")).to_be_visible()
        visit.check()

        verify()
        ask_to_come()
        page.get_by_role("link", name="Au Bon Pain").click()
        expect(page.get_by_text("Répondez à une demande")).to_be_visible()
        visit.check()
        page.get_by_role("button", name="Accepter Paul Exemple").click()
        expect(page.get_by_text("C’est confirmé : Paul Exemple est prévenu.")).to_be_visible()
        expect(page.get_by_role("heading", name="Personnes attendues")).to_be_visible()
        visit.check()

        with db.transaction() as session:
            assert session.scalars(select(Booking.state)).all() == ["accepted"]

    def test_finds_nothing_wrong_on_its_other_pages(self, visit: Visit, site: Site, register: HTTPServer) -> None:
        page = visit.page
        with db.transaction() as session:
            ada = people.find(session, email="ada@exemple.fr")
            assert ada is not None
            company = make.company(session, verified_at=None)
            make.member(session, company, ada)
            make.member(session, company, make.person(session, "Paul"), state="asking")
            today = clock.today()
            for days, state in ((9, "published"), (9, "draft"), (12, "frozen"), (16, "full"), (23, "cancelled")):
                make.slot(session, company=company, first_day=today + timedelta(days=days), state=state, places=2)
            slot = session.scalars(select(Slot).order_by(Slot.id)).first()
            assert slot is not None
            space, slot_path = f"/entreprise/{company.id}", f"/entreprise/{company.id}/immersions/{slot.id}"

        for path in (
            space,
            f"{space}/membres",
            f"{space}/verification",
            f"{space}/immersions/nouvelle",
            f"{space}/immersions/importer",
            slot_path,
            f"{slot_path}/modifier",
            f"{slot_path}/repeter?semaines=8",
        ):
            page.goto(site.address + path)
            visit.check()


def propose(visit: Visit) -> None:
    """Describes half a day at the oven; the first attempt has hours that do not exist."""
    page = visit.page
    page.get_by_role("link", name="Proposer une immersion").first.click()
    page.get_by_label("Quel métier montrez-vous").fill("boulanger")
    page.get_by_label("Quel métier montrez-vous").press("Enter")
    expect(page.get_by_label("Boulanger / Boulangère")).to_be_checked()
    visit.check()
    day = clock.today() + timedelta(days=20)
    page.get_by_label("Premier jour").fill(f"{_not_holiday(day):%Y-%m-%d}")
    page.get_by_label("Heure de début").fill("08:00")
    page.get_by_label("Heure de fin").fill("07:00")
    page.get_by_label("Nombre de places").fill("1")
    page.get_by_label("Qui accueille").fill("Ada Martin")
    page.get_by_label("Ce que la personne verra").fill("Pétrir\nFaçonner\nCuire")
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("L’heure de fin doit être après")).to_be_visible()
    expect(page.get_by_label("Qui accueille")).to_have_value("Ada Martin")
    visit.check()
    page.get_by_label("Heure de fin").fill("12:00")
    page.get_by_role("button", name="Publier").click()


def verify() -> None:
    """The operator verifies the company."""
    with db.transaction() as session:
        company = session.scalars(select(Company)).one()
        companies.verify(session, company, method=Verification.OPERATOR, by=None, now=clock.now())


def ask_to_come() -> None:
    """Paul asks for the place."""
    with db.transaction() as session:
        paul = make.person(session, "Paul", birth_date=make.NOW.date().replace(year=1990))
        bookings.book(session, session.scalars(select(Slot)).one(), paul, word="Je découvre.", now=clock.now())


def _not_holiday(day: date) -> date:
    while working_days.is_holiday(day, local=working_days.subdivision(str(make.METZ["department"]))):
        day += timedelta(days=1)
    return day
