"""Signing in with a real OpenID provider, in a process of its own, which sometimes lies."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories as make
from tests import oidc_provider
from tests.accounts import letters
from tests.pages import Page, PageClient, check
from traitdunion import ROOT, create_app
from traitdunion.accounts import bans, people
from traitdunion.accounts.models import Person, ProvidedIdentity, SignIn
from traitdunion.clients.openid import Provider
from traitdunion.core import clock

START = "/connexion/avec/proconnect"


class Control:
    """Tells the provider what to say."""

    def __init__(self, address: str) -> None:
        self.address = address

    def say(self, fault: str = "", *, signs_userinfo: bool = True, **claims: object) -> None:
        """The next lie, how userinfo comes, and what is said of the person."""
        told = {"fault": fault, "claims": claims, "signs_userinfo": signs_userinfo}
        requests.post(f"{self.address}/control", json=told, timeout=5).raise_for_status()


@pytest.fixture(scope="module")
def process() -> Iterator[Control]:
    """The provider's process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = subprocess.Popen([sys.executable, "-m", "tests.oidc_provider", str(port)], cwd=ROOT)
    control = Control(f"http://127.0.0.1:{port}")
    for _ in range(200):
        try:
            requests.get(f"{control.address}/jwks", timeout=1)
            break
        except requests.ConnectionError:
            time.sleep(0.05)
    yield control
    started.kill()
    started.wait()


@pytest.fixture
def provider(app: Flask, process: Control) -> Iterator[Control]:
    """The provider, which tells the truth, and which the service knows under two names."""
    process.say()
    known = app.extensions["openid"]
    app.extensions["openid"] = {
        key: Provider(
            key=key,
            name=name,
            issuer=process.address,
            client_id=oidc_provider.CLIENT_ID,
            client_secret=oidc_provider.CLIENT_SECRET,
            scope="openid given_name usual_name email",
            signs_userinfo=key == "proconnect",
            realm=None if key == "proconnect" else "/individu",
        )
        for key, name in (("proconnect", "ProConnect"), ("france-travail", "France Travail Connect"))
    }
    yield process
    app.extensions["openid"] = known


def leave(pages: PageClient, start: str = START) -> str:
    """Goes to the provider, signs in there, and gives the address it sends the browser back to."""
    answer = pages.client.get(start)
    assert answer.status_code == 303, answer.text
    there = requests.get(answer.location, allow_redirects=False, timeout=5)
    assert there.status_code == 302, there.text
    back = urlsplit(there.headers["Location"])
    assert back.path == urlsplit(start).path + "/retour"
    return f"{back.path}?{back.query}"


def enter(pages: PageClient, start: str = START) -> TestResponse:
    """The whole way, there and back."""
    return pages.client.get(leave(pages, start))


