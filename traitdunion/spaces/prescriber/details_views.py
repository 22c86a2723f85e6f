"""Corrections of a person's name, birth date and addresses, while the person has no account."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.prescribers import details
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.prescribers.newcomers import AddressTaken
from traitdunion.spaces.prescriber import entering
from traitdunion.spaces.prescriber.people_forms import PersonForm

blueprint = Blueprint("caseload_details", __name__)


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/modifier")
@access.signed_in
def details_page(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """The form, filled in; 404 where the person answers for themselves."""
    prescriber, entry = entering.followed(organisation_id, person_id)
    if not details.may_correct(db.session(), entry):
        abort(404)
    return _page(prescriber, entry, PersonForm(data=_answers(entry)))


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/modifier")
@access.signed_in
def correct(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """Keeps the corrections."""
    limits.count(entering.CHANGE, request.remote_addr)
    (prescriber, entry), form = entering.followed(organisation_id, person_id), PersonForm(request.form)
    if not form.validate():
        return _page(prescriber, entry, form), 422
    try:
        details.correct(db.session(), entry, form.described, by=prescriber, now=clock.now())
    except AddressTaken as refusal:
        (form.email if refusal.field == "email" else form.telephone).errors = [str(refusal)]
        return _page(prescriber, entry, form), 422
    except Refused as refusal:
        flash(str(refusal))
    else:
        flash("C’est enregistré.")
    return redirect(url_for("caseload_files.file_page", organisation_id=organisation_id, person_id=person_id), 303)


def _answers(entry: CaseloadEntry) -> dict[str, Any]:
    person = entry.person
    return {
        "prenom": person.given_name,
        "nom": person.family_name,
        "naissance": person.birth_date,
        "code_postal": person.postcode,
        "email": person.email,
        "telephone": person.phone,
        "situation": person.status or "",
        "niveau": "" if person.level is None else str(person.level),
    }


def _page(prescriber: Prescriber, entry: CaseloadEntry, form: PersonForm) -> str:
    return render_template("spaces/prescriber/person_change.html", prescriber=prescriber, entry=entry, form=form)
