"""Signing in and out, and one's own account."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.accounts import bans, cookies, devices, paths, people, sign_in, sign_ins
from traitdunion.accounts.forms import AddressForm, CodeForm, DetailsForm, SignInForm
from traitdunion.accounts.models import Person
from traitdunion.accounts.sign_in import ADDRESS, Done, Pending
from traitdunion.core import access, clock, db, limits
from traitdunion.core.limits import Limit
from traitdunion.notifications.messages import Address

blueprint = Blueprint("accounts", __name__)

ASK_BY_NETWORK = Limit("sign-in by network", most=40, per=timedelta(minutes=15))
"""A Mission locale's workshop shares a network."""
ASK_BY_ADDRESS = Limit("sign-in by address", most=6, per=timedelta(minutes=30))
"""Nobody's mailbox is flooded."""
CONFIRM = Limit("sign-in confirmed by network", most=120, per=timedelta(minutes=15))
CHANGE = Limit("account changed by network", most=120, per=timedelta(minutes=15))


@blueprint.get("/connexion")
@access.public
def sign_in_page() -> ResponseReturnValue:
    """Asks where to send the link; whoever is signed in goes on."""
    if access.visitor():
        return redirect(_suite() or paths.own_space(), 303)
    return render_template("accounts/sign_in.html", form=SignInForm(), suite=_suite())


@blueprint.post("/connexion")
@access.public
def send() -> ResponseReturnValue:
    """Sends a link and a code; the answer is the same whoever the address belongs to, if anybody."""
    form = SignInForm(request.form)
    if not form.validate():
        return render_template("accounts/sign_in.html", form=form, suite=_suite()), 422
    _ask(form, then=None, path=_suite())
    return redirect(url_for("accounts.code_page"), 303)


@blueprint.get("/connexion/code")
@access.public
def code_page() -> ResponseReturnValue:
    """Asks for the code of the message."""
    return render_template("accounts/code.html", form=CodeForm())


@blueprint.post("/connexion/code")
@access.public
def confirm_code() -> ResponseReturnValue:
    """Signs in by the code; 422 says what is wrong with it."""
    limits.count(CONFIRM, request.remote_addr)
    form = CodeForm(request.form)
    if form.validate():
        try:
            done = sign_in.confirm_code(
                db.session(),
                form.code.data or "",
                browser=cookies.known_browser(),
                device=devices.named(request.user_agent.string),
                now=clock.now(),
            )
        except (sign_in.CodeRefused, sign_in.LinkRefused, sign_in.AddressTaken) as refusal:
            form.code.errors = [str(refusal)]
        except bans.Banned as refusal:
            return _told(str(refusal), 403)
        else:
            return _go_on(done)
    return render_template("accounts/code.html", form=form), 422


@blueprint.get("/connexion/lien/<token>")
@access.by_link
def link_page(token: str) -> ResponseReturnValue:
    """Shows a button: what scans mail opens links, and must not use them up."""
    try:
        found = sign_in.find_link(db.session(), token, now=clock.now())
    except sign_in.LinkRefused as refusal:
        return _told(str(refusal), 410)
    needs_code = not sign_in.is_from(found, cookies.known_browser())
    return render_template("accounts/link.html", form=CodeForm(), token=token, needs_code=needs_code)


@blueprint.post("/connexion/lien/<token>")
@access.by_link
def confirm_link(token: str) -> ResponseReturnValue:
    """Signs in by the link, once."""
    limits.count(CONFIRM, request.remote_addr)
    form = CodeForm(request.form)
    try:
        done = sign_in.confirm_link(
            db.session(),
            token,
            browser=cookies.known_browser(),
            code=form.code.data or "",
            device=devices.named(request.user_agent.string),
            now=clock.now(),
        )
    except sign_in.CodeRefused as refusal:
        form.code.errors = [str(refusal)]
        return render_template("accounts/link.html", form=form, token=token, needs_code=True), 422
    except sign_in.LinkRefused as refusal:
        return _told(str(refusal), 410)
    except (bans.Banned, sign_in.AddressTaken) as refusal:
        return _told(str(refusal), 403)
    return _go_on(done)


@blueprint.post("/deconnexion")
@access.public
def sign_out() -> ResponseReturnValue:
    """Signs this browser out; the page says how to leave the OpenID provider too."""
    if visitor := access.visitor():
        session = db.session()
        if found := sign_ins.get(session, visitor.sign_in_id, person_id=visitor.person_id):
            sign_ins.end(session, found)
    cookies.forget()
    return render_template("accounts/signed_out.html", provider_address=None, provider_name=None)


