"""The pages of `/mon-espace`."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.agreements import agreements
from traitdunion.companies import companies
from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.immersions import bookings, calendars, dates, moving, slots, waiting
from traitdunion.immersions.forms import CancelForm, MoveForm
from traitdunion.immersions.models import ACTIVE, Actor, Booking, BookingState
from traitdunion.impact import letters as verdict_letters
from traitdunion.impact import verdicts
from traitdunion.notifications import addresses
from traitdunion.pathways import interests, knowledge
from traitdunion.pathways.models import Moment
from traitdunion.prescribers import consents, members, referral_letters, referrals
from traitdunion.spaces.person import agreement_next, steps, suggesting, support

blueprint = Blueprint("person_space", __name__)

CHANGE = Limit("bookings changed", most=120, per=timedelta(minutes=15))


@blueprint.get("/mon-espace")
@access.signed_in
def home() -> ResponseReturnValue:
    """My bookings, the next step first; what I wait and wish for; my calendar's address."""
    session, now = db.session(), clock.now()
    person = _person(session)
    feed = calendars.find_feed(session, person, company=None)
    stands = support.of(session, person, today=clock.today())
    return render_template(
        "spaces/person/home.html",
        person=person,
        address=person.email or person.phone,
        refused=addresses.refused(session, [person.email or person.phone]),
        plan=steps.plan(list(bookings.of_person(session, person.id)), now=now),
        agreement_steps=agreement_next.by_booking(agreements.of_person(session, person.id)),
        interests=interests.of_person(session, person.id),
        companies=companies.of(session, person.id),
        organisations=[one.organisation for one in members.of(session, person.id)],
        support=stands,
        suggestions=suggesting.of(session, stands.signing, now=now),
        proposals=[(one, referral_letters.token(one)) for one in referrals.of_person(session, person.id, now=now)],
        consents=consents.of_person(session, person.id),
        calendar=url_for("immersions.feed", secret=calendars.secret(feed), _external=True) if feed else None,
    )


@blueprint.get("/mon-espace/reservations/<int:booking_id>")
@access.signed_in
def booking_page(booking_id: int) -> ResponseReturnValue:
    """One booking: what comes next, and how to cancel or move it."""
    return _booking_page(_mine(booking_id), CancelForm(), status=200)


@blueprint.post("/mon-espace/reservations/<int:booking_id>/annuler")
@access.signed_in
def cancel(booking_id: int) -> ResponseReturnValue:
    """Cancels, or leaves the waiting list; a second click changes nothing."""
    limits.count(CHANGE, request.remote_addr)
    booking, form = _mine(booking_id), CancelForm(request.form)
    was_waiting = booking.state == BookingState.WAITING
    if not form.validate():
        return _booking_page(booking, form, status=422)
    try:
        bookings.cancel(db.session(), booking, by=Actor.PERSON, word=form.mot.data or None, now=clock.now())
    except bookings.NeedsWord as refusal:
        form.mot.errors = [str(refusal)]
        return _booking_page(booking, form, status=422)
    except Refused as refusal:
        return _booking_page(booking, form, status=409, refusal=refusal)
    flash("Vous n’êtes plus sur la liste d’attente." if was_waiting else "C’est annulé. L’entreprise est prévenue.")
    return redirect(url_for("person_space.booking_page", booking_id=booking_id), 303)


@blueprint.post("/mon-espace/reservations/<int:booking_id>/deplacer")
@access.signed_in
def move(booking_id: int) -> ResponseReturnValue:
    """Moves the booking to another slot of the same company."""
    limits.count(CHANGE, request.remote_addr)
    session, booking = db.session(), _mine(booking_id)
    form = MoveForm(request.form, choices=moving.choices(session, booking, now=clock.now()))
    if not form.validate():
        return _booking_page(booking, CancelForm(), status=422, move_form=form)
    to = slots.get(session, form.creneau.data) or abort(404)
    try:
        bookings.reschedule(session, booking, to, by=Actor.PERSON, word=form.mot_date.data or None, now=clock.now())
    except Refused as refusal:
        return _booking_page(booking, CancelForm(), status=409, refusal=refusal)
    flash(
        "C’est déplacé." if booking.state == BookingState.ACCEPTED else "La nouvelle date est demandée à l’entreprise."
    )
    return redirect(url_for("person_space.booking_page", booking_id=booking_id), 303)


@blueprint.post("/mon-espace/reservations/<int:booking_id>/prendre")
@access.signed_in
def take_place(booking_id: int) -> ResponseReturnValue:
    """Takes the place that was offered to whoever waited."""
    limits.count(CHANGE, request.remote_addr)
    booking = _mine(booking_id)
    try:
        waiting.take(db.session(), booking, now=clock.now())
    except Refused as refusal:
        return _booking_page(booking, CancelForm(), status=409, refusal=refusal)
    flash("Cette place est à vous." if booking.state == BookingState.ACCEPTED else "Votre demande est envoyée.")
    return redirect(url_for("person_space.booking_page", booking_id=booking_id), 303)


@blueprint.post("/mon-espace/calendrier")
@access.signed_in
def calendar() -> ResponseReturnValue:
    """Opens or closes the private address of my calendar."""
    limits.count(CHANGE, request.remote_addr)
    session = db.session()
    person = _person(session)
    if request.form.get("ouvert") == "oui":
        calendars.open_feed(session, person, company=None, now=clock.now())
        flash("L’adresse de votre calendrier est prête.")
    else:
        calendars.close_feed(session, person, company=None)
        flash("L’adresse de votre calendrier ne montre plus rien.")
    return redirect(url_for("person_space.home", _anchor="calendrier"), 303)


@blueprint.post("/mon-espace/souhaits/<int:interest_id>/retirer")
@access.signed_in
def withdraw(interest_id: int) -> ResponseReturnValue:
    """Forgets that I would like to try somewhere; a second click changes nothing."""
    limits.count(CHANGE, request.remote_addr)
    session = db.session()
    if not interests.withdraw(session, interest_id, person_id=access.the_visitor().person_id):
        abort(404)
    flash("Ce souhait est retiré.")
    return redirect(url_for("person_space.home"), 303)


def _person(session: Session) -> Person:
    return people.get(session, access.the_visitor().person_id) or abort(404)


def _mine(booking_id: int) -> Booking:
    """My booking; another's is answered as one that does not exist."""
    found = bookings.get(db.session(), booking_id)
    return found if found and found.person_id == access.the_visitor().person_id else abort(404)


def _booking_page(
    booking: Booking,
    form: CancelForm,
    *,
    status: int,
    move_form: MoveForm | None = None,
    refusal: Refused | None = None,
) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    can_change = booking.state in ACTIVE and not dates.has_started(booking.slot, now=now)
    step = steps.next_step(booking, now=now)
    agreement = agreements.of_booking(session, booking.id)
    page = render_template(
        "spaces/person/booking.html",
        booking=booking,
        step=step,
        agreement_step=agreement_next.next_step(agreement) if agreement else None,
        can_change=can_change,
        verdict_token=verdict_letters.verdict_token(booking) if verdicts.may_be_said(booking, now=now) else None,
        verdict=verdicts.get(session, booking.id),
        asks_knowledge=can_change
        and knowledge.is_to_be_asked(session, booking.person_id, booking.slot.occupation_code, Moment.BEFORE),
        is_short_notice=dates.is_short_notice(booking.slot, now=now),
        rank=waiting.rank(session, booking) if booking.state == BookingState.WAITING else None,
        form=form,
        move_form=move_form or MoveForm(choices=moving.choices(session, booking, now=now) if can_change else ()),
        refusal=refusal,
    )
    return page, status
