"""The consent of a person whom an organisation follows: noted with its words, when and how; withdrawn when they say."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.prescribers import consents
from traitdunion.prescribers.kinds import ConsentMeans
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.prescribers.referral_forms import ConsentForm
from traitdunion.spaces.prescriber import entering

blueprint = Blueprint("prescriber_consents", __name__)


@blueprint.get("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/accord")
@access.signed_in
def consent_page(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """The consent that stands, or what to read to the person."""
    prescriber, entry = entering.followed(organisation_id, person_id)
    return _page(prescriber, entry, ConsentForm(jour=clock.today()))


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/accord")
@access.signed_in
def record(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """Notes it; the person is told. Goes back to the proposal that asked for it."""
    limits.count(entering.CHANGE, request.remote_addr)
    prescriber, entry = entering.followed(organisation_id, person_id)
    form = ConsentForm(request.form)
    if not form.validate() or form.jour.data is None:
        return _page(prescriber, entry, form), 422
    try:
        consents.record(
            db.session(),
            entry,
            text=consents.words(entry.organisation),
            means=ConsentMeans(form.moyen.data),
            given_on=form.jour.data,
            by=prescriber,
            today=clock.today(),
            now=clock.now(),
        )
    except consents.CannotRecord as refusal:
        form.jour.errors = [str(refusal)]
        return _page(prescriber, entry, form), 422
    flash("L’accord est noté.")
    return _back(entry)


@blueprint.post("/prescripteur/<int:organisation_id>/personnes/<int:person_id>/accord/retirer")
@access.signed_in
def withdraw(organisation_id: int, person_id: int) -> ResponseReturnValue:
    """The person told the prescriber that they no longer agree; a second click changes nothing."""
    limits.count(entering.CHANGE, request.remote_addr)
    prescriber, entry = entering.followed(organisation_id, person_id)
    session = db.session()
    consent = consents.standing(session, entry.id)
    stopped = consents.withdraw(session, consent, by=prescriber.person_id, now=clock.now()) if consent else ()
    flash("L’accord est retiré." + (" Ce qui n’était pas confirmé est annulé." if stopped else ""))
    return _back(entry)


def _page(prescriber: Prescriber, entry: CaseloadEntry, form: ConsentForm) -> str:
    return render_template(
        "spaces/prescriber/consent.html",
        prescriber=prescriber,
        entry=entry,
        consent=consents.standing(db.session(), entry.id),
        words=consents.words(entry.organisation),
        means={means.value: means.label for means in ConsentMeans},
        form=form,
    )


def _back(entry: CaseloadEntry) -> ResponseReturnValue:
    referral_id = request.form.get("proposition", type=int)
    if referral_id and referral_id <= db.LARGEST_ID:
        endpoint = "prescriber_referrals.referral_page"
        return redirect(url_for(endpoint, organisation_id=entry.organisation_id, referral_id=referral_id), 303)
    return redirect(url_for(".consent_page", organisation_id=entry.organisation_id, person_id=entry.person_id), 303)
