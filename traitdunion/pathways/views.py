"""What people say of a match: a page with one button, reached from the offer (a link alone writes nothing)."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.limits import Limit
from traitdunion.offers.models import Offer
from traitdunion.pathways import corrections
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Kind, Voice
from traitdunion.trainings.models import Training

blueprint = Blueprint("pathways", __name__)

ANSWERS = {"oui": Kind.CONFIRMED, "non": Kind.REFUSED}
LIMIT = Limit("corrections", most=30, per=timedelta(hours=1))
_KEPT = ("q", "lieu", "rayon", "niveau", "contrat", "formation", "tri", "exact", "page")
"""What the search's addresses carry, so that one comes back to one's results."""
_LARGEST_ID = 2**63 - 1


@blueprint.get("/offres/<int:offer_id>/formations/<int:training_id>/avis")
@access.public
def opinion_page(offer_id: int, training_id: int) -> ResponseReturnValue:
    """What one is about to say, and the button that says it."""
    offer, pair = _pair(offer_id, training_id)
    if not corrections.is_proposed(db.session(), pair):
        abort(404)
    answer = request.args.get("reponse", "")
    page = render_template(
        "pathways/opinion.html",
        offer=offer,
        training=db.session().get_one(Training, training_id),
        is_useful=_kind(answer) is Kind.CONFIRMED,
        action=url_for(
            "pathways.give_opinion", offer_id=offer_id, training_id=training_id, reponse=answer, **_search()
        ),
        back=_offer_page(offer_id),
    )
    return _unlisted(make_response(page))


@blueprint.post("/offres/<int:offer_id>/formations/<int:training_id>/avis")
@access.public
def give_opinion(offer_id: int, training_id: int) -> ResponseReturnValue:
    """Keeps the opinion, then the offer with thanks; a second click changes nothing."""
    kind = _kind(request.args.get("reponse", ""))
    _, pair = _pair(offer_id, training_id)
    limits.count(LIMIT, request.remote_addr)
    session = db.session()
    if corrections.is_proposed(session, pair):
        voice, network = _voice()
        corrections.say(session, pair, kind=kind, voice=voice, network=network, now=clock.now())
    elif corrections.decision(session, pair) is None:
        abort(404)
    return redirect(_offer_page(offer_id, avis="merci", _anchor="formations"), code=303)


def _voice() -> tuple[Voice, bytes]:
    """Who speaks, and what tells this voice from others for a month: the account, else the network."""
    visitor = access.visitor()
    if visitor is None:
        return Voice.ANONYMOUS, limits.network(request.remote_addr, secret=current_app.config["SECRET_KEY"])
    voice = Voice.OPERATOR if visitor.is_operator else Voice.JOB_SEEKER
    return voice, tokens.fingerprint(f"voice:{visitor.person_id}")


def _pair(offer_id: int, training_id: int) -> tuple[Offer, Pair]:
    """The living offer, and what is said of its profile; else 404."""
    if max(offer_id, training_id) > _LARGEST_ID:
        abort(404)
    offer = db.session().get(Offer, offer_id)
    if offer is None or offer.is_withdrawn:
        abort(404)
    return offer, Pair(offer.profile_key, training_id)


def _kind(answer: str) -> Kind:
    return ANSWERS[answer] if answer in ANSWERS else abort(404)


def _search() -> dict[str, Any]:
    return {name: request.args[name] for name in _KEPT if name in request.args}


def _offer_page(offer_id: int, **more: Any) -> str:
    return url_for("search.offer_page", offer_id=offer_id, **_search(), **more)


def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
