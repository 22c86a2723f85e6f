"""« Qui vous accompagne ? »: the organisation that signs for the person, why this one; another one, or none."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.prescribers import caseload, readings, routing
from traitdunion.prescribers.kinds import OrganisationKind
from traitdunion.prescribers.organisation_forms import RoutingForm
from traitdunion.spaces.person import support

blueprint = Blueprint("person_support", __name__)

CHANGE = Limit("organisations chosen", most=60, per=timedelta(hours=1))
_NOBODY = 0


@blueprint.get("/mon-espace/accompagnement")
@access.signed_in
def support_page() -> ResponseReturnValue:
    """Who signs, or is proposed, and the others of the area."""
    return _page(db.session(), _person(db.session()), None)


@blueprint.post("/mon-espace/accompagnement")
@access.signed_in
def choose() -> ResponseReturnValue:
    """Keeps the choice."""
    limits.count(CHANGE, request.remote_addr)
    session = db.session()
    person = _person(session)
    form = _form(session, person)
    if not form.validate():
        return _page(session, person, form), 422
    try:
        entry = routing.change(session, person, form.organisme.data or None, now=clock.now())
    except Refused as refusal:
        form.organisme.errors = [str(refusal)]
        return _page(session, person, form), 422
    flash(f"C’est noté\u00a0: {entry.organisation.name} vous accompagne." if entry else "C’est noté\u00a0: personne.")
    return redirect(url_for("person_space.home", _anchor="accompagnement"), 303)


def _form(session: Session, person: Person) -> RoutingForm:
    form = RoutingForm(request.form)
    found = [*routing.choices(session, person, today=clock.today())]
    found += [one.organisation for one in caseload.of_person(session, person.id) if one.organisation not in found]
    names = {str(one.id): f"{one.name} ({OrganisationKind(one.kind).label}, {one.city})" for one in found}
    form.organisme.choices = {**names, str(_NOBODY): "Aucun pour le moment"}
    return form


def _page(session: Session, person: Person, form: RoutingForm | None) -> str:
    stands = support.of(session, person, today=clock.today())
    form = form or _form(session, person)
    if form.organisme.data is None:
        form.organisme.data = stands.organisation_id or _NOBODY
    return render_template(
        "spaces/person/support.html",
        person=person,
        form=form,
        support=stands,
        readings=readings.of_person(session, person.id),
    )


def _person(session: Session) -> Person:
    return people.get(session, access.the_visitor().person_id) or abort(404)
