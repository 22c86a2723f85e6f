"""What people say of a match, and where they would like to try: pages of their own (a link alone writes nothing)."""

from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from traitdunion.accounts import cookies, people, sign_in
from traitdunion.core import access, clock, db, limits, tokens
from traitdunion.core.limits import Limit
from traitdunion.immersions.forms import WhoForm
from traitdunion.notifications.messages import Address
from traitdunion.offers.models import Offer
from traitdunion.pathways import corrections, reviews, wishing
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Kind, Voice
from traitdunion.pathways.wishing import Aim
from traitdunion.trainings import trainings
from traitdunion.trainings.models import Training

blueprint = Blueprint("pathways", __name__)

ANSWERS = {"oui": Kind.CONFIRMED, "non": Kind.REFUSED}
LIMIT = Limit("corrections", most=30, per=timedelta(hours=1))
WISH = Limit("wishes", most=60, per=timedelta(minutes=15))
"""A Mission locale's workshop shares a network."""
WISH_BY_ADDRESS = Limit("wishes by address", most=6, per=timedelta(minutes=30))
"""Nobody's mailbox is flooded."""
_KEPT = ("q", "lieu", "rayon", "niveau", "contrat", "formation", "tri", "exact", "page")
"""What the search's addresses carry, so that one comes back to one's results."""


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
        if voice is Voice.OPERATOR:
            reviews.record(session, pair, verdict=kind, by=access.the_visitor().person_id, now=clock.now())
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


@blueprint.get("/offres/<int:offer_id>/essayer")
@access.public
def offer_wish_page(offer_id: int) -> ResponseReturnValue:
    """« Je voudrais essayer ici »: the job of an offer, in its company."""
    return _wish_page(_offer(offer_id), WhoForm(person=people.of(db.session(), access.visitor())))


@blueprint.post("/offres/<int:offer_id>/essayer")
@access.public
def wish_offer(offer_id: int) -> ResponseReturnValue:
    """Keeps the wish; of a stranger, once the code that is sent is typed."""
    return _wish(_offer(offer_id))


@blueprint.get("/formations/<int:training_id>/essayer")
@access.public
def training_wish_page(training_id: int) -> ResponseReturnValue:
    """« Je voudrais essayer »: the work that a training leads to."""
    return _wish_page(_training(training_id), WhoForm(person=people.of(db.session(), access.visitor())))


@blueprint.post("/formations/<int:training_id>/essayer")
@access.public
def wish_training(training_id: int) -> ResponseReturnValue:
    """Keeps the wish; of a stranger, once the code that is sent is typed."""
    return _wish(_training(training_id))


def _wish(aim: Aim) -> ResponseReturnValue:
    limits.count(WISH, request.remote_addr)
    session = db.session()
    person = people.of(session, access.visitor())
    form = WhoForm(request.form, person=person)
    if not form.validate():
        return _wish_page(aim, form), 422
    word = form.mot.data or None
    if person is not None:
        people.fill_in(person, **form.said)
        wishing.keep(session, person, aim, word=word, now=clock.now())
        flash("C’est noté. Nous vous écrivons dès que vous pouvez essayer.")
        return redirect(url_for("person_space.home", _anchor="souhaits"), 303)
    limits.count_of(WISH_BY_ADDRESS, str(form.adresse.data))
    if not form.is_trapped:
        sign_in.ask(
            session,
            address=Address(email=form.adresse.email, phone=form.adresse.phone),
            browser=cookies.browser(),
            then=wishing.of_form(aim, form.said, word=word),
            now=clock.now(),
        )
    return redirect(url_for("accounts.code_page"), 303)


def _wish_page(aim: Aim, form: WhoForm) -> str:
    form.mot.label.text = "Un mot (facultatif)"
    is_offer = isinstance(aim, Offer)
    values: dict[str, Any] = {"offer_id" if is_offer else "training_id": aim.id}
    return render_template(
        "pathways/wish.html",
        about=aim.title,
        company_name=aim.company_name if isinstance(aim, Offer) else None,
        form=form,
        person=people.of(db.session(), access.visitor()),
        action=url_for("pathways.wish_offer" if is_offer else "pathways.wish_training", **values),
        back=url_for("search.offer_page" if is_offer else "search.training_page", **values),
    )


def _offer(offer_id: int) -> Offer:
    found = db.session().get(Offer, offer_id)
    return found if found and not found.is_withdrawn else abort(404)


def _training(training_id: int) -> Training:
    found = trainings.get(db.session(), training_id)
    return found if found and not found.is_withdrawn else abort(404)


def _pair(offer_id: int, training_id: int) -> tuple[Offer, Pair]:
    """The living offer, and what is said of its profile; else 404."""
    offer = _offer(offer_id)
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
