"""Signing in by a link and a code, signing out, and one's own account, as a browser sees them."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.accounts import letters
from tests.pages import Page, PageClient, check
from traitdunion.accounts import sign_in, sign_ins, views
from traitdunion.accounts.models import Person, SignIn, SignInRequest
from traitdunion.core import clock, db, limits
from traitdunion.notifications.models import Message

EMAIL = "camille@exemple.fr"


def ask(pages: PageClient, address: str = EMAIL, suite: str = "") -> None:
    """Asks for a link and a code."""
    answer = pages.post(f"/connexion?suite={suite}" if suite else "/connexion", {"adresse": address})
    assert answer.status_code == 303, answer.text
    assert answer.location == "/connexion/code"


def other_than(code: str) -> str:
    """A code that was not sent."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def is_signed_in(pages: PageClient) -> bool:
    """Whether the browser opens its own account."""
    return pages.client.get("/mon-compte").status_code == 200


def count(session: Session, model: type) -> int:
    """The rows of a table."""
    return session.scalar(select(func.count()).select_from(model)) or 0


class TestSignInPage:
    def test_asks_for_an_address(self, pages: PageClient) -> None:
        page = pages.get("/connexion", is_form=True)

        assert page.select_one("form[method=post] input[name=adresse]")

    def test_is_where_those_who_are_not_signed_in_are_sent(self, pages: PageClient) -> None:
        answer = pages.client.get("/mon-compte")

        assert (answer.status_code, answer.location) == (303, "/connexion?suite=/mon-compte")

    def test_is_passed_by_those_who_are(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session))

        assert pages.client.get("/connexion?suite=/formations").location == "/formations"


class TestSend:
    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("", "Écrivez votre e-mail"),
            ("élodie@exemple.fr", "pas d’accent"),
            ("elodie@@exemple.fr", "qu’un signe @"),
            ("elodie", "manque le signe @"),
            ("03 87 00 00 00", "numéro de portable"),
            ("06 12", "n’existe pas"),
        ],
    )
    def test_says_what_to_correct(self, session: Session, pages: PageClient, address: str, told: str) -> None:
        answer = pages.post("/connexion", {"adresse": address})

        page = Page(answer.text, "lxml")
        check(page, "/connexion")
        assert answer.status_code == 422
        assert told in page.main
        assert count(session, Message) == 0

    def test_answers_the_same_for_known_and_unknown(self, session: Session, app: Flask) -> None:
        make.person(session, email="connue@exemple.fr")
        known, unknown = PageClient(app), PageClient(app)

        ask(known, "connue@exemple.fr")
        ask(unknown, "inconnue@exemple.fr")

        pair = [Page(one.client.get("/connexion/code").text, "lxml").main for one in (known, unknown)]
        assert pair[0] == pair[1]
        assert "exemple.fr" not in pair[0]
        assert count(session, Message) == 2
        assert count(session, Person) == 1  # nobody is made before the proof

    def test_does_the_same_work_for_known_and_unknown(self, session: Session, app: Flask) -> None:
        from sqlalchemy import event

        make.person(session, email="connue@exemple.fr")
        counts = []
        for address in ("connue@exemple.fr", "inconnue@exemple.fr"):
            statements: list[str] = []
            listener = lambda *given: statements.append(re.sub(r"_\d+", "", given[2]))  # noqa: E731, B023
            event.listen(app.extensions["database"].engine, "before_cursor_execute", listener)
            ask(PageClient(app), address)
            event.remove(app.extensions["database"].engine, "before_cursor_execute", listener)
            counts.append(statements)

        assert counts[0] == counts[1]

    def test_writes_a_text_message_to_those_who_have_no_email(self, session: Session, pages: PageClient) -> None:
        ask(pages, "06 12 34 56 78")

        message = session.scalars(select(Message)).one()
        assert message.channel == "sms"
        assert len(message.text) <= 160
        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})
        assert answer.status_code == 303
        assert session.scalars(select(Person)).one().phone == "+33612345678"

    def test_thanks_a_robot_and_sends_nothing(self, session: Session, pages: PageClient) -> None:
        answer = pages.post("/connexion", {"adresse": EMAIL, "website": "https://spam.exemple"})

        assert (answer.status_code, answer.location) == (303, "/connexion/code")
        assert count(session, Message) == 0

    def test_slows_who_floods_a_mailbox_from_everywhere(self, session: Session, app: Flask) -> None:
        statuses = []
        for number in range(views.ASK_BY_ADDRESS.most + 1):
            pages = PageClient(app)
            pages.client.environ_base["REMOTE_ADDR"] = f"192.0.{number}.1"
            answer = pages.post("/connexion", {"adresse": "CAMILLE@exemple.fr" if number % 2 else EMAIL})
            statuses.append(answer.status_code)

        assert statuses == [303] * views.ASK_BY_ADDRESS.most + [429]
        assert 1 < int(answer.headers["Retry-After"]) <= 1800
        page = Page(answer.text, "lxml")
        check(page, "/connexion")
        assert "Trop de demandes" in page.main

    def test_slows_a_network_that_asks_for_everybody(self, session: Session, app: Flask) -> None:
        pages = PageClient(app)
        statuses = [
            pages.post("/connexion", {"adresse": f"une{number}@exemple.fr"}).status_code
            for number in range(views.ASK_BY_NETWORK.most + 1)
        ]

        assert statuses == [303] * views.ASK_BY_NETWORK.most + [429]


