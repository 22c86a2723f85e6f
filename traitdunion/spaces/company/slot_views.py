"""The pages of a slot: new, changed, published, confirmed, cancelled, duplicated, repeated."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from traitdunion.companies.models import Company
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.forms import cleaned
from traitdunion.core.tokens import TokenRefused
from traitdunion.immersions import bookings, confirming, lifecycle, places, repeating, slots
from traitdunion.immersions.addresses import FieldRefused
from traitdunion.immersions.forms import CancelForm
from traitdunion.immersions.lifecycle import Act
from traitdunion.immersions.models import OPEN, Slot
from traitdunion.immersions.slot_form import LONGEST_TITLE, NAMES, SlotForm
from traitdunion.pathways import trying
from traitdunion.rome import occupations, proposing
from traitdunion.spaces.company import entering
from traitdunion.territories import territories

blueprint = Blueprint("company_slots", __name__)

_USUAL_WEEKS = 6


@blueprint.get("/entreprise/<int:company_id>/immersions/nouvelle")
@access.signed_in
def new_page(company_id: int) -> ResponseReturnValue:
    """First the job, in the company's words; then, once it is typed (`titre`), the rest."""
    session = db.session()
    company = entering.company(session, company_id)
    title = cleaned(request.args.get("titre"))[:LONGEST_TITLE]
    choices = _choices(session, title) if title else []
    if not choices:
        return render_template("spaces/company/slot_title.html", company=company, title=title)
    form = SlotForm(data=_first_answers(company, title, choices), today=clock.today(), occupations=choices)
    return _form_page(company, form)


@blueprint.post("/entreprise/<int:company_id>/immersions/nouvelle")
@access.signed_in
def create(company_id: int) -> ResponseReturnValue:
    """A draft, or a slot that is published at once."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, now = db.session(), clock.now()
    company = entering.company(session, company_id)
    form = _posted(session)
    if not form.validate():
        return _form_page(company, form), 422
    try:
        slot = slots.write(session, company, form.details(), by=access.the_visitor().person_id, now=now)
    except FieldRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return _form_page(company, form), 422
    if "publier" in request.form:
        slots.publish(session, slot, now=now, today=clock.today())
        flash(_published(company))
    else:
        flash("Le brouillon est gardé.")
    return _to(slot)


@blueprint.get("/entreprise/<int:company_id>/immersions/<int:slot_id>")
@access.signed_in
def slot_page(company_id: int, slot_id: int) -> ResponseReturnValue:
    """What the slot says, who comes, the sessions that it comes before, and what may be done."""
    slot = entering.slot(db.session(), company_id, slot_id)
    return _slot_page(slot, CancelForm())


@blueprint.get("/entreprise/<int:company_id>/immersions/<int:slot_id>/modifier")
@access.signed_in
def change_page(company_id: int, slot_id: int) -> ResponseReturnValue:
    """The form, filled in."""
    session = db.session()
    slot = entering.slot(session, company_id, slot_id)
    form = SlotForm(data=_answers(slot), today=clock.today(), occupations=_choices(session, slot.title, slot))
    return _form_page(slot.company, form, slot)


@blueprint.post("/entreprise/<int:company_id>/immersions/<int:slot_id>/modifier")
@access.signed_in
def change(company_id: int, slot_id: int) -> ResponseReturnValue:
    """Keeps what the company says now."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    slot = entering.slot(session, company_id, slot_id)
    form = _posted(session, slot)
    if not form.validate():
        return _form_page(slot.company, form, slot), 422
    try:
        slots.change(session, slot, form.details(), now=clock.now())
    except FieldRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return _form_page(slot.company, form, slot), 422
    except Refused as refusal:
        form.form_errors.append(str(refusal))
        return _form_page(slot.company, form, slot), 409
    flash("C’est enregistré.")
    return _to(slot)


