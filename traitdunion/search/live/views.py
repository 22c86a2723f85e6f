"""`/offres/carte.json`, `/suggestions/metiers` and `/suggestions/lieux`, for scripts of ours."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from traitdunion.core import access, db
from traitdunion.search import asking
from traitdunion.search.forms import LONGEST, OfferSearch
from traitdunion.search.live import maps, suggestions
from traitdunion.search.live.suggestions import Suggestion
from traitdunion.territories import territories

blueprint = Blueprint("live", __name__)

_FIVE_MINUTES, _TEN_MINUTES = 300, 600  # seconds


@blueprint.get("/offres/carte.json")
@access.public
def offers_map() -> ResponseReturnValue:
    """The places of the offers that `/offres` lists for the same parameters."""
    session, territory = db.session(), territories.current()
    form = OfferSearch(request.args, radius=territory.default_radius_km)
    asked = asking.understand(session, form, near=territory.centre)
    # Made once: a thousand calls of `url_for` would cost more than the search.
    path, query = url_for("search.offer_page", offer_id=0, **form.kept(page=None)).split("/0", 1)
    address = f"{path}/{{id}}{query}"
    found = maps.of_offers(session, asked.criteria, region_code=territory.region_code, address=address)
    return _json(found, seconds=_FIVE_MINUTES)


@blueprint.get("/suggestions/metiers")
@access.public
def jobs() -> ResponseReturnValue:
    """Names of jobs that begin as `q`."""
    return _suggestions(suggestions.of_jobs)


@blueprint.get("/suggestions/lieux")
@access.public
def places() -> ResponseReturnValue:
    """Communes that begin as `q`."""
    return _suggestions(suggestions.of_places)


def _suggestions(find: Callable[..., list[Suggestion]]) -> ResponseReturnValue:
    typed = request.args.get("q", "").replace("\0", "")[:LONGEST]
    found = find(db.session(), typed, departments=territories.current().departments)
    return _json({"suggestions": found}, seconds=_TEN_MINUTES)


def _json(content: Any, *, seconds: int) -> ResponseReturnValue:
    """An answer that caches keep, and that search engines leave out."""
    response = Response(orjson.dumps(content), mimetype="application/json")
    response.cache_control.public = True
    response.cache_control.max_age = seconds
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
