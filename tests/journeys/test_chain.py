"""After a signature, in a real browser: corrected, changed, refused, validated, renewed; then what was learnt."""

import os
import re
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as booked
from tests.agreements.signing.samples import party
from tests.impact.immersions import tried
from tests.journeys.conftest import Site
from traitdunion.accounts import sign_ins
from traitdunion.accounts.models import Person
from traitdunion.agreements.kinds import PartyRole, SignatureChannel
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import codes, signatures
from traitdunion.core import clock, db
from traitdunion.immersions.models import Booking
from traitdunion.impact import letters
from traitdunion.notifications.models import Message
from traitdunion.prescribers.models import CaseloadEntry

pytestmark = pytest.mark.browser

SCREENS = {"phone": ViewportSize(width=390, height=844), "desktop": ViewportSize(width=1280, height=900)}
BOTH = [PartyRole.BENEFICIARY, PartyRole.COMPANY]


class Case(NamedTuple):
    """An agreement, whose it is, and who decides on it."""

    agreement: int
    person: int
    prescriber: int
    organisation: int

    @property
    def path(self) -> str:
        """Its page, for the prescriber."""
        return f"/prescripteur/{self.organisation}/conventions/{self.agreement}"


def case(*, first_day: date, signed: list[PartyRole]) -> Case:
    """Three days at a baker's, out to be signed, and signed by those."""
    with db.transaction() as session:
        slot = booked.slot(session, first_day=first_day, last_day=first_day + timedelta(days=2))
        agreement = booked.ready(session, slot)
        assert agreement.person_id
        assert agreement.organisation_id
        for role in signed:
            asked = codes.ask(
                session,
                party(agreement, role),
                agreement.versions[0],
                channel=SignatureChannel.EMAIL,
                now=clock.now(),
            )
            session.flush()
            signatures.sign(session, party(agreement, role), asked, now=clock.now())
        found = follower(session, agreement.person_id)
        return Case(agreement.id, agreement.person_id, found, agreement.organisation_id)


def follower(session: Session, person_id: int) -> int:
    """The person id of the prescriber who follows that person."""
    entry = session.scalars(select(CaseloadEntry).where(CaseloadEntry.person_id == person_id)).one()
    assert entry.prescriber
    assert entry.prescriber.person_id
    return entry.prescriber.person_id


def monday(*, in_days: int) -> date:
    """The first one that many days from now, or later."""
    day = clock.today() + timedelta(days=in_days)
    return day + timedelta(days=-day.weekday() % 7)


def visit(browser: Browser, site: Site, screen: str, person_id: int | None = None) -> Page:
    """A page of a browser of that size, where that person is signed in."""
    context = browser.new_context(viewport=SCREENS[screen])
    if person_id is not None:
        with db.transaction() as session:
            secret = sign_ins.start(session, session.get_one(Person, person_id), device="Firefox", now=clock.now())
        context.add_cookies([{"name": sign_ins.COOKIE, "value": secret, "url": site.address}])
    return context.new_page()


def look(page: Page, name: str) -> None:
    """Nothing that axe disputes here, nothing to scroll sideways for on either screen; pictures where SHOTS asks."""
    page.wait_for_load_state()
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    assert not results.violations_count, f"{page.url}\n{results.generate_report()}"
    mine = page.viewport_size
    for size in SCREENS.values():
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (page.url, size)
        if "SHOTS" in os.environ:
            page.screenshot(path=Path(os.environ["SHOTS"]) / f"{name}-{size['width']}.png", full_page=True)
    if mine:
        page.set_viewport_size(mine)


def heading(page: Page, text: str) -> None:
    """The page is that one."""
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def signing(page: Page, name: str) -> Locator:
    """What the prescriber reads of a party's signature."""
    return page.get_by_role("region", name="Signatures").get_by_role("listitem").filter(has_text=name)


def link_of(kind: str, inside: str) -> str:
    """The path of the link of the last message of that kind."""
    with db.transaction() as session:
        query = select(Message.text).where(Message.kind == kind).order_by(Message.id.desc()).limit(1)
        text = session.scalars(query).one()
    found = re.search(rf"https?://\S+{inside}\S+", text)
    assert found, text
    return urlsplit(found[0]).path


def asked(address: str) -> int:
    """How many times somebody was asked to sign, at that address."""
    with db.transaction() as session:
        sent = session.scalars(select(Message).where(Message.kind == "signature_asked"))
        return [one.address.value for one in sent].count(address)


