"""Guard of everybody's own things: every route that is not public refuses nobody, strangers and other companies.

The routes are read from the application: a new one is tried as it is, and fails here until `owned` makes its ids. A
page that anybody may open (`access.public`) is left out; what it shows is the business of its own tests.
"""

from collections.abc import Callable, Iterator
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

from tests import factories as make
from tests.agreements import samples as agreement_samples
from tests.pages import PageClient
from tests.prescribers.followed_people import consent, refer
from traitdunion.about import messages
from traitdunion.about.models import ContactMessage, Subject
from traitdunion.accounts import sign_ins
from traitdunion.accounts.models import Person, SignIn
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core import access, clock
from traitdunion.core.limits import RateLimit
from traitdunion.prescribers.models import Delegation, Organisation, Prescriber
from traitdunion.prescribers.people_files import keeping
from traitdunion.prescribers.people_files.models import PeopleFile

Role = Callable[[Session], Person | None]

REFUSED = {403, 404}
ALTERED = {403, 404, 410, 422}
"""A link that was altered may also say what is wrong with it."""
_NOT_SENT = "un-lien-que-personne-n-a-recu"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")

OPEN = {
    "/contact",
    "/conventions/verification",
    "/conventions/verification/fichier",
    "/connexion",
    "/connexion/code",
    "/deconnexion",
    "/immersions/<int:slot_id>/reserver",
    "/offres/<int:offer_id>/formations/<int:training_id>/avis",
    "/offres/<int:offer_id>/essayer",
    "/formations/<int:training_id>/essayer",
    "/proposition",
}
"""What anybody may change without having signed in or held a link: looked at one by one, each with its limit."""


def owned(session: Session) -> dict[str, int | str]:
    """By the name of a parameter: the id of such a thing, all of them of one person and of one company."""
    owner = make.person(session, "Propriétaire")
    company = make.company(session)
    member = _member(session, company, owner)
    slot = make.slot(session, company=company)
    booking = make.booking(session, slot, make.person(session, "Candidate"))
    interest = make.interest(session, owner)
    organisation = make.prescriber_organisation(session)
    prescriber = make.prescriber(session, organisation)
    referral = refer(session, prescriber, make.caseload_entry(session, organisation, owner))
    sign_ins.start(session, owner, device="Chrome", now=clock.now())
    session.flush()
    return {
        "person_id": owner.id,
        "message_id": _message(session).id,
        "sign_in_id": session.scalars(select(SignIn.id).where(SignIn.person_id == owner.id)).one(),
        "company_id": company.id,
        "member_id": member.id,
        "slot_id": slot.id,
        "booking_id": booking.id,
        "agreement_id": agreement_samples.agreement(session, person=owner, company=company).id,
        "interest_id": interest.id,
        "organisation_id": organisation.id,
        "prescriber_id": prescriber.id,
        "note_id": make.caseload_note(session, referral.entry).id,
        "file_id": _people_file(session, prescriber).id,
        "delegation_id": _delegation(session, organisation).id,
        "referral_id": referral.id,
        "consent_id": consent(session, prescriber, referral.entry).id,
        "batch": str(referral.batch),
        "token": _NOT_SENT,
        "secret": _NOT_SENT,
    }


def closed(app: Flask) -> Iterator[Rule]:
    """The routes that are not for everybody."""
    for rule in app.url_map.iter_rules():
        if access.declared(app.view_functions[rule.endpoint]) != "public":
            yield rule


def leaks(pages: PageClient, rules: list[Rule], ids: dict[str, int | str], *, is_operator: bool) -> list[str]:
    """The routes that answered something else than a refusal: method, route, status."""
    found = []
    for rule in rules:
        right = access.declared(pages.app.view_functions[rule.endpoint])
        if is_operator and right == "operator":
            continue  # that is what the role is for
        for path in paths(pages.app, rule, ids):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                answer = pages.send(method, path) if method in UNSAFE else pages.client.open(path, method=method)
                if answer.status_code not in (ALTERED if right == "by_link" else REFUSED):
                    found.append(f"{method} {rule.rule}: {answer.status_code}")
    return found


