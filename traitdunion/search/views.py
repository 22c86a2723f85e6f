"""The public pages: home, offers, trainings, occupations."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.core import access, clock, db, memory, security
from traitdunion.offers.models import Offer, OfferSource
from traitdunion.pathways import chain
from traitdunion.pathways.chain import Chain
from traitdunion.search import asking, figures, machine_data, occupations, offers, referring, trainings, understood
from traitdunion.search.forms import OfferSearch, SearchForm, TrainingSearch
from traitdunion.search.live import maps
from traitdunion.search.offers import Elsewhere
from traitdunion.search.trainings import FoundTraining
from traitdunion.territories import territories
from traitdunion.territories.distances import Point
from traitdunion.territories.models import Commune
from traitdunion.trainings import trainings as catalogue

blueprint = Blueprint("search", __name__)


@blueprint.get("/")
@access.public
def home() -> ResponseReturnValue:
    """What it is, one search box, the numbers of today, the occupations that recruit and that one can train for."""
    session, territory = db.session(), territories.current()
    region_code, departments = territory.region_code, territory.departments
    return render_template(
        "search/home.html",
        form=OfferSearch(request.args, radius=territory.default_radius_km),
        figures=memory.recent(
            ("figures", territory.key),
            lambda: figures.of_today(session, region_code=region_code, today=clock.today()),
        ),
        in_demand=memory.recent(
            ("in demand", territory.key),
            lambda: occupations.in_demand(session, departments=departments, region_code=region_code),
        ),
    )


@blueprint.get("/offres")
@access.public
def offers_page() -> ResponseReturnValue:
    """A page of offers."""
    session, territory = db.session(), territories.current()
    form = OfferSearch(request.args, radius=territory.default_radius_km)
    asked = asking.understand(session, form, near=territory.centre)
    results = offers.find(session, asked.criteria, region_code=territory.region_code, page=form.page.data)
    form.tell(results.counts)
    proposals = memory.recent(
        ("proposals", asked.wanted.understood, asked.occupation is None), lambda: understood.proposals(session, asked)
    )
    security.allow_images(maps.TILES)
    return render_template(
        "search/offers.html",
        form=form,
        asked=asked,
        results=results,
        proposals=proposals,
        address=_address("search.offers_page", form),
        offer_address=_offer_address(form),
        elsewhere=Elsewhere()
        if results.found
        else offers.elsewhere(session, asked.criteria, region_code=territory.region_code),
        instead=[]
        if results.found
        else understood.offers_of(session, asked.criteria, proposals, region_code=territory.region_code),
    )


@blueprint.get("/offres/<int:offer_id>")
@access.public
def offer_page(offer_id: int) -> ResponseReturnValue:
    """An offer and its funded trainings; 410 with living offers when withdrawn; a duplicate leads to the one shown."""
    session, territory = db.session(), territories.current()
    form = OfferSearch(request.args, radius=territory.default_radius_km)
    offer = session.get(Offer, offer_id) or abort(404)
    shown = session.get(Offer, offer.duplicate_of_id) if offer.duplicate_of_id else None
    if shown is not None and shown.duplicate_of_id is None and not shown.is_withdrawn:
        # 302: groups are made anew when their offers change.
        return redirect(url_for("search.offer_page", offer_id=shown.id, **form.kept()))
    if offer.is_withdrawn:
        return _withdrawn(session, offer, form, region_code=territory.region_code), 410
    place = asking.place_of(session, form, near=territory.centre)
    near = place.centre if place else None
    matched = trainings.with_offer(
        session,
        offer.profile_key,
        region_code=territory.region_code,
        near=near or offers.point(offer),
        today=clock.today(),
    )
    commune = session.get(Commune, offer.commune_code) if offer.commune_code else None
    labels = trainings.labels(session, {*trainings.codes_of(matched), offer.rome_code or ""})
    others, others_count = offers.beside(
        session, offer, km=territory.default_radius_km, region_code=territory.region_code
    )
    return render_template(
        "search/offer.html",
        form=form,
        offer=offer,
        commune=commune,
        place=place,
        km=offers.kilometres(near, offer),
        links=offers.links(session, offer),
        trainings=matched,
        chain=_chain(session, offer, matched, near=near),
        prescribes=referring.memberships(session),
        seen_at=offers.seen_at(session, offer),
        others=others,
        others_count=others_count,
        search_here=_same_job_near(labels.get(offer.rome_code or ""), commune),
        labels=labels,
        address=_address("search.offers_page", form),
        described=machine_data.job_posting(
            offer,
            commune,
            url=url_for("search.offer_page", offer_id=offer.id, _external=True),
            valid_through=offers.valid_through(session, offer, file_days=current_app.config["OFFER_FILE_DAYS"]),
        ),
    )


@blueprint.get("/formations")
@access.public
def trainings_page() -> ResponseReturnValue:
    """A page of the trainings that the Région funds."""
    session, territory = db.session(), territories.current()
    form = TrainingSearch(request.args, radius=territory.default_radius_km, today=clock.today())
    asked = asking.understand(session, form, near=territory.centre)
    results = trainings.find(
        session, asked.criteria, region_code=territory.region_code, page=form.page.data, today=clock.today()
    )
    further = (
        {}
        if results.found
        else trainings.further(session, asked.criteria, region_code=territory.region_code, today=clock.today())
    )
    return render_template(
        "search/trainings.html",
        form=form,
        asked=asked,
        results=results,
        address=_address("search.trainings_page", form),
        elsewhere=Elsewhere(radii=further),
    )


@blueprint.get("/formations/<int:training_id>")
@access.public
def training_page(training_id: int) -> ResponseReturnValue:
    """A training: where, when, for whom, and the work it leads to; 410 when no catalogue shows it any more."""
    session, territory, today = db.session(), territories.current(), clock.today()
    offer_id = request.args.get("offre", type=int)
    # Whoever comes from an offer goes back to the search of offers.
    form: SearchForm = (
        OfferSearch(request.args, radius=territory.default_radius_km)
        if offer_id
        else TrainingSearch(request.args, radius=territory.default_radius_km, today=today)
    )
    training = catalogue.get(session, training_id) or abort(404)
    place = asking.place_of(session, form, near=territory.centre)
    aim = trainings.aim_at(training, near=place.centre if place else None, today=today)
    near = place.centre if place and place.centre else trainings.point(aim)
    leading, count = offers.leading_from(session, training.id, near=near, region_code=territory.region_code)
    where = trainings.places_of(training, near=near, today=today)
    url = url_for("search.training_page", training_id=training.id, _external=True)
    page = render_template(
        "search/training.html",
        form=form,
        training=training,
        today=today,
        aim=aim,
        chain=None
        if training.is_withdrawn
        else chain.before(session, aim.session, training.rome_codes, near=near, now=clock.now()),
        places=where,
        described=None if training.is_withdrawn else machine_data.course(training, where, url=url),
        labels=trainings.labels(session, training.rome_codes),
        offers=leading,
        offers_count=count,
        address=_address("search.trainings_page", form),
        offer_id=offer_id,
    )
    return page, 410 if training.is_withdrawn else 200


@blueprint.get("/metiers/<code>")
@access.public
def occupation_page(code: str) -> ResponseReturnValue:
    """An occupation: who recruits here, what trains for it, what is near it; for any ROME code of either version."""
    if code != code.upper():
        return redirect(url_for("search.occupation_page", code=code.upper()), 301)
    session, territory = db.session(), territories.current()
    form = OfferSearch(request.args, radius=territory.default_radius_km)
    portrait = occupations.portrait(session, code) or abort(404)
    place = asking.place_of(session, form, near=territory.centre)
    near = place.centre if place else None
    here = occupations.in_territory(portrait.family, territory.departments)
    funded, funded_count = trainings.leading_to(
        session, portrait.trained_by, region_code=territory.region_code, near=near, today=clock.today()
    )
    return render_template(
        "search/occupation.html",
        form=form,
        portrait=portrait,
        recruitment=occupations.recruitment(session, portrait.family, departments=territory.departments),
        offers=offers.nearest(session, here, near=near, region_code=territory.region_code),
        trainings=funded,
        trainings_count=funded_count,
        near=occupations.near(session, portrait.occupation, departments=territory.departments),
    )


def _chain(session: Session, offer: Offer, matched: Sequence[FoundTraining], *, near: Point | None) -> Chain:
    """What can be tried before the next session of the first of its trainings that takes people."""
    codes = {offer.rome_code} if offer.rome_code else {code for each in matched for code in each.training.rome_codes}
    first = next((each.aim.session for each in matched if each.aim.session), None)
    return chain.before(session, first, codes, near=near or offers.point(offer), now=clock.now())


def _address(endpoint: str, form: SearchForm) -> Callable[..., str]:
    """The address of the search, with some parameters changed (None: taken away)."""

    def address(**changes: Any) -> str:
        return url_for(endpoint, **form.kept(**changes))

    return address


def _offer_address(form: SearchForm) -> Callable[[int], str]:
    """The address of an offer with the search that found it, whose query is written once rather than twenty times."""
    before, after = url_for("search.offer_page", offer_id=0, **form.kept()).split("/0", 1)
    return lambda offer_id: f"{before}/{offer_id}{after}"


def _same_job_near(occupation: str | None, commune: Commune | None) -> str | None:
    """The search of offers of an occupation, by its label, around a commune; None where either is unknown."""
    if occupation is None or commune is None:
        return None
    words = occupations.search_words(occupation)
    return url_for("search.offers_page", q=words, lieu=commune.label) if words else None


def _withdrawn(session: Session, offer: Offer, form: SearchForm, *, region_code: str) -> str:
    return render_template(
        "search/offer_withdrawn.html",
        form=form,
        offer=offer,
        source=session.get_one(OfferSource, offer.source),
        others=offers.instead_of(session, offer, region_code=region_code),
        address=_address("search.offers_page", form),
    )
