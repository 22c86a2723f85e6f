"""What an organisation is: its right to prescribe, what it says of itself, where it follows people, its members."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.prescribers import areas, delegations, members, organisations
from traitdunion.prescribers.areas import AreaRefused
from traitdunion.prescribers.delegations import DelegationRefused
from traitdunion.prescribers.kinds import OrganisationKind, PrescriberState
from traitdunion.prescribers.models import Prescriber
from traitdunion.prescribers.organisation_forms import DelegationForm, DetailsForm, InvitationForm, LeavingForm
from traitdunion.spaces.prescriber import entering
from traitdunion.territories import territories

blueprint = Blueprint("prescriber_organisation", __name__)

INVITE = Limit("prescriber invitations", most=60, per=timedelta(hours=1))


@blueprint.get("/prescripteur/<int:organisation_id>/organisme")
@access.signed_in
def organisation_page(organisation_id: int) -> ResponseReturnValue:
    """The right to prescribe first, then the members, the area and what people read of the organisation."""
    prescriber = entering.prescriber(db.session(), organisation_id)
    return _page(prescriber, InvitationForm())


@blueprint.post("/prescripteur/<int:organisation_id>/membres")
@access.signed_in
def invite(organisation_id: int) -> ResponseReturnValue:
    """Sends an invitation."""
    limits.count(INVITE, request.remote_addr)
    session = db.session()
    prescriber, form = entering.administrator(session, organisation_id), InvitationForm(request.form)
    if not form.validate():
        return _page(prescriber, form), 422
    try:
        members.invite(
            session,
            prescriber.organisation,
            form.email.data or "",
            role=form.fonction.data or None,
            by=entering.person(session),
            now=clock.now(),
        )
    except Refused as refusal:
        form.email.errors = [str(refusal)]
        return _page(prescriber, form), 422
    flash("L’invitation est partie.")
    return _to(organisation_id, "membres")


@blueprint.post("/prescripteur/<int:organisation_id>/invitations/<int:prescriber_id>/retirer")
@access.signed_in
def withdraw(organisation_id: int, prescriber_id: int) -> ResponseReturnValue:
    """Takes an invitation back."""
    limits.count(entering.CHANGE, request.remote_addr)
    me = entering.administrator(db.session(), organisation_id)
    try:
        members.withdraw(db.session(), _member(organisation_id, prescriber_id))
    except Refused as refusal:
        return _page(me, InvitationForm(), refusal=refusal), 409
    flash("L’invitation est retirée.")
    return _to(organisation_id, "membres")


@blueprint.post("/prescripteur/<int:organisation_id>/membres/<int:prescriber_id>/administrer")
@access.signed_in
def administer(organisation_id: int, prescriber_id: int) -> ResponseReturnValue:
    """Gives or takes the right to administer."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    me, member = entering.administrator(session, organisation_id), _member(organisation_id, prescriber_id)
    act = members.make_administrator if request.form.get("oui") == "oui" else members.unmake_administrator
    try:
        act(session, member, by=entering.person(session), now=clock.now())
    except Refused as refusal:
        return _page(me, InvitationForm(), refusal=refusal), 409
    flash(f"C’est noté pour {member.name}.")
    return _to(organisation_id, "membres")


@blueprint.get("/prescripteur/<int:organisation_id>/membres/<int:prescriber_id>/depart")
@access.signed_in
def leaving_page(organisation_id: int, prescriber_id: int) -> ResponseReturnValue:
    """Who takes the people of a member who leaves: another one, or oneself."""
    me, member = _leaving(organisation_id, prescriber_id)
    return _leaving_page(me, member)


