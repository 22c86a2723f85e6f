"""« Où en êtes-vous ? », by link, without sign-in: two or three taps, each kept as it is given."""

from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.errors import Refused
from traitdunion.core.limits import Limit
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Booking
from traitdunion.impact import letters, outcomes, times
from traitdunion.impact.kinds import Obstacle, Situation
from traitdunion.impact.models import Outcome
from traitdunion.territories import territories

blueprint = Blueprint("outcomes", __name__, url_prefix="/suite")

ANSWER = Limit("outcomes said", most=120, per=timedelta(minutes=15))
_VALID = timedelta(days=90)
_ORIENTED_FROM = 3
"""Months: before that, nobody knows yet."""
_STEPS = "<any(situation, formation, obstacle, orientation):step>"


class _Asked(NamedTuple):
    """Of which immersion and month the link speaks, and which prescriber answers, if one does."""

    booking: Booking
    month: int
    by: int | None


@blueprint.get("/<token>")
@access.by_link
def outcome_page(token: str) -> ResponseReturnValue:
    """What was said, or the first question."""
    asked = _of(token)
    if not isinstance(asked, _Asked):
        return asked
    outcome = outcomes.get(db.session(), asked.booking.id, asked.month)
    return _page(token, asked, "dit" if outcome else "situation")


@blueprint.get(f"/<token>/{_STEPS}")
@access.by_link
def outcome_step(token: str, step: str) -> ResponseReturnValue:
    """One question, again."""
    asked = _of(token)
    return _page(token, asked, step) if isinstance(asked, _Asked) else asked


@blueprint.post(f"/<token>/{_STEPS}")
@access.by_link
def say(token: str, step: str) -> ResponseReturnValue:
    """One tap: kept at once, then the next question."""
    limits.count(ANSWER, request.remote_addr)
    asked = _of(token)
    if not isinstance(asked, _Asked):
        return asked
    try:
        outcome = _keep(asked, step, request.form.get("reponse", ""))
    except Refused as refusal:
        return _said("Votre réponse n’est pas enregistrée", str(refusal), 409)
    if outcome is None:
        return _page(token, asked, step), 422
    then = _after(step, outcome)
    if then is None:
        return redirect(url_for("outcomes.outcome_page", token=token), 303)
    return redirect(url_for("outcomes.outcome_step", token=token, step=then), 303)


def _keep(asked: _Asked, step: str, tapped: str) -> Outcome | None:
    """The outcome with what was tapped; None where it is none of the answers."""
    session, now, key = db.session(), clock.now(), (asked.booking.id, asked.month)
    if step == "situation" and tapped in set(Situation):
        return outcomes.say(session, *key, Situation(tapped), by=asked.by, now=now)
    if step == "formation" and tapped.isascii() and tapped.isdigit() and len(tapped) < 19:
        entered = outcomes.session_of(session, int(tapped))
        outcomes.enter(session, *key, training_session=entered, now=now)
    elif step == "formation" and tapped == "autre":
        title = " ".join(request.form.get("titre", "").split())
        outcomes.enter(session, *key, training_session=None, title=title, now=now)
    elif step == "obstacle" and tapped in set(Obstacle):
        outcomes.hinder(session, *key, Obstacle(tapped), now=now)
    elif step == "orientation" and tapped in {"oui", "non"}:
        outcomes.orient(session, *key, well=tapped == "oui", now=now)
    else:
        return None
    return outcomes.get(session, *key)


def _after(step: str, outcome: Outcome) -> str | None:
    """The next question; None after the last."""
    if step == "situation":
        return "formation" if Situation(outcome.situation).is_training else "obstacle"
    if step in {"formation", "obstacle"} and outcome.month >= _ORIENTED_FROM:
        return "orientation"
    return None


def _of(token: str) -> _Asked | ResponseReturnValue:
    try:
        booking_id, month, by = (int(value) for value in tokens.read(letters.OUTCOME, token, _VALID))
    except tokens.TokenRefused as refusal:
        return _said("Lien périmé", str(refusal), 410)
    booking = bookings.get(db.session(), booking_id)
    if booking is None:
        return _said("Lien périmé", "Cette immersion n’existe plus.", 410)
    return _Asked(booking, month, by or None)


def _page(token: str, asked: _Asked, step: str) -> str:
    session, booking = db.session(), asked.booking
    outcome = outcomes.get(session, booking.id, asked.month)
    if outcome is None:
        step = "situation"
    is_training = outcome is not None and Situation(outcome.situation).is_training
    if (step == "formation" and not is_training) or (step == "obstacle" and is_training):
        step = "dit"
    last = times.last_day(session, booking)
    region_code = territories.current().region_code
    found = outcomes.sessions(session, booking, region_code=region_code, since=last) if step == "formation" else []
    return render_template(
        "impact/outcome.html",
        booking=booking,
        month=asked.month,
        is_prescriber=asked.by is not None,
        outcome=outcome,
        situation=Situation(outcome.situation) if outcome else None,
        obstacle=Obstacle(outcome.obstacle).label if outcome and outcome.obstacle else None,
        step=step,
        situations=list(Situation),
        obstacles=list(Obstacle),
        sessions=found,
        is_open=outcome is None or times.is_correctable(outcome.answered_at, now=clock.now()),
        longest_title=outcomes.LONGEST_TITLE,
        token=token,
    )


def _said(heading: str, message: str, status: int) -> ResponseReturnValue:
    return render_template("immersions/said.html", heading=heading, message=message), status
