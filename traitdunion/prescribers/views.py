"""What a person does by a link or a code: answers a referral, cancels what was booked for them, withdraws a consent.

A link may be forwarded: its page names the person by given name and initial, shows what is proposed and nothing else of
theirs, and what is confirmed goes to the person's own address. Opening a link changes nothing; a button does.
"""

from datetime import datetime, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.core.tokens import TokenRefused
from traitdunion.immersions import alternatives, bookings, dates, eligibility, places, waiting
from traitdunion.immersions.models import ACTIVE, Actor, BookingState, Slot, SlotState
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment
from traitdunion.prescribers import answers, consents, referral_letters, short_codes
from traitdunion.prescribers.models import Referral
from traitdunion.prescribers.referral_forms import AnswerForm, CodeForm

blueprint = Blueprint("referrals", __name__)

ANSWER = Limit("referral answers", most=120, per=timedelta(minutes=15))
"""A workshop shares a network."""
CODE = Limit("referral codes", most=60, per=timedelta(minutes=15))
ONE_CODE = Limit("tries of a referral code", most=8, per=timedelta(hours=1))
"""A birth date is not guessed in so few."""

_PLAIN = (answers.CannotAnswer, places.SlotFull, eligibility.NotOpen, waiting.CannotWait)
"""Refusals that speak of the slot or the referral, not of the person: whoever holds the link may read them."""


@blueprint.get("/propositions/<token>")
@access.by_link
def answer_page(token: str) -> ResponseReturnValue:
    """What is proposed, to whom, and the buttons that answer; once answered, what comes next."""
    try:
        referral = answers.of_token(db.session(), token)
    except TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    return _answer_page(referral, AnswerForm(), token)


@blueprint.post("/propositions/<token>")
@access.by_link
def answer(token: str) -> ResponseReturnValue:
    """Yes to one of the slots, or to its waiting list; or no, with a reason. A second click is told what stands."""
    limits.count(ANSWER, request.remote_addr)
    session, now, form = db.session(), clock.now(), AnswerForm(request.form)
    try:
        referral = answers.of_token(session, token)
    except TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    choice, slot_id = request.form.get("reponse"), request.form.get("creneau", type=int)
    if choice not in {"oui", "attente", "non"} or not form.validate():
        return _answer_page(referral, form, token, status=422)
    try:
        if choice == "non":
            answers.decline(session, referral, reason=form.reason, word=form.mot.data or None, now=now)
        elif slot_id is None:
            raise answers.CannotAnswer("Choisissez une date.")
        else:
            waits, born = choice == "attente", form.naissance.data
            answers.accept(session, referral, slot_id, waits=waits, birth_date=born, now=now)
    except Refused as refusal:
        told = str(refusal) if isinstance(refusal, _PLAIN) or _is_theirs(referral) else _not_for_all(referral)
        return _answer_page(referral, form, token, refusal=told, status=409)
    return redirect(url_for("referrals.answer_page", token=token), 303)


@blueprint.post("/propositions/<token>/metier")
@access.by_link
def know(token: str) -> ResponseReturnValue:
    """Keeps how well the person says they know the job they have just said yes to."""
    limits.count(ANSWER, request.remote_addr)
    session = db.session()
    try:
        referral = answers.of_token(session, token)
        if _is_to_be_asked(referral) and referral.booking is not None:
            code, score = referral.booking.slot.occupation_code, request.form.get("note", type=int)
            person_id, now = referral.entry.person_id, clock.now()
            knowledge.say(session, person_id, code, Moment.BEFORE, score=score, now=now)
    except TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    except Refused as refusal:
        return _said("Ce n’est pas noté", str(refusal), 422)
    return redirect(url_for("referrals.answer_page", token=token), 303)


@blueprint.get("/proposition")
@access.public
def code_page() -> ResponseReturnValue:
    """The code of a sheet of paper; the address of its QR code brings it along."""
    return render_template("prescribers/code.html", form=CodeForm(request.args))


@blueprint.post("/proposition")
@access.public
def find() -> ResponseReturnValue:
    """Opens the referral of the code, for whoever knows the birth date too."""
    limits.count(CODE, request.remote_addr)
    form = CodeForm(request.form)
    if not form.validate() or form.naissance.data is None:
        return render_template("prescribers/code.html", form=form), 422
    limits.count_of(ONE_CODE, str(form.code.data))
    try:
        found = short_codes.find(db.session(), str(form.code.data), birth_date=form.naissance.data)
    except short_codes.CodeRefused as refusal:
        form.code.errors = [str(refusal)]
        return render_template("prescribers/code.html", form=form), 422
    return redirect(url_for("referrals.answer_page", token=referral_letters.token(found)), 303)


