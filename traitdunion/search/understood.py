"""The occupations that the learned model reads in what a person typed, in their own words ("conduire des camions").

Decision: a score means what it says for titles; for people's words it is a little too sure, so that the first proposal
must be surer than chance by far, and the others not much less sure than it (`make bench` has the figures, over queries
that we wrote). Where nothing is sure enough, nothing is said. The words are given as a description too: people say
what one does, as descriptions do, more often than what it is called.

The model knows titles, and a word that is none ("EHPAD") may deceive it. The offers that say the words know better:
where there are enough of them, an occupation that next to none of them carries is not proposed, and where that leaves
nothing, those that many carry are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Flask
from sqlalchemy import cast, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from traitdunion.core import db, service
from traitdunion.matching import titles
from traitdunion.matching.occupations import Model, Prediction
from traitdunion.rome import learned
from traitdunion.rome.models import Occupation
from traitdunion.search import offers
from traitdunion.search.asking import Asked
from traitdunion.search.criteria import Criteria
from traitdunion.search.models import OfferEntry
from traitdunion.search.offers import FoundOffer
from traitdunion.search.words import Wanted

_SURE, _NOT_MUCH_LESS = 0.25, 0.5
"""Least score of the first occupation, and part of it that the others must have."""
_ENOUGH, _NEXT_TO_NONE, _MANY = 15, 0.02, 0.25
"""Offers that say the words from which they are heard, and the shares of them that exclude an occupation, or make it
one to propose. Tried on the real offers: of the proposals 0.82 are right instead of 0.81, and EHPAD is understood."""
_HEARD = 400
"""Offers that are asked: the others of a frequent word would say the same."""
_MOST = 3
_MOST_OFFERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An occupation that was read in the words: `score` as the model gives it, `family` the codes offers may carry."""

    code: str
    label: str
    score: float
    family: tuple[str, ...]


def init_app(app: Flask) -> None:
    """Has each process of the site load the model before somebody searches."""
    service.warm_up(app, _load)


def _load() -> None:
    with db.transaction() as session:
        model = learned.model(session)
    if model is not None:
        read(model, "boulanger")  # brings the libraries in


def proposals(session: Session, asked: Asked) -> list[Proposal]:
    """The occupations meant, the surest first; none when no model is at hand, or one was asked for already."""
    if asked.wanted.is_empty or asked.occupation is not None:
        return []
    model = learned.model(session)
    if model is None:
        return []
    read_codes = heard(session, asked.wanted.understood, read(model, asked.wanted.understood))
    codes = [code for code, _ in read_codes]
    rows = session.execute(
        select(Occupation.code, Occupation.parent_code, Occupation.label).where(
            or_(Occupation.code.in_(codes), Occupation.parent_code.in_(codes))
        )
    ).all()
    labels = {code: label for code, _, label in rows}
    return [
        Proposal(
            code=code,
            label=labels[code],
            score=score,
            family=tuple(sorted({code, *(child for child, parent, _ in rows if parent == code)})),
        )
        for code, score in read_codes
        if code in labels
    ]


def read(model: Model, typed: str) -> list[Prediction]:
    """The codes that the model reads in a person's words, the surest first; none when it is not sure."""
    wish = titles.wish(typed)
    found = model.predict([wish], [wish], top=_MOST)[0] if wish else []
    least = max(_SURE, found[0].score) * _NOT_MUCH_LESS if found and found[0].score >= _SURE else 1.0
    return [prediction for prediction in found if prediction.score >= least]


def heard(session: Session, typed: str, found: Sequence[Prediction]) -> list[Prediction]:
    """What the model read, as the offers that say the words confirm it."""
    stems = dict.fromkeys(titles.stems(titles.wish(typed)))
    if not stems:
        return []
    query = " & ".join(f"'{stem}'" for stem in stems)  # letters and digits only
    saying = (
        select(OfferEntry.rome_code).where(OfferEntry.terms.op("@@")(cast(query, TSQUERY))).limit(_HEARD).subquery()
    )
    code = func.coalesce(Occupation.parent_code, saying.c.rome_code)
    counts: dict[str, int] = dict(
        session.execute(
            select(code, func.count())
            .select_from(saying)
            .outerjoin(Occupation, Occupation.code == saying.c.rome_code)
            .group_by(code)
            .order_by(func.count().desc(), code)
        ).all()
    )
    total = sum(counts.values())
    if total < _ENOUGH:
        return list(found)
    kept = [each for each in found if counts.get(each.code, 0) >= _NEXT_TO_NONE * total]
    many = [Prediction(code, count / total) for code, count in counts.items() if code and count >= _MANY * total]
    return kept or many[:_MOST]


def offers_of(
    session: Session, criteria: Criteria, proposed: Sequence[Proposal], *, region_code: str
) -> list[FoundOffer]:
    """The first offers of these occupations, all but the words as the search asks: for words that find nothing."""
    if not proposed:
        return []
    codes = sorted({code for each in proposed for code in each.family})
    wider = replace(criteria, wanted=Wanted(), occupations=tuple(codes))
    ids = offers.first(session, wider, region_code=region_code, most=_MOST_OFFERS)
    near = criteria.circle.centre if criteria.circle else None
    return offers.listed(session, ids, near=near, region_code=region_code)