@blueprint.get("/mon-compte")
@access.signed_in
def account_page() -> ResponseReturnValue:
    """Details, addresses, browsers that are signed in, messages, rights."""
    person = _person()
    form = DetailsForm(
        data={
            "prenom": person.given_name,
            "nom": person.family_name,
            "naissance": person.birth_date,
            "code_postal": person.postcode,
            "situation": person.status or "",
            "niveau": "" if person.level is None else str(person.level),
            "souhait": person.training_wish,
        }
    )
    return _account(person, form, AddressForm())


@blueprint.post("/mon-compte")
@access.signed_in
def change_details() -> ResponseReturnValue:
    """Keeps the details; 422 with what to correct."""
    limits.count(CHANGE, request.remote_addr)
    person, form = _person(), DetailsForm(request.form)
    if not form.validate():
        return _account(person, form, AddressForm()), 422
    people.describe(
        person,
        given_name=form.prenom.data or "",
        family_name=form.nom.data or "",
        birth_date=form.naissance.data,
        postcode=form.code_postal.data or None,
        status=form.situation.data or None,
        level=int(form.niveau.data) if form.niveau.data else None,
        training_wish=form.souhait.data or None,
    )
    flash("Vos informations sont enregistrées.")
    return redirect(url_for("accounts.account_page"), 303)


@blueprint.post("/mon-compte/adresse")
@access.signed_in
def change_address() -> ResponseReturnValue:
    """Sends a code to the new address; it replaces the old one once proved."""
    person, form = _person(), AddressForm(request.form)
    if not form.validate():
        return _account(person, DetailsForm(), form), 422
    then = Pending(ADDRESS, {"person_id": person.id}, told="donner cette adresse à votre compte")
    _ask(form, then=then, path=url_for("accounts.account_page"))
    return redirect(url_for("accounts.code_page"), 303)


@blueprint.post("/mon-compte/connexions/<int:sign_in_id>/fermer")
@access.signed_in
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """Signs one of one's own browsers out."""
    limits.count(CHANGE, request.remote_addr)
    session, visitor = db.session(), access.the_visitor()
    found = sign_ins.get(session, sign_in_id, person_id=visitor.person_id) or abort(404)
    sign_ins.end(session, found)
    flash("Cet appareil est déconnecté.")
    return redirect(url_for("accounts.account_page"), 303)


@blueprint.post("/mon-compte/connexions/fermer")
@access.signed_in
def end_other_sign_ins() -> ResponseReturnValue:
    """Signs all browsers out but this one."""
    limits.count(CHANGE, request.remote_addr)
    visitor = access.the_visitor()
    sign_ins.end_all(db.session(), visitor.person_id, but=visitor.sign_in_id)
    flash("Tous vos autres appareils sont déconnectés.")
    return redirect(url_for("accounts.account_page"), 303)


def _ask(form: SignInForm | AddressForm, *, then: Pending | None, path: str | None) -> None:
    limits.count(ASK_BY_NETWORK, request.remote_addr)
    field = form.adresse
    limits.count_of(ASK_BY_ADDRESS, str(field.data))
    if isinstance(form, SignInForm) and form.is_trapped:
        return
    address = Address(email=field.email, phone=field.phone)
    sign_in.ask(db.session(), address=address, browser=cookies.browser(), then=then, path=path, now=clock.now())


def _go_on(done: Done) -> ResponseReturnValue:
    if done.secret:
        cookies.remember(done.secret)
    if done.refusal:
        # Not an error's status: the person is signed in, which is kept.
        return _told(done.refusal, 200)
    return redirect(done.path or paths.own_space(), 303)


def _told(message: str, status: int) -> ResponseReturnValue:
    return render_template("accounts/told.html", message=message, is_signed_in=status < 400), status


def _account(person: Person, form: DetailsForm, address: AddressForm) -> str:
    visitor = access.the_visitor()
    return render_template(
        "accounts/account.html",
        person=person,
        form=form,
        address=address,
        sign_ins=sign_ins.of(db.session(), person.id, now=clock.now()),
        this_sign_in=visitor.sign_in_id,
    )


def _person() -> Person:
    return people.get(db.session(), access.the_visitor().person_id) or abort(404)


def _suite() -> str | None:
    path = request.args.get("suite", "")
    return path if paths.is_ours(path) else None
