"""The text of an agreement, as a page and as a PDF."""

from datetime import timedelta

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.agreements.document import documents, reading
from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters, signatures
from traitdunion.core import access, clock, db, limits
from traitdunion.core.limits import Limit

blueprint = Blueprint("agreement_documents", __name__, url_prefix="/conventions")

REMIND = Limit("signature reminders by network", most=120, per=timedelta(minutes=15))
PRINT = Limit("agreements printed", most=300, per=timedelta(minutes=15))
"""An agency's prescribers share a network."""


@blueprint.get("/<int:agreement_id>")
@access.signed_in
def text_page(agreement_id: int) -> ResponseReturnValue:
    """All that the PDF says, for those whom it binds."""
    agreement, person_id = _agreement(agreement_id), access.the_visitor().person_id
    awaited = letters.awaited(agreement) if agreement.status in signatures.SIGNABLE else []
    mine = next((party for party in awaited if party.person_id == person_id), None)
    return render_template(
        "agreements/text.html",
        agreement=agreement,
        sheet=documents.sheet_of(agreement),
        status=Status(agreement.status).label,
        sign_path=letters.path(mine) if mine else None,
        others=[PartyRole(party.role) for party in awaited if party is not mine and (party.email or party.phone)],
    )


@blueprint.get("/<int:agreement_id>/convention.pdf")
@access.signed_in
def pdf(agreement_id: int) -> ResponseReturnValue:
    """The PDF, as it stands now."""
    limits.count(PRINT, request.remote_addr)
    agreement = _agreement(agreement_id)
    name = f"attachment; filename={documents.file_name(agreement)}"
    return Response(documents.pdf(agreement), mimetype="application/pdf", headers={"Content-Disposition": name})


@blueprint.post("/<int:agreement_id>/relancer")
@access.signed_in
def remind(agreement_id: int) -> ResponseReturnValue:
    """Asks a party again for its signature, at most once a day whoever wishes it."""
    limits.count(REMIND, request.remote_addr)
    agreement = _agreement(agreement_id)
    role = request.form.get("partie", "")
    party = next((one for one in letters.awaited(agreement) if one.role == role), None)
    if party is None or agreement.status not in signatures.SIGNABLE:
        flash("Cette signature n’est plus attendue.")
    elif letters.remind(db.session(), party, today=clock.today(), now=clock.now()):
        flash("Le rappel est parti.")
    else:
        flash("Un rappel est déjà parti aujourd’hui, ou cette adresse n’en veut pas.")
    return redirect(url_for("agreement_documents.text_page", agreement_id=agreement.id), 303)


def _agreement(agreement_id: int) -> Agreement:
    return reading.find(db.session(), agreement_id, access.the_visitor().person_id) or abort(404)
