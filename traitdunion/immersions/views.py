"""Booking a slot, answering a request from an e-mail, taking an offered place, and calendar feeds."""

from datetime import timedelta
from typing import cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.accounts import cookies, people, sign_in
from traitdunion.accounts.models import Person
from traitdunion.companies import members
from traitdunion.companies.models import Company
from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.immersions import (
    alternatives,
    bookings,
    calendars,
    dates,
    eligibility,
    letters,
    pending,
    places,
    slots,
    waiting,
)
from traitdunion.immersions.forms import AnswerForm, WhoForm
from traitdunion.immersions.models import Actor, Booking, BookingState, Slot, SlotState
from traitdunion.notifications.messages import Address

blueprint = Blueprint("immersions", __name__)

BOOK = Limit("bookings", most=60, per=timedelta(minutes=15))
"""A Mission locale's workshop shares a network."""
BOOK_BY_ADDRESS = Limit("bookings by address", most=6, per=timedelta(minutes=30))
"""Nobody's mailbox is flooded."""
ANSWER = Limit("booking answers", most=120, per=timedelta(minutes=15))
FEED = Limit("calendar feeds", most=600, per=timedelta(hours=1))


@blueprint.get("/immersions/<int:slot_id>/reserver")
@access.public
def book_page(slot_id: int) -> ResponseReturnValue:
    """The form: one button for whoever is signed in, four fields for the others; waiting list when it is full."""
    session = db.session()
    slot = _slot(session, slot_id)
    person = people.of(session, access.visitor())
    found = waiting.open_booking(session, slot.id, person.id) if person else None
    if found is not None:
        return redirect(url_for("person_space.booking_page", booking_id=found.id))
    return _book_page(session, slot, person, WhoForm(person=person), status=200)


@blueprint.post("/immersions/<int:slot_id>/reserver")
@access.public
def book(slot_id: int) -> ResponseReturnValue:
    """Books or waits: at once for whoever is signed in; for the others once the code that is sent is typed."""
    limits.count(BOOK, request.remote_addr)
    session, now = db.session(), clock.now()
    slot, person = _slot(session, slot_id), people.of(session, access.visitor())
    form = WhoForm(request.form, person=person)
    waits = request.form.get("attente") == "1"
    if not form.validate():
        return _book_page(session, slot, person, form, status=422)
    try:
        if person is None:
            return _ask_for_proof(slot, form, waits=waits)
        people.fill_in(person, **form.said)
        act = waiting.join if waits else bookings.book
        booking = act(session, slot, person, word=form.mot.data or None, now=now)
    except Refused as refusal:
        return _book_page(session, slot, person, form, status=409, refusal=refusal)
    flash(_told(booking))
    return redirect(url_for("person_space.booking_page", booking_id=booking.id), 303)


@blueprint.get("/reservations/reponse/<token>")
@access.by_link
def answer_page(token: str) -> ResponseReturnValue:
    """The request as it is now, and the buttons that answer it: opening the link answers nothing."""
    found = _of_answer(token)
    if isinstance(found, str):
        return _said("Lien périmé", found, 410)
    return render_template("immersions/answer.html", booking=found, form=AnswerForm(), token=token)


@blueprint.post("/reservations/reponse/<token>")
@access.by_link
def answer(token: str) -> ResponseReturnValue:
    """Accepts, or refuses with a reason; a second click is told what stands."""
    limits.count(ANSWER, request.remote_addr)
    found, session, now = _of_answer(token), db.session(), clock.now()
    if isinstance(found, str):
        return _said("Lien périmé", found, 410)
    form = AnswerForm(request.form)
    choice = request.form.get("reponse")
    if choice not in {"oui", "non"} or not form.validate():
        return render_template("immersions/answer.html", booking=found, form=form, token=token), 422
    try:
        if choice == "oui":
            bookings.accept(session, found, now=now)
        else:
            bookings.refuse(session, found, reason=form.reason, word=form.mot.data or None, now=now)
    except Refused as refusal:
        return _said("La réponse n’est pas enregistrée", str(refusal), 409)
    return redirect(url_for("immersions.answer_page", token=token), 303)


@blueprint.get("/reservations/place/<token>")
@access.by_link
def place_page(token: str) -> ResponseReturnValue:
    """The place that is kept for a person who waits, and the button that takes it."""
    booking = _of_place(token)
    if booking is None:
        return _said("Lien périmé", "Ce lien n’est pas valable. Vérifiez qu’il est entier.", 410)
    return render_template("immersions/place.html", booking=booking, token=token, is_kept=_is_kept(booking))


