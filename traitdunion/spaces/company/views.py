"""The pages of an establishment: its home, its registration, its members, its verification."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.clients.recherche_entreprises import Establishment, Rejected, Unavailable
from traitdunion.companies import codes, companies, lookup, members
from traitdunion.companies.companies import CompanyRefused
from traitdunion.companies.forms import CodeForm, CompanyForm, InvitationForm
from traitdunion.companies.models import Company, CompanyMember, MemberState
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.core.tokens import TokenRefused
from traitdunion.immersions.forms import AnswerForm
from traitdunion.notifications import addresses
from traitdunion.spaces.company import company_page as home_of
from traitdunion.spaces.company import entering

blueprint = Blueprint("company_space", __name__)

REGISTER = Limit("companies registered", most=20, per=timedelta(hours=1))
INVITE = Limit("company invitations", most=30, per=timedelta(hours=1))
CODE = Limit("company codes", most=15, per=timedelta(hours=1))


@blueprint.get("/entreprise")
@access.signed_in
def home() -> ResponseReturnValue:
    """My establishments; the only one's page at once."""
    session, person_id = db.session(), access.the_visitor().person_id
    found, asked = companies.of(session, person_id), companies.asked_by(session, person_id)
    if len(found) == 1 and not asked:
        return redirect(url_for("company_space.company_page", company_id=found[0].id), 303)
    return render_template("spaces/company/home.html", companies=found, asked=asked)


@blueprint.get("/entreprise/inscription")
@access.signed_in
def registration_page() -> ResponseReturnValue:
    """Asks for the SIRET."""
    return render_template("spaces/company/registration.html", form=CompanyForm(), is_described=False, why=None)


@blueprint.post("/entreprise/inscription")
@access.signed_in
def register() -> ResponseReturnValue:
    """Registers the establishment; where the register of companies cannot tell, asks to describe it first."""
    limits.count(REGISTER, request.remote_addr)
    form, is_described = CompanyForm(request.form), "nom" in request.form
    page = "spaces/company/registration.html"
    if not form.validate():
        return render_template(page, form=form, is_described=is_described, why=None), 422
    if form.is_trapped:
        return redirect(url_for("company_space.home"), 303)
    found, why = _look_up(form.siret.data or "")
    if found is None and form.described is None:
        if is_described:
            form.ask_for_missing()
        return render_template(page, form=form, is_described=True, why=why), 422
    session, now = db.session(), clock.now()
    try:
        company, state = companies.register(
            session,
            form.siret.data or "",
            person=entering.person(session),
            found=found,
            described=form.described,
            now=now,
        )
    except CompanyRefused as refusal:
        form.siret.errors = [str(refusal)]
        return render_template(page, form=form, is_described=False, why=None), 422
    if state is not MemberState.ACTIVE:
        flash(f"{company.name} est déjà inscrit\u00a0: ses membres ont reçu votre demande.")
        return redirect(url_for("company_space.home"), 303)
    flash(
        f"{company.name} est inscrit." if company.is_verified or found else f"{company.name} est inscrit, à vérifier."
    )
    return redirect(url_for("company_space.company_page", company_id=company.id), 303)


def _look_up(siret: str) -> tuple[Establishment | None, str]:
    """What the register shows, or why it does not."""
    try:
        return lookup.find(siret), "unknown"
    except (Unavailable, Rejected):
        return None, "unavailable"


@blueprint.get("/entreprise/<int:company_id>")
@access.signed_in
def company_page(company_id: int) -> ResponseReturnValue:
    """The next step, the requests to answer, the calendar and the slots."""
    return home_of.render(company_id, AnswerForm())


@blueprint.get("/entreprise/<int:company_id>/membres")
@access.signed_in
def members_page(company_id: int) -> ResponseReturnValue:
    """Who speaks for the establishment, and who asks to."""
    return _members_page(entering.company(db.session(), company_id), InvitationForm())


@blueprint.post("/entreprise/<int:company_id>/membres")
@access.signed_in
def invite(company_id: int) -> ResponseReturnValue:
    """Sends an invitation."""
    limits.count(INVITE, request.remote_addr)
    session = db.session()
    company, form = entering.company(session, company_id), InvitationForm(request.form)
    if not form.validate():
        return _members_page(company, form), 422
    try:
        members.invite(session, company, form.email.data or "", by=entering.person(session), now=clock.now())
    except Refused as refusal:
        form.email.errors = [str(refusal)]
        return _members_page(company, form), 422
    flash("L’invitation est partie.")
    return redirect(url_for("company_space.members_page", company_id=company_id), 303)


@blueprint.post("/entreprise/<int:company_id>/membres/<int:member_id>/accepter")
@access.signed_in
def admit(company_id: int, member_id: int) -> ResponseReturnValue:
    """Says yes to who asks."""
    limits.count(entering.CHANGE, request.remote_addr)
    member = _member(company_id, member_id)
    try:
        members.admit(db.session(), member, now=clock.now())
    except Refused as refusal:
        return _members_page(member.company, InvitationForm(), refusal=refusal), 409
    flash("Cette personne est maintenant membre.")
    return redirect(url_for("company_space.members_page", company_id=company_id), 303)