class TestCode:
    def test_signs_in_and_goes_on(self, session: Session, pages: PageClient) -> None:
        ask(pages, suite="/formations")
        pages.get("/connexion/code", is_form=True)

        answer = pages.post(
            "/connexion/code", {"code": f" {letters.latest(session).code[:3]} {letters.latest(session).code[3:]} "}
        )

        assert (answer.status_code, answer.location) == (303, "/formations")
        assert is_signed_in(pages)
        cookie = pages.client.get_cookie(sign_ins.COOKIE)
        assert cookie is not None
        assert (cookie.http_only, cookie.same_site, cookie.path) == (True, "Lax", "/")
        assert "camille" not in answer.location

    def test_works_once(self, session: Session, pages: PageClient) -> None:
        ask(pages)
        code = letters.latest(session).code
        pages.post("/connexion/code", {"code": code})
        pages.sign_out()

        answer = pages.post("/connexion/code", {"code": code})

        assert answer.status_code == 422
        assert not is_signed_in(pages)

    def test_works_in_no_other_browser(self, session: Session, app: Flask, pages: PageClient) -> None:
        ask(pages)
        other = PageClient(app)

        answer = other.post("/connexion/code", {"code": letters.latest(session).code})

        assert answer.status_code == 422
        assert "un autre appareil" in Page(answer.text, "lxml").main
        assert not is_signed_in(other)

    def test_is_tried_five_times_at_most(self, committing_app: Flask) -> None:
        # Real commits: a refused try is counted although its request is rolled back.
        pages = PageClient(committing_app)
        ask(pages)
        with db.transaction() as session:
            letter = letters.latest(session)

        answers = [pages.post("/connexion/code", {"code": other_than(letter.code)}) for _ in range(5)]
        last = pages.post("/connexion/code", {"code": letter.code})

        assert {answer.status_code for answer in answers} == {422}
        assert "Vérifiez ses six chiffres" in Page(answers[-1].text, "lxml").main
        assert last.status_code == 422
        assert "Trop d’essais" in Page(last.text, "lxml").main
        assert not is_signed_in(pages)
        # The same message's link, which nobody can guess, still works.
        assert pages.post(letter.link).status_code == 303

    def test_of_an_earlier_message_works_too(self, session: Session, pages: PageClient) -> None:
        ask(pages)
        first = letters.latest(session).code
        ask(pages)

        assert pages.post("/connexion/code", {"code": first}).status_code == 303

    def test_is_tried_on_few_people_at_once(self, committing_app: Flask) -> None:
        pages = PageClient(committing_app)
        codes = []
        for number in range(3):
            ask(pages, f"une{number}@exemple.fr")
            with db.transaction() as session:
                codes.append(letters.latest(session).code)

        assert pages.post("/connexion/code", {"code": codes[0]}).status_code == 422
        assert pages.post("/connexion/code", {"code": codes[1]}).status_code == 303

    def test_is_not_guessed_by_a_network(self, session: Session, pages: PageClient) -> None:
        for _ in range(views.CONFIRM.most):
            limits.count(views.CONFIRM, "127.0.0.1")
        ask(pages)

        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})

        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 60

    def test_that_is_mistyped_is_told_of_the_last_message(self, committing_app: Flask) -> None:
        pages = PageClient(committing_app)
        ask(pages)
        with db.transaction() as session:
            first = letters.latest(session).code
        for _ in range(6):
            pages.post("/connexion/code", {"code": other_than(first)})
        ask(pages)
        with db.transaction() as session:
            second = letters.latest(session).code

        mistyped = pages.post("/connexion/code", {"code": other_than(second)})

        assert "Vérifiez ses six chiffres" in Page(mistyped.text, "lxml").main
        assert pages.post("/connexion/code", {"code": second}).status_code == 303

    def test_is_over_after_twenty_minutes(self, session: Session, pages: PageClient) -> None:
        ask(pages)
        session.execute(update(SignInRequest).values(expires_at=clock.now()))
        session.commit()

        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})

        assert answer.status_code == 422
        assert "n’est plus valable" in answer.text

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
    def test_that_is_no_code_is_refused(self, session: Session, pages: PageClient, typed: str) -> None:
        ask(pages)

        assert pages.post("/connexion/code", {"code": typed}).status_code == 422


