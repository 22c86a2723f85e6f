"""The text of an agreement, as a page and as a PDF."""

from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from traitdunion.agreements.document import documents, reading
from traitdunion.agreements.kinds import Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters, signatures
from traitdunion.core import access, db, limits
from traitdunion.core.limits import Limit

blueprint = Blueprint("agreement_documents", __name__, url_prefix="/conventions")

PRINT = Limit("agreements printed", most=300, per=timedelta(minutes=15))
"""An agency's prescribers share a network."""


@blueprint.get("/<int:agreement_id>")
@access.signed_in
def text_page(agreement_id: int) -> ResponseReturnValue:
    """All that the PDF says, for those whom it binds."""
    agreement, person_id = _agreement(agreement_id), access.the_visitor().person_id
    awaited = [party for party in letters.awaited(agreement) if party.person_id == person_id]
    is_signable = agreement.status in signatures.SIGNABLE
    return render_template(
        "agreements/text.html",
        agreement=agreement,
        sheet=documents.sheet_of(agreement),
        status=Status(agreement.status).label,
        sign_path=letters.path(awaited[0]) if awaited and is_signable else None,
    )


@blueprint.get("/<int:agreement_id>/convention.pdf")
@access.signed_in
def pdf(agreement_id: int) -> ResponseReturnValue:
    """The PDF, as it stands now."""
    limits.count(PRINT, request.remote_addr)
    agreement = _agreement(agreement_id)
    name = f"attachment; filename={documents.file_name(agreement)}"
    return Response(documents.pdf(agreement), mimetype="application/pdf", headers={"Content-Disposition": name})


def _agreement(agreement_id: int) -> Agreement:
    return reading.find(db.session(), agreement_id, access.the_visitor().person_id) or abort(404)
