"""The home of the back-office and its journal."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from traitdunion.admin import journal, waiting
from traitdunion.core import access, clock, db
from traitdunion.pathways import interests

blueprint = Blueprint("admin", __name__)

_MOST_WISHES = 200


@blueprint.get("/admin")
@access.operator
def home() -> ResponseReturnValue:
    """What waits for an operator, and where to find the rest."""
    return render_template("admin/home.html", waiting=waiting.now(db.session(), today=clock.today()))


@blueprint.get("/admin/souhaits")
@access.operator
def wishes_page() -> ResponseReturnValue:
    """Where people would like to try a job, most of them first; nobody is named."""
    return render_template("admin/wishes.html", demands=interests.demands(db.session(), most=_MOST_WISHES))


@blueprint.get("/admin/journal")
@access.operator
def journal_page() -> ResponseReturnValue:
    """What operators did, the latest first, a page after the other."""
    before = request.args.get("avant", type=int)
    entries = journal.page(db.session(), before=before)
    return render_template("admin/journal.html", entries=entries, size=journal.SIZE, is_first=before is None)
