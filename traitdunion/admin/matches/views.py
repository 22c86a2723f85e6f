"""The queue of matches to review: one click each; the next ones come after it."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.accounts import audit
from traitdunion.core import access, clock, db, limits
from traitdunion.core.limits import Limit
from traitdunion.pathways import drawing, reviews
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Kind
from traitdunion.pathways.reviews import Review
from traitdunion.search import trainings

blueprint = Blueprint("admin_matches", __name__)

QUEUES = {"tirage": "Tirés au hasard", "avis": "Dont on parle", "doute": "Les moins sûrs"}
VERDICTS = {"oui": Kind.CONFIRMED, "non": Kind.REFUSED}
LIMIT = Limit("matches decided", most=1_000, per=timedelta(hours=1))
_SHOWN = 10
"""Pairs on a page: what one reads before a pause."""


@blueprint.get("/admin/rapprochements")
@access.operator
def matches_page() -> ResponseReturnValue:
    """The pairs of one queue, the counts of the others, the precision of past months."""
    session, month = db.session(), drawing.month_of(clock.today())
    spoken_of, drawn = reviews.count_waiting(session, month=month)
    queue = _queue(request.args.get("file", ""))
    found = _pairs(session, queue, month)
    return render_template(
        "admin/matches.html",
        queue=queue,
        queues=QUEUES,
        counts={"tirage": drawn, "avis": spoken_of},
        pairs=found,
        labels=trainings.labels(session, _codes(found)),
        months=drawing.precision(session),
    )


@blueprint.post("/admin/rapprochements")
@access.operator
def decide() -> ResponseReturnValue:
    """The operator's word on one pair, then the queue again."""
    limits.count(LIMIT, request.remote_addr)
    session, visitor = db.session(), access.the_visitor()
    verdict = VERDICTS.get(request.form.get("avis", ""))
    training_id = request.form.get("formation", type=int) or 0
    pair = Pair(request.form.get("profil", "")[:100], training_id if 0 < training_id <= db.LARGEST_ID else 0)
    if verdict is None:
        flash("Ce bouton n’est pas connu\u00a0: rien n’a changé.")
    else:
        try:
            reviews.decide(session, pair, verdict=verdict, by=visitor.person_id, now=clock.now())
        except reviews.UnknownPair:
            flash("L’offre ou la formation a disparu entre-temps\u00a0: rien n’a changé.")
    queue = _queue(request.form.get("file", ""))
    return redirect(url_for("admin_matches.matches_page", file=queue, _anchor="file"), code=303)


@blueprint.post("/admin/rapprochements/tirage")
@access.operator
def draw() -> ResponseReturnValue:
    """Draws this month's sample now rather than tonight; what was drawn stays."""
    limits.count(LIMIT, request.remote_addr)
    session, month = db.session(), drawing.month_of(clock.today())
    added = drawing.draw(session, month=month)
    if added:
        audit.record(
            session,
            by=access.the_visitor().person_id,
            act="draw matches",
            subject="drawn_matches",
            subject_id=int(f"{month:%Y%m}"),
            details={"added": added},
            now=clock.now(),
        )
    flash(f"{added} rapprochements tirés au hasard." if added else "Il n’y a rien de plus à tirer ce mois-ci.")
    return redirect(url_for("admin_matches.matches_page", file="tirage"), code=303)


def _queue(asked: str) -> str:
    return asked if asked in QUEUES else next(iter(QUEUES))


def _pairs(session: Session, queue: str, month: date) -> list[Review]:
    if queue == "avis":
        return reviews.waiting(session, limit=_SHOWN)
    if queue == "doute":
        return reviews.doubtful(session, limit=_SHOWN)
    return reviews.drawn(session, month=month, limit=_SHOWN)


def _codes(pairs: list[Review]) -> set[str]:
    said: list[dict[str, Any]] = [reason for pair in pairs for reason in pair.reasons]
    return {
        code
        for codes in ([pair.rome_code or "" for pair in pairs], *(pair.training_codes for pair in pairs))
        for code in codes
    } | {code for reason in said for code in reason.get("codes", ())}
