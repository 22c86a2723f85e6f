"""`/suivi/<token>`: whoever is asked by an organisation whether it may follow them says yes by a button.

The link may be forwarded: the page names the organisation, and of the person the given name alone.
"""

from datetime import timedelta

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.core.tokens import TokenRefused
from traitdunion.prescribers import caseload, newcomers

blueprint = Blueprint("newcomers", __name__)

ANSWER = Limit("followings accepted", most=60, per=timedelta(minutes=15))


@blueprint.get("/suivi/<token>")
@access.by_link
def asked_page(token: str) -> ResponseReturnValue:
    """Who asks, what it would see, and the button; nothing to do is a no."""
    session = db.session()
    try:
        asked = newcomers.of_token(session, token)
    except TokenRefused as refusal:
        return render_template("prescribers/asked.html", asked=None, told=str(refusal)), 410
    is_followed = caseload.get(session, asked.organisation.id, asked.person.id) is not None
    return render_template("prescribers/asked.html", asked=asked, token=token, is_followed=is_followed)


@blueprint.post("/suivi/<token>")
@access.by_link
def accept(token: str) -> ResponseReturnValue:
    """Yes; a second click is told the same."""
    limits.count(ANSWER, request.remote_addr)
    session = db.session()
    try:
        asked = newcomers.of_token(session, token)
        newcomers.accept(session, asked, now=clock.now())
    except TokenRefused as refusal:
        return render_template("prescribers/asked.html", asked=None, told=str(refusal)), 410
    except Refused as refusal:
        return render_template("prescribers/asked.html", asked=None, told=str(refusal)), 409
    return render_template("prescribers/asked.html", asked=asked, token=token, is_followed=True)
