"""Answers after an immersion, by link: the company's bilan, the person's word and verdict, and what followed.

Opening a link answers nothing. A verdict is three pages of buttons: each tap is kept, and leads to the next question.
"""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Booking
from traitdunion.impact import bilans, letters, times, verdicts
from traitdunion.impact.forms import BilanForm, OpinionForm
from traitdunion.impact.kinds import Choice, Presence, Reason
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment

blueprint = Blueprint("impact", __name__)

ANSWER = Limit("answers after an immersion", most=120, per=timedelta(minutes=15))
_VALID = timedelta(days=90)
_STEPS = "<any(choix, raison, connaissance):step>"


@blueprint.get("/bilan/<token>")
@access.by_link
def bilan_page(token: str) -> ResponseReturnValue:
    """The three questions, or what was said."""
    booking = _of(letters.BILAN, token)
    return _bilan_page(token, booking) if isinstance(booking, Booking) else booking


@blueprint.post("/bilan/<token>")
@access.by_link
def say_bilan(token: str) -> ResponseReturnValue:
    """Keeps the bilan."""
    limits.count(ANSWER, request.remote_addr)
    booking = _of(letters.BILAN, token)
    if not isinstance(booking, Booking):
        return booking
    form = _bilan_form(booking)
    if not form.validate():
        return _bilan_page(token, booking, form), 422
    try:
        bilans.say(db.session(), booking.id, form.said, now=clock.now())
    except bilans.OutOfDays as refusal:
        form.dernier_jour.errors = [str(refusal)]
        return _bilan_page(token, booking, form), 422
    except Refused as refusal:
        return _bilan_page(token, booking, form, refusal), 409
    return redirect(url_for("impact.bilan_page", token=token), 303)


@blueprint.post("/bilan/<token>/absence")
@access.by_link
def say_absent(token: str) -> ResponseReturnValue:
    """Nobody came: one button on the day, from the telephone."""
    limits.count(ANSWER, request.remote_addr)
    booking = _of(letters.BILAN, token)
    if not isinstance(booking, Booking):
        return booking
    try:
        bilans.say(db.session(), booking.id, bilans.Said(presence=Presence.DID_NOT_SHOW), now=clock.now())
    except Refused as refusal:
        return _bilan_page(token, booking, None, refusal), 409
    return redirect(url_for("impact.bilan_page", token=token), 303)


@blueprint.get("/bilan/avis/<token>")
@access.by_link
def opinion_page(token: str) -> ResponseReturnValue:
    """The bilan, as the person reads it."""
    booking = _of(letters.OPINION, token)
    if not isinstance(booking, Booking):
        return booking
    bilan, said = bilans.get(db.session(), booking.id), {}
    if bilan is not None and bilan.agreed_at is not None:
        said = {"accord": "oui" if bilan.agrees else "non", "mot": bilan.person_word}
    return _opinion_page(token, booking, OpinionForm(data=said), 200)


@blueprint.post("/bilan/avis/<token>")
@access.by_link
def answer_bilan(token: str) -> ResponseReturnValue:
    """The person agrees, or says what is wrong."""
    limits.count(ANSWER, request.remote_addr)
    booking, form = _of(letters.OPINION, token), OpinionForm(request.form)
    if not isinstance(booking, Booking):
        return booking
    if not form.validate():
        return _opinion_page(token, booking, form, 422)
    agrees = form.accord.data == "oui"
    try:
        bilans.answer(db.session(), booking.id, agrees=agrees, word=form.mot.data, now=clock.now())
    except bilans.NeedsWord as refusal:
        form.mot.errors = [str(refusal)]
        return _opinion_page(token, booking, form, 422)
    except Refused as refusal:
        return _said("Votre réponse n’est pas enregistrée", str(refusal), 409)
    return redirect(url_for("impact.opinion_page", token=token), 303)


@blueprint.get("/verdict/<token>")
@access.by_link
def verdict_page(token: str) -> ResponseReturnValue:
    """What was said so far, or the first question."""
    booking = _of(letters.VERDICT, token)
    if not isinstance(booking, Booking):
        return booking
    if verdicts.get(db.session(), booking.id) is None:
        return _verdict_page(token, booking, "choix")
    return _verdict_page(token, booking, "dit")


@blueprint.get(f"/verdict/<token>/{_STEPS}")
@access.by_link
def verdict_step(token: str, step: str) -> ResponseReturnValue:
    """One question, again: who comes back may change an answer."""
    booking = _of(letters.VERDICT, token)
    return _verdict_page(token, booking, step) if isinstance(booking, Booking) else booking


