"""A few occupations to choose among, from the title that a person types."""

from sqlalchemy import desc, func, select
from sqlalchemy.orm import Session

from traitdunion.rome import learned
from traitdunion.rome.models import JobTitle, Occupation

_LEAST_LIKENESS = 0.25
"""Of trigrams, below which a title has nothing to do with another."""


def propose(session: Session, title: str, *, most: int = 5) -> list[Occupation]:
    """The likeliest occupations, best first; none when nothing looks like the title.

    By the learned model; where it does not know, or was never learned, by the likeness of names.
    """
    model = learned.model(session)
    codes = [prediction.code for prediction in model.predict([title], top=most)[0]] if model else []
    if len(codes) < most:
        codes = list(dict.fromkeys([*codes, *_likest(session, title, most)]))[:most]
    found = {one.code: one for one in session.scalars(select(Occupation).where(Occupation.code.in_(codes)))}
    return [found[code] for code in codes if code in found]


def _likest(session: Session, title: str, most: int) -> list[str]:
    """The codes whose label, or one of whose titles, is likest."""
    names = (
        select(JobTitle.occupation_code.label("code"), JobTitle.label.label("name"))
        .union_all(select(Occupation.code, Occupation.label))
        .subquery()
    )
    likeness = func.max(func.word_similarity(func.lower(func.unaccent(title)), func.lower(func.unaccent(names.c.name))))
    rows = select(names.c.code).group_by(names.c.code).having(likeness >= _LEAST_LIKENESS)
    return list(session.scalars(rows.order_by(desc(likeness), names.c.code).limit(most)))
