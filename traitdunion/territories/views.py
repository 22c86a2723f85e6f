"""`/theme/<key>.css` and a territory's logos."""

from flask import Blueprint, Response, abort, request, send_file
from flask.typing import ResponseReturnValue

from traitdunion.core import access
from traitdunion.territories import territories, themes
from traitdunion.territories.territory import Territory

blueprint = Blueprint("territories", __name__)

_YEAR = 31_536_000  # seconds
_HOUR = 3_600


@blueprint.get("/theme/<key>.css")
@access.public
def theme(key: str) -> ResponseReturnValue:
    """The colours of a territory; kept for a year under the address that bears their version."""
    territory = _find(key)
    response = Response(themes.stylesheet(territory), mimetype="text/css")
    response.cache_control.public = True
    is_versioned = request.args.get("v") == themes.version(territory)
    response.cache_control.max_age = _YEAR if is_versioned else _HOUR
    response.cache_control.immutable = is_versioned
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/theme/<key>/<name>")
@access.public
def logo(key: str, name: str) -> ResponseReturnValue:
    """A logo that the territory's file names; nothing else of its folder."""
    found = next((one for one in _find(key).logos if one.path.name == name), None)
    if found is None:
        abort(404)
    return send_file(found.path, max_age=_HOUR)


def _find(key: str) -> Territory:
    try:
        return territories.by_key(key)
    except territories.UnknownTerritory:
        abort(404)