class TestLink:
    def test_opened_by_what_scans_mail_uses_nothing(self, session: Session, app: Flask, pages: PageClient) -> None:
        ask(pages)
        link = letters.latest(session).link
        scanner = PageClient(app)
        for _ in range(3):
            scanner.get(link, is_form=True)
            scanner.client.head(link)

        page = pages.get(link, is_form=True)

        assert not page.select("input[name=code]")
        assert pages.post(link).status_code == 303
        assert is_signed_in(pages)
        assert not is_signed_in(scanner)

    def test_works_once(self, session: Session, pages: PageClient) -> None:
        ask(pages)
        link = letters.latest(session).link
        form = pages.client.get(link)
        pages.post(link)
        pages.sign_out()

        again = pages.get(link, status=410)
        answer = pages.post(link, form="/connexion")

        assert form.status_code == 200
        assert "a déjà servi" in again.main
        assert answer.status_code == 410
        assert not is_signed_in(pages)

    def test_is_over_after_twenty_minutes(self, session: Session, pages: PageClient) -> None:
        ask(pages)
        session.execute(update(SignInRequest).values(expires_at=clock.now()))
        session.commit()
        link = letters.latest(session).link

        assert "dure 20 minutes" in pages.get(link, status=410).main
        assert pages.post(link, form="/connexion").status_code == 410

    def test_altered_opens_nothing(self, session: Session, pages: PageClient) -> None:
        ask(pages)
        link = letters.latest(session).link
        altered = link[:-1] + ("A" if link[-1] != "A" else "B")

        assert "n’est pas valable" in pages.get(altered, status=410).main
        assert pages.post(altered, form="/connexion").status_code == 410

    def test_in_another_browser_asks_for_the_code(self, session: Session, app: Flask, pages: PageClient) -> None:
        ask(pages)
        letter = letters.latest(session)
        other = PageClient(app)

        page = other.get(letter.link, is_form=True)
        without = other.post(letter.link)
        with_code = other.post(letter.link, {"code": letter.code})

        assert page.select_one("input[name=code]")
        assert without.status_code == 422
        assert with_code.status_code == 303
        assert is_signed_in(other)

    def test_in_another_browser_is_tried_five_times(self, committing_app: Flask) -> None:
        pages, other = PageClient(committing_app), PageClient(committing_app)
        ask(pages)
        with db.transaction() as session:
            letter = letters.latest(session)

        statuses = [other.post(letter.link, {"code": other_than(letter.code)}).status_code for _ in range(5)]

        assert statuses == [422] * 5
        assert other.post(letter.link, {"code": letter.code}).status_code == 422

    def test_is_kept_from_robots_caches_and_other_sites(self, session: Session, pages: PageClient) -> None:
        ask(pages)

        answer = pages.client.get(letters.latest(session).link)

        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_works_over_https(self, session: Session, app: Flask) -> None:
        # Flask-WTF asks a referrer of forms over HTTPS: the policy of these pages must leave the origin in it.
        pages = PageClient(app)
        secure = {"base_url": "https://localhost"}
        page = Page(pages.client.get("/connexion", **secure).text, "lxml")
        token = str(page.select("input[name=csrf_token]")[0]["value"])
        sent = {"csrf_token": token, "adresse": EMAIL, "shown": pages.shown_long_ago()}
        asked = pages.client.post("/connexion", data=sent, headers={"Referer": "https://localhost/connexion"}, **secure)
        link = letters.latest(session).link

        answer = pages.client.post(
            link, data={"csrf_token": token}, headers={"Referer": "https://localhost/"}, **secure
        )

        assert "; Secure;" in asked.headers["Set-Cookie"]
        assert answer.status_code == 303
        assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie") if "sign_in=" in cookie)


