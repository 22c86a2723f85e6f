"""Questions about occupations; each is one query."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select, union
from sqlalchemy.orm import Session, aliased

from traitdunion.rome.models import JobTitle, Mobility, Occupation

# ROME 3 has 7.5 mobilities a code. ROME 4 has 9.4, ranked, for three times as many codes: brought back to the parents,
# all of them would make every occupation near to some twenty others.
_NEAREST = 5


def get(session: Session, code: str) -> Occupation | None:
    """The occupation of a code of either version, None when no edition has it."""
    return session.get(Occupation, code)


def labels(session: Session) -> dict[str, str]:
    """The label of every code, of either version."""
    return dict(session.execute(select(Occupation.code, Occupation.label)).all())


def parents(session: Session) -> dict[str, str]:
    """The ROME 3 code of every code, of either version; a ROME 3 code has itself."""
    return dict(session.execute(select(Occupation.code, Occupation.parent_code)).all())


def mobilities(session: Session) -> dict[str, frozenset[str]]:
    """The ROME 3 codes within reach of a ROME 3 code; those of ROME 4, by their parents, where no others are known."""
    source, target = aliased(Occupation), aliased(Occupation)
    oldest = select(func.min(Mobility.version)).scalar_subquery()
    rows = session.execute(
        select(
            func.coalesce(source.parent_code, Mobility.from_code), func.coalesce(target.parent_code, Mobility.to_code)
        )
        .select_from(Mobility)
        .outerjoin(source, source.code == Mobility.from_code)
        .outerjoin(target, target.code == Mobility.to_code)
        .where(Mobility.version == oldest, Mobility.rank.is_(None) | (Mobility.rank <= _NEAREST))
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for from_code, to_code in rows:
        if from_code != to_code:
            found[from_code].add(to_code)
    return {code: frozenset(reached) for code, reached in found.items()}


def titles(session: Session) -> Iterator[tuple[str, str]]:
    """Every known name of an occupation with its code, to learn from: job titles, labels, ROME 3's labels; by code."""
    names = union(
        select(JobTitle.label.label("name"), JobTitle.occupation_code.label("code")),
        select(Occupation.label, Occupation.code),
        select(Occupation.label_v3, Occupation.code).where(Occupation.label_v3.is_not(None)),
    ).subquery()
    yield from session.execute(select(names.c.name, names.c.code).order_by(names.c.code, names.c.name))
