"""`/messages/…`: what an address accepts, for whoever holds a link that we sent to it."""

from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.notifications import addresses, digests
from traitdunion.notifications.forms import PreferencesForm, ProfessionalPreferencesForm
from traitdunion.notifications.models import Frequency, MessageAddress, Topic

blueprint = Blueprint("notifications", __name__)

PREFERENCES = Limit("preferences", most=60, per=timedelta(hours=1))
UNSUBSCRIBE = Limit("unsubscribe", most=3_000, per=timedelta(hours=1))
"""The mailbox's own servers call, for all of its users."""


@blueprint.get("/messages/preferences/<token>")
@access.by_link
def preferences(token: str) -> ResponseReturnValue:
    """What the address accepts; 404 for a link that is not ours."""
    address, _ = _found(token)
    form = _form(address)(
        data={
            "rappels": address.accepts_reminders,
            "suggestions": address.accepts_suggestions,
            "rythme": address.frequency,
        }
    )
    return _page(form, address, token, is_saved="enregistre" in request.args)


@blueprint.post("/messages/preferences/<token>")
@access.by_link
def save_preferences(token: str) -> ResponseReturnValue:
    """Keeps what was chosen."""
    limits.count(PREFERENCES, request.remote_addr)
    address, _ = _found(token)
    form = _form(address)(request.form)
    if not form.validate():
        return _page(form, address, token, is_saved=False), 422
    addresses.prefer(
        address,
        reminders=bool(form.rappels.data),
        suggestions=bool(form.suggestions.data),
        frequency=form.frequency if isinstance(form, ProfessionalPreferencesForm) else None,
        now=clock.now(),
    )
    return redirect(url_for("notifications.preferences", token=token, enregistre="oui"), 303)


@blueprint.get("/messages/desabonnement/<token>")
@access.by_link
def unsubscribe(token: str) -> ResponseReturnValue:
    """Changes nothing (scanners open links): leads to the page where one chooses."""
    address, _ = _found(token)
    return redirect(url_for("notifications.preferences", token=addresses.preferences_token(address)))


@blueprint.post("/messages/desabonnement/<token>")
@access.by_link
def unsubscribe_at_once(token: str) -> ResponseReturnValue:
    """The mailbox's own button (RFC 8058): refuses the topic of the message that bore the link, without a page."""
    limits.count(UNSUBSCRIBE, request.remote_addr)
    address, topic = _found(token)
    addresses.prefer(
        address,
        reminders=address.accepts_reminders and topic is not Topic.REMINDER,
        suggestions=address.accepts_suggestions and topic is not Topic.SUGGESTION,
        frequency=Frequency.NOTHING if topic is Topic.DIGEST else None,
        now=clock.now(),
    )
    return "", 204


def _form(address: MessageAddress) -> type[PreferencesForm]:
    return ProfessionalPreferencesForm if digests.concerns(db.session(), address) else PreferencesForm


def _page(form: PreferencesForm, address: MessageAddress, token: str, *, is_saved: bool) -> str:
    return render_template("notifications/preferences.html", form=form, address=address, token=token, is_saved=is_saved)


def _found(token: str) -> tuple[MessageAddress, Topic | None]:
    try:
        return addresses.of_token(db.session(), token)
    except Refused:
        abort(404)


@blueprint.record_once
def _exempt(state: BlueprintSetupState) -> None:
    # The mailbox's server has no token of ours; the signed link is the right, and it can only refuse.
    state.app.extensions["csrf"].exempt(unsubscribe_at_once)
