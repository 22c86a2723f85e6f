"""An occupation as its page tells it: its names, who recruits where and how, the occupations near it.

A ROME 3 code stands for its family: itself and the finer ROME 4 codes that descend from it. A finer code stands for
itself among offers, which carry either; its trainings are also those of its parent, the grain at which catalogues say
what they lead to. No edition says which ROME 4 code replaces which: each page is its own canonical one.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from traitdunion.matching import titles
from traitdunion.offers.models import Offer
from traitdunion.rome.models import JobTitle, Mobility, MobilityKind, Occupation
from traitdunion.search.offers import ALIVE
from traitdunion.territories.models import Commune

_CODE = re.compile(r"[A-Z][0-9]{4}")
_NAMES = 6
_COMMUNES = 6
_NEAR = 8
_SEARCH_WORDS = 2
"""Of the label, to search with: all must be there, and labels are longer than titles of offers."""
_CONTRACTS = {"CDI": "CDI", "CDD": "CDD", "MIS": "Intérim", "SAI": "Saisonnier"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A line of a chart and of its table; `percent` (1–100) is of the largest, not of the sum."""

    name: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recruitment:
    """The living offers of an occupation in the territory."""

    count: int = 0
    contracts: Sequence[Bar] = ()
    communes: Sequence[Bar] = ()
    """Those that have most; offers of which only the département is known are in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearOccupation:
    """An occupation within reach, with its living offers in the territory."""

    code: str
    label: str
    offers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """An occupation, with the codes that offers and trainings of it may carry."""

    occupation: Occupation
    family: frozenset[str]
    """Of its offers."""
    names: Sequence[str]
    """Some of its job titles; none where only the facts are loaded."""

    @property
    def trained_by(self) -> frozenset[str]:
        """The codes of its trainings."""
        return self.family | {self.occupation.parent_code}

    @property
    def search_words(self) -> str:
        """What to type to search for it."""
        return search_words(self.occupation.label)


def portrait(session: Session, code: str) -> Portrait | None:
    """The occupation of a code of either version; None when there is none of that code."""
    occupation = session.get(Occupation, code) if _CODE.fullmatch(code) else None
    if occupation is None:
        return None
    family = _families(session, [code])[code]
    names = session.scalars(
        select(JobTitle.label)
        .where(JobTitle.occupation_code.in_(family), JobTitle.label != occupation.label)
        .order_by(JobTitle.occupation_code != code, JobTitle.is_rare, func.length(JobTitle.label), JobTitle.label)
        .limit(_NAMES)
    ).all()
    return Portrait(occupation=occupation, family=family, names=names)


def in_territory(codes: Iterable[str], departments: Sequence[str]) -> ColumnElement[bool]:
    """The living offers of these codes in these départements."""
    return and_(ALIVE, Offer.rome_code.in_(sorted(codes)), Offer.department.in_(departments))


def recruitment(session: Session, family: Iterable[str], *, departments: Sequence[str]) -> Recruitment:
    """How many recruit, under which contracts, where."""
    here = in_territory(family, departments)
    contracts: Counter[str] = Counter()
    for kind, is_work_study, count in session.execute(
        select(Offer.contract_type, Offer.is_work_study, func.count())
        .where(here)
        .group_by(Offer.contract_type, Offer.is_work_study)
    ):
        contracts["Alternance" if is_work_study else _CONTRACTS.get(kind or "", "Autre ou non précisé")] += count
    if not contracts:
        return Recruitment()
    communes = session.execute(
        select(Commune, func.count())
        .join(Offer, Offer.commune_code == Commune.code)
        .where(here)
        .group_by(Commune.code)
        .order_by(func.count().desc(), Commune.code)
        .limit(_COMMUNES)
    ).all()
    return Recruitment(
        count=contracts.total(),
        contracts=bars(contracts.most_common()),
        communes=bars([(commune.label, count) for commune, count in communes]),
    )


def near(session: Session, occupation: Occupation, *, departments: Sequence[str]) -> list[NearOccupation]:
    """The occupations one may go to from this one: its mobilities, the nearest first.

    Those of ROME 4, which ranks them; else those of its ROME 3 parent, at once before after some years. Where no
    edition tells any, those of the same domain that recruit most.
    """
    rows = session.execute(
        select(Mobility.to_code)
        .where(Mobility.version.in_((3, 4)), Mobility.from_code.in_({occupation.code, occupation.parent_code}))
        .order_by(
            Mobility.version.desc(),
            Mobility.from_code != occupation.code,
            Mobility.rank.asc().nulls_last(),
            Mobility.kind != MobilityKind.CLOSE.value,
            Mobility.to_code,
        )
    )
    codes = [code for code in dict.fromkeys(rows.scalars()) if code != occupation.code][:_NEAR]
    if codes:
        return _recruiting(session, codes, departments=departments)
    domain = session.scalars(
        select(Occupation.code).where(
            Occupation.code.startswith(occupation.domain_code), Occupation.code != occupation.code
        )
    )
    found = _recruiting(session, sorted(domain), departments=departments)
    return sorted((each for each in found if each.offers), key=lambda each: (-each.offers, each.code))[:_NEAR]


def bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """Each count beside the largest, which is the first."""
    most = max((count for _, count in counts), default=0)
    return [Bar(name=name, count=count, percent=max(1, round(100 * count / most))) for name, count in counts]


def search_words(label: str) -> str:
    """The first words of a label that say something, in one gender, as they are written."""
    wanted = [word for word in titles.normalise(label).split() if len(word) > 3][:_SEARCH_WORDS]
    words: dict[str, str] = {}
    for word in re.findall(r"[^\W_]+", label):
        words.setdefault(titles.fold(word), word.lower())
    return " ".join(words.get(word, word) for word in wanted)


def _families(session: Session, codes: Collection[str]) -> dict[str, frozenset[str]]:
    """For each code, those that its offers may carry."""
    rows = session.execute(
        select(Occupation.code, Occupation.parent_code).where(
            or_(Occupation.code.in_(codes), Occupation.parent_code.in_(codes))
        )
    ).all()
    return {code: frozenset({code, *(child for child, parent in rows if parent == code)}) for code in codes}


def _recruiting(session: Session, codes: Sequence[str], *, departments: Sequence[str]) -> list[NearOccupation]:
    families = _families(session, codes)
    counts: Mapping[str | None, int] = dict(
        session.execute(
            select(Offer.rome_code, func.count())
            .where(in_territory(frozenset().union(*families.values()), departments))
            .group_by(Offer.rome_code)
        ).all()
    )
    labels = dict(session.execute(select(Occupation.code, Occupation.label).where(Occupation.code.in_(codes))).all())
    return [
        NearOccupation(code=code, label=labels[code], offers=sum(counts.get(each, 0) for each in families[code]))
        for code in codes
        if code in labels
    ]
