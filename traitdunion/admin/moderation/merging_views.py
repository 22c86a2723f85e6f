"""Two records of one person become one: who may be the same is proposed, both are shown, then one button."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.accounts import merging, people
from traitdunion.accounts.merging import MergeRefused
from traitdunion.accounts.models import Person
from traitdunion.admin.moderation import listing
from traitdunion.admin.moderation.views import LIMIT
from traitdunion.core import access, clock, db, limits
from traitdunion.prescribers import duplicates
from traitdunion.prescribers.duplicates import Described

blueprint = Blueprint("admin_merging", __name__)

_LONGEST_WANTED = 100


@blueprint.get("/admin/personnes/<int:person_id>/reunir")
@access.operator
def merge_page(person_id: int) -> ResponseReturnValue:
    """Who may be the same, or whoever is looked for; then both side by side."""
    session = db.session()
    return _page(session, _person(session, person_id))


@blueprint.post("/admin/personnes/<int:person_id>/reunir")
@access.operator
def merge(person_id: int) -> ResponseReturnValue:
    """The other record becomes this one."""
    limits.count(LIMIT, request.remote_addr)
    session = db.session()
    person = _person(session, person_id)
    other = _other(session)
    if other is None:
        return _page(session, person, refusal=MergeRefused("Cette fiche n’existe plus.")), 409
    try:
        merging.merge(session, person, other, by=access.the_visitor().person_id, now=clock.now())
    except MergeRefused as refusal:
        return _page(session, person, refusal=refusal), 409
    flash(f"Les deux fiches de {person.name} n’en font plus qu’une.")
    return redirect(url_for("moderation.people_page", q=person.name), 303)


def _person(session: Session, person_id: int) -> Person:
    found = people.get(session, person_id) if 0 < person_id <= db.LARGEST_ID else None
    return found or abort(404)


def _other(session: Session) -> Person | None:
    """The second record: of the form, or of the address."""
    asked = request.values.get("avec", type=int) or 0
    return people.get(session, asked) if 0 < asked <= db.LARGEST_ID else None


def _page(session: Session, person: Person, *, refusal: MergeRefused | None = None) -> str:
    wanted, other = request.args.get("q", "").strip()[:_LONGEST_WANTED], _other(session)
    described = Described(
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        email=person.email,
        phone=person.phone,
    )
    near = [one.person for one in duplicates.find(session, described, organisation_id=0)]
    found = list(listing.people(session, wanted)) if wanted else near
    return render_template(
        "admin/merge.html",
        person=person,
        other=other if other is not person else None,
        wanted=wanted,
        found=[one for one in found if one is not person],
        refusal=refusal,
    )
