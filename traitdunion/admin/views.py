"""The home of the back-office and its journal."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from traitdunion.admin import journal, waiting
from traitdunion.core import access, clock, db

blueprint = Blueprint("admin", __name__)


@blueprint.get("/admin")
@access.operator
def home() -> ResponseReturnValue:
    """What waits for an operator, and where to find the rest."""
    return render_template("admin/home.html", waiting=waiting.now(db.session(), today=clock.today()))


@blueprint.get("/admin/journal")
@access.operator
def journal_page() -> ResponseReturnValue:
    """What operators did, the latest first, a page after the other."""
    before = request.args.get("avant", type=int)
    entries = journal.page(db.session(), before=before)
    return render_template("admin/journal.html", entries=entries, size=journal.SIZE, is_first=before is None)
