"""The file of a person whom an organisation follows: what comes next, the project, what was tried, notes kept apart.

Each reading is kept (`readings`), an answer to a form that was filled in wrongly included; a file whose following ended
is only read.
"""

from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.accounts.forms import LEVELS
from traitdunion.accounts.models import Status
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings
from traitdunion.immersions.models import BookingState
from traitdunion.impact import after, outcomes
from traitdunion.impact.letters import outcome_token
from traitdunion.pathways import knowledge, suggestions
from traitdunion.pathways.suggestions import Suggestion
from traitdunion.prescribers import (
    caseload,
    consents,
    details,
    followed,
    newcomers,
    notes,
    organisations,
    projects,
    readings,
    referrals,
    steps,
)
from traitdunion.prescribers.kinds import DeclineReason, OrganisationState, Origin, ReferralState
from traitdunion.prescribers.models import CaseloadEntry, Organisation, Prescriber
from traitdunion.rome import occupations
from traitdunion.spaces.prescriber import entering, file_forms
from traitdunion.spaces.prescriber.file_forms import EndForm, HandOnForm, NoteForm, ProjectForm
from traitdunion.territories import territories

blueprint = Blueprint("caseload_files", __name__)


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/<int:person_id>")
@access.signed_in
def file_page(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """The file; that it was read is kept, and the person sees it."""
    prescriber, entry = entering.followed(organisation_id, person_id, is_over=True)
    return _file_page(db.session(), prescriber, entry)


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/projet")
@access.signed_in
def change_project(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """Keeps the project; the likeliest occupation of a new title is chosen, and another may be."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, entry) = db.session(), entering.followed(organisation_id, person_id)
    form = _project_form(session, entry, posted=True)
    if not form.validate():
        return _file_page(session, prescriber, entry, project_form=form), 422
    try:
        projects.describe(session, entry, form.project, near=territories.current().centre, now=clock.now())
    except projects.UnknownPlace as refusal:
        form.lieu.errors = [str(refusal)]
        return _file_page(session, prescriber, entry, project_form=form), 422
    if form.level is not None:
        entry.person.level = form.level
    flash("Le projet est enregistré.")
    return _to(entry, "son-projet")


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/notes")
@access.signed_in
def write_note(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """Keeps a note."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, entry) = db.session(), entering.followed(organisation_id, person_id)
    form = NoteForm(request.form)
    if not form.validate():
        return _file_page(session, prescriber, entry, note_form=form), 422
    notes.write(session, entry, form.note.data or "", by=prescriber, now=clock.now())
    flash("La note est enregistrée.")
    return _to(entry, "notes")


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/notes/<int:note_id>/effacer")
@access.signed_in
def erase_note(organisation_id: int, person_id: int, note_id: int) -> ResponseReturnValue:
    """Erases one's own note."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, entry) = db.session(), entering.followed(organisation_id, person_id)
    if not notes.erase(session, note_id, entry=entry, by=prescriber):
        abort(404)
    flash("La note est effacée.")
    return _to(entry, "notes")


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/referent")
@access.signed_in
def take(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """The visitor becomes the referent."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, entry) = db.session(), entering.followed(organisation_id, person_id)
    try:
        caseload.take(session, entry, by=prescriber, now=clock.now())
    except Refused as refusal:
        return _file_page(session, prescriber, entry, refusal=refusal), 409
    flash("Vous êtes maintenant le référent de cette personne.")
    return _to(entry)


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/signataire")
@access.signed_in
def prescribe(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """The organisation signs the person's agreements from now on."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, entry) = db.session(), entering.followed(organisation_id, person_id)
    try:
        caseload.prescribe(session, entry, now=clock.now())
    except Refused as refusal:
        return _file_page(session, prescriber, entry, refusal=refusal), 409
    flash("Votre organisme signera les conventions de cette personne.")
    return _to(entry)


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/confier")
@access.signed_in
def hand_on(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """Another organisation follows the person from now on."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, entry) = db.session(), entering.followed(organisation_id, person_id)
    others = _others(session, entry)
    form = HandOnForm(request.form, organisations=others)
    if not form.validate():
        return _file_page(session, prescriber, entry, hand_on_form=form), 422
    to = next(one for one in others if one.id == form.organisme.data)
    try:
        new = caseload.hand_on(session, entry, to, word=form.mot.data or "", by=prescriber, now=clock.now())
    except Refused as refusal:
        return _file_page(session, prescriber, entry, refusal=refusal), 409
    newcomers.tell(session, new, now=clock.now())
    flash(f"{to.name} suit maintenant {entry.person.name}.")
    return redirect(url_for("caseload.caseload_page", organisation_id=organisation_id), 303)


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/fin")
@access.signed_in
def end(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """The organisation no longer follows the person."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, (prescriber, entry) = db.session(), entering.followed(organisation_id, person_id)
    form = EndForm(request.form)
    if not form.validate():
        return _file_page(session, prescriber, entry, end_form=form), 422
    caseload.end(session, entry, word=form.raison.data or None, now=clock.now())
    flash(f"Votre organisme ne suit plus {entry.person.name}.")
    return redirect(url_for("caseload.caseload_page", organisation_id=organisation_id), 303)


def _file_page(session: Session, prescriber: Prescriber, entry: CaseloadEntry, **forms: Any) -> str:
    """The page; `forms` are those that were answered wrongly."""
    now, today = clock.now(), clock.today()
    is_living = entry.ended_at is None
    step = followed.step_of(session, entry, now=now) if is_living else None
    values = {
        "project_form": forms.get("project_form") or _project_form(session, entry),
        "note_form": NoteForm(),
        "hand_on_form": forms.get("hand_on_form") or HandOnForm(organisations=_others(session, entry)),
        "end_form": EndForm(),
        "refusal": None,
        **forms,
    }
    return render_template(
        "spaces/prescriber/file.html",
        prescriber=prescriber,
        entry=entry,
        person=entry.person,
        step=step,
        when=steps.when(step, today=today) if step else "",
        status=Status(entry.person.status).label if entry.person.status else "",
        level="" if entry.person.level is None else LEVELS[str(entry.person.level)],
        may_correct=is_living and details.may_correct(session, entry),
        signed_by=_signed_by(session, entry),
        origin=Origin(entry.origin).label,
        decline_reasons={reason.value: reason.label for reason in DeclineReason},
        referral_states={state.value: state.label for state in ReferralState},
        occupation=occupations.get(session, entry.occupation_code) if entry.occupation_code else None,
        suggestions=_suggestions(session, entry, now=now) if is_living else (),
        refer_address=url_for("prescriber_referrals.new_page", organisation_id=entry.organisation_id),
        consent=consents.standing(session, entry.id),
        **_immersions(session, prescriber, entry, today=today),
        known_jobs=knowledge.of_person(session, entry.person_id) if is_living else {},
        referrals=referrals.of_entry(session, entry.id),
        notes=notes.of_entry(session, entry.id),
        readings=readings.of_person(session, entry.person_id, most=5),
        **values,
    )


def _suggestions(session: Session, entry: CaseloadEntry, *, now: datetime) -> list[Suggestion]:
    territory = territories.current()
    wish = projects.wish(entry, radius_km=territory.default_radius_km)
    if wish is None:
        return []
    return suggestions.suggest(session, wish, person_id=entry.person_id, region_code=territory.region_code, now=now)


def _signed_by(session: Session, entry: CaseloadEntry) -> str:
    """Who signs, without telling which other organisation follows the person."""
    if entry.prescribes:
        return "votre organisme"
    return "un autre organisme" if caseload.prescribing(session, entry.person_id) else "aucun organisme pour le moment"


def _immersions(session: Session, prescriber: Prescriber, entry: CaseloadEntry, *, today: date) -> dict[str, Any]:
    """The person's immersions, what was said after each, and where to say what followed."""
    theirs = _bookings(session, entry)
    over = [one for one in theirs if one.state == BookingState.DONE]
    return {
        "bookings": theirs,
        "after": after.of_bookings(session, [one.id for one in theirs]),
        "outcome_tokens": {
            one.id: outcome_token(one.id, outcomes.month_of(one.last_day, today=today), by=prescriber.person_id or 0)
            for one in over
        },
    }


def _bookings(session: Session, entry: CaseloadEntry) -> list[Any]:
    """Those of the person; of somebody who is not followed any more, those asked for until then."""
    theirs = bookings.of_person(session, entry.person_id)
    return [one for one in theirs if entry.ended_at is None or one.created_at <= entry.ended_at]


def _project_form(session: Session, entry: CaseloadEntry, *, posted: bool = False) -> ProjectForm:
    person, territory = entry.person, territories.current()
    return ProjectForm(
        request.form if posted else None,
        data=file_forms.answers(entry, place=person.postcode, radius_km=territory.default_radius_km),
        occupations=projects.proposals(session, entry.project or ""),
        # What somebody who has an account said of themselves stays theirs.
        asks_level=person.level is None or person.seen_at is None,
    )


def _others(session: Session, entry: CaseloadEntry) -> list[Organisation]:
    found = organisations.listed(session, state=OrganisationState.ACTIVE)
    return [one for one in found if one.id != entry.organisation_id]


def _to(entry: CaseloadEntry, anchor: str | None = None) -> ResponseReturnValue:
    ids: dict[str, Any] = {"organisation_id": entry.organisation_id, "person_id": entry.person_id}
    return redirect(url_for("caseload_files.file_page", **ids, _anchor=anchor), 303)
