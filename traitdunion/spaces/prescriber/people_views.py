"""Somebody is added to those an organisation follows, once: whoever may be the same is shown before."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.accounts import people
from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.prescribers import duplicates, newcomers
from traitdunion.prescribers.duplicates import Near
from traitdunion.prescribers.models import Prescriber
from traitdunion.prescribers.newcomers import AddressTaken
from traitdunion.spaces.prescriber import entering
from traitdunion.spaces.prescriber.people_forms import PersonForm

blueprint = Blueprint("newcomer_people", __name__)

ADD = Limit("people added", most=400, per=timedelta(hours=1))
"""Each try may tell whether somebody is known here."""

_PURPOSE = "near"
_VALID = timedelta(hours=12)


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/nouvelle")
@access.signed_in
def new_page(organisation_id: int) -> ResponseReturnValue:
    """Asks who it is."""
    return _page(entering.prescriber(db.session(), organisation_id), PersonForm())


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/nouvelle")
@access.signed_in
def add(organisation_id: int) -> ResponseReturnValue:
    """Adds the person; where somebody may be the same, asks first."""
    limits.count(ADD, request.remote_addr)
    session = db.session()
    prescriber, form = entering.prescriber(session, organisation_id), PersonForm(request.form)
    if not form.validate():
        return _page(prescriber, form), 422
    newcomers.take_turn(session, organisation_id)
    near = duplicates.find(session, form.described, organisation_id=organisation_id)
    if not {one.person.id for one in near} <= _ruled_out(prescriber):
        return _page(prescriber, form, near=near), 409
    try:
        entry = newcomers.add(session, form.described, by=prescriber, now=clock.now())
    except AddressTaken as refusal:
        (form.email if refusal.field == "email" else form.telephone).errors = [str(refusal)]
        return _page(prescriber, form, near=near), 422
    except Refused as refusal:
        return _page(prescriber, form, near=near, refusal=refusal), 409
    flash(f"{entry.person.name} est maintenant parmi les personnes suivies.")
    return redirect(
        url_for("caseload_files.file_page", organisation_id=organisation_id, person_id=entry.person_id), 303
    )


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/demander")
@access.signed_in
def ask(organisation_id: int) -> ResponseReturnValue:
    """Asks somebody who is known already whether the organisation may follow them."""
    limits.count(ADD, request.remote_addr)
    session = db.session()
    prescriber = entering.prescriber(session, organisation_id)
    try:
        for_whom, person_id = tokens.read(_PURPOSE, request.form.get("personne", ""), _VALID)
        person = people.get(session, int(person_id)) if for_whom == prescriber.id else None
        if person is None:
            raise tokens.TokenRefused("Cette fiche n’existe plus\u00a0: recommencez.")
        newcomers.ask(session, person, by=prescriber, now=clock.now())
    except Refused as refusal:
        return _page(prescriber, PersonForm(), refusal=refusal), 409
    flash("La demande est partie\u00a0: cette personne paraîtra dans votre liste dès qu’elle aura dit oui.")
    return redirect(url_for("caseload.caseload_page", organisation_id=organisation_id), 303)


def _ruled_out(prescriber: Prescriber) -> set[int]:
    """Those who were shown before, and whom the prescriber says it is not."""
    try:
        for_whom, *shown = tokens.read(_PURPOSE, request.form.get("autre", ""), _VALID)
    except tokens.TokenRefused:
        return set()
    return {int(person_id) for person_id in shown} if for_whom == prescriber.id else set()


def _page(
    prescriber: Prescriber, form: PersonForm, *, near: list[Near] | None = None, refusal: Refused | None = None
) -> str:
    found = [(one, tokens.sign(_PURPOSE, [prescriber.id, one.person.id])) for one in near or ()]
    return render_template(
        "spaces/prescriber/person_new.html",
        prescriber=prescriber,
        form=form,
        near=found,
        shown=tokens.sign(_PURPOSE, [prescriber.id, *(one.person.id for one in near or ())]),
        refusal=refusal,
    )