def paths(app: Flask, rule: Rule, ids: dict[str, int | str]) -> Iterator[str]:
    """The addresses of the route for those ids: one for each word where it has a choice of words."""
    words = chosen(rule)
    for some in product(*words.values()):
        values = {**ids, **dict(zip(words, some, strict=True))}
        yield app.url_map.bind("localhost").build(rule.endpoint, {name: values[name] for name in rule.arguments})


def chosen(rule: Rule) -> dict[str, list[str]]:
    """The parameters that are one of a few words, not an id, and those words."""
    converters = rule._converters.items()
    return {name: sorted(found.items) for name, found in converters if isinstance(found, AnyConverter)}


def _member(session: Session, company: Company, person: Person) -> CompanyMember:
    member = CompanyMember(company_id=company.id, person_id=person.id, state="active", created_at=make.NOW)
    session.add(member)
    session.flush()
    return member


def _message(session: Session) -> ContactMessage:
    message = messages.send(
        session, territory="metz", subject=Subject.QUESTION, body="Bonjour", reply_to=None, now=make.NOW
    )
    session.flush()
    return message


def _people_file(session: Session, prescriber: Prescriber) -> PeopleFile:
    return keeping.send(session, b"prenom;nom;naissance\nA;B;01/01/1990", by=prescriber, now=make.NOW)


def _delegation(session: Session, organisation: Organisation) -> Delegation:
    made = Delegation(
        organisation=organisation,
        delegator_kind="france_travail",
        delegator_name="France Travail Exemple",
        number="D-1",
        starts_on=make.NOW.date(),
        ends_on=make.NOW.date(),
        created_at=make.NOW,
    )
    session.add(made)
    session.flush()
    return made


def _nobody(_session: Session) -> None:
    return None


def _stranger(session: Session) -> Person:
    return make.person(session, "Inconnue")


def _of_another_company(session: Session) -> Person:
    person = make.person(session, "Voisine")
    _member(session, make.company(session, "Boulangerie Voisin"), person)
    return person


def _of_another_organisation(session: Session) -> Person:
    other = make.prescriber_organisation(session, name="Cap emploi Exemple", kind="cap_emploi")
    member = make.prescriber(session, other, is_administrator=True)
    assert member.person is not None
    return member.person


def _operator(session: Session) -> Person:
    return make.person(session, "Opératrice", is_operator=True)


ROLES: dict[str, Role] = {
    "nobody": _nobody,
    "stranger": _stranger,
    "of another company": _of_another_company,
    "of another organisation": _of_another_organisation,
    "operator": _operator,
}


@pytest.mark.parametrize("role", ROLES)
class TestWhatIsAnothers:
    def test_is_refused(self, app: Flask, session: Session, pages: PageClient, role: str) -> None:
        rules = [rule for rule in closed(app) if rule.arguments]
        ids = owned(session)
        unknown = {name for rule in rules for name in rule.arguments - chosen(rule).keys()} - ids.keys()
        assert not unknown, f"say in `owned` how to make: {unknown}"
        visitor = ROLES[role](session)
        if visitor is not None:
            pages.sign_in(visitor)

        assert leaks(pages, rules, ids, is_operator=role == "operator") == []


class TestWhatIsAnotherCompanys:
    def test_is_refused_to_who_names_their_own_company_with_it(
        self, app: Flask, session: Session, pages: PageClient
    ) -> None:
        rules = [rule for rule in closed(app) if "company_id" in rule.arguments]
        mixed = [rule for rule in rules if rule.arguments - chosen(rule).keys() - {"company_id"}]
        person, own = make.person(session), make.company(session, "Boulangerie Voisin")
        _member(session, own, person)
        pages.sign_in(person)

        assert mixed
        assert leaks(pages, mixed, {**owned(session), "company_id": own.id}, is_operator=False) == []


