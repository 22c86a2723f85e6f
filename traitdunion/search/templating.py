"""What templates are given: whether what is shown is invented, and the names of levels."""

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from traitdunion.core import db, memory
from traitdunion.offers import offers
from traitdunion.search import facets, pay, wording
from traitdunion.trainings.levels import Level


def init_app(app: Flask) -> None:
    """Gives templates `is_fictitious()`, and filters."""
    app.context_processor(lambda: {"is_fictitious": is_fictitious})
    app.jinja_env.filters.update(
        bounded=facets.bounded,
        contract=wording.contract,
        distance=wording.distance,
        level=lambda value: Level(value).label,
        pay=pay.readable,
        place=wording.place,
    )


def is_fictitious() -> bool:
    """Some offers here are invented; False where the database does not answer, so that error pages always show.

    Asked once a request, however often the page says it.
    """
    try:
        if "is_fictitious" not in g:
            g.is_fictitious = memory.recent("is fictitious", lambda: offers.has_fictitious(db.session()))
    except SQLAlchemyError:
        return False
    return bool(g.is_fictitious)