class TestSignInAgain:
    def test_leaves_no_browser_signed_in_twice(self, session: Session, pages: PageClient) -> None:
        other = make.person(session)
        pages.sign_in(other)
        asked = pages.send("POST", "/connexion", {"adresse": EMAIL})

        answer = pages.send("POST", "/connexion/code", {"code": letters.latest(session).code})

        assert (asked.status_code, answer.status_code) == (303, 303)
        row = session.scalars(select(SignIn)).one()
        assert row.person.email == EMAIL


class TestSignOut:
    def test_forgets_the_browser_at_once(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session))
        stolen = pages.client.get_cookie(sign_ins.COOKIE)
        assert stolen is not None

        answer = pages.post("/deconnexion", form="/mon-compte")

        page = Page(answer.text, "lxml")
        check(page, "/deconnexion")
        assert answer.status_code == 200
        assert page.select_one("header a[href='/connexion']")
        assert count(session, SignIn) == 0
        assert pages.client.get_cookie(sign_ins.COOKIE) is None
        pages.client.set_cookie(sign_ins.COOKIE, stolen.value)
        assert not is_signed_in(pages)

    def test_is_not_done_by_another_site(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session))

        assert pages.client.post("/deconnexion").status_code == 400
        assert pages.client.get("/deconnexion").status_code == 405
        assert is_signed_in(pages)