def test_a_correction_keeps_the_signatures_and_a_change_clears_them(browser: Browser, site: Site) -> None:
    made = case(first_day=monday(in_days=28), signed=[PartyRole.COMPANY])
    page = visit(browser, site, "phone", made.prescriber)

    page.goto(f"{site.address}/prescripteur/{made.organisation}/conventions")
    look(page, "conventions")
    page.get_by_role("link", name="Camille Exemple").click()
    look(page, "convention-signing")
    page.get_by_role("link", name="Corriger un e-mail ou un téléphone").click()
    look(page, "convention-adresse")
    page.get_by_label("De qui").select_option("beneficiary")
    page.get_by_label("Nouvel e-mail").fill("camille.neuve@exemple.fr")
    page.get_by_role("button", name="Corriger").click()

    expect(page.get_by_role("status")).to_contain_text("Les signatures sont gardées.")
    expect(signing(page, "Ada Martin")).to_contain_text("signée")
    before = asked("camille.neuve@exemple.fr")

    page.get_by_role("link", name="Modifier les jours, le lieu, les tâches").click()
    look(page, "convention-texte")
    page.get_by_label("Tâches confiées").fill("Pétrir, façonner, cuire et vendre.")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_role("status")).to_contain_text("la signe de nouveau")
    for name in ("Ada Martin", "Camille Exemple"):
        expect(signing(page, name)).to_contain_text("attendue")
    assert (before, asked("camille.neuve@exemple.fr")) == (1, 2)
    look(page, "convention-changed")
    page.context.close()


def test_a_question_is_answered_and_a_refusal_is_read(browser: Browser, site: Site) -> None:
    made = case(first_day=monday(in_days=28), signed=BOTH)
    page, stale = (visit(browser, site, "desktop", made.prescriber) for _ in range(2))
    for one in (page, stale):
        one.goto(site.address + made.path)
    look(page, "convention-review")

    page.get_by_text("Demander une précision à une partie").click()
    page.get_by_label("À qui").select_option("company")
    page.get_by_label("Votre question").fill("Qui sera avec Camille le matin ?")
    page.get_by_role("button", name="Envoyer la question").click()
    expect(page.get_by_role("status")).to_contain_text("Votre question est partie.")
    company = visit(browser, site, "phone")
    company.goto(site.address + link_of("agreement_precision_asked", "/conventions/precision/"))
    look(company, "precision")
    company.get_by_label("Votre réponse").fill("Rachid, dès 8 heures.")
    company.get_by_role("button", name="Envoyer ma réponse").click()
    heading(company, "Merci, votre réponse est partie")
    look(company, "precision-given")
    page.reload()
    expect(page.get_by_role("region", name="Histoire")).to_contain_text("Rachid, dès 8 heures.")

    for one in (page, stale):
        one.get_by_text("Refuser cette convention").click()
        one.get_by_label("Pourquoi").fill("Un emploi est déjà promis.")
        one.get_by_role("button", name="Refuser la convention").click()

    expect(page.get_by_role("status")).to_contain_text("Chacun est prévenu")
    look(page, "convention-refused")
    expect(stale.get_by_role("alert")).to_contain_text("Quelqu’un vient de modifier cette convention.")
    person = visit(browser, site, "phone", made.person)
    person.goto(f"{site.address}/mon-espace/conventions/{made.agreement}")
    expect(person.get_by_text("Un emploi est déjà promis.")).to_be_visible()
    look(person, "person-refused")
    for one in (page, stale, company, person):
        one.context.close()


def test_is_validated_then_renewed_and_an_accident_is_told(browser: Browser, site: Site) -> None:
    made = case(first_day=monday(in_days=1), signed=BOTH)
    page = visit(browser, site, "desktop", made.prescriber)
    page.goto(site.address + made.path)

    for word in page.get_by_role("textbox").filter(visible=True).all():  # of what the guard warns
        word.fill("L’entreprise et la personne le savent.")
    page.get_by_role("button", name="Valider la convention").click()
    expect(page.get_by_role("status")).to_contain_text("La convention est validée.")
    look(page, "convention-validated")
    page.get_by_role("link", name="Renouveler l’immersion").click()
    look(page, "convention-renouvellement")
    again = monday(in_days=15)
    page.get_by_label("Premier jour").fill(again.isoformat())
    page.get_by_label("Dernier jour").fill((again + timedelta(days=2)).isoformat())
    page.get_by_label("Quel objectif").fill("Voir la vente, pas encore essayée.")
    page.get_by_role("button", name="Préparer le renouvellement").click()
    expect(page.get_by_role("status")).to_contain_text("Le renouvellement est prêt.")
    page.get_by_role("link", name="Voir le renouvellement").click()

    expect(signing(page, "Camille Exemple")).to_contain_text("attendue")
    look(page, "convention-renewed")
    with db.transaction() as session:
        renewal = session.scalars(select(Agreement).where(Agreement.renewed_from_id == made.agreement)).one()
        assert renewal.first_day == again
    person = visit(browser, site, "phone", made.person)
    person.goto(f"{site.address}/accident")
    expect(person.get_by_text("Mission locale Exemple")).to_be_visible()
    look(person, "accident")
    page.context.close()
    person.context.close()


