"""Signing in and out, and one's own account."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.accounts import bans, cookies, devices, identities, paths, people, providers, sign_in, sign_ins
from traitdunion.accounts.forms import AddressForm, CodeForm, DetailsForm, SignInForm
from traitdunion.accounts.models import Person
from traitdunion.accounts.sign_in import ADDRESS, Done, Pending
from traitdunion.clients.openid import Claims, Provider, Rejected, Unavailable
from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.notifications import addresses, links
from traitdunion.notifications.messages import Address

blueprint = Blueprint("accounts", __name__)

ASK_BY_NETWORK = Limit("sign-in by network", most=40, per=timedelta(minutes=15))
"""A Mission locale's workshop shares a network."""
ASK_BY_ADDRESS = Limit("sign-in by address", most=6, per=timedelta(minutes=30))
"""Nobody's mailbox is flooded."""
CONFIRM = Limit("sign-in confirmed by network", most=60, per=timedelta(hours=1))
"""A workshop types twenty codes, and mistypes some; a robot guesses one in a million."""
PROVIDER = Limit("sign-in with a provider by network", most=120, per=timedelta(minutes=15))
CHANGE = Limit("account changed by network", most=120, per=timedelta(minutes=15))

_IS_DOWN = "{} ne répond pas pour le moment. Réessayez plus tard, ou demandez un code."
_LIED = "La réponse de {} n’a pas pu être vérifiée. Recommencez, ou demandez un code."


class _Cancelled(Refused):
    """The person, or the provider, said no."""


class _NoEmail(Refused):
    """The provider knows no address that we could write to."""


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
            if done.secret:
                _leave_former(db.session())
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
    if done.secret:
        _leave_former(db.session())
    return _go_on(done)


@blueprint.get("/connexion/avec/<key>")
@access.public
def leave_for(key: str) -> ResponseReturnValue:
    """Sends the browser to an OpenID provider."""
    provider = providers.get(key) or abort(404)
    limits.count(PROVIDER, request.remote_addr)
    state, nonce, verifier = tokens.new_secret(), tokens.new_secret(), tokens.new_secret()
    try:
        address = providers.client(provider).address(state=state, nonce=nonce, verifier=verifier)
    except (Unavailable, Rejected):
        return _told(_IS_DOWN.format(provider.name), 503)
    cookies.leave_for(key, state=state, nonce=nonce, verifier=verifier, path=_suite())
    return redirect(address, 303)


@blueprint.get("/connexion/avec/<key>/retour")
@access.public
def come_back(key: str) -> ResponseReturnValue:
    """Signs in whoever comes back from the provider."""
    provider = providers.get(key) or abort(404)
    limits.count(PROVIDER, request.remote_addr)
    try:
        nonce, verifier, path = cookies.come_back(key, state=request.args.get("state", ""))
        code = _code_of(provider)
        claims = providers.client(provider).claims(code=code, nonce=nonce, verifier=verifier)
        # A GET that writes, in a transaction of its own: the provider sends people back by a link.
        with db.transaction() as session:
            done = _enter(session, claims, provider=key, path=path)
    except (tokens.TokenRefused, _Cancelled, _NoEmail, bans.Banned) as refusal:
        return _told(str(refusal), 403)
    except Rejected:
        return _told(_LIED.format(provider.name), 403)
    except Unavailable:
        return _told(_IS_DOWN.format(provider.name), 503)
    return _go_on(done) if done else redirect(url_for("accounts.code_page"), 303)


@blueprint.post("/deconnexion")
@access.public
def sign_out() -> ResponseReturnValue:
    """Signs this browser out; the page says how to leave the OpenID provider too."""
    limits.count(CHANGE, request.remote_addr)
    provider, address = None, None
    if visitor := access.visitor():
        session = db.session()
        if found := sign_ins.get(session, visitor.sign_in_id, person_id=visitor.person_id):
            provider = providers.get(found.provider or "")
            address = _end_address(provider, found.id_token) if provider and found.id_token else None
            sign_ins.end(session, found)
    cookies.forget()
    return render_template(
        "accounts/signed_out.html", provider_address=address, provider_name=provider.name if provider else None
    )


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


def _code_of(provider: Provider) -> str:
    if request.args.get("iss", provider.issuer).rstrip("/") != provider.issuer.rstrip("/"):
        raise Rejected("another provider’s answer (RFC 9207)", status=200)
    if request.args.get("error") or not request.args.get("code"):
        raise _Cancelled(
            f"La connexion avec {provider.name} a été annulée ou refusée. Recommencez, ou demandez un code."
        )
    return request.args["code"]


def _enter(session: Session, claims: Claims, *, provider: str, path: str | None) -> Done | None:
    now, device = clock.now(), devices.named(request.user_agent.string)
    done = identities.enter(session, claims, provider=provider, device=device, path=path, now=now)
    if done:
        _leave_former(session)
        return done
    email = identities.readable_email(claims)
    if email is None:
        raise _NoEmail("Votre adresse e-mail ne nous a pas été donnée. Demandez un code.")
    limits.count_of(ASK_BY_ADDRESS, email)
    then = identities.proof(claims, provider=provider)
    sign_in.ask(session, address=Address(email=email), browser=cookies.browser(), then=then, path=path, now=now)
    return None


def _end_address(provider: Provider, id_token: str) -> str | None:
    try:
        return providers.client(provider).end_address(
            id_token=id_token, back=links.absolute("/"), state=tokens.new_secret()
        )
    except (Unavailable, Rejected):
        return None  # nobody is kept here because the provider is down


def _ask(form: SignInForm | AddressForm, *, then: Pending | None, path: str | None) -> None:
    limits.count(ASK_BY_NETWORK, request.remote_addr)
    field = form.adresse
    limits.count_of(ASK_BY_ADDRESS, str(field.data))
    if isinstance(form, SignInForm) and form.is_trapped:
        return
    address = Address(email=field.email, phone=field.phone)
    sign_in.ask(db.session(), address=address, browser=cookies.browser(), then=then, path=path, now=clock.now())


def _leave_former(session: Session) -> None:
    """The browser was signed in already, perhaps as somebody else: nobody would see that row in use again."""
    visitor = access.visitor()
    former = visitor and sign_ins.get(session, visitor.sign_in_id, person_id=visitor.person_id)
    if former:
        sign_ins.end(session, former)


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
        preferences=[
            addresses.preferences_url(found)
            for value in (person.email, person.phone)
            if value and (found := addresses.find(db.session(), value))
        ][:1],
    )


def _person() -> Person:
    return people.get(db.session(), access.the_visitor().person_id) or abort(404)


def _suite() -> str | None:
    path = request.args.get("suite", "")
    return path if paths.is_ours(path) else None