class TestAccount:
    def test_says_what_is_known(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session, "Élodie", birth_date=date(1999, 2, 3), phone="+33612345678", level=0))

        page = pages.get("/mon-compte", is_form=True)

        assert page.select_one("input[name=prenom][value=Élodie]")
        assert page.select_one("input[name=naissance][value='1999-02-03']")
        assert page.select_one("select[name=niveau] option[selected][value='0']")
        assert "06\u00a012\u00a034\u00a056\u00a078" in page.text
        assert page.response.headers["Cache-Control"] == "no-store"

    def test_keeps_what_is_changed(self, session: Session, pages: PageClient) -> None:
        person = make.person(session)
        pages.sign_in(person)
        said = {
            "prenom": "Zoé",
            "nom": "D’Exemple",
            "naissance": "03/02/2001",
            "code_postal": "57000",
            "situation": "mission_locale",
            "niveau": "3",
            "souhait": "CAP boulanger",
        }

        answer = pages.post("/mon-compte", said)

        session.refresh(person)
        assert answer.status_code == 303
        assert (person.name, person.birth_date, person.postcode) == ("Zoé D’Exemple", date(2001, 2, 3), "57000")
        assert (person.status, person.level, person.training_wish) == ("mission_locale", 3, "CAP boulanger")
        assert "sont enregistrées" in pages.get("/mon-compte", is_form=True).main

    @pytest.mark.parametrize(
        ("field", "typed", "told"),
        [
            ("prenom", " ", "Écrivez votre prénom"),
            ("nom", "x" * 81, "Écrivez votre nom"),
            ("naissance", "31/02/2001", "n’existe pas"),
            ("naissance", "01/01/2999", "dans le futur"),
            ("naissance", "01/01/1850", "Vérifiez l’année"),
            ("code_postal", "5700", "cinq chiffres"),
            ("situation", "autre chose", ""),
            ("niveau", "9", ""),
            ("souhait", "x" * 501, "trop long"),
        ],
    )
    def test_says_what_to_correct(self, session: Session, pages: PageClient, field: str, typed: str, told: str) -> None:
        person = make.person(session)
        pages.sign_in(person)

        answer = pages.post("/mon-compte", {"prenom": "Zoé", "nom": "Exemple", field: typed})

        page = Page(answer.text, "lxml")
        check(page, "/mon-compte")
        assert answer.status_code == 422
        assert told in page.main
        session.refresh(person)
        assert person.given_name == "Camille"

    def test_lists_browsers_and_ends_them(self, session: Session, app: Flask, pages: PageClient) -> None:
        person = make.person(session)
        pages.sign_in(person)
        other, third = PageClient(app), PageClient(app)
        other.sign_in(person, device="Chrome sur Android")
        third.sign_in(person, device="Safari sur iPhone")

        page = pages.get("/mon-compte", is_form=True)
        ids = [form["action"] for form in page.select("form[action$='/fermer']")]
        assert "Chrome sur Android" in page.main
        (of_other,) = [
            str(form["action"]) for form in page.select("form[action$='/fermer']") if "Android" in form.get_text()
        ]
        pages.post(of_other, form="/mon-compte")

        assert len(ids) == 3
        assert [is_signed_in(one) for one in (pages, other, third)] == [True, False, True]
        pages.post("/mon-compte/connexions/fermer", form="/mon-compte")
        assert [is_signed_in(one) for one in (pages, other, third)] == [True, False, False]

    def test_does_not_end_the_browsers_of_others(self, session: Session, app: Flask, pages: PageClient) -> None:
        victim = PageClient(app)
        victim.sign_in(make.person(session))
        row = session.scalars(select(SignIn)).one()
        pages.sign_in(make.person(session))

        assert pages.post(f"/mon-compte/connexions/{row.id}/fermer", form="/mon-compte").status_code == 404
        assert is_signed_in(victim)


