"""What a company answers from its space: yes or no to a request, and its calendar's address."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, calendars
from traitdunion.immersions.forms import AnswerForm
from traitdunion.spaces.company import company_page, entering

blueprint = Blueprint("company_answers", __name__)


@blueprint.post("/entreprise/<int:company_id>/demandes/<int:booking_id>")
@access.signed_in
def answer(company_id: int, booking_id: int) -> ResponseReturnValue:
    """Accepts, or refuses with a reason."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, now = db.session(), clock.now()
    booking, form = entering.booking(db.session(), company_id, booking_id), AnswerForm(request.form)
    choice = request.form.get("reponse")
    if choice not in {"oui", "non"} or not form.validate():
        return company_page.render(company_id, form, refused_id=booking.id), 422
    try:
        if choice == "oui":
            bookings.accept(session, booking, now=now)
            flash(f"C’est confirmé\u00a0: {booking.person.name} est prévenu.")
        else:
            bookings.refuse(session, booking, reason=form.reason, word=form.mot.data or None, now=now)
            flash("C’est refusé, et la personne est prévenue.")
    except Refused as refusal:
        flash(str(refusal))
    return _to(company_id, "demandes")


@blueprint.post("/entreprise/<int:company_id>/calendrier")
@access.signed_in
def calendar(company_id: int) -> ResponseReturnValue:
    """Opens or closes the private address of the calendar of this establishment."""
    limits.count(entering.CHANGE, request.remote_addr)
    session = db.session()
    company, person = entering.company(session, company_id), entering.person(session)
    if request.form.get("ouvert") == "oui":
        calendars.open_feed(session, person, company=company, now=clock.now())
        flash("L’adresse du calendrier est prête.")
    else:
        calendars.close_feed(session, person, company=company)
        flash("L’adresse du calendrier ne montre plus rien.")
    return _to(company_id, "agenda")


def _to(company_id: int, anchor: str) -> ResponseReturnValue:
    return redirect(url_for("company_space.company_page", company_id=company_id, _anchor=anchor), 303)
