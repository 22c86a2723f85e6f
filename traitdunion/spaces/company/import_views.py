"""Slots from a file, or from lines pasted or corrected on the page."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from traitdunion.companies.models import Company
from traitdunion.core import access, clock, db, limits
from traitdunion.core.csv_files import FileRefused
from traitdunion.immersions import slot_files
from traitdunion.immersions.slot_files import Import
from traitdunion.spaces.company import entering

blueprint = Blueprint("company_imports", __name__)


@blueprint.get("/entreprise/modele-immersions.csv")
@access.signed_in
def template() -> ResponseReturnValue:
    """A file to fill in."""
    name = "attachment; filename=modele-immersions.csv"
    return Response(slot_files.template(), mimetype="text/csv", headers={"Content-Disposition": name})


@blueprint.get("/entreprise/<int:company_id>/immersions/importer")
@access.signed_in
def import_page(company_id: int) -> ResponseReturnValue:
    """Asks for the file, and says what it must hold."""
    return _page(entering.company(db.session(), company_id))


@blueprint.post("/entreprise/<int:company_id>/immersions/importer")
@access.signed_in
def import_slots(company_id: int) -> ResponseReturnValue:
    """Keeps the good lines, and shows the others with their number and why."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    company = entering.company(session, company_id)
    sent = request.files.get("fichier")
    content = sent.stream.read(slot_files.MOST_BYTES + 1) if sent and sent.filename else b""
    content = content or request.form.get("lignes", "").encode()
    try:
        if not content.strip():
            raise FileRefused("Choisissez un fichier, ou collez ses lignes.")
        lines = slot_files.read(content)
    except FileRefused as refusal:
        return _page(company, refusal=refusal), 422
    done = slot_files.keep(
        session,
        company,
        lines,
        publish="publier" in request.form,
        by=access.the_visitor().person_id,
        now=clock.now(),
        today=clock.today(),
    )
    return _page(company, done=done)


def _page(company: Company, *, done: Import | None = None, refusal: FileRefused | None = None) -> str:
    return render_template(
        "spaces/company/import.html",
        company=company,
        columns=slot_files.COLUMNS,
        compulsory=slot_files.COMPULSORY,
        most=slot_files.MOST_LINES,
        done=done,
        refusal=refusal,
    )
