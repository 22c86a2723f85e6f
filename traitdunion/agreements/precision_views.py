"""What a prescriber asks of a party, and the answer, by link."""

from datetime import timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from traitdunion.agreements import agreements, letters, reviewing
from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.models import AgreementEvent
from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.forms import Form, cleaned
from traitdunion.core.limits import Limit

blueprint = Blueprint("agreement_precisions", __name__, url_prefix="/conventions/precision")

ANSWER = Limit("agreement precisions", most=60, per=timedelta(minutes=15))
LONGEST = 2_000
_VALID = timedelta(days=31)


class PrecisionForm(Form):
    """The answer."""

    reponse = TextAreaField(
        "Votre réponse",
        filters=[cleaned],
        validators=[
            DataRequired("Écrivez votre réponse."),
            Length(max=LONGEST, message="C’est trop long\u00a0: 2\u00a0000 signes au plus."),
        ],
        description="La personne qui étudie la convention la lira, et modifiera le texte s’il le faut.",
    )


@blueprint.get("/<token>")
@access.by_link
def page(token: str) -> ResponseReturnValue:
    """The question, and the answer if there is one."""
    event = _event(token)
    return _page(token, event, PrecisionForm()) if isinstance(event, AgreementEvent) else event


@blueprint.post("/<token>")
@access.by_link
def answer(token: str) -> ResponseReturnValue:
    """Sends the answer, once."""
    limits.count(ANSWER, request.remote_addr)
    event, form = _event(token), PrecisionForm(request.form)
    if not isinstance(event, AgreementEvent):
        return event
    if reviewing.answer_to(event.agreement, event) is not None:  # a second click
        return redirect(url_for("agreement_precisions.page", token=token), 303)
    if not form.validate():
        return _page(token, event, form), 422
    try:
        reviewing.answer(db.session(), event, word=form.reponse.data or "", now=clock.now())
    except Refused as refusal:
        return _page(token, event, form, refusal), 409
    return redirect(url_for("agreement_precisions.page", token=token), 303)


def _event(token: str) -> AgreementEvent | ResponseReturnValue:
    try:
        event_id = tokens.read(letters.PRECISION, token, _VALID)[0]
    except tokens.TokenRefused as refusal:
        return render_template("immersions/said.html", heading="Lien périmé", message=str(refusal)), 410
    found = db.session().get(AgreementEvent, int(event_id))
    if found is not None:
        return found
    message = "Cette convention n’existe plus."
    return render_template("immersions/said.html", heading="Lien périmé", message=message), 410


def _page(token: str, event: AgreementEvent, form: PrecisionForm, refusal: Refused | None = None) -> str:
    agreement = event.agreement
    terms = agreements.terms_of(agreement)
    return render_template(
        "agreements/precision.html",
        event=event,
        given=reviewing.answer_to(agreement, event),
        beneficiary=f"{terms.beneficiary.given_name} {terms.beneficiary.family_name[:1]}.",
        host=terms.host.name,
        organisation=agreement.organisation,
        role=PartyRole(event.details["role"]).label,
        form=form,
        refusal=refusal,
        token=token,
    )