class TestChangeOfAddress:
    def test_counts_once_it_is_proved(self, session: Session, pages: PageClient) -> None:
        person = make.person(session)
        pages.sign_in(person)

        answer = pages.post("/mon-compte/adresse", {"adresse": "06 12 34 56 78"}, form="/mon-compte")

        session.refresh(person)
        assert (answer.status_code, person.phone) == (303, None)
        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})
        session.refresh(person)
        assert (answer.location, person.phone) == ("/mon-compte", "+33612345678")
        assert count(session, Person) == 1

    @pytest.mark.parametrize(
        ("known", "new"),
        [
            ({"email": "avant@exemple.fr"}, "apres@exemple.fr"),
            ({"email": None, "phone": "+33612345678"}, "06 98 76 54 32"),
        ],
    )
    def test_is_told_to_the_address_that_is_left(
        self, session: Session, pages: PageClient, known: dict[str, str], new: str
    ) -> None:
        pages.sign_in(make.person(session, **known))
        pages.post("/mon-compte/adresse", {"adresse": new}, form="/mon-compte")
        pages.post("/connexion/code", {"code": letters.latest(session).code})

        told = session.scalars(select(Message).where(Message.kind == "address_changed")).one()
        assert told.address.value in known.values()
        assert "/contact" in told.text

    def test_that_is_the_first_of_its_kind_is_told_to_nobody(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session))
        pages.post("/mon-compte/adresse", {"adresse": "06 12 34 56 78"}, form="/mon-compte")
        pages.post("/connexion/code", {"code": letters.latest(session).code})

        assert not session.scalars(select(Message).where(Message.kind == "address_changed")).all()

    def test_of_another_person_is_refused(self, session: Session, pages: PageClient) -> None:
        make.person(session, email="prise@exemple.fr")
        person = make.person(session, email=EMAIL)
        pages.sign_in(person)
        pages.post("/mon-compte/adresse", {"adresse": "prise@exemple.fr"}, form="/mon-compte")

        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})

        session.refresh(person)
        assert answer.status_code == 422
        assert "celle d’un autre compte" in Page(answer.text, "lxml").main
        assert person.email == EMAIL

    def test_never_signs_another_browser_in(self, session: Session, app: Flask, pages: PageClient) -> None:
        # Somebody gives another's address to an account of theirs: its owner must not land there.
        pages.sign_in(make.person(session))
        pages.post("/mon-compte/adresse", {"adresse": "autre@exemple.fr"}, form="/mon-compte")
        letter, owner = letters.latest(session), PageClient(app)

        answer = owner.post(letter.link, {"code": letter.code})

        assert answer.status_code == 410
        assert not is_signed_in(owner)


class TestHeader:
    def test_says_who_may_sign_in_without_any_cookie(self, pages: PageClient) -> None:
        page = pages.get("/accessibilite")

        assert page.select_one("header a[href='/connexion']")
        assert "Cache-Control" not in page.response.headers
        assert "Cookie" in page.response.headers["Vary"]

    def test_leads_to_ones_own_space(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session))

        page = pages.get("/accessibilite")

        assert not page.select("header a[href='/connexion']")
        assert "Mon espace" in page.text
        assert page.response.headers["Cache-Control"] == "private, no-cache"


class TestVisit:
    def test_is_noted_once_an_hour(self, session: Session, pages: PageClient) -> None:
        pages.sign_in(make.person(session))
        earlier = clock.now() - timedelta(minutes=59)
        session.execute(update(SignIn).values(used_at=earlier))
        session.commit()
        pages.get("/accessibilite")
        within = session.scalar(select(SignIn.used_at))
        session.execute(update(SignIn).values(used_at=earlier - timedelta(minutes=2)))
        session.commit()
        pages.get("/accessibilite")

        assert within == earlier
        assert clock.now() - (session.scalar(select(SignIn.used_at)) or earlier) < timedelta(minutes=1)

    @pytest.mark.parametrize("over", [{"used_at": sign_ins.LONGEST_IDLE}, {"created_at": sign_ins.LONGEST}])
    def test_is_over_one_day(self, session: Session, pages: PageClient, over: dict[str, timedelta]) -> None:
        pages.sign_in(make.person(session))
        session.execute(update(SignIn).values({name: clock.now() - age for name, age in over.items()}))
        session.commit()

        assert not is_signed_in(pages)


class TestSuite:
    @pytest.mark.parametrize(
        "suite",
        [
            "//elsewhere.example",
            "https://elsewhere.example",
            "/\\elsewhere.example",
            "/nulle-part",
            "javascript:0",
            "/deconnexion",
            "/%0a",
        ],
    )
    def test_never_leads_elsewhere(self, session: Session, pages: PageClient, suite: str) -> None:
        ask(pages, suite=suite)

        answer = pages.post("/connexion/code", {"code": letters.latest(session).code})

        assert answer.location in {"/mon-compte", "/mon-espace"}


def test_the_registers_lines_say_how_long(session: Session, pages: PageClient) -> None:
    page = pages.get("/politique-de-confidentialite")

    assert "lien et un code de connexion" in page.main
    assert timedelta(minutes=20) == sign_in.VALID_FOR