class TestWhatIsAnotherOrganisations:
    def test_is_refused_to_who_names_their_own_organisation_with_it(
        self, app: Flask, session: Session, pages: PageClient
    ) -> None:
        rules = [rule for rule in closed(app) if "organisation_id" in rule.arguments]
        mixed = [rule for rule in rules if rule.arguments - chosen(rule).keys() - {"organisation_id"}]
        own = make.prescriber_organisation(session, name="Cap emploi Exemple", kind="cap_emploi")
        person = make.person(session)
        make.prescriber(session, own, person, is_administrator=True)
        pages.sign_in(person)

        assert mixed
        assert leaks(pages, mixed, {**owned(session), "organisation_id": own.id}, is_operator=False) == []


class TestWhatIsForSome:
    def test_sends_nobody_to_the_sign_in(self, app: Flask, pages: PageClient) -> None:
        for rule in closed(app):
            if rule.arguments:
                continue
            for method in (rule.methods or set()) - {"OPTIONS"}:
                answer = (
                    pages.send(method, rule.rule) if method in UNSAFE else pages.client.open(rule.rule, method=method)
                )
                if method in UNSAFE:
                    assert answer.status_code == 403, f"{method} {rule.rule}"
                else:
                    assert (answer.status_code, answer.location) == (303, f"/connexion?suite={rule.rule}")

    def test_is_the_operators_alone(self, app: Flask, session: Session, pages: PageClient) -> None:
        pages.sign_in(_stranger(session))
        rules = [rule for rule in closed(app) if access.declared(app.view_functions[rule.endpoint]) == "operator"]

        assert leaks(pages, [rule for rule in rules if not rule.arguments], {}, is_operator=False) == []


class TestWhatAnybodyMayChange:
    def test_is_known_here(self, app: Flask) -> None:
        public = {
            rule.rule
            for rule in app.url_map.iter_rules()
            if access.declared(app.view_functions[rule.endpoint]) == "public" and (rule.methods or set()) & set(UNSAFE)
        }

        assert public == OPEN

    def test_with_a_link_is_counted_before_the_link_is_read(
        self, app: Flask, session: Session, pages: PageClient
    ) -> None:
        ids = owned(session)
        for rule in closed(app):
            if access.declared(app.view_functions[rule.endpoint]) != "by_link" or "POST" not in (rule.methods or set()):
                continue
            session.execute(delete(RateLimit))
            session.commit()
            for path in paths(app, rule, ids):
                pages.send("POST", path)
            assert session.scalar(select(func.count()).select_from(RateLimit)), f"{rule.rule} may be guessed at leisure"


class TestGuard:
    def test_sees_a_page_that_anybody_who_signed_in_opens(self, session: Session, environ: dict[str, str]) -> None:
        from traitdunion import create_app

        leaking = create_app(environ)
        leaking.add_url_rule("/secret/<int:slot_id>", "secret", access.signed_in(lambda **_: "said"))
        leaking.add_url_rule("/aloud/<int:slot_id>", "aloud", access.public(lambda **_: "said"))
        leaking.add_url_rule("/by/<token>", "by", access.by_link(lambda **_: "said"), methods=["POST"])
        rules = [rule for rule in closed(leaking) if rule.endpoint in {"secret", "aloud", "by"}]
        visitor = access.Visitor(person_id=1, is_operator=False, sign_in_id=1)
        access.identify_by(leaking, lambda: visitor)
        leaking.config["WTF_CSRF_ENABLED"] = False

        found = leaks(PageClient(leaking), rules, {"slot_id": 3, "token": "x"}, is_operator=False)

        assert sorted(found) == ["GET /secret/<int:slot_id>: 200", "POST /by/<token>: 200"]
        access.identify_by(leaking, lambda: None)
        found = leaks(PageClient(leaking), rules, {"slot_id": 3, "token": "x"}, is_operator=False)
        assert found == ["POST /by/<token>: 200"]
        leaking.extensions["database"].engine.dispose()
