"""What the model learns from: official job titles, the offers at hand and the trainings that carry codes."""

import time
from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.matching.occupations import Example, ExampleKind, Model
from traitdunion.offers.models import Offer
from traitdunion.pathways.models import Kind, MatchDecision
from traitdunion.rome import learned, occupations
from traitdunion.trainings import trainings
from traitdunion.trainings.models import Training

_MOST_OFFERS = 500_000
"""Distinct titles learned from: more bring no more, and a minute each."""

_MOST_DESCRIPTIONS = 10_000
"""Offers whose description is read too, the latest: they teach what people do, which titles do not say."""

_CONFIRMED = 3.0
"""Offers that a confirmed title counts for."""

_LEARNING = 2_026_112_111  # advisory lock

_log = structlog.get_logger()


class NothingToLearn(Refused):
    """Neither job titles nor offers are at hand."""


def learn(session: Session, *, now: datetime) -> Model:
    """Learns from all that is at hand, for every machine: all matches are renewed; raises NothingToLearn.

    One at a time: who had to wait while another learned takes what that one learned.
    """
    before = learned.learned_at(session)
    session.execute(select(func.pg_advisory_xact_lock(_LEARNING)))
    if learned.learned_at(session) != before and (found := learned.model(session)) is not None:
        return found
    started = time.monotonic()
    try:
        model = Model.learn(examples(session, occupations.parents(session)))
    except ValueError:
        raise NothingToLearn("Rien à apprendre : importez d’abord le ROME ou des offres.") from None
    digest = learned.keep(session, model, now=now)
    _log.info("model learned", digest=digest, codes=len(model.codes), seconds=round(time.monotonic() - started, 1))
    return model


def current(session: Session, *, now: datetime) -> Model | None:
    """The model in force, learned now when there is none; None when there is nothing to learn from."""
    try:
        return learned.model(session) or learn(session, now=now)
    except NothingToLearn:
        return None


def examples(session: Session, parents: Mapping[str, str]) -> Iterator[Example]:
    """Titles with the ROME 3 code of theirs; offers count once per (title, code), however often they were met."""
    for title, code in occupations.titles(session):
        yield Example(title=title, code=parents.get(code, code), kind=ExampleKind.JOB_TITLE)
    refusals = yield from _corrected(session, parents)
    latest = func.max(Offer.id)
    rows = session.execute(
        select(latest, Offer.title_key, func.min(Offer.title), Offer.job_title, Offer.rome_code, func.count())
        .where(Offer.rome_code.is_not(None))
        .group_by(Offer.title_key, Offer.job_title, Offer.rome_code)
        .order_by(latest.desc())
        .limit(_MOST_OFFERS)
    ).all()
    described = _descriptions(session, [number for number, *_ in rows[:_MOST_DESCRIPTIONS]])
    for number, key, title, job_title, borne, count in rows:
        known = parents.get(str(borne), str(borne))
        weight = count / (1 + refusals[key, known])
        yield Example(title=title, code=known, weight=weight, description=described.get(number))
        if job_title:
            yield Example(title=job_title, code=known, kind=ExampleKind.JOB_TITLE)
    for training in trainings.facts(session, funded_only=False):
        codes = sorted({parents.get(code, code) for code in training.rome_codes})
        for code in codes:
            yield Example(title=training.title, code=code, weight=1 / len(codes), kind=ExampleKind.TRAINING)


def _descriptions(session: Session, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(select(Offer.id, Offer.description).where(Offer.id.in_(ids), Offer.description != ""))
    return dict(rows.all())


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
