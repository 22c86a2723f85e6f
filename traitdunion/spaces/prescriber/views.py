"""Coming in: one's organisations, asking for a new one, answering an invitation, how one is told."""

from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.accounts.models import Person
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.core.tokens import TokenRefused
from traitdunion.notifications import addresses
from traitdunion.notifications.forms import RhythmForm
from traitdunion.notifications.models import Channel, Frequency
from traitdunion.prescribers import areas, calendars, delegations, members, organisations
from traitdunion.prescribers.areas import AreaRefused
from traitdunion.prescribers.delegations import DelegationRefused
from traitdunion.prescribers.kinds import OrganisationKind
from traitdunion.prescribers.models import Prescriber
from traitdunion.prescribers.organisation_forms import RequestForm
from traitdunion.spaces.prescriber import entering
from traitdunion.territories import territories

blueprint = Blueprint("prescriber_space", __name__)

ASK = Limit("organisations asked for", most=20, per=timedelta(hours=1))
FEED = Limit("prescriber calendars", most=600, per=timedelta(hours=1))
JOIN = Limit("organisations joined", most=120, per=timedelta(hours=1))


@blueprint.get("/prescripteur")
@access.signed_in
def home() -> ResponseReturnValue:
    """My organisations; the only one's page at once."""
    session, person_id = db.session(), access.the_visitor().person_id
    found, waiting = members.of(session, person_id), members.of_waiting(session, person_id)
    if len(found) == 1 and not waiting:
        return redirect(url_for("caseload.caseload_page", organisation_id=found[0].organisation_id), 303)
    kinds = {kind.value: kind.label for kind in OrganisationKind}
    return render_template("spaces/prescriber/home.html", memberships=found, waiting=waiting, kinds=kinds)


@blueprint.get("/prescripteur/inscription")
@access.signed_in
def request_page() -> ResponseReturnValue:
    """Asks what the organisation is, where it follows people, and what shows that it may."""
    return _request_page(RequestForm())


@blueprint.post("/prescripteur/inscription")
@access.signed_in
def ask() -> ResponseReturnValue:
    """Keeps the request, which an operator answers; 422 with what to correct."""
    limits.count(ASK, request.remote_addr)
    form, session, now = RequestForm(request.form), db.session(), clock.now()
    if not form.validate():
        return _request_page(form), 422
    if form.is_trapped:
        return redirect(url_for("prescriber_space.home"), 303)
    try:
        area = areas.read(session, form.zone.data or "", near=territories.current().centre)
        organisation = organisations.ask(
            session, form.details, proof=form.preuve.data or "", by=entering.person(session), now=now
        )
        areas.replace(session, organisation, area)
        if form.is_said:
            delegations.declare(session, organisation, **form.said, now=now)
    except AreaRefused as refusal:
        form.zone.errors = [str(refusal)]
        return _request_page(form), 422
    except DelegationRefused as refusal:
        form.fin.errors = [str(refusal)]
        return _request_page(form), 422
    except Refused as refusal:
        form.nom.errors = [str(refusal)]
        return _request_page(form), 422
    flash("Votre demande est envoyée. La réponse arrive par e-mail.")
    return redirect(url_for("prescriber_space.home"), 303)


@blueprint.get("/prescripteur/invitation/<token>")
@access.by_link
def invitation_page(token: str) -> ResponseReturnValue:
    """Shows a button: what scans mail opens links, and must not join."""
    try:
        invited = members.invitation(db.session(), token)
    except TokenRefused as refusal:
        return _said("Invitation périmée", str(refusal)), 410
    return render_template("spaces/prescriber/invitation.html", organisation=invited.organisation, token=token)


@blueprint.post("/prescripteur/invitation/<token>")
@access.by_link
def join(token: str) -> ResponseReturnValue:
    """Makes whoever owns the invited address a member; the link opens no session by itself."""
    limits.count(JOIN, request.remote_addr)
    session, visitor = db.session(), access.visitor()
    try:
        member = members.accept(session, members.invitation(session, token), now=clock.now())
    except TokenRefused as refusal:
        return _said("Invitation périmée", str(refusal)), 410
    if visitor is not None and visitor.person_id != member.person_id:
        told = "C’est noté. Pour ouvrir cet espace, connectez-vous avec l’adresse qui a reçu l’invitation."
        return _said("Invitation acceptée", told)
    return redirect(url_for("prescriber_space.home"), 303)


@blueprint.get("/prescripteur/<int:organisation_id>/messages")
@access.signed_in
def messages_page(organisation_id: int) -> ResponseReturnValue:
    """How often I am told what awaits me; the address of my calendar."""
    session = db.session()
    person = entering.person(session)
    known = addresses.find(session, (person.email or person.phone or "").lower())
    form = RhythmForm(data={"rythme": known.frequency if known else Frequency.DAY.value})
    return _messages_page(entering.prescriber(session, organisation_id), person, form)


@blueprint.post("/prescripteur/<int:organisation_id>/messages")
@access.signed_in
def save_messages(organisation_id: int) -> ResponseReturnValue:
    """Keeps what was chosen, for my address."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, now = db.session(), clock.now()
    prescriber, person = entering.prescriber(session, organisation_id), entering.person(session)
    form = RhythmForm(request.form)
    if not form.validate():
        return _messages_page(prescriber, person, form), 422
    channel, value = (Channel.EMAIL, person.email) if person.email else (Channel.SMS, person.phone)
    if value:
        known = addresses.find_or_add(session, channel, value, now=now)
        known.frequency, known.changed_at = form.frequency.value, now
    flash("C’est enregistré.")
    return redirect(url_for("prescriber_space.messages_page", organisation_id=organisation_id), 303)


@blueprint.post("/prescripteur/<int:organisation_id>/agenda")
@access.signed_in
def calendar(organisation_id: int) -> ResponseReturnValue:
    """Opens or closes the secret address of my calendar."""
    limits.count(entering.CHANGE, request.remote_addr)
    prescriber = entering.prescriber(db.session(), organisation_id)
    if request.form.get("ouvert") == "oui":
        prescriber.calendar_opened_at = prescriber.calendar_opened_at or clock.now()
        flash("L’adresse de votre agenda est prête.")
    else:
        prescriber.calendar_opened_at = None
        flash("L’adresse de votre agenda ne montre plus rien.")
    return redirect(url_for("prescriber_space.messages_page", organisation_id=organisation_id), 303)


@blueprint.get("/calendrier/suivi/<secret>.ics")
@access.by_link
def feed(secret: str) -> ResponseReturnValue:
    """The immersions of those whom a prescriber follows, for a calendar that comes back every few hours."""
    limits.count(FEED, request.remote_addr)
    session = db.session()
    found = calendars.of_secret(session, secret) or abort(404)
    return Response(calendars.feed(session, found, now=clock.now()), mimetype="text/calendar")


def _messages_page(prescriber: Prescriber, person: Person, form: RhythmForm) -> str:
    secret = calendars.secret(prescriber)
    return render_template(
        "spaces/prescriber/messages.html",
        prescriber=prescriber,
        form=form,
        person=person,
        calendar=url_for("prescriber_space.feed", secret=secret, _external=True) if secret else None,
    )


def _request_page(form: RequestForm) -> str:
    return render_template("spaces/prescriber/request.html", form=form)


def _said(heading: str, told: str) -> str:
    return render_template("spaces/prescriber/said.html", heading=heading, told=told)
