"""An occupation as its page tells it: its names, who recruits where and how, the occupations near it.

A ROME 3 code stands for its family: itself and the finer ROME 4 codes that descend from it. A finer code stands for
itself among offers, which carry either; its trainings are also those of its parent, the grain at which catalogues say
what they lead to. No edition says which ROME 4 code replaces which: each page is its own canonical one.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session

from traitdunion.matching import titles
from traitdunion.offers.models import Offer
from traitdunion.rome.models import JobTitle, Mobility, MobilityKind, Occupation
from traitdunion.search.offers import ALIVE
from traitdunion.search.trainings import funded
from traitdunion.territories.models import Commune
from traitdunion.trainings.levels import Level
from traitdunion.trainings.models import Training

_CODE = re.compile(r"[A-Z][0-9]{4}")
_NAMES = 6
_COMMUNES = 6
_NEAR = 8
_SKILLS = 6
_READ = 100
"""Offers whose skills are counted, the latest: enough to tell what a job is about."""
_FEW = 3
_LONGEST_SKILL = 150
_CANDIDATES = 4
"""Occupations looked at for each one shown: not all have a training."""
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
    levels: Sequence[Bar] = ()
    """Asked for, from none to the highest; empty where no offer says."""
    skills: Sequence[str] = ()
    """Those that most of the latest offers ask for, as they name them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InDemand:
    """An occupation that recruits in the territory and that a funded training leads to, both counted."""

    code: str
    label: str
    offers: int
    trainings: int


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


def in_demand(session: Session, *, departments: Sequence[str], region_code: str, most: int = 6) -> list[InDemand]:
    """The occupations that recruit most and that the Région trains for; counts are those of their pages."""
    counts: Counter[str | None] = Counter(
        dict(
            session.execute(
                select(Offer.rome_code, func.count())
                .where(ALIVE, Offer.department.in_(departments), Offer.rome_code.is_not(None))
                .group_by(Offer.rome_code)
            ).all()
        )
    )
    codes = [code for code, _ in counts.most_common(_CANDIDATES * most) if code]
    families = _families(session, codes)
    known = {each.code: each for each in session.scalars(select(Occupation).where(Occupation.code.in_(codes)))}
    trained_by = {code: families[code] | {each.parent_code} for code, each in known.items()}
    wanted = sorted(frozenset().union(*trained_by.values()))
    taught = session.scalars(
        select(Training.rome_codes).where(funded(region_code), Training.rome_codes.overlap(wanted))
    ).all()
    found = [
        InDemand(
            code=code,
            label=each.label,
            offers=sum(counts[member] for member in families[code]),
            trainings=sum(not trained_by[code].isdisjoint(leads_to) for leads_to in taught),
        )
        for code, each in known.items()
    ]
    found.sort(key=lambda each: (-each.offers, each.code))
    shown: dict[str, InDemand] = {}
    for each in found:
        # A finer code is counted with its parent.
        if each.trainings and known[each.code].parent_code not in shown and len(shown) < most:
            shown[each.code] = each
    return list(shown.values())


def recruitment(session: Session, family: Iterable[str], *, departments: Sequence[str]) -> Recruitment:
    """How many recruit, under which contracts, where, what they ask for."""
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
        levels=_levels(session, here),
        skills=_skills(session, here),
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
    """Each count beside the largest."""
    most = max((count for _, count in counts), default=0)
    return [Bar(name=name, count=count, percent=max(1, round(100 * count / most))) for name, count in counts]


def _levels(session: Session, here: ColumnElement[bool]) -> list[Bar]:
    rows = session.execute(
        select(Offer.level, func.count())
        .where(here, Offer.level.is_not(None))
        .group_by(Offer.level)
        .order_by(Offer.level)
    ).all()
    names = [(Level(level).label, count) for level, count in rows if level is not None]
    return bars([(f"{name[0].upper()}{name[1:]}", count) for name, count in names])


def _skills(session: Session, here: ColumnElement[bool]) -> list[str]:
    """What France Travail's records call `competences`; other sources have none."""
    latest = (
        select(Offer.record.label("record"))
        .where(here)
        .order_by(Offer.updated_at.desc().nulls_last(), Offer.id.desc())
        .limit(_READ)
        .subquery()
    )
    skills = latest.c.record.op("->")("competences")
    listed = case((func.jsonb_typeof(skills) == "array", skills), else_=func.jsonb_build_array())
    skill = func.jsonb_array_elements(listed).table_valued("value").alias("skill")
    name = cast(skill.c.value.op("->>")("libelle"), Text)
    few = select(func.count() < _FEW).select_from(latest).scalar_subquery()
    rows = session.execute(
        select(name, func.count())
        .select_from(latest)
        .join(skill, func.length(name).between(1, _LONGEST_SKILL))
        .group_by(name)
        # What one offer alone asks for may be of another job: some are badly coded.
        .having(or_(func.count() > 1, few))
        .order_by(func.count().desc(), name)
        .limit(_SKILLS)
    )
    return [found for found, _ in rows]


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