@blueprint.post(f"/verdict/<token>/{_STEPS}")
@access.by_link
def say_verdict(token: str, step: str) -> ResponseReturnValue:
    """One tap: kept at once, then the next question."""
    limits.count(ANSWER, request.remote_addr)
    booking = _of(letters.VERDICT, token)
    if not isinstance(booking, Booking):
        return booking
    session, now, tapped = db.session(), clock.now(), request.form.get("reponse", "")
    try:
        if step == "choix" and tapped in set(Choice):
            verdicts.choose(session, booking.id, Choice(tapped), now=now)
            return redirect(url_for("impact.verdict_step", token=token, step="raison"), 303)
        if step == "raison" and tapped in set(Reason):
            verdicts.explain(session, booking.id, Reason(tapped), now=now)
            return redirect(url_for("impact.verdict_step", token=token, step="connaissance"), 303)
        if step == "connaissance" and tapped.isascii() and tapped.isdigit() and len(tapped) < 3:
            verdicts.know(session, booking.id, int(tapped), now=now)
            return redirect(url_for("impact.verdict_page", token=token), 303)
    except Refused as refusal:
        return _said("Votre réponse n’est pas enregistrée", str(refusal), 409)
    return _verdict_page(token, booking, step), 422


def _of(purpose: str, token: str) -> Booking | ResponseReturnValue:
    """The immersion of which the link speaks; else the page that says why it opens nothing."""
    try:
        booking_id = tokens.read(purpose, token, _VALID)[0]
    except tokens.TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    booking = bookings.get(db.session(), int(booking_id))
    return booking or _said("Lien périmé", "Cette immersion n’existe plus.", 410)


def _bilan_form(booking: Booking) -> BilanForm:
    """As posted, else as said before."""
    session = db.session()
    last = times.last_day(session, booking)
    bilan = bilans.get(session, booking.id)
    known = {} if bilan is None else _as_typed(bilan.presence, bilan.last_day_of_presence, bilan.missed_hours)
    if bilan is not None:
        known |= {"reussi": bilan.went_well, "embauche": "oui" if bilan.was_hired else "non", "contrat": bilan.contract}
    posted = request.form if request.method == "POST" else None
    return BilanForm(posted, data=known, first_day=booking.first_day, last_day=last)


def _as_typed(presence: str, last: date | None, hours: int | None) -> dict[str, object]:
    return {"presence": presence, "dernier_jour": last, "heures": hours}


def _bilan_page(token: str, booking: Booking, form: BilanForm | None = None, refusal: Refused | None = None) -> str:
    session, now = db.session(), clock.now()
    bilan = bilans.get(session, booking.id)
    is_open = bilans.is_awaited(booking) and (bilan is None or times.is_correctable(bilan.answered_at, now=now))
    return render_template(
        "impact/bilan.html",
        booking=booking,
        bilan=bilan,
        presence=Presence(bilan.presence).label if bilan else None,
        form=form or _bilan_form(booking),
        has_begun=verdicts.may_be_said(booking, now=now) or bilan is not None,
        is_over=clock.today() >= times.last_day(session, booking),
        is_open=is_open,
        is_changing=request.args.get("modifier") == "oui",
        refusal=refusal,
        token=token,
    )


def _opinion_page(token: str, booking: Booking, form: OpinionForm, status: int) -> ResponseReturnValue:
    bilan = bilans.get(db.session(), booking.id)
    if bilan is None:
        return _said("Pas encore de bilan", "L’entreprise n’a pas encore fait le bilan.", 404)
    is_open = bilan.agreed_at is None or times.is_correctable(bilan.agreed_at, now=clock.now())
    page = render_template(
        "impact/opinion.html",
        booking=booking,
        bilan=bilan,
        presence=Presence(bilan.presence).label,
        form=form,
        is_open=is_open,
        token=token,
    )
    return page, status


def _verdict_page(token: str, booking: Booking, step: str) -> str:
    session, now = db.session(), clock.now()
    verdict = verdicts.get(session, booking.id)
    if verdict is None:
        step = "choix"
    known = knowledge.of_person(session, booking.person_id).get(booking.slot.occupation_code, {})
    return render_template(
        "impact/verdict.html",
        booking=booking,
        verdict=verdict,
        choice=Choice(verdict.choice) if verdict else None,
        reason=Reason(verdict.reason).label if verdict and verdict.reason else None,
        known_before=known.get(Moment.BEFORE),
        known_after=known.get(Moment.AFTER),
        step=step,
        choices=list(Choice),
        reasons=list(Reason),
        scores=knowledge.SCORES,
        may_be_said=verdicts.may_be_said(booking, now=now),
        is_open=verdict is None or times.is_correctable(verdict.answered_at, now=now),
        next_token=letters.outcome_token(booking.id, 0),
        token=token,
    )


def _said(heading: str, message: str, status: int) -> ResponseReturnValue:
    return render_template("immersions/said.html", heading=heading, message=message), status