@blueprint.post("/entreprise/<int:company_id>/membres/<int:member_id>/retirer")
@access.signed_in
def remove(company_id: int, member_id: int) -> ResponseReturnValue:
    """Takes a member, an invitation or a request off the list."""
    limits.count(entering.CHANGE, request.remote_addr)
    member = _member(company_id, member_id)
    try:
        members.remove(db.session(), member)
    except Refused as refusal:
        return _members_page(member.company, InvitationForm(), refusal=refusal), 409
    if member.person_id == access.the_visitor().person_id:
        flash("Vous n’êtes plus membre.")
        return redirect(url_for("company_space.home"), 303)
    flash("C’est retiré.")
    return redirect(url_for("company_space.members_page", company_id=company_id), 303)


def _member(company_id: int, member_id: int) -> CompanyMember:
    session = db.session()
    company = entering.company(session, company_id)
    found = members.get(session, company.id, member_id)
    return found or abort(404)


def _members_page(company: Company, form: InvitationForm, refusal: Refused | None = None) -> str:
    session = db.session()
    found = members.of_company(session, company.id)
    people = [member.person for member in found if member.person is not None]
    return render_template(
        "spaces/company/members.html",
        company=company,
        active=[member for member in found if member.state == MemberState.ACTIVE],
        asking=[member for member in found if member.state == MemberState.ASKING],
        invited=[member for member in found if member.state == MemberState.INVITED],
        refused=addresses.refused(session, [person.email or person.phone for person in people]),
        form=form,
        refusal=refusal,
    )


@blueprint.get("/entreprise/invitation/<token>")
@access.by_link
def invitation_page(token: str) -> ResponseReturnValue:
    """Shows a button: what scans mail opens links, and must not join."""
    try:
        invited = members.invitation(db.session(), token)
    except TokenRefused as refusal:
        return render_template("spaces/company/said.html", heading="Invitation périmée", told=str(refusal)), 410
    return render_template("spaces/company/invitation.html", company=invited.company, token=token)


@blueprint.post("/entreprise/invitation/<token>")
@access.by_link
def join(token: str) -> ResponseReturnValue:
    """Makes whoever holds the link a member: the person signed in, else the one who was written to."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, visitor = db.session(), access.visitor()
    try:
        invited = members.invitation(session, token)
    except TokenRefused as refusal:
        return render_template("spaces/company/said.html", heading="Invitation périmée", told=str(refusal)), 410
    members.accept(session, invited, person_id=visitor.person_id if visitor else None, now=clock.now())
    # Whoever is not signed in is sent to sign in by the same address: this link alone opens no session.
    return redirect(url_for("company_space.home"), 303)


@blueprint.get("/entreprise/<int:company_id>/verification")
@access.signed_in
def verification_page(company_id: int) -> ResponseReturnValue:
    """Whether the company is verified, and else the ways to it."""
    return _verification_page(entering.company_or_asked(db.session(), company_id), CodeForm())


@blueprint.post("/entreprise/<int:company_id>/lettre")
@access.signed_in
def ask_letter(company_id: int) -> ResponseReturnValue:
    """Asks for the letter with the code."""
    limits.count(CODE, request.remote_addr)
    session = db.session()
    company = entering.company_or_asked(session, company_id)
    try:
        codes.ask(session, company, person_id=access.the_visitor().person_id, now=clock.now())
    except Refused as refusal:
        return _verification_page(company, CodeForm(), refusal=refusal), 409
    flash("C’est demandé\u00a0: la lettre part sous quelques jours.")
    return redirect(url_for("company_space.verification_page", company_id=company_id), 303)


@blueprint.post("/entreprise/<int:company_id>/verification")
@access.signed_in
def try_code(company_id: int) -> ResponseReturnValue:
    """Verifies the company by the code of the letter."""
    limits.count(CODE, request.remote_addr)
    session = db.session()
    company, form = entering.company_or_asked(session, company_id), CodeForm(request.form)
    if not form.validate():
        return _verification_page(company, form), 422
    try:
        codes.try_(session, company, form.code.data or "", person_id=access.the_visitor().person_id, now=clock.now())
    except Refused as refusal:
        form.code.errors = [str(refusal)]
        return _verification_page(company, form), 422
    flash("L’établissement est vérifié\u00a0: vos immersions publiées se montrent.")
    return redirect(url_for("company_space.company_page", company_id=company_id), 303)


def _verification_page(company: Company, form: CodeForm, refusal: Refused | None = None) -> str:
    session, person_id = db.session(), access.the_visitor().person_id
    letter = codes.of(session, company.id, person_id)
    has_what_it_gives = company.is_verified and companies.is_member(session, company.id, person_id)
    return render_template(
        "spaces/company/verification.html",
        company=company,
        letter=letter,
        needs_letter=not has_what_it_gives and (letter is None or letter.attempts >= codes.MOST_TRIES),
        form=form,
        refusal=refusal,
    )