@blueprint.post("/entreprise/<int:company_id>/immersions/<int:slot_id>/publier")
@access.signed_in
def publish(company_id: int, slot_id: int) -> ResponseReturnValue:
    """Shows the slot to everybody, or will once the company is verified."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    slot = entering.slot(session, company_id, slot_id)
    try:
        slots.publish(session, slot, now=clock.now(), today=clock.today())
    except Refused as refusal:
        return _slot_page(slot, CancelForm(), refusal=refusal), 409
    flash(_published(slot.company))
    return _to(slot)


@blueprint.post("/entreprise/<int:company_id>/immersions/<int:slot_id>/confirmer")
@access.signed_in
def confirm_one(company_id: int, slot_id: int) -> ResponseReturnValue:
    """Says that it still holds; a frozen one is shown again."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    slot = entering.slot(session, company_id, slot_id)
    try:
        slots.confirm(session, slot, now=clock.now())
    except Refused as refusal:
        return _slot_page(slot, CancelForm(), refusal=refusal), 409
    flash("Merci, c’est noté.")
    return _to(slot)


@blueprint.post("/entreprise/<int:company_id>/immersions/<int:slot_id>/dupliquer")
@access.signed_in
def duplicate(company_id: int, slot_id: int) -> ResponseReturnValue:
    """Makes a draft of the same, and opens it."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, by = db.session(), access.the_visitor().person_id
    slot = entering.slot(session, company_id, slot_id)
    copied = repeating.duplicate(session, slot, by=by, now=clock.now(), today=clock.today())
    flash("Voici la copie, en brouillon\u00a0: changez la date, puis publiez.")
    return redirect(url_for("company_slots.change_page", company_id=company_id, slot_id=copied.id), 303)


@blueprint.post("/entreprise/<int:company_id>/immersions/<int:slot_id>/annuler")
@access.signed_in
def cancel(company_id: int, slot_id: int) -> ResponseReturnValue:
    """Gives the slot up; those who booked it read why."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    slot, form = entering.slot(session, company_id, slot_id), CancelForm(request.form)
    if not form.validate():
        return _slot_page(slot, form), 422
    if not form.mot.data and bookings.of_slot(session, slot.id, states=OPEN):
        form.mot.errors = ["Dites en un mot pourquoi\u00a0: les personnes le liront."]
        return _slot_page(slot, form), 422
    try:
        slots.cancel(session, slot, reason=form.mot.data or "", now=clock.now())
    except Refused as refusal:
        return _slot_page(slot, form, refusal=refusal), 409
    flash("L’immersion est annulée, et les personnes prévenues.")
    return redirect(url_for("company_space.company_page", company_id=company_id), 303)


@blueprint.get("/entreprise/<int:company_id>/immersions/<int:slot_id>/repeter")
@access.signed_in
def repeat_page(company_id: int, slot_id: int) -> ResponseReturnValue:
    """The dates to come, those that will be skipped too, before anything is written."""
    slot = entering.slot(db.session(), company_id, slot_id)
    weeks = _weeks(request.args.get("semaines"))
    found = repeating.preview(slot, weeks=weeks, today=clock.today())
    return render_template("spaces/company/repeat.html", slot=slot, company=slot.company, weeks=weeks, found=found)


@blueprint.post("/entreprise/<int:company_id>/immersions/<int:slot_id>/repeter")
@access.signed_in
def repeat(company_id: int, slot_id: int) -> ResponseReturnValue:
    """Writes the slots of these weeks."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, by = db.session(), access.the_visitor().person_id
    slot = entering.slot(session, company_id, slot_id)
    weeks = _weeks(request.form.get("semaines"))
    made = repeating.repeat(session, slot, weeks=weeks, by=by, now=clock.now(), today=clock.today())
    flash(f"{len(made)}\u00a0immersions ajoutées." if len(made) != 1 else "1\u00a0immersion ajoutée.")
    return redirect(url_for("company_space.company_page", company_id=company_id, _anchor="immersions"), 303)


@blueprint.get("/entreprise/confirmation/<token>")
@access.by_link
def confirmation_page(token: str) -> ResponseReturnValue:
    """The slots of the question, and the button that answers it: opening the link answers nothing."""
    try:
        found = confirming.asked_about(db.session(), token)
    except TokenRefused as refusal:
        return render_template("spaces/company/said.html", heading="Lien périmé", told=str(refusal)), 410
    return _confirmation_page(found, token)


@blueprint.post("/entreprise/confirmation/<token>")
@access.by_link
def confirm(token: str) -> ResponseReturnValue:
    """« Oui, c’est toujours bon »: for every slot of the question that is not over; a second click changes nothing."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, now = db.session(), clock.now()
    try:
        found = confirming.asked_about(session, token)
    except TokenRefused as refusal:
        return render_template("spaces/company/said.html", heading="Lien périmé", told=str(refusal)), 410
    for slot in found:
        if slot.confirmed_at is None and lifecycle.allows(slot.state, Act.CONFIRM):
            slots.confirm(session, slot, now=now)
    return redirect(url_for("company_slots.confirmation_page", token=token), 303)


