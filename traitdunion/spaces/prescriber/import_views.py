"""People from a file: sent, shown with what will happen to each line, then kept at one word; the rest comes back."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.core import access, clock, db, limits
from traitdunion.core.csv_files import FileRefused
from traitdunion.prescribers import newcomers
from traitdunion.prescribers.models import Prescriber
from traitdunion.prescribers.people_files import keeping, outcomes, reading
from traitdunion.prescribers.people_files.keeping import FileChanged
from traitdunion.prescribers.people_files.models import PeopleFile
from traitdunion.prescribers.people_files.outcomes import Fate, Outcome
from traitdunion.spaces.prescriber import entering
from traitdunion.spaces.prescriber.people_views import ADD

blueprint = Blueprint("people_files", __name__)

_SHOWN = 200
"""Lines of each fate on the page; the whole is a file to download."""


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/modele.csv")
@access.signed_in
def template(organisation_id: int) -> ResponseReturnValue:
    """A file to fill in."""
    entering.prescriber(db.session(), organisation_id)
    return _file(reading.template(), "modele-personnes.csv")


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/importer")
@access.signed_in
def import_page(organisation_id: int) -> ResponseReturnValue:
    """Asks for the file, and says what it must hold."""
    return _page(entering.prescriber(db.session(), organisation_id))


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/importer")
@access.signed_in
def send(organisation_id: int) -> ResponseReturnValue:
    """Reads the file; nothing of it is kept as people yet."""
    limits.count(ADD, request.remote_addr)
    session = db.session()
    prescriber = entering.prescriber(session, organisation_id)
    sent = request.files.get("fichier")
    content = sent.stream.read(reading.MOST_BYTES + 1) if sent and sent.filename else b""
    try:
        if not content.strip():
            raise FileRefused("Choisissez un fichier.")
        file = keeping.send(session, content, by=prescriber, now=clock.now())
    except FileRefused as refusal:
        return _page(prescriber, refusal), 422
    return redirect(url_for("people_files.file_page", organisation_id=organisation_id, file_id=file.id), 303)


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/importer/<int:file_id>")
@access.signed_in
def file_page(organisation_id: int, file_id: int) -> ResponseReturnValue:
    """What will happen to each line; once kept, what happened."""
    session = db.session()
    prescriber, file = _mine(session, organisation_id, file_id)
    return _file_page(session, prescriber, file)


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/importer/<int:file_id>")
@access.signed_in
def keep(organisation_id: int, file_id: int) -> ResponseReturnValue:
    """Keeps the good lines, or forgets the file."""
    limits.count(ADD, request.remote_addr)
    session = db.session()
    prescriber, file = _mine(session, organisation_id, file_id)
    if "renoncer" in request.form:
        keeping.give_up(session, file)
        flash("Le fichier est oublié\u00a0: rien n’a été ajouté.")
        return redirect(url_for("people_files.import_page", organisation_id=organisation_id), 303)
    newcomers.take_turn(session, organisation_id)
    others = set(request.form.getlist("autre", type=int))
    found = [] if file.kept_at else _outcomes(session, file)
    try:
        keeping.keep(session, file, found, others=others, by=prescriber, now=clock.now())
    except FileChanged as refusal:
        return _file_page(session, prescriber, file, refusal), 409
    return redirect(url_for("people_files.file_page", organisation_id=organisation_id, file_id=file_id), 303)


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/importer/<int:file_id>/lignes.csv")
@access.signed_in
def lines_file(organisation_id: int, file_id: int) -> ResponseReturnValue:
    """Each line with what will happen to it; once kept, those that were put aside, to be corrected."""
    session = db.session()
    _, file = _mine(session, organisation_id, file_id)
    if file.kept_at is None:
        return _file(keeping.preview(_outcomes(session, file)).encode("utf-8-sig"), "apercu.csv")
    return _file((file.refused or "").encode("utf-8-sig"), "lignes-a-corriger.csv")


def _mine(session: Session, organisation_id: int, file_id: int) -> tuple[Prescriber, PeopleFile]:
    prescriber = entering.prescriber(session, organisation_id)
    if not 0 < file_id <= db.LARGEST_ID:
        abort(404)
    return prescriber, keeping.find(session, file_id, by=prescriber) or abort(404)


def _outcomes(session: Session, file: PeopleFile) -> list[Outcome]:
    return outcomes.work_out(session, reading.lines(file.content), organisation_id=file.organisation_id)


def _page(prescriber: Prescriber, refusal: FileRefused | None = None) -> str:
    return render_template(
        "spaces/prescriber/people_import.html",
        prescriber=prescriber,
        columns=reading.COLUMNS,
        compulsory=reading.COMPULSORY,
        most=reading.MOST_LINES,
        refusal=refusal,
    )


def _file_page(session: Session, prescriber: Prescriber, file: PeopleFile, refusal: FileChanged | None = None) -> str:
    if file.kept_at is not None:
        aside = (file.refused or "").count("\r\n") - 1 if file.refused else 0
        return render_template("spaces/prescriber/people_kept.html", prescriber=prescriber, file=file, aside=aside)
    found = _outcomes(session, file)
    by_fate = [(fate, [one for one in found if one.fate is fate]) for fate in Fate]
    return render_template(
        "spaces/prescriber/people_preview.html",
        prescriber=prescriber,
        file=file,
        count=len(found),
        groups=[(fate, lines[:_SHOWN], len(lines)) for fate, lines in by_fate if lines],
        added=sum(one.fate is Fate.NEW for one in found),
        refusal=refusal,
    )


def _file(content: bytes, name: str) -> Response:
    disposition = f"attachment; filename={name}"
    return Response(content, mimetype="text/csv", headers={"Content-Disposition": disposition})