def over() -> tuple[Booking, int]:
    """An immersion that ended yesterday, of somebody who is followed; who follows them."""
    with db.transaction() as session:
        booking = tried(session, ended=1)
        entry = make.caseload_entry(session, make.prescriber_organisation(session), booking.person, prescribes=True)
        entry.prescriber = make.prescriber(session, entry.organisation)
        session.flush()
        return booking, follower(session, booking.person_id)


def reads(page: Page, site: Site, booking: Booking, *words: str) -> None:
    """The prescriber finds these words in the person's file."""
    with db.transaction() as session:
        entry = session.scalars(select(CaseloadEntry).where(CaseloadEntry.person_id == booking.person_id)).one()
        path = f"/prescripteur/{entry.organisation_id}/personnes/{entry.person_id}"
    page.goto(site.address + path)
    for said in words:
        expect(page.get_by_role("region", name="Ses immersions")).to_contain_text(said)


def test_an_abandonment_is_a_success(browser: Browser, site: Site) -> None:
    booking, prescriber = over()
    person = visit(browser, site, "phone")

    person.goto(f"{site.address}/verdict/{letters.verdict_token(booking)}")
    look(person, "verdict-choix")
    person.get_by_role("button", name="J’abandonne ce métier").click()
    look(person, "verdict-raison")
    person.get_by_role("button", name="Les horaires").click()
    look(person, "verdict-connaissance")
    person.get_by_role("button", name="8", exact=True).click()
    expect(person.get_by_text("C’est un vrai résultat")).to_be_visible()
    look(person, "verdict-dit")
    person.get_by_role("link", name="Et maintenant").click()
    look(person, "suite-situation")
    person.get_by_role("button", name="J’ai un autre projet").click()
    look(person, "suite-obstacle")
    person.get_by_role("button", name="Ce métier n’est pas pour moi").click()
    heading(person, "Merci, c’est noté")
    look(person, "suite-dit")

    page = visit(browser, site, "desktop", prescriber)
    reads(
        page,
        site,
        booking,
        "abandonne ce métier",
        "Ce qui a compté : les horaires.",
        "C’est une orientation réussie",
        "8 sur 10 après",
        "Ensuite : autre projet (ce métier n’est pas pour moi).",
    )
    for one in (person, page):
        one.context.close()


def test_a_bilan_and_its_answer_are_read(browser: Browser, site: Site) -> None:
    booking, prescriber = over()
    company, person = (visit(browser, site, "phone") for _ in range(2))

    company.goto(f"{site.address}/bilan/{letters.bilan_token(booking)}")
    look(company, "bilan")
    company.get_by_label("Oui, jusqu’au bout").check()
    company.get_by_label("Qu’est-ce qui s’est bien passé").fill("Soigneuse et à l’heure.")
    company.get_by_role("button", name="Envoyer le bilan").click()
    heading(company, "Merci, le bilan est fait")
    look(company, "bilan-fait")
    person.goto(site.address + link_of("bilan_said", "/bilan/avis/"))
    person.get_by_label("Non, pas tout à fait").check()
    person.get_by_label("Votre mot").fill("J’étais en retard le premier jour.")
    look(person, "avis")
    person.get_by_role("button", name="Envoyer").click()
    heading(person, "Merci, votre mot est noté")
    look(person, "avis-dit")

    page = visit(browser, site, "desktop", prescriber)
    reads(
        page,
        site,
        booking,
        "venue jusqu’au bout",
        "L’entreprise : « Soigneuse et à l’heure. »",
        "n’est pas d’accord avec ce bilan",
        "La personne : « J’étais en retard le premier jour. »",
    )
    page.get_by_role("link", name="Lire ce qui en a été dit").click()
    expect(page.get_by_role("region", name="Ses immersions")).to_be_in_viewport()
    look(page, "file-after")
    for one in (person, company, page):
        one.context.close()
