"""A delegation that ends, in a real browser: told in time, over, declared anew, confirmed by an operator."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from tests import factories as make
from tests.journeys.conftest import Site
from tests.journeys.test_booking import SCREENS, context_of, look
from traitdunion.accounts import sign_ins
from traitdunion.accounts.models import Person
from traitdunion.core import clock, db, tokens
from traitdunion.notifications import digests
from traitdunion.notifications.models import Message
from traitdunion.prescribers import delegations, members
from traitdunion.prescribers.models import Delegation, Organisation

pytestmark = pytest.mark.browser


class School(NamedTuple):
    """An association whose delegation ends in twenty days, who administers it, and an operator."""

    organisation: int
    administrator: int
    operator: int


@pytest.fixture
def school(site: Site) -> School:
    today = clock.today()
    with db.transaction() as session:
        organisation = make.prescriber_organisation(session, name="École Rebond", kind="other")
        member = make.prescriber(session, organisation, make.person(session, "Ingrid"), is_administrator=True)
        operator = make.person(session, "Alix", is_operator=True)
        session.add(
            Delegation(
                organisation=organisation,
                delegator_kind="france_travail",
                delegator_name="Agence Exemple",
                number="D-1",
                starts_on=today - timedelta(days=345),
                ends_on=today + timedelta(days=20),
                created_at=make.NOW,
                confirmed_at=make.NOW,
            )
        )
        assert member.person_id
        return School(organisation.id, member.person_id, operator.id)


def open_as(browser: Browser, site: Site, screen: str, person_id: int) -> Page:
    """A page of a browser where that person is signed in."""
    with db.transaction() as session:
        secret = sign_ins.start(session, session.get_one(Person, person_id), device="Firefox", now=clock.now())
    context = context_of(browser, screen)
    context.add_cookies([{"name": sign_ins.COOKIE, "value": secret, "url": site.address}])
    return context.new_page()


def told() -> str:
    """The path of the digest that tells the administrator."""
    tomorrow = datetime.combine(clock.today() + timedelta(days=1), time(7), clock.PARIS)
    with db.transaction() as session:
        delegations.remind(session, today=clock.today(), now=clock.now())
    with db.transaction() as session:
        for address_id in digests.due(session, now=tomorrow):
            digests.compose(session, address_id, now=tomorrow)
    with db.transaction() as session:
        text = session.scalars(select(Message.text).where(Message.kind == "digest")).one()
    assert "À répondre bientôt" in text
    return urlsplit(next(word for word in text.split() if word.endswith("/organisme"))).path


def end_it() -> None:
    """Three weeks later."""
    with db.transaction() as session:
        session.execute(update(Delegation).values(ends_on=clock.today() - timedelta(days=1)))


def may_sign(organisation_id: int) -> bool:
    """New agreements are possible."""
    with db.transaction() as session:
        return delegations.may_prescribe(session.get_one(Organisation, organisation_id), on=clock.today())


@pytest.mark.parametrize("screen", SCREENS)
def test_a_delegation_that_ends_is_renewed(browser: Browser, site: Site, school: School, screen: str) -> None:
    page = open_as(browser, site, screen, school.administrator)

    page.goto(site.address + told())
    right = page.get_by_role("region", name="Droit de prescrire")
    expect(right).to_contain_text("possible Délégation n°\u00a0D-1 de Agence Exemple")
    look(page, "delegation")
    end_it()
    page.reload()
    expect(right).to_contain_text("les conventions signées continuent, mais aucune nouvelle n’est possible")
    assert not may_sign(school.organisation)

    right.get_by_role("link", name="Ajouter une délégation").click()
    page.get_by_label("Son nom").fill("Agence Exemple")
    page.get_by_label("Numéro de la convention").fill("D-2")
    page.get_by_label("Premier jour").fill(clock.today().isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Indiquez le dernier jour.")).to_be_visible()
    look(page, "delegation-refused")
    page.get_by_label("Dernier jour").fill((clock.today() + timedelta(days=365)).isoformat())
    page.get_by_role("button", name="Enregistrer").click()
    expect(right).to_contain_text("Notre équipe vérifie votre délégation")
    assert not may_sign(school.organisation)

    office = open_as(browser, site, screen, school.operator)
    office.goto(f"{site.address}/admin/organismes")
    look(office, "organismes")
    office.get_by_role("link", name="École Rebond").first.click()
    expect(office.get_by_role("button", name="Confirmer")).to_be_visible()
    look(office, "organisme")
    office.get_by_role("button", name="Confirmer").click()
    expect(office.get_by_text("est confirmée")).to_be_visible()

    page.reload()
    expect(right).to_contain_text("possible Délégation n°\u00a0D-2")
    assert may_sign(school.organisation)


@pytest.mark.parametrize("screen", SCREENS)
def test_pages_of_an_organisation_are_for_everybody(browser: Browser, site: Site, school: School, screen: str) -> None:
    with db.transaction() as session:
        organisation = session.get_one(Organisation, school.organisation)
        colleague = make.prescriber(session, organisation, make.person(session, "Paula"))
        by = session.get_one(Person, school.administrator)
        members.invite(session, organisation, "lou@exemple.fr", by=by, now=clock.now())
        (invited,) = members.invited(session, organisation.id)
        paths = ["", "/organisme", "/organisme/presentation", "/messages", f"/membres/{colleague.id}/depart"]
        token = tokens.sign(members.INVITATION, [invited.id])
    page = open_as(browser, site, screen, school.administrator)

    for path in (
        *(f"/prescripteur/{school.organisation}{one}" for one in paths),
        "/prescripteur/inscription",
        f"/prescripteur/invitation/{token}",
        "/mon-espace/accompagnement",
    ):
        page.goto(site.address + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look(page, path.strip("/").replace("/", "-")[:60])
