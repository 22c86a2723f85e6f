"""The procedure after an accident, on one page that opens without sign-in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db
from traitdunion.impact import accidents

blueprint = Blueprint("accident", __name__)


@blueprint.get("/accident")
@access.public
def page() -> ResponseReturnValue:
    """What to do at once, within 24 and 48 hours; whom to call, for who is signed in."""
    visitor = access.visitor()
    found = accidents.whom_to_tell(db.session(), visitor.person_id, today=clock.today()) if visitor else []
    return render_template("impact/accident.html", organisations=found, is_known=visitor is not None)
