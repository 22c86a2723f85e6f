"""From what a person typed to what is looked for: the words understood, the place found."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from traitdunion.core import memory
from traitdunion.rome.models import Occupation
from traitdunion.search import occupations, words
from traitdunion.search.criteria import Circle, Criteria, Entry, Order
from traitdunion.search.forms import OfferSearch, SearchForm, TrainingSearch
from traitdunion.search.words import Wanted
from traitdunion.territories import communes
from traitdunion.territories.communes import Place
from traitdunion.territories.distances import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as it was understood; `place` is None when none was typed, and may not have been found."""

    wanted: Wanted
    place: Place | None
    circle: Circle | None
    criteria: Criteria
    occupation: Occupation | None = None
    """None when none was asked for, or one that does not exist."""

    @property
    def summary(self) -> str:
        """For the title of the page: the occupation, the words, the place."""
        said = [
            self.occupation.label if self.occupation else "",
            self.wanted.understood,
            (self.place.label or "") if self.place else "",
        ]
        return ", ".join(part for part in said if part)


def understand(session: Session, form: SearchForm, *, near: Point) -> Asked:
    """What the form asks for; `near` tells homonyms apart. A place that is not found limits nothing."""
    typed, exactly = form.q.data, form.exact.data
    wanted = memory.recent(("wanted", typed, exactly), lambda: words.understand(session, typed, exactly=exactly))
    place = place_of(session, form, near=near)
    circle = None
    if place and place.commune:
        circle = Circle(centre=place.commune.centre, km=form.rayon.data, department=place.commune.department)
    criteria = Criteria(wanted=wanted, circle=circle, departments=place.departments if place else ())
    occupation = None
    if isinstance(form, OfferSearch):
        portrait = occupations.portrait(session, form.metier.data) if form.metier.data else None
        occupation = portrait.occupation if portrait else None
        criteria = replace(_narrowed(criteria, form), occupations=tuple(sorted(portrait.family)) if portrait else ())
    if isinstance(form, TrainingSearch):
        entry = Entry(month=form.debut.month, is_permanent=form.debut.is_all_year, mode=form.wanted_mode)
        criteria = replace(criteria, level=int(form.niveau.data) if form.niveau.data else None, entry=entry)
    return Asked(wanted=wanted, place=place, circle=circle, criteria=criteria, occupation=occupation)


def place_of(session: Session, form: SearchForm, *, near: Point) -> Place | None:
    """The place that was typed, as it was understood; None when none was."""
    typed = form.lieu.data
    if not typed:
        return None
    return memory.recent(("place", typed, near), lambda: _resolved(session, typed, near))


def _resolved(session: Session, typed: str, near: Point) -> Place:
    place = communes.resolve(session, typed, near=near)
    for commune in (place.commune, *place.suggestions):
        if commune is not None and commune in session:
            session.expunge(commune)  # it outlives the session
    return place


def _narrowed(criteria: Criteria, form: OfferSearch) -> Criteria:
    return replace(
        criteria,
        level=int(form.niveau.data) if form.niveau.data else None,
        contract=form.contrat.data or None,
        has_training=form.formation.data,
        without_diploma=form.diplome.data,
        order=Order(form.tri.data),
    )
