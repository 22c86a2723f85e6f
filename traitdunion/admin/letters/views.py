"""The letters to print: each printing makes a new code, shown once, on the page to print."""

from datetime import timedelta

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from traitdunion.accounts import audit
from traitdunion.companies import codes
from traitdunion.core import access, clock, db, limits
from traitdunion.core.limits import Limit

blueprint = Blueprint("admin_letters", __name__)

LIMIT = Limit("letters", most=300, per=timedelta(hours=1))


@blueprint.get("/admin/lettres")
@access.operator
def letters_page() -> ResponseReturnValue:
    """The letters that wait, the oldest first."""
    return render_template("admin/letters.html", letters=codes.to_print(db.session()))


@blueprint.post("/admin/lettres/<int:company_id>/<int:person_id>")
@access.operator
def print_letter(company_id: int, person_id: int) -> ResponseReturnValue:
    """The letter, to print at once: its code is kept nowhere."""
    limits.count(LIMIT, request.remote_addr)
    session, now = db.session(), clock.now()
    asked = codes.of(session, company_id, person_id)
    if asked is None:
        abort(404)
    code = codes.issue(asked, now=now)
    audit.record(
        session,
        by=access.the_visitor().person_id,
        act="company.letter",
        subject="companies",
        subject_id=company_id,
        now=now,
    )
    return codes.letter(asked, code)