@blueprint.post("/reservations/place/<token>")
@access.by_link
def take_place(token: str) -> ResponseReturnValue:
    """Takes the place, or lets it go to the next one; a second click is told what stands."""
    limits.count(ANSWER, request.remote_addr)
    booking, session, now = _of_place(token), db.session(), clock.now()
    if booking is None:
        return _said("Lien périmé", "Ce lien n’est pas valable. Vérifiez qu’il est entier.", 410)
    try:
        if request.form.get("reponse") == "non":
            if booking.state == BookingState.WAITING:
                bookings.cancel(session, booking, by=Actor.PERSON, word=None, now=now)
        else:
            waiting.take(session, booking, now=now)
    except Refused as refusal:
        return _said("Cette place n’est plus libre", str(refusal), 409)
    return redirect(url_for("immersions.place_page", token=token), 303)


@blueprint.get("/calendrier/<secret>.ics")
@access.by_link
def feed(secret: str) -> ResponseReturnValue:
    """The bookings of a person or of a company, for a calendar that comes back every few hours."""
    limits.count(FEED, request.remote_addr)
    session = db.session()
    found = calendars.of_secret(session, secret) or abort(404)
    person = session.get_one(Person, found.person_id)
    company = session.get(Company, found.company_id) if found.company_id else None
    content = calendars.feed(session, person=person, company=company, now=clock.now())
    return Response(content, mimetype="text/calendar")


def _slot(session: Session, slot_id: int) -> Slot:
    """One that was shown once, whatever became of it: what a person had before their eyes is answered, not denied."""
    slot = slots.get(session, slot_id)
    return slot if slot and slot.state != SlotState.DRAFT and slot.company.is_shown else abort(404)


def _book_page(
    session: Session,
    slot: Slot,
    person: Person | None,
    form: WhoForm,
    *,
    status: int,
    refusal: Refused | None = None,
) -> ResponseReturnValue:
    now = clock.now()
    free = places.free_counts(session, [slot.id]).get(slot.id, 0)
    is_open, waits = True, free == 0
    try:
        eligibility.check_slot(slot, now=now)
        if waits and now >= dates.waiting_ends(slot):
            raise waiting.CannotWait("Cette immersion est complète et commence bientôt.")
    except Refused as closed:
        is_open, refusal = False, refusal or closed
    needs_near = waits or not is_open or refusal is not None
    near = alternatives.near(session, slot, person_id=person.id if person else None, now=now) if needs_near else []
    page = render_template(
        "immersions/book.html",
        slot=slot,
        person=person,
        form=form,
        free=free,
        waits=waits,
        is_open=is_open,
        refusal=refusal,
        near=near,
    )
    return page, status if is_open or status != 200 else 410


def _ask_for_proof(slot: Slot, form: WhoForm, *, waits: bool) -> ResponseReturnValue:
    """Sends the code, whoever the address belongs to; what the slot itself refuses is said at once."""
    session, now = db.session(), clock.now()
    eligibility.check_slot(slot, now=now)
    eligibility.check_age(slot, form.naissance.data)
    limits.count_of(BOOK_BY_ADDRESS, str(form.adresse.data))
    if not form.is_trapped:
        field = form.adresse
        sign_in.ask(
            session,
            address=Address(email=field.email, phone=field.phone),
            browser=cookies.browser(),
            then=pending.of_form(slot, form.said, word=form.mot.data or None, waits=waits),
            now=now,
        )
    return redirect(url_for("accounts.code_page"), 303)


def _of_answer(token: str) -> Booking | str:
    """The booking that a member's link is for; else the sentence that says why it opens nothing."""
    try:
        booking_id, person_id = cast(list[int], tokens.read(letters.ANSWER, token, None))
    except tokens.TokenRefused as refusal:
        return str(refusal)
    session = db.session()
    booking = bookings.get(session, booking_id)
    if booking is None or not members.is_active(session, booking.slot.company_id, person_id):
        return (
            "Ce lien n’est plus valable\u00a0: la demande n’existe plus, ou vous ne faites plus partie de l’entreprise."
        )
    return booking


def _of_place(token: str) -> Booking | None:
    try:
        (booking_id,) = cast(list[int], tokens.read(letters.PLACE, token, None))
    except tokens.TokenRefused:
        return None
    return bookings.get(db.session(), booking_id)


def _is_kept(booking: Booking) -> bool:
    return booking.offered_until is not None and booking.offered_until > clock.now()


def _told(booking: Booking) -> str:
    if booking.state == BookingState.ACCEPTED:
        return "C’est réservé. Nous vous écrivons tout ce qu’il faut savoir."
    if booking.state == BookingState.WAITING:
        return "Vous êtes sur la liste d’attente. Nous vous écrivons si une place se libère."
    return "Votre demande est envoyée à l’entreprise."


def _said(heading: str, message: str, status: int) -> ResponseReturnValue:
    return render_template("immersions/said.html", heading=heading, message=message), status
