"""The pages of moderation: lists with a search, and one button for each act; what shuts out asks why first."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.about import messages
from traitdunion.about.models import ContactMessage, Subject
from traitdunion.accounts import audit, bans
from traitdunion.accounts.models import Person
from traitdunion.admin.moderation import listing
from traitdunion.admin.moderation.forms import ReasonForm
from traitdunion.companies import companies
from traitdunion.companies.models import Company, Verification
from traitdunion.core import access, clock, db, limits
from traitdunion.core.db import Base
from traitdunion.core.limits import Limit
from traitdunion.immersions import slots
from traitdunion.immersions.lifecycle import ActRefused
from traitdunion.immersions.models import Slot

blueprint = Blueprint("moderation", __name__)

LIMIT = Limit("moderation", most=300, per=timedelta(hours=1))
_LONGEST_WANTED = 100

Row = TypeVar("Row", bound=Base)


@blueprint.get("/admin/personnes")
@access.operator
def people_page() -> ResponseReturnValue:
    """People, by name or address."""
    return render_template(
        "admin/people.html", wanted=_wanted(), people=listing.people(db.session(), _wanted()), most=listing.MOST
    )


@blueprint.get("/admin/personnes/<int:person_id>/exclure")
@access.operator
def ban_person_page(person_id: int) -> ResponseReturnValue:
    """What it does to shut the person out, and why."""
    return _person_reason(_row(Person, person_id), ReasonForm(), status=200)


@blueprint.post("/admin/personnes/<int:person_id>/exclure")
@access.operator
def ban_person(person_id: int) -> ResponseReturnValue:
    """Shuts the person out; an operator cannot shut out an operator."""
    limits.count(LIMIT, request.remote_addr)
    person, form = _row(Person, person_id), ReasonForm(request.form)
    if not form.validate():
        return _person_reason(person, form, status=422)
    if person.is_operator:
        return _told("Retirez-lui d’abord le droit d’administrer.", "moderation.people_page")
    bans.ban(db.session(), person, reason=form.raison.data or "", by=_by(), now=clock.now())
    return _told(f"{person.name} ne peut plus ni se connecter ni réserver.", "moderation.people_page")


@blueprint.post("/admin/personnes/<int:person_id>/rouvrir")
@access.operator
def let_person_in(person_id: int) -> ResponseReturnValue:
    """Lets the person in again."""
    limits.count(LIMIT, request.remote_addr)
    person = _row(Person, person_id)
    if person.banned_at is not None:
        bans.lift(db.session(), person, by=_by(), now=clock.now())
    return _told(f"{person.name} peut de nouveau se connecter.", "moderation.people_page")


@blueprint.get("/admin/entreprises")
@access.operator
def companies_page() -> ResponseReturnValue:
    """Companies, those to verify first."""
    return render_template(
        "admin/companies.html",
        wanted=_wanted(),
        companies=listing.companies(db.session(), _wanted()),
        labels={each.value: each.label for each in Verification},
        most=listing.MOST,
    )


@blueprint.post("/admin/entreprises/<int:company_id>/verifier")
@access.operator
def verify_company(company_id: int) -> ResponseReturnValue:
    """Its members are believed: its slots show."""
    return _company_act(
        company_id,
        lambda company: companies.verify(
            db.session(), company, method=Verification.OPERATOR, by=_by(), now=clock.now()
        ),
        "est vérifiée\u00a0: ses immersions publiées se voient.",
    )


@blueprint.get("/admin/entreprises/<int:company_id>/exclure")
@access.operator
def ban_company_page(company_id: int) -> ResponseReturnValue:
    """What it does to shut the company out, and why."""
    return _company_reason(_row(Company, company_id), ReasonForm(), status=200)


@blueprint.post("/admin/entreprises/<int:company_id>/exclure")
@access.operator
def ban_company(company_id: int) -> ResponseReturnValue:
    """Its slots are cancelled, and whoever booked one is told."""
    limits.count(LIMIT, request.remote_addr)
    company, form = _row(Company, company_id), ReasonForm(request.form)
    if not form.validate():
        return _company_reason(company, form, status=422)
    companies.ban(db.session(), company, reason=form.raison.data or "", by=_by(), now=clock.now())
    return _told(f"{company.name} est exclue\u00a0: ses immersions sont annulées.", "moderation.companies_page")


@blueprint.post("/admin/entreprises/<int:company_id>/rouvrir")
@access.operator
def let_company_in(company_id: int) -> ResponseReturnValue:
    """Its members may publish again."""
    return _company_act(
        company_id,
        lambda company: companies.unban(db.session(), company, by=_by(), now=clock.now()),
        "peut de nouveau proposer des immersions.",
    )


@blueprint.get("/admin/immersions")
@access.operator
def slots_page() -> ResponseReturnValue:
    """The slots that people see or may see, the latest first."""
    found = listing.slots(db.session(), _wanted())
    return render_template("admin/slots.html", wanted=_wanted(), slots=found, most=listing.MOST)


@blueprint.get("/admin/immersions/<int:slot_id>/annuler")
@access.operator
def cancel_slot_page(slot_id: int) -> ResponseReturnValue:
    """What it does to cancel the slot, and why."""
    return _slot_reason(_row(Slot, slot_id), ReasonForm(), status=200)


@blueprint.post("/admin/immersions/<int:slot_id>/annuler")
@access.operator
def cancel_slot(slot_id: int) -> ResponseReturnValue:
    """Cancels the slot; whoever booked it is told, with the reason."""
    limits.count(LIMIT, request.remote_addr)
    slot, form = _row(Slot, slot_id), ReasonForm(request.form)
    if not form.validate():
        return _slot_reason(slot, form, status=422)
    reason = form.raison.data or ""
    try:
        slots.cancel(db.session(), slot, reason=reason, now=clock.now())
    except ActRefused as refusal:
        return _told(str(refusal), "moderation.slots_page")
    audit.record(
        db.session(),
        by=_by(),
        act="slot.cancel",
        subject="slots",
        subject_id=slot.id,
        details={"reason": reason},
        now=clock.now(),
    )
    return _told("L’immersion est annulée\u202f; les personnes inscrites sont prévenues.", "moderation.slots_page")


@blueprint.get("/admin/messages")
@access.operator
def messages_page() -> ResponseReturnValue:
    """What people wrote by the contact page and nobody closed, the oldest first."""
    return render_template(
        "admin/messages.html",
        messages=messages.waiting(db.session()),
        labels={each.value: each.label for each in Subject},
    )


@blueprint.post("/admin/messages/<int:message_id>/clore")
@access.operator
def close_message(message_id: int) -> ResponseReturnValue:
    """Says that the message needs nothing more."""
    limits.count(LIMIT, request.remote_addr)
    message, now = _row(ContactMessage, message_id), clock.now()
    if message.closed_at is None:
        messages.close(db.session(), message.id, now=now)
        audit.record(
            db.session(), by=_by(), act="close message", subject="contact_messages", subject_id=message.id, now=now
        )
    return _told("Le message est clos.", "moderation.messages_page")


def _company_act(company_id: int, act: Callable[[Company], None], told: str) -> ResponseReturnValue:
    limits.count(LIMIT, request.remote_addr)
    company = _row(Company, company_id)
    act(company)
    return _told(f"{company.name} {told}", "moderation.companies_page")


def _company_reason(company: Company, form: ReasonForm, *, status: int) -> ResponseReturnValue:
    return render_template("admin/ban_company.html", company=company, form=form), status


def _person_reason(person: Person, form: ReasonForm, *, status: int) -> ResponseReturnValue:
    return render_template("admin/ban_person.html", person=person, form=form), status


def _slot_reason(slot: Slot, form: ReasonForm, *, status: int) -> ResponseReturnValue:
    return render_template("admin/cancel_slot.html", slot=slot, form=form), status


def _row(model: type[Row], row_id: int) -> Row:
    return db.session().get(model, row_id) or abort(404)


def _by() -> int:
    return access.the_visitor().person_id


def _wanted() -> str:
    typed = request.args.get("q", "")[: 4 * _LONGEST_WANTED]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())[:_LONGEST_WANTED]


def _told(sentence: str, endpoint: str) -> ResponseReturnValue:
    flash(sentence)
    return redirect(url_for(endpoint), code=303)
