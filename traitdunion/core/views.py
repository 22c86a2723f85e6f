"""`/sante`, for monitors."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from traitdunion.core import access, db, health

blueprint = Blueprint("core", __name__)


@blueprint.get("/sante")
@access.public
def sante() -> ResponseReturnValue:
    """200 when every part is well, 503 with the parts that are not."""
    parts: dict[str, object] = {}
    is_well = True
    for name, check in health.checks().items():
        try:
            found = check(db.session())
        except SQLAlchemyError:
            found = health.Health(is_well=False, details={"error": "database"})
            db.session().rollback()
        is_well = is_well and found.is_well
        parts[name] = {"is_well": found.is_well, **found.details}
    return jsonify({"is_well": is_well, **parts}), 200 if is_well else 503
