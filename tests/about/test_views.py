"""The pages that say what the service is, and the way to write to those who run it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories as make
from tests.pages import Page, PageClient, check
from traitdunion import create_app
from traitdunion.about import views
from traitdunion.about.models import ContactMessage
from traitdunion.core import clock, db
from traitdunion.core.limits import RateLimit
from traitdunion.privacy import register

PATHS = (
    *("/accessibilite", "/mentions-legales", "/politique-de-confidentialite", "/cgu"),
    *("/aide", "/stats", "/budget", "/contact/merci"),
)
TOLD = ("Accessibilité\u00a0: non conforme", "Mentions légales", "Politique de confidentialité", "CGU", "Contact")


def post(pages: PageClient, **fields: str) -> TestResponse:
    """Sends the form as a browser does, with its token and the address of a network."""
    form = pages.get("/contact", is_form=True)
    token = form.find("input", {"name": "csrf_token"})
    assert token is not None
    values = {"csrf_token": str(token["value"]), "sujet": "question", "message": "Bonjour.", "reponse": "", **fields}
    return pages.client.post("/contact", data={"shown": pages.shown_long_ago(), **values})


def sent(session: Session) -> list[ContactMessage]:
    """The messages that were kept."""
    return list(session.scalars(select(ContactMessage).order_by(ContactMessage.id)))


@pytest.mark.parametrize("path", PATHS)
class TestPage:
    def test_is_whole_and_ends_with_what_the_law_asks_for(self, pages: PageClient, path: str) -> None:
        page = pages.get(path)

        links = [link.get_text(strip=True) for link in page.select("footer a")]
        assert set(TOLD) <= set(links)

    def test_has_one_address_for_search_engines(self, pages: PageClient, path: str) -> None:
        page = pages.get(f"{path}?utm=1")

        assert [link["href"] for link in page.select("link[rel=canonical]")] == [f"http://localhost{path}"]


class TestAccessibility:
    def test_declares_that_no_audit_was_made(self, pages: PageClient) -> None:
        main = pages.get("/accessibilite").main

        assert "Accessibilité : non conforme" in main
        assert "aucun audit n’a été fait" in main
        assert "Défenseur des droits" in main
        assert "Libre réponse 71120" in main


class TestLegalNotice:
    def test_names_what_the_law_asks_for(self, pages: PageClient) -> None:
        main = pages.get("/mentions-legales").main

        for words in ("édité par : Région Grand Est", "directeur ou de la directrice de la publication", "hébergeur"):
            assert words in main, words

    def test_says_what_the_operator_told(self, told: Flask) -> None:
        pages = PageClient(told)

        main = pages.get("/mentions-legales").main

        assert "édité par : Ville d’Ailleurs, 1 place du Marché" in main
        assert "Camille Exemple, maire" in main
        assert "Hébergeur Exemple, 2 rue du Serveur" in main
        assert pages.get("/mentions-legales").find("a", href="https://code.exemple.fr/tu")
        assert "dpo@ailleurs.exemple.fr" in pages.get("/politique-de-confidentialite").main


@pytest.fixture
def told(environ: dict[str, str], tmp_path: Path) -> Iterator[Flask]:
    """An instance whose operator said everything."""
    given = Path(create_app.__code__.co_filename).parent / "territories" / "files" / "metz.toml"
    legal = (
        '[legal]\npublisher = "Ville d’Ailleurs, 1 place du Marché"\ndirector = "Camille Exemple, maire"\n'
        'data_officer = "dpo@ailleurs.exemple.fr"\n\n[colours]'
    )
    (tmp_path / "ailleurs.toml").write_text(given.read_text().replace("[colours]", legal, 1))
    settings = {"HOSTING": "Hébergeur Exemple, 2 rue du Serveur", "SOURCE_URL": "https://code.exemple.fr/tu"}
    app = create_app({**environ, **settings, "TERRITORIES_DIR": str(tmp_path)})
    yield app
    app.extensions["database"].engine.dispose()


class TestPrivacyPolicy:
    def test_has_every_line_of_the_register(self, pages: PageClient) -> None:
        page = pages.get("/politique-de-confidentialite")

        told = {found.get_text(strip=True) for found in page.select(".register div:first-child dd")}
        assert told == {line.purpose for line in register.lines(db.Base.metadata)}

    def test_has_the_words_that_public_checks_look_for(self, pages: PageClient) -> None:
        main = pages.get("/politique-de-confidentialite").main.lower()

        for word in ("@", "finalité", "durée de conservation", "sous-traitant", "cnil"):
            assert word in main, word


class TestStatistics:
    def test_count_what_there_is_today(self, session: Session, pages: PageClient) -> None:
        make.offer(session)
        make.training(session)
        session.commit()

        assert "1 offre d’emploi 1 formation financée par la Région Grand Est" in pages.get("/stats").main


class TestContact:
    def test_keeps_what_a_person_writes(self, session: Session, pages: PageClient) -> None:
        answer = post(
            pages, sujet="accessibility", message=" Bonjour,\r\nje ne lis\x00pas.\x1b[2J ", reponse="lea@exemple.fr"
        )

        assert (answer.status_code, answer.location) == (303, "/contact/merci")
        (message,) = sent(session)
        assert message.body == "Bonjour,\nje ne lis pas. [2J"
        assert (message.subject, message.reply_to) == ("accessibility", "lea@exemple.fr")
        assert message.territory == "metz"
        assert clock.now() - message.sent_at < timedelta(minutes=1)

    @pytest.mark.parametrize("reply_to", ["", "03 87 00 00 00", "+33 3 87 00 00 00", "03.87.00.00.00", "a@b.fr"])
    def test_asks_for_no_address_and_takes_any(self, session: Session, pages: PageClient, reply_to: str) -> None:
        assert post(pages, reponse=reply_to).status_code == 303
        assert [message.reply_to for message in sent(session)] == [reply_to or None]

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"message": " \n "}, "Écrivez votre message."),
            ({"message": "x" * 5_001}, "trop long"),
            ({"reponse": "lea@exemple"}, "Ce n’est ni une adresse e-mail ni un numéro de téléphone."),
            ({"reponse": "9" * 201}, "trop longue"),
        ],
    )
    def test_says_what_to_correct_and_keeps_what_was_typed(
        self, session: Session, pages: PageClient, fields: dict[str, str], told: str
    ) -> None:
        answer = post(pages, **{"message": "Un long texte.", **fields})

        page = Page(answer.text, "lxml")
        check(page, "/contact")
        assert answer.status_code == 422
        assert told in page.main
        wrong = page.select_one("[aria-invalid=true]")
        assert wrong is not None
        assert f"{wrong['id']}-erreur" in str(wrong["aria-describedby"])
        if "message" not in fields:
            assert "Un long texte." in page.main
        assert not sent(session)

    def test_refuses_a_subject_that_was_not_offered(self, session: Session, pages: PageClient) -> None:
        assert post(pages, sujet="xyzzy").status_code == 422
        assert not sent(session)

    def test_begins_with_the_subject_of_the_link(self, pages: PageClient) -> None:
        page = pages.get("/contact?sujet=privacy", is_form=True)

        assert [option["value"] for option in page.select("option[selected]")] == ["privacy"]
        pages.get("/contact?sujet=xyzzy", is_form=True)

    def test_refuses_what_another_site_sends(self, session: Session, pages: PageClient) -> None:
        answer = pages.client.post("/contact", data={"sujet": "question", "message": "Bonjour."})

        assert answer.status_code == 400
        assert not sent(session)

    def test_thanks_a_robot_and_keeps_nothing(self, session: Session, pages: PageClient) -> None:
        assert post(pages, website="https://spam.exemple").status_code == 303
        assert not sent(session)

    def test_slows_a_network_that_writes_too_much(self, session: Session, pages: PageClient) -> None:
        answers = [post(pages) for _ in range(views.CONTACT.most + 1)]

        assert [answer.status_code for answer in answers] == [303] * views.CONTACT.most + [429]
        assert 3500 < int(answers[-1].headers["Retry-After"]) <= 3600
        check(Page(answers[-1].text, "lxml"), "/contact")
        assert len(sent(session)) == views.CONTACT.most
        (counter,) = session.scalars(select(RateLimit))
        assert b"127.0.0" not in counter.network

    def test_alone_sets_a_cookie(self, pages: PageClient) -> None:
        assert "session=" in pages.get("/contact", is_form=True).response.headers["Set-Cookie"]


class TestCanonical:
    def test_is_the_same_for_all_variants_of_a_page(self, session: Session, pages: PageClient) -> None:
        offer = make.offer(session)
        session.commit()

        for path in ("/offres", "/formations", f"/offres/{offer.id}"):
            page = pages.get(f"{path}?q=boulanger&page=1")
            assert [link["href"] for link in page.select("link[rel=canonical]")] == [f"http://localhost{path}"]

    def test_is_none_where_there_is_no_page(self, pages: PageClient) -> None:
        assert not pages.get("/nulle-part", status=404).select("link[rel=canonical]")


class TestSecurity:
    def test_says_whom_to_tell_and_until_when(self, app: Flask) -> None:
        answer = app.test_client().get("/.well-known/security.txt")

        fields = dict(re.findall(r"^([\w-]+): (.+)$", answer.text, re.MULTILINE))
        assert answer.content_type == "text/plain; charset=utf-8"
        assert fields["Contact"] == "http://localhost/contact?sujet=security"
        assert fields["Canonical"] == "http://localhost/.well-known/security.txt"
        assert fields["Preferred-Languages"] == "fr, en"
        expires = datetime.fromisoformat(fields["Expires"])
        assert timedelta(days=100) < expires - clock.now() < timedelta(days=365)


class TestRobots:
    def test_read_pages_and_their_styles_but_no_variants(self, app: Flask) -> None:
        text = app.test_client().get("/robots.txt").text

        assert "Disallow: /*?\n" in text
        assert "Allow: /static/\n" in text
        assert "Sitemap: http://localhost/sitemap.xml\n" in text

    def test_read_nothing_that_is_invented(self, session: Session, pages: PageClient) -> None:
        make.source(session, "demo", is_fictitious=True)
        session.commit()

        assert pages.client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
        for path in ("/", "/offres", "/accessibilite"):
            assert pages.get(path).select("meta[name=robots][content=noindex]"), path

    def test_are_told_of_pages_that_are_gone(self, session: Session, pages: PageClient) -> None:
        gone = make.offer(session, withdrawn_at=make.NOW)
        session.commit()

        assert pages.get(f"/offres/{gone.id}", status=410).select("meta[name=robots][content=noindex]")
        assert not pages.get("/accessibilite").select("meta[name=robots]")
