"""What a company changes of a booking that stands: another of its days, or none; the person reads why."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements
from traitdunion.agreements.models import Agreement
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.immersions import bookings, dates, moving, slots
from traitdunion.immersions.forms import LONGEST_WORD, CancelForm, MoveForm
from traitdunion.immersions.models import ACTIVE, Actor, Booking
from traitdunion.spaces.company import entering

blueprint = Blueprint("company_changes", __name__)


@blueprint.get("/entreprise/<int:company_id>/reservations/<int:booking_id>")
@access.signed_in
def change_page(company_id: int, booking_id: int) -> ResponseReturnValue:
    """Who comes, and the forms that move or cancel it."""
    return _page(entering.booking(db.session(), company_id, booking_id), CancelForm(), status=200)


@blueprint.post("/entreprise/<int:company_id>/reservations/<int:booking_id>/annuler")
@access.signed_in
def cancel(company_id: int, booking_id: int) -> ResponseReturnValue:
    """Cancels, with a word; a second click changes nothing."""
    limits.count(entering.CHANGE, request.remote_addr)
    booking, form = entering.booking(db.session(), company_id, booking_id), CancelForm(request.form)
    if not form.validate():
        return _page(booking, form, status=422)
    try:
        bookings.cancel(db.session(), booking, by=Actor.COMPANY, word=form.mot.data or None, now=clock.now())
    except bookings.NeedsWord as refusal:
        form.mot.errors = [str(refusal)]
        return _page(booking, form, status=422)
    except Refused as refusal:
        return _page(booking, form, status=409, refusal=refusal)
    flash("C’est annulé, et la personne est prévenue.")
    return redirect(url_for("company_space.company_page", company_id=company_id), 303)


@blueprint.post("/entreprise/<int:company_id>/reservations/<int:booking_id>/deplacer")
@access.signed_in
def move(company_id: int, booking_id: int) -> ResponseReturnValue:
    """Moves the booking to another day of the company, with a word; the person may still cancel."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, booking = db.session(), entering.booking(db.session(), company_id, booking_id)
    form = MoveForm(request.form, choices=moving.choices(session, booking, now=clock.now()))
    if not form.validate():
        return _page(booking, CancelForm(), status=422, move_form=form)
    to = slots.get(session, form.creneau.data) or abort(404)
    try:
        bookings.reschedule(session, booking, to, by=Actor.COMPANY, word=form.mot_date.data or None, now=clock.now())
    except bookings.NeedsWord as refusal:
        form.mot_date.errors = [str(refusal)]
        return _page(booking, CancelForm(), status=422, move_form=form)
    except Refused as refusal:
        return _page(booking, CancelForm(), status=409, refusal=refusal)
    flash("C’est déplacé, et la personne est prévenue.")
    return redirect(url_for("company_space.company_page", company_id=company_id), 303)


def _page(
    booking: Booking,
    form: CancelForm,
    *,
    status: int,
    move_form: MoveForm | None = None,
    refusal: Refused | None = None,
) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    move_form = move_form or MoveForm(choices=moving.choices(session, booking, now=now))
    for field in (form.mot, move_form.mot_date):
        field.label.text = "Un mot pour cette personne"
    page = render_template(
        "spaces/company/booking.html",
        agreement=_agreement(session, booking),
        company=booking.slot.company,
        booking=booking,
        can_change=booking.state in ACTIVE and not dates.has_started(booking.slot, now=now),
        form=form,
        move_form=move_form,
        refusal=refusal,
        longest=LONGEST_WORD,
    )
    return page, status


def _agreement(session: Session, booking: Booking) -> Agreement | None:
    """The agreement that the company may read: none while it is a draft."""
    found = agreements.of_booking(session, booking.id)
    return found if found and found.submitted_at else None