def _confirmation_page(found: Sequence[Slot], token: str) -> str:
    waiting = [slot for slot in found if slot.confirmed_at is None and lifecycle.allows(slot.state, Act.CONFIRM)]
    return render_template("spaces/company/confirmation.html", slots=found, waiting=waiting, token=token)


def _slot_page(slot: Slot, form: CancelForm, refusal: Refused | None = None) -> str:
    session = db.session()
    return render_template(
        "spaces/company/slot.html",
        slot=slot,
        company=slot.company,
        occupation=occupations.get(session, slot.occupation_code),
        bookings=bookings.of_slot(session, slot.id),
        free=places.free_counts(session, [slot.id]).get(slot.id, 0),
        sessions=trying.sessions_after(
            session, slot, region_code=territories.current().region_code, today=clock.today()
        ),
        can={act.value: lifecycle.allows(slot.state, act) for act in Act},
        form=form,
        refusal=refusal,
        today=clock.today(),
    )


def _form_page(company: Company, form: SlotForm, slot: Slot | None = None) -> str:
    if form.errors:
        form.propose(_choices(db.session(), (form.titre.data or "")[:LONGEST_TITLE], slot))
    return render_template("spaces/company/slot_form.html", company=company, form=form, slot=slot)


def _published(company: Company) -> str:
    return "L’immersion est publiée." if company.is_shown else "Elle se montrera une fois l’établissement vérifié."


def _to(slot: Slot) -> Response:
    return redirect(url_for("company_slots.slot_page", company_id=slot.company_id, slot_id=slot.id), 303)


def _posted(session: Session, slot: Slot | None = None) -> SlotForm:
    """What was sent; the model, which may have to be read first, is asked only for a form that is shown again."""
    chosen = cleaned(request.form.get("metier"))
    known = occupations.get(session, chosen) if chosen else None
    return SlotForm(
        request.form,
        today=clock.today(),
        occupations=[(known.code, known.label)] if known else [],
        book_by=slot.book_by if slot else None,
    )


def _choices(session: Session, title: str, slot: Slot | None = None) -> list[tuple[str, str]]:
    """Codes and labels to choose among, the likeliest first; that of the slot before them."""
    found = proposing.propose(session, title) if title else []
    chosen = request.form.get("metier") or (slot.occupation_code if slot else "")
    known = occupations.get(session, chosen) if chosen and chosen not in {one.code for one in found} else None
    return [(one.code, one.label) for one in ([known, *found] if known else found)]


def _first_answers(company: Company, title: str, choices: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "titre": title,
        "metier": choices[0][0],
        "type": "demi-journee",
        "de": time(9),
        "a": time(12),
        "places": 1,
        "adresse": company.address,
        "code_postal": company.postcode,
        "ville": company.city,
        "mineurs": True,
    }


def _answers(slot: Slot) -> dict[str, Any]:
    return {
        "titre": slot.title,
        "metier": slot.occupation_code,
        "type": next(name for kind, name in NAMES.items() if kind == slot.kind),
        "du": slot.first_day,
        "au": slot.last_day if slot.last_day != slot.first_day else None,
        "de": slot.starts_at,
        "a": slot.ends_at,
        "places": slot.places,
        "adresse": slot.address,
        "code_postal": slot.postcode,
        "ville": slot.city,
        "tuteur": slot.tutor_name,
        "fonction": slot.tutor_role,
        "taches": slot.tasks,
        "equipement": slot.equipment,
        "charges": slot.carries_loads,
        "debout": slot.stands_long,
        "mineurs": slot.minors_welcome,
        "accessibilite": slot.accessibility,
        "transports": slot.transport,
        "limite": slot.book_by,
        "d_emblee": slot.accepts_at_once,
    }


def _weeks(written: str | None) -> int:
    if written and written.isascii() and written.isdigit() and len(written) < 4:
        return max(1, min(int(written), repeating.MOST_WEEKS))
    return _USUAL_WEEKS