def count(session: Session, model: type) -> int:
    """The rows of a table."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def is_signed_in(pages: PageClient) -> bool:
    """Whether the browser opens its own account."""
    return pages.client.get("/mon-compte").status_code == 200


def test_buttons_are_there_only_where_they_lead_somewhere(provider: Control, app: Flask, pages: PageClient) -> None:
    shown = pages.get("/connexion", is_form=True).select("a[href^='/connexion/avec/']")
    app.extensions["openid"] = {}
    hidden = pages.get("/connexion", is_form=True).select("a[href^='/connexion/avec/']")

    assert [link.get_text() for link in shown] == [
        "S’identifier avec ProConnect",
        "S’identifier avec France Travail Connect",
    ]
    assert not hidden
    assert pages.client.get(START).status_code == 404


class TestSettings:
    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"ISSUER": "https://fournisseur.exemple"}, "vont ensemble"),
            ({"ISSUER": "http://fournisseur.exemple", "CLIENT_ID": "a", "CLIENT_SECRET": "b"}, "https://"),
        ],
    )
    def test_that_do_not_go_together_are_refused_at_start(
        self, environ: dict[str, str], given: dict[str, str], told: str
    ) -> None:
        from config import SettingsRefused

        with pytest.raises(SettingsRefused, match=told):
            create_app(environ | {f"OIDC_PROCONNECT_{name}": value for name, value in given.items()})

    def test_make_a_provider(self, environ: dict[str, str]) -> None:
        given = {"ISSUER": "https://fournisseur.exemple/api/v2", "CLIENT_ID": "a", "CLIENT_SECRET": "b"}

        app = create_app(environ | {f"OIDC_FRANCE_TRAVAIL_{name}": value for name, value in given.items()})

        assert list(app.extensions["openid"]) == ["france-travail"]


class TestWhoComesBack:
    def test_is_signed_in_and_known_again(self, session: Session, provider: Control, app: Flask) -> None:
        pages, again = PageClient(app), PageClient(app)

        answer = enter(pages)
        provider.say(email="another@exemple.fr")  # people change address: `sub` stays
        enter(again)

        person = session.scalars(select(Person)).one()
        assert answer.status_code == 303
        assert is_signed_in(pages)
        assert is_signed_in(again)
        assert (person.name, person.email) == ("Camille Martin", "camille.martin@exemple.fr")
        assert count(session, ProvidedIdentity) == 1

    def test_goes_on_to_the_page_that_was_asked_for(
        self, session: Session, provider: Control, pages: PageClient
    ) -> None:
        answer = pages.client.get(f"{START}?suite=/formations")
        there = requests.get(answer.location, allow_redirects=False, timeout=5)
        back = urlsplit(there.headers["Location"])

        assert pages.client.get(f"{back.path}?{back.query}").location == "/formations"

    def test_with_a_verified_email_finds_the_account(
        self, session: Session, provider: Control, pages: PageClient
    ) -> None:
        person = make.person(session, "Camillou", email="camille.martin@exemple.fr", family_name="")

        enter(pages)

        session.refresh(person)
        assert count(session, Person) == 1
        assert (person.given_name, person.family_name) == ("Camillou", "Martin")  # what the person said is kept

    @pytest.mark.parametrize("verified", [False, None, "true", 1])
    def test_with_an_unverified_email_proves_it_to_us_first(
        self, session: Session, provider: Control, pages: PageClient, verified: object
    ) -> None:
        victim = make.person(session, email="camille.martin@exemple.fr")
        provider.say(email_verified=verified)

        answer = enter(pages)

        assert answer.location == "/connexion/code"
        assert not is_signed_in(pages)
        assert count(session, ProvidedIdentity) == 0
        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})
        assert answer.status_code == 303
        assert session.scalars(select(ProvidedIdentity)).one().person_id == victim.id
        pages.sign_out()
        enter(pages)  # once is enough
        assert is_signed_in(pages)

    def test_without_email_is_told_so(self, session: Session, provider: Control, pages: PageClient) -> None:
        provider.say(email=None)

        answer = enter(pages)

        assert answer.status_code == 403
        assert "ne nous a pas été donnée" in answer.text
        assert count(session, Person) == 0

    def test_who_is_banned_stays_out(self, session: Session, provider: Control, pages: PageClient) -> None:
        person = make.person(session, email="camille.martin@exemple.fr")
        bans.ban(session, person, reason="essai", by=None, now=clock.now())
        session.commit()

        answer = enter(pages)

        assert answer.status_code == 403
        assert "suspendu" in answer.text
        assert not is_signed_in(pages)

    def test_may_come_with_an_unsigned_userinfo_only_where_it_is_not_signed(
        self, session: Session, provider: Control, pages: PageClient
    ) -> None:
        provider.say(signs_userinfo=False)

        assert enter(pages, "/connexion/avec/france-travail").status_code == 303
        assert enter(pages).status_code == 403


class TestWhatIsRefused:
    @pytest.mark.parametrize("fault", oidc_provider.FAULTS)
    def test_is_whatever_is_not_the_providers_word(
        self, session: Session, provider: Control, pages: PageClient, fault: str
    ) -> None:
        provider.say(fault)

        answer = enter(pages)

        page = Page(answer.text, "lxml")
        check(page, START)
        assert answer.status_code == 403
        assert "n’a pas pu être vérifiée" in page.main
        assert not is_signed_in(pages)
        assert count(session, Person) == 0

    def test_is_a_cancelled_sign_in(self, session: Session, provider: Control, pages: PageClient) -> None:
        provider.say("access_denied")

        answer = enter(pages)

        assert answer.status_code == 403
        assert "a été annulée ou refusée" in answer.text

    def test_is_another_browsers_sign_in(self, session: Session, provider: Control, app: Flask) -> None:
        attacker, victim = PageClient(app), PageClient(app)
        back = leave(attacker)

        without = victim.client.get(back)
        leave(victim)
        with_another = victim.client.get(back)

        assert (without.status_code, with_another.status_code) == (403, 403)
        assert "un autre navigateur" in without.text
        assert not is_signed_in(victim)

    def test_is_a_second_use(self, session: Session, provider: Control, pages: PageClient) -> None:
        back = leave(pages)
        pages.client.get(back)
        pages.sign_out()

        assert pages.client.get(back).status_code == 403
        assert count(session, SignIn) == 1

    def test_is_another_providers_answer(self, session: Session, provider: Control, pages: PageClient) -> None:
        back = leave(pages)
        issuer = parse_qs(urlsplit(back).query)["iss"][0]
        assert issuer == provider.address

        mixed = back.replace("iss=http%3A%2F%2F127", "iss=http%3A%2F%2F128")

        assert mixed != back
        assert pages.client.get(mixed).status_code == 403


class TestOutage:
    @pytest.mark.parametrize("fault", oidc_provider.OUTAGES)
    def test_is_told_and_loses_nothing(
        self, session: Session, provider: Control, pages: PageClient, fault: str
    ) -> None:
        if fault == "discovery_500":
            provider.say(fault)
            answer = pages.client.get(START)
        else:
            back = leave(pages)
            provider.say(fault)
            answer = pages.client.get(back)

        page = Page(answer.text, "lxml")
        check(page, START)
        assert answer.status_code == 503
        assert "ProConnect ne répond pas" in page.main
        assert page.select_one("main a[href='/connexion']")

    def test_of_a_provider_that_is_gone(self, session: Session, provider: Control, app: Flask) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        gone = Provider(
            key="proconnect",
            name="ProConnect",
            issuer=f"http://127.0.0.1:{port}",
            client_id="a",
            client_secret="b",
            scope="openid",
            signs_userinfo=True,
        )
        app.extensions["openid"] = {"proconnect": gone}

        assert PageClient(app).client.get(START).status_code == 503


class TestLeaving:
    def test_offers_to_leave_the_provider_too(self, session: Session, provider: Control, pages: PageClient) -> None:
        enter(pages)

        answer = pages.post("/deconnexion", form="/mon-compte")

        page = Page(answer.text, "lxml")
        check(page, "/deconnexion")
        (link,) = page.select("main a[href*='/logout']")
        asked = parse_qs(urlsplit(str(link["href"])).query)
        assert asked["id_token_hint"][0].count(".") == 2
        assert asked["post_logout_redirect_uri"] == ["http://localhost/"]
        assert not is_signed_in(pages)
        assert people.find(session, email="camille.martin@exemple.fr")

    def test_does_not_wait_for_a_provider_that_is_down(
        self, session: Session, provider: Control, pages: PageClient
    ) -> None:
        enter(pages)
        provider.say("discovery_500")

        answer = pages.post("/deconnexion", form="/mon-compte")

        assert answer.status_code == 200
        assert not is_signed_in(pages)
