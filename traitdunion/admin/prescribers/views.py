"""The pages about prescriber organisations: who asks, with which proof, and one button for each decision."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.prescribers import areas, delegations, members, organisations
from traitdunion.prescribers.kinds import OrganisationKind, OrganisationState
from traitdunion.prescribers.models import Organisation
from traitdunion.prescribers.organisation_forms import DecisionForm

blueprint = Blueprint("admin_prescribers", __name__)

DECIDE = Limit("organisations decided", most=300, per=timedelta(hours=1))


@blueprint.get("/admin/organismes")
@access.operator
def organisations_page() -> ResponseReturnValue:
    """All of them, those that wait first; the delegations to verify."""
    session = db.session()
    return render_template(
        "admin/organisations.html",
        organisations=organisations.listed(session),
        unconfirmed=delegations.unconfirmed(session),
        kinds={kind.value: kind.label for kind in OrganisationKind},
        states={state.value: state.label for state in OrganisationState},
    )


@blueprint.get("/admin/organismes/<int:organisation_id>")
@access.operator
def organisation_page(organisation_id: int) -> ResponseReturnValue:
    """What it says, its proof, its area, its delegations, who speaks for it, and the decision."""
    return _page(_organisation(organisation_id), DecisionForm())


@blueprint.post("/admin/organismes/<int:organisation_id>")
@access.operator
def decide(organisation_id: int) -> ResponseReturnValue:
    """Accepts, refuses or closes; a word goes with the last two."""
    limits.count(DECIDE, request.remote_addr)
    organisation, form = _organisation(organisation_id), DecisionForm(request.form)
    choice = request.form.get("acte")
    word = form.mot.data or ""
    if choice not in {"accepter", "refuser", "fermer"} or not form.validate():
        return _page(organisation, form), 422
    if choice != "accepter" and not word:
        form.mot.errors = ["Écrivez un mot\u00a0: l’organisme doit savoir pourquoi."]
        return _page(organisation, form), 422
    session, by, now = db.session(), access.the_visitor().person_id, clock.now()
    try:
        if choice == "accepter":
            organisations.approve(session, organisation, word=word or None, by=by, now=now)
        elif choice == "refuser":
            organisations.refuse(session, organisation, word=word, by=by, now=now)
        else:
            organisations.close(session, organisation, word=word, by=by, now=now)
    except Refused as refusal:
        form.mot.errors = [str(refusal)]
        return _page(organisation, form), 409
    flash(f"{organisation.name}\u00a0: {OrganisationState(organisation.state).label}. Ses membres sont prévenus.")
    return redirect(url_for("admin_prescribers.organisations_page"), 303)


@blueprint.post("/admin/organismes/<int:organisation_id>/delegations/<int:delegation_id>/confirmer")
@access.operator
def confirm(organisation_id: int, delegation_id: int) -> ResponseReturnValue:
    """The proof was seen: new agreements may be signed."""
    limits.count(DECIDE, request.remote_addr)
    session = db.session()
    delegation = delegations.get(session, organisation_id, delegation_id) or abort(404)
    delegations.confirm(session, delegation, by=access.the_visitor().person_id, now=clock.now())
    flash(f"La délégation de {delegation.organisation.name} est confirmée.")
    return redirect(url_for("admin_prescribers.organisation_page", organisation_id=organisation_id), 303)


def _organisation(organisation_id: int) -> Organisation:
    return organisations.get(db.session(), organisation_id) or abort(404)


def _page(organisation: Organisation, form: DecisionForm) -> str:
    session = db.session()
    return render_template(
        "admin/organisation.html",
        organisation=organisation,
        kind=OrganisationKind(organisation.kind),
        state=OrganisationState(organisation.state),
        standing=delegations.standing(organisation, on=clock.today()),
        delegators={kind.value: kind.label for kind in OrganisationKind},
        area=areas.written(session, organisation.id),
        members=members.active(session, organisation.id),
        form=form,
    )
