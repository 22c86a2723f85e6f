"""Adding somebody: made once, without an address if need be; whoever may be the same is shown and asked."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import Page, PageClient, check
from traitdunion.accounts.models import Person
from traitdunion.core import tokens
from traitdunion.notifications.models import Message
from traitdunion.prescribers import caseload
from traitdunion.prescribers.models import CaseloadEntry, Organisation, Prescriber

BORN = date(1990, 3, 4)
TYPED = {"prenom": "Camille", "nom": "Lefèvre", "naissance": "04/03/1990"}


@pytest.fixture
def prescriber(session: Session, pages: PageClient) -> Prescriber:
    """Paula, signed in, who speaks for a Mission locale."""
    made = make.prescriber(session, make.prescriber_organisation(session))
    assert made.person
    pages.sign_in(made.person)
    return made


@pytest.fixture
def path(prescriber: Prescriber) -> str:
    return f"/prescripteur/{prescriber.organisation_id}/personnes/nouvelle"


def known(session: Session, **fields: Any) -> Person:
    return make.person(session, "Camille", **{"family_name": "Lefevre", "birth_date": BORN, **fields})


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Person)) or 0


def messages(session: Session, kind: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == kind)))


def submit(pages: PageClient, path: str, fields: dict[str, str], status: int, *, form: str | None = None) -> Page:
    """The checked page that answers."""
    answer = pages.post(path, fields, form=form)
    assert answer.status_code == status, answer.text[:2000]
    page = Page(answer.text, "lxml")
    check(page, path)
    return page


def another(pages: PageClient, path: str) -> str:
    """What says that it is none of those shown."""
    button = submit(pages, path, TYPED, 409).select_one("main button[name=autre]")
    assert button
    return str(button["value"])


class TestAdd:
    def test_makes_somebody_without_any_address(
        self, session: Session, pages: PageClient, path: str, prescriber: Prescriber
    ) -> None:
        answer = pages.post(path, TYPED)

        assert answer.status_code == 303
        (entry,) = session.scalars(select(CaseloadEntry)).all()
        assert (entry.person.name, entry.person.birth_date, entry.person.address.email) == (
            "Camille Lefèvre",
            BORN,
            None,
        )
        assert (entry.prescriber_id, entry.origin, entry.prescribes) == (prescriber.id, "created", True)
        assert answer.headers["Location"].endswith(f"/personnes/{entry.person_id}")
        assert not messages(session, "now_followed")

    def test_tells_whoever_can_be_told(self, session: Session, pages: PageClient, path: str) -> None:
        pages.post(path, {**TYPED, "email": "camille@exemple.fr", "telephone": "06 39 98 00 12"})

        (message,) = messages(session, "now_followed")
        assert message.address.value == "camille@exemple.fr"
        assert "Mission locale Exemple" in message.subject
        assert session.scalar(select(Person.phone).where(Person.email == "camille@exemple.fr")) == "+33639980012"

    @pytest.mark.parametrize(
        ("wrong", "told"),
        [
            ({"prenom": " "}, "Écrivez son prénom."),
            ({"naissance": ""}, "Écrivez sa date de naissance."),
            ({"naissance": "04/03/2190"}, "dans le futur"),
            ({"naissance": "31/02/1990"}, "n’existe pas"),
            ({"code_postal": "570"}, "cinq chiffres"),
            ({"email": "camille@@exemple.fr"}, "n’a qu’un signe @"),
            ({"telephone": "03 87 00 00 00"}, "numéro de portable"),
        ],
    )
    def test_says_what_to_correct(
        self, session: Session, pages: PageClient, path: str, wrong: dict[str, str], told: str
    ) -> None:
        before = count(session)

        page = submit(pages, path, {**TYPED, **wrong}, 422)

        assert told in page.main
        assert count(session) == before

    def test_asks_first_when_somebody_may_be_the_same(self, session: Session, pages: PageClient, path: str) -> None:
        known(session, email="secret@exemple.fr", postcode="54000")
        before = count(session)

        page = submit(pages, path, TYPED, 409)

        assert "C. L. même nom, même date de naissance" in page.main
        assert "Lefevre" not in page.main
        assert "secret" not in str(page)
        assert "54000" not in str(page)
        assert count(session) == before

    def test_adds_another_person_when_told_so(self, session: Session, pages: PageClient, path: str) -> None:
        known(session)
        shown = another(pages, path)
        before = count(session)

        submit(pages, path, {**TYPED, "autre": "1"}, 409)
        known(session)
        submit(pages, path, {**TYPED, "autre": shown}, 409)  # somebody who was not shown yet
        answer = pages.post(path, {**TYPED, "autre": another(pages, path)})

        assert answer.status_code == 303
        assert count(session) == before + 2

    def test_does_not_give_one_address_to_two(self, session: Session, pages: PageClient, path: str) -> None:
        known(session, email="camille@exemple.fr")

        typed = {**TYPED, "email": "camille@exemple.fr", "autre": another(pages, path)}
        page = submit(pages, path, typed, 422)

        assert "est à une personne déjà connue" in page.main

    def test_opens_the_file_of_whom_the_organisation_follows(
        self, session: Session, pages: PageClient, path: str, prescriber: Prescriber
    ) -> None:
        person = known(session)
        make.caseload_entry(session, prescriber.organisation, person)

        page = submit(pages, path, TYPED, 409)

        assert "Camille Lefevre" in page.main
        assert page.select_one(f"main a[href='/prescripteur/{prescriber.organisation_id}/personnes/{person.id}']")


class TestAsk:
    def test_follows_only_once_the_person_says_yes(
        self, session: Session, pages: PageClient, path: str, prescriber: Prescriber
    ) -> None:
        person = known(session, email="camille@exemple.fr")
        field = submit(pages, path, TYPED, 409).select_one("main input[name=personne]")
        assert field
        token = field["value"]

        answer = pages.post(path.replace("nouvelle", "demander"), {"personne": str(token)}, form=path)

        assert answer.status_code == 303
        assert caseload.get(session, prescriber.organisation_id, person.id) is None
        (message,) = messages(session, "follow_asked")
        assert message.address.value == "camille@exemple.fr"

        link = f"/suivi/{tokens.sign('follow', [person.id, prescriber.id])}"
        pages.sign_out()
        page = pages.get(link, is_form=True)
        assert "Mission locale Exemple" in page.main
        assert "Lefevre" not in page.main
        assert caseload.get(session, prescriber.organisation_id, person.id) is None
        for _ in range(2):
            assert pages.send("POST", link).status_code == 200

        entry = caseload.get(session, prescriber.organisation_id, person.id)
        assert entry
        assert (entry.origin, entry.prescriber_id) == ("chosen", prescriber.id)

    def test_says_when_nothing_can_be_sent(
        self, session: Session, pages: PageClient, path: str, prescriber: Prescriber
    ) -> None:
        person = known(session, email=None)
        token = tokens.sign("near", [prescriber.id, person.id])

        page = submit(pages, path.replace("nouvelle", "demander"), {"personne": token}, 409, form=path)

        assert "Nous n’avons pas d’adresse" in page.main

    def test_needs_a_page_that_showed_the_person(
        self, session: Session, pages: PageClient, path: str, prescriber: Prescriber
    ) -> None:
        person, other = known(session), make.prescriber(session, prescriber.organisation)

        for token in ("", "x", str(person.id), tokens.sign("near", [other.id, person.id])):
            page = submit(pages, path.replace("nouvelle", "demander"), {"personne": token}, 409, form=path)
            assert page.main
        assert not messages(session, "follow_asked")


class TestLink:
    def test_is_refused_when_altered_or_when_the_asker_left(
        self, session: Session, pages: PageClient, prescriber: Prescriber
    ) -> None:
        person = known(session)
        token = tokens.sign("follow", [person.id, prescriber.id])
        prescriber.state, prescriber.left_at = "left", make.NOW
        session.flush()

        assert "a quitté son organisme" in pages.get(f"/suivi/{token}", 410).main
        assert pages.get(f"/suivi/{token}x", 410).main

    def test_changes_nothing_where_the_organisation_is_closed(
        self, session: Session, pages: PageClient, prescriber: Prescriber
    ) -> None:
        person, organisation = known(session), prescriber.organisation
        assert isinstance(organisation, Organisation)
        token = tokens.sign("follow", [person.id, prescriber.id])
        organisation.state = "closed"
        session.flush()

        assert pages.get(f"/suivi/{token}", 410).main
        assert caseload.get(session, organisation.id, person.id) is None
