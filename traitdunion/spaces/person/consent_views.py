"""Withdrawing, from `/mon-espace`, what a person allowed an organisation to do in their place."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.limits import Limit
from traitdunion.prescribers import consents

blueprint = Blueprint("person_consents", __name__)

CHANGE = Limit("consents withdrawn", most=60, per=timedelta(hours=1))


@blueprint.post("/mon-espace/accords/<int:consent_id>/retirer")
@access.signed_in
def withdraw(consent_id: int) -> ResponseReturnValue:
    """Ends my consent; what was booked with it and is not sure is cancelled. A second click changes nothing."""
    limits.count(CHANGE, request.remote_addr)
    session, person_id = db.session(), access.the_visitor().person_id
    consent = consents.get(session, consent_id)
    if consent is None or consent.entry.person_id != person_id:
        abort(404)
    stopped = consents.withdraw(session, consent, by=person_id, now=clock.now())
    flash(
        "Votre accord est retiré, et ce qui n’était pas confirmé est annulé." if stopped else "Votre accord est retiré."
    )
    return redirect(url_for("person_space.home"), 303)
