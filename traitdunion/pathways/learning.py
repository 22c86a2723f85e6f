"""What the model learns from: official job titles, the offers at hand and the trainings that carry codes."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.matching.occupations import Example, ExampleKind, Model
from traitdunion.offers.models import Offer
from traitdunion.pathways.models import Kind, MatchDecision, MatchingState
from traitdunion.rome import learned, occupations
from traitdunion.trainings import trainings
from traitdunion.trainings.models import Training

_MOST_OFFERS = 500_000
"""Distinct titles learned from: more bring no more, and a minute each."""

_CONFIRMED = 3.0
"""Offers that a confirmed title counts for."""

_followed: set[tuple[Path, str]] = set()
"""Versions of other machines after which this process has learned."""


class NothingToLearn(Refused):
    """Neither job titles nor offers are at hand."""


def learn(session: Session, *, is_for_all: bool = True) -> Model:
    """Learns from all that is at hand, and keeps the model on this machine; raises NothingToLearn.

    With `is_for_all` it becomes the one that matches are computed with, on every machine: all are renewed.
    """
    parents = occupations.parents(session)
    try:
        model = Model.learn(examples(session, parents))
    except ValueError:
        raise NothingToLearn("Rien à apprendre : importez d’abord le ROME ou des offres.") from None
    learned.keep(model)
    if is_for_all:
        session.execute(update(MatchingState).values(model=learned.version()))
    return model


def current(session: Session) -> Model | None:
    """The model at hand, learned now when there is none; None when there is nothing to learn from.

    A machine whose model is not the one that was learned last, elsewhere, learns for itself, once: near enough the
    same, and its matches are not told apart from the others', so that machines never undo each other's work.
    """
    told = session.scalar(select(MatchingState.model))
    found = learned.model()
    try:
        if found is None:
            return learn(session, is_for_all=told is None)
        if told is not None and told != learned.version() and (learned.path(), told) not in _followed:
            _followed.add((learned.path(), told))
            return learn(session, is_for_all=False)
    except NothingToLearn:
        pass
    return found


def examples(session: Session, parents: Mapping[str, str]) -> Iterator[Example]:
    """Titles with the ROME 3 code of theirs; offers count once per (title, code), however often they were met."""
    for title, code in occupations.titles(session):
        yield Example(title=title, code=parents.get(code, code), kind=ExampleKind.JOB_TITLE)
    refusals = yield from _corrected(session, parents)
    rows = session.execute(
        select(Offer.title_key, func.min(Offer.title), Offer.job_title, Offer.rome_code, func.count())
        .where(Offer.rome_code.is_not(None))
        .group_by(Offer.title_key, Offer.job_title, Offer.rome_code)
        .order_by(func.max(Offer.id).desc())
        .limit(_MOST_OFFERS)
    )
    for key, title, job_title, borne, count in rows:
        known = parents.get(str(borne), str(borne))
        yield Example(title=title, code=known, weight=count / (1 + refusals[key, known]))
        if job_title:
            yield Example(title=job_title, code=known, kind=ExampleKind.JOB_TITLE)
    for training in trainings.facts(session, funded_only=False):
        codes = sorted({parents.get(code, code) for code in training.rome_codes})
        for code in codes:
            yield Example(title=training.title, code=code, weight=1 / len(codes), kind=ExampleKind.TRAINING)


def _corrected(session: Session, parents: Mapping[str, str]) -> Generator[Example, None, Counter[tuple[str, str]]]:
    """What people's decisions teach: confirmed titles, each as if it had been met three times.

    Returns how often each (title's key, code) was refused: what offers say of it then counts for less.
    """
    title = select(Offer.profile_key, func.min(Offer.title_key).label("key"), func.min(Offer.title).label("title"))
    offers = title.group_by(Offer.profile_key, Offer.rome_code).add_columns(Offer.rome_code).subquery()
    rows = session.execute(
        select(offers.c.key, offers.c.title, offers.c.rome_code, Training.rome_codes, MatchDecision.verdict)
        .join(offers, offers.c.profile_key == MatchDecision.profile_key)
        .join(Training, Training.id == MatchDecision.training_id)
        .order_by(MatchDecision.profile_key, MatchDecision.training_id)
    )
    refusals = Counter[tuple[str, str]]()
    for key, said, borne, taught, verdict in rows:
        codes = sorted({parents.get(code, code) for code in taught})
        own = parents.get(borne, borne)
        if verdict == Kind.REFUSED:
            refusals.update((key, code) for code in codes)
            continue
        # Of a training's many codes, the one that the offer bears is the one that was confirmed.
        confirmed = [own] if own in codes else codes
        for code in confirmed:
            yield Example(title=said, code=code, weight=_CONFIRMED / len(confirmed))
    return refusals