@blueprint.get("/propositions/annulation/<token>")
@access.by_link
def cancel_page(token: str) -> ResponseReturnValue:
    """What was booked in the person's place, and the button that cancels it."""
    try:
        referral = answers.of_cancel_token(db.session(), token)
    except TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    return _cancel_page(referral, token)


@blueprint.post("/propositions/annulation/<token>")
@access.by_link
def cancel(token: str) -> ResponseReturnValue:
    """Cancels it; a second click is told what stands."""
    limits.count(ANSWER, request.remote_addr)
    session = db.session()
    try:
        referral = answers.of_cancel_token(session, token)
        booking = bookings.get(session, referral.booking_id or 0)
        if booking is not None:
            word = "Cette date ne me convient pas."
            bookings.cancel(session, booking, by=Actor.PERSON, word=word, now=clock.now())
    except TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    except Refused as refusal:
        return _said("Ce n’est pas annulé", str(refusal), 409)
    return redirect(url_for("referrals.cancel_page", token=token), 303)


@blueprint.get("/accords/<token>")
@access.by_link
def consent_page(token: str) -> ResponseReturnValue:
    """What the person allowed, when and how, and the button that ends it."""
    try:
        consent = consents.of_token(db.session(), token)
    except TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    return render_template("prescribers/consent.html", consent=consent, token=token)


@blueprint.post("/accords/<token>")
@access.by_link
def withdraw(token: str) -> ResponseReturnValue:
    """Nobody books in the person's place any more; a second click changes nothing."""
    limits.count(ANSWER, request.remote_addr)
    session, visitor = db.session(), access.visitor()
    try:
        consent = consents.of_token(session, token)
    except TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    consents.withdraw(session, consent, by=visitor.person_id if visitor else None, now=clock.now())
    return redirect(url_for("referrals.consent_page", token=token), 303)


def _answer_page(
    referral: Referral, form: AnswerForm, token: str, *, refusal: str | None = None, status: int = 200
) -> ResponseReturnValue:
    session, now = db.session(), clock.now()
    is_open, settled = True, None
    try:
        answers.check(referral, now=now)
    except answers.CannotAnswer as closed:
        is_open, settled = False, str(closed)
    slots = [choice.slot for choice in referral.choices]
    standing = [slot for slot in slots if _takes_bookings(slot, now=now)]
    page = render_template(
        "prescribers/answer.html",
        referral=referral,
        short_name=referral_letters.short_name(referral.entry.person),
        is_theirs=_is_theirs(referral),
        is_reachable=bool(referral.entry.person.email or referral.entry.person.phone),
        is_open=is_open and bool(standing),
        settled=settled,
        slots=standing if is_open and standing else slots,
        asks_birth_date=referral.entry.person.birth_date is None or form.naissance.data is not None,
        near=alternatives.near(session, slots[0], now=now) if not standing or refusal else [],
        chosen=request.form.get("creneau", type=int) or (standing or slots)[0].id,
        asks_knowledge=_is_to_be_asked(referral),
        form=form,
        refusal=refusal,
        token=token,
    )
    return page, status


def _is_to_be_asked(referral: Referral) -> bool:
    """How well the person knows the job: once, between the answer and the immersion."""
    booking = referral.booking
    if booking is None or booking.state not in ACTIVE or dates.has_started(booking.slot, now=clock.now()):
        return False
    person_id, code = referral.entry.person_id, booking.slot.occupation_code
    return knowledge.is_to_be_asked(db.session(), person_id, code, Moment.BEFORE)


def _takes_bookings(slot: Slot, *, now: datetime) -> bool:
    try:
        eligibility.check_slot(slot, now=now)
    except eligibility.NotOpen:
        return False
    return slot.state != SlotState.FULL or now < dates.waiting_ends(slot)


def _cancel_page(referral: Referral, token: str) -> ResponseReturnValue:
    booking = bookings.get(db.session(), referral.booking_id or 0)
    can_cancel = (
        booking is not None
        and booking.state in (*ACTIVE, BookingState.WAITING)
        and not dates.has_started(booking.slot, now=clock.now())
    )
    return render_template("prescribers/cancel.html", booking=booking, can_cancel=can_cancel, token=token)


def _is_theirs(referral: Referral) -> bool:
    """Whoever is signed in is the person who was written to: nothing is hidden from them."""
    visitor = access.visitor()
    return visitor is not None and visitor.person_id == referral.entry.person_id


def _not_for_all(referral: Referral) -> str:
    name = referral_letters.short_name(referral.entry.person)
    return (
        f"Cette date n’a pas pu être réservée pour {name}. Vous êtes cette personne\u202f? Connectez-vous pour savoir "
        "pourquoi, ou appelez la personne qui vous accompagne."
    )


def _said(heading: str, message: str, status: int) -> ResponseReturnValue:
    return render_template("immersions/said.html", heading=heading, message=message), status
