"""« Connaissez-vous ce métier ? », answered by whoever booked to see it."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.immersions import bookings
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment

blueprint = Blueprint("person_knowledge", __name__)

ANSWER = Limit("job knowledge", most=120, per=timedelta(minutes=15))


@blueprint.post("/mon-espace/reservations/<int:booking_id>/metier")
@access.signed_in
def answer(booking_id: int) -> ResponseReturnValue:
    """Keeps the answer, given before the immersion."""
    limits.count(ANSWER, request.remote_addr)
    session, person_id = db.session(), access.the_visitor().person_id
    booking = bookings.get(session, booking_id)
    if booking is None or booking.person_id != person_id:
        abort(404)
    code, score = booking.slot.occupation_code, request.form.get("note", type=int)
    try:
        knowledge.say(session, person_id, code, Moment.BEFORE, score=score, now=clock.now())
    except Refused as refusal:
        flash(str(refusal))
    else:
        flash("Merci, c’est noté.")
    return redirect(url_for("person_space.booking_page", booking_id=booking_id), 303)
