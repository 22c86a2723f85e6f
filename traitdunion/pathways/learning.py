"""What the model learns from: official job titles, the offers at hand and the trainings that carry codes."""

from collections.abc import Iterator, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.matching.occupations import Example, ExampleKind, Model
from traitdunion.offers.models import Offer
from traitdunion.rome import learned, occupations
from traitdunion.trainings import trainings

_MOST_OFFERS = 500_000
"""Distinct titles learned from: more bring no more, and a minute each."""


class NothingToLearn(Refused):
    """Neither job titles nor offers are at hand."""


def learn(session: Session) -> Model:
    """Learns from all that is at hand, and keeps the model for this machine; raises NothingToLearn."""
    parents = occupations.parents(session)
    try:
        model = Model.learn(examples(session, parents))
    except ValueError:
        raise NothingToLearn("Rien à apprendre : importez d’abord le ROME ou des offres.") from None
    learned.keep(model)
    return model


def current(session: Session) -> Model | None:
    """The model at hand, learned now when there is none; None when there is nothing to learn from."""
    try:
        return learned.model() or learn(session)
    except NothingToLearn:
        return None


def examples(session: Session, parents: Mapping[str, str]) -> Iterator[Example]:
    """Titles with the ROME 3 code of theirs; offers count once per (title, code), however often they were met."""
    for title, code in occupations.titles(session):
        yield Example(title=title, code=parents.get(code, code), kind=ExampleKind.JOB_TITLE)
    rows = session.execute(
        select(func.min(Offer.title), Offer.job_title, Offer.rome_code, func.count())
        .where(Offer.rome_code.is_not(None))
        .group_by(Offer.title_key, Offer.job_title, Offer.rome_code)
        .order_by(func.max(Offer.id).desc())
        .limit(_MOST_OFFERS)
    )
    for title, job_title, borne, count in rows:
        known = parents.get(str(borne), str(borne))
        yield Example(title=title, code=known, weight=float(count))
        if job_title:
            yield Example(title=job_title, code=known, kind=ExampleKind.JOB_TITLE)
    for training in trainings.facts(session, funded_only=False):
        codes = sorted({parents.get(code, code) for code in training.rome_codes})
        for code in codes:
            yield Example(title=training.title, code=code, weight=1 / len(codes), kind=ExampleKind.TRAINING)