@blueprint.post("/prescripteur/<int:organisation_id>/membres/<int:prescriber_id>/depart")
@access.signed_in
def leave(organisation_id: int, prescriber_id: int) -> ResponseReturnValue:
    """The member leaves, and the people go to the colleague who was chosen."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    me, member = _leaving(organisation_id, prescriber_id)
    form = _leaving_form(member)
    to = members.get(session, organisation_id, form.reprise.data) if form.reprise.choices and form.validate() else None
    try:
        count = members.leave(session, member, to=to, by=entering.person(session), now=clock.now())
    except Refused as refusal:
        return _leaving_page(me, member, refusal=refusal), 422
    told = f"{member.name} ne fait plus partie de l’organisme."
    flash(f"{told} Personnes confiées à {to.name}\u00a0: {count}." if to and count else told)
    if member.id == me.id:
        return redirect(url_for("prescriber_space.home"), 303)
    return _to(organisation_id, "membres")


@blueprint.get("/prescripteur/<int:organisation_id>/organisme/presentation")
@access.signed_in
def details_page(organisation_id: int) -> ResponseReturnValue:
    """What the organisation says of itself, and where it follows people."""
    session = db.session()
    prescriber = entering.administrator(session, organisation_id)
    of = prescriber.organisation
    form = DetailsForm(
        data={
            "nom": of.name,
            "genre": of.kind,
            "siret": of.siret,
            "forme": of.legal_form,
            "adresse": of.address,
            "code_postal": of.postcode,
            "ville": of.city,
            "email": of.email,
            "telephone": of.phone,
            "zone": "\n".join(areas.written(session, of.id)),
        }
    )
    return _details_page(prescriber, form)


@blueprint.post("/prescripteur/<int:organisation_id>/organisme/presentation")
@access.signed_in
def describe(organisation_id: int) -> ResponseReturnValue:
    """Keeps it; what the organisation is by law stays as the operator accepted it."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    prescriber = entering.administrator(session, organisation_id)
    form = DetailsForm(request.form)
    form.genre.data = prescriber.organisation.kind
    if not form.validate():
        return _details_page(prescriber, form), 422
    try:
        area = areas.read(session, form.zone.data or "", near=territories.current().centre)
    except AreaRefused as refusal:
        form.zone.errors = [str(refusal)]
        return _details_page(prescriber, form), 422
    organisations.describe(prescriber.organisation, form.details)
    areas.replace(session, prescriber.organisation, area)
    flash("C’est enregistré.")
    return _to(organisation_id)


@blueprint.get("/prescripteur/<int:organisation_id>/organisme/delegation")
@access.signed_in
def delegation_page(organisation_id: int) -> ResponseReturnValue:
    """Asks for the delegation."""
    return _delegation_page(entering.administrator(db.session(), organisation_id), DelegationForm())


@blueprint.post("/prescripteur/<int:organisation_id>/organisme/delegation")
@access.signed_in
def declare(organisation_id: int) -> ResponseReturnValue:
    """Keeps the delegation, which an operator confirms."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    prescriber, form = entering.administrator(session, organisation_id), DelegationForm(request.form)
    if not form.validate() or form.ask_for_missing():
        return _delegation_page(prescriber, form), 422
    try:
        delegations.declare(session, prescriber.organisation, **form.said, now=clock.now())
    except DelegationRefused as refusal:
        form.fin.errors = [str(refusal)]
        return _delegation_page(prescriber, form), 422
    flash("C’est enregistré\u00a0: notre équipe vérifie la délégation.")
    return _to(organisation_id)


def _member(organisation_id: int, prescriber_id: int) -> Prescriber:
    found = members.get(db.session(), organisation_id, prescriber_id)
    return found if found is not None and found.state != PrescriberState.LEFT else abort(404)


def _leaving(organisation_id: int, prescriber_id: int) -> tuple[Prescriber, Prescriber]:
    """The visitor, and who leaves: oneself, or another member where one administers."""
    session = db.session()
    me, member = entering.prescriber(session, organisation_id), _member(organisation_id, prescriber_id)
    if member.state != PrescriberState.ACTIVE:
        abort(404)
    return (me, member) if member.id == me.id or me.is_administrator else abort(403)


def _leaving_form(member: Prescriber) -> LeavingForm:
    form = LeavingForm(request.form)
    others = members.active(db.session(), member.organisation_id)
    form.reprise.choices = {str(one.id): one.name for one in others if one.id != member.id}
    return form


def _leaving_page(me: Prescriber, member: Prescriber, *, refusal: Refused | None = None) -> str:
    return render_template(
        "spaces/prescriber/leaving.html",
        prescriber=me,
        member=member,
        count=members.count_followed(db.session(), member),
        form=_leaving_form(member),
        refusal=refusal,
    )


def _page(prescriber: Prescriber, form: InvitationForm, *, refusal: Refused | None = None) -> str:
    session, organisation = db.session(), prescriber.organisation
    return render_template(
        "spaces/prescriber/organisation.html",
        prescriber=prescriber,
        organisation=organisation,
        kind=OrganisationKind(organisation.kind),
        standing=delegations.standing(organisation, on=clock.today()),
        area=areas.written(session, organisation.id),
        active=members.active(session, organisation.id),
        invited=members.invited(session, organisation.id),
        form=form,
        refusal=refusal,
    )


def _details_page(prescriber: Prescriber, form: DetailsForm) -> str:
    return render_template("spaces/prescriber/details.html", prescriber=prescriber, form=form)


def _delegation_page(prescriber: Prescriber, form: DelegationForm) -> str:
    return render_template("spaces/prescriber/delegation.html", prescriber=prescriber, form=form)


def _to(organisation_id: int, anchor: str | None = None) -> ResponseReturnValue:
    address = url_for("prescriber_organisation.organisation_page", organisation_id=organisation_id, _anchor=anchor)
    return redirect(address, 303)
