"""The funded trainings a search finds, those that go with an offer, and of each the place and session to aim at."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.sql.base import ExecutableOption

from traitdunion.pathways.models import StoredMatch
from traitdunion.rome.models import Occupation
from traitdunion.search import places
from traitdunion.search.criteria import MOST, PAGE_SIZE, Criteria, Entry, Results
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.trainings import trainings
from traitdunion.trainings.drafts import REGION_FUNDER
from traitdunion.trainings.models import Action, Training, TrainingSession

FURTHER_KM = (50, 100, 200)
"""Radii proposed where nothing is found."""
_LIVING = Action.withdrawn_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Where and when to enter a training: the nearest place that still takes people, and its next session.

    `deadline` is None for permanent entries and where no day is known; `days_left` counts from today to it.
    """

    action: Action | None
    km: float | None
    session: TrainingSession | None
    is_permanent: bool
    deadline: date | None
    days_left: int | None
    other_places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTraining:
    """A training in a list; `reasons` and `score` (0–1) where it goes with an offer, as stored with the match."""

    training: Training
    aim: Aim
    score: float | None = None
    reasons: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a training is given, with its open sessions."""

    action: Action
    sessions: Sequence[TrainingSession]


def funded(region_code: str) -> ColumnElement[bool]:
    """What the pages call a funded training: by the Région of the territory, and still in its catalogue."""
    return and_(Training.is_funded, Training.withdrawn_at.is_(None), Training.region_code == region_code)


def takes_people(today: date) -> ColumnElement[bool]:
    """One may enter the training, or enrol, on that day."""
    open_session = exists().where(TrainingSession.action_id == Action.id, trainings.is_open(today))
    return exists().where(Action.training_id == Training.id, _LIVING, or_(Action.is_permanent, open_session))


def with_offer(
    session: Session, profile_key: str, *, region_code: str, near: Point | None, today: date
) -> list[FoundTraining]:
    """The funded trainings that go with the offers of this profile, the best first.

    Of those that go about as well (a tenth of score), first the ones that one may enter now, then the nearest.
    """
    rows = session.execute(
        select(Training, StoredMatch)
        .join(StoredMatch, StoredMatch.training_id == Training.id)
        .where(StoredMatch.profile_key == profile_key, funded(region_code))
        .order_by(StoredMatch.rank, Training.id)
        .options(*_with_sessions(today))
    ).all()
    found = [
        FoundTraining(
            training=training, aim=aim_at(training, near=near, today=today), score=match.score, reasons=match.reasons
        )
        for training, match in rows
    ]
    return sorted(
        found,
        key=lambda each: (
            -round(each.score or 0.0, 1),
            each.aim.session is None,
            each.aim.km is None,
            each.aim.km or 0.0,
            -(each.score or 0.0),
        ),
    )


def find(session: Session, criteria: Criteria, *, region_code: str, page: int, today: date) -> Results[FoundTraining]:
    """One page of the funded trainings that meet the criteria; a page past the last one is the last one."""
    query = _query(criteria, region_code, today)
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page = max(1, min(page, -(-min(count, MOST) // PAGE_SIZE)))
    found = session.scalars(
        query.order_by(*_order(criteria))
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .options(*_with_sessions(today))
    )
    near = criteria.circle.centre if criteria.circle else None
    return Results(
        found=[
            FoundTraining(training=each, aim=aim_at(each, near=near, today=today, entry=criteria.entry))
            for each in found
        ],
        count=min(count, MOST),
        is_more=count > MOST,
        page=page,
    )


def further(session: Session, criteria: Criteria, *, region_code: str, today: date) -> dict[int, int]:
    """How many trainings larger radii (km) find, where a search around a place finds none; without those of none."""
    if criteria.circle is None:
        return {}
    found: dict[int, int] = {}
    for km in FURTHER_KM:
        if km > criteria.circle.km:
            wider = _query(replace(criteria, circle=criteria.circle.widened(km)), region_code, today)
            found[km] = session.scalar(select(func.count()).select_from(wider.subquery())) or 0
    return {km: count for km, count in found.items() if count}


def leading_to(
    session: Session, codes: Collection[str], *, region_code: str, near: Point | None, today: date, most: int = 5
) -> tuple[list[FoundTraining], int]:
    """The funded trainings of these occupations, and how many there are: those that take people first, the nearest."""
    by_distance = [_nearest(near).asc().nulls_last()] if near else []
    rows = session.execute(
        select(Training, func.count().over())
        .where(funded(region_code), Training.rome_codes.overlap(sorted(codes)))
        .order_by(takes_people(today).desc(), *by_distance, func.lower(func.unaccent(Training.title)), Training.id)
        .limit(most)
        .options(*_with_sessions(today))
    ).all()
    found = [FoundTraining(training=each, aim=aim_at(each, near=near, today=today)) for each, _ in rows]
    return found, rows[0][1] if rows else 0


def aim_at(training: Training, *, near: Point | None, today: date, entry: Entry | None = None) -> Aim:
    """Of a training with its actions and sessions: the nearest place that still takes people, else the nearest.

    Among the places and sessions that `entry` asks for, where there are some.
    """
    living = training.living_actions
    offered = [action for action in living if REGION_FUNDER in action.funders] or living
    fitting = [action for action in offered if _fits(action, entry, today)] if entry else offered
    if not offered:
        return Aim(
            action=None, km=None, session=None, is_permanent=False, deadline=None, days_left=None, other_places=0
        )
    action = _ranked(fitting or offered, near, today)[0]
    km = _distance(action, near)
    open_ones = [each for each in action.sessions if each.is_open(today=today)]
    wanted = [each for each in open_ones if entry and _is_wanted(each, entry)]
    next_one = min(wanted or open_ones, key=_turn, default=None)
    deadline = next_one.enrolment_deadline if next_one else None
    return Aim(
        action=action,
        km=km,
        session=next_one,
        is_permanent=next_one.is_permanent if next_one else action.is_permanent,
        deadline=deadline,
        days_left=(deadline - today).days if deadline else None,
        other_places=len({(each.city, each.address) for each in offered} - {(action.city, action.address)}),
    )


def through(entered: TrainingSession, *, near: Point | None, today: date) -> FoundTraining:
    """The training of a session, entered by that one."""
    action, deadline = entered.action, entered.enrolment_deadline
    aim = Aim(
        action=action,
        km=_distance(action, near),
        session=entered,
        is_permanent=entered.is_permanent,
        deadline=deadline,
        days_left=(deadline - today).days if deadline else None,
        other_places=0,
    )
    return FoundTraining(training=action.training, aim=aim)


def point(aim: Aim) -> Point | None:
    """Where the training is given; None when unknown."""
    action = aim.action
    if action is None or action.latitude is None or action.longitude is None:
        return None
    return Point(action.latitude, action.longitude)


def places_of(training: Training, *, near: Point | None, today: date) -> list[Place]:
    """The places where it is still given: those that take people first, then the nearest."""
    return [
        Place(action=action, sessions=[each for each in action.sessions if each.is_open(today=today)])
        for action in _ranked(training.living_actions, near, today)
    ]


def codes_of(found: Iterable[FoundTraining]) -> set[str]:
    """The occupations that the reasons of these trainings name."""
    return {code for each in found for reason in each.reasons for code in reason["codes"]}


def labels(session: Session, codes: Iterable[str]) -> dict[str, str]:
    """The labels of these occupations, of either version of ROME; unknown codes are left out."""
    known = select(Occupation.code, Occupation.label).where(Occupation.code.in_(set(codes)))
    return dict(session.execute(known).all())


def _ranked(actions: Iterable[Action], near: Point | None, today: date) -> list[Action]:
    def order(action: Action) -> tuple[bool, bool, float, int]:
        km = _distance(action, near)
        return not _takes_people(action, today), km is None, km or 0.0, action.id

    return sorted(actions, key=order)


def _takes_people(action: Action, today: date) -> bool:
    return action.is_permanent or any(each.is_open(today=today) for each in action.sessions)


def _fits(action: Action, entry: Entry, today: date) -> bool:
    """What `_entering` asks, of an action in memory."""
    open_ones = [each for each in action.sessions if each.is_open(today=today)]
    return (
        (entry.mode is None or action.mode == entry.mode)
        and (not entry.is_permanent or action.is_permanent or any(each.is_permanent for each in open_ones))
        and (entry.month is None or any(_is_wanted(each, entry) for each in open_ones))
    )


def _is_wanted(session: TrainingSession, entry: Entry) -> bool:
    """It starts in the month that was asked for; no month asks for nothing."""
    if entry.month is None or entry.next_month is None:
        return session.is_permanent or not entry.is_permanent
    return session.starts_on is not None and entry.month <= session.starts_on < entry.next_month


def _distance(action: Action, near: Point | None) -> float | None:
    if near is None or action.latitude is None or action.longitude is None:
        return None
    return distances.kilometres(near, Point(action.latitude, action.longitude))


def _turn(session: TrainingSession) -> tuple[bool, date, int]:
    return session.is_permanent, session.starts_on or session.closes_on or date.max, session.id


def _with_sessions(today: date) -> tuple[ExecutableOption, ...]:
    """Loads what a list shows of each training: its organisation, living places and open sessions, in three queries."""
    actions = selectinload(Training.actions.and_(_LIVING))
    return (
        selectinload(Training.organisation),
        actions.selectinload(Action.sessions.and_(trainings.is_open(today))),
    )


def _query(criteria: Criteria, region_code: str, today: date) -> Select[Training]:
    query = select(Training).where(funded(region_code))
    if not criteria.wanted.is_empty:
        query = query.where(_says(criteria.wanted.query))
    if criteria.level is not None:
        query = query.where(or_(Training.entry_level.is_(None), Training.entry_level <= criteria.level))
    asked = _entering(criteria.entry, today)
    if criteria.circle is not None:
        asked.append(places.inside(Action.latitude, Action.longitude, criteria.circle))
    elif criteria.departments:
        asked.append(Action.department.in_(criteria.departments))
    if asked:
        # One place must meet all of it.
        query = query.where(exists().where(Action.training_id == Training.id, _LIVING, *asked))
    return query


def _entering(entry: Entry, today: date) -> list[ColumnElement[bool]]:
    """What an action must meet."""
    asked: list[ColumnElement[bool]] = []
    open_session = and_(TrainingSession.action_id == Action.id, trainings.is_open(today))
    if entry.mode is not None:
        asked.append(Action.mode == entry.mode.value)
    if entry.is_permanent:
        asked.append(or_(Action.is_permanent, exists().where(open_session, TrainingSession.is_permanent)))
    if entry.month is not None:
        days = and_(TrainingSession.starts_on >= entry.month, TrainingSession.starts_on < entry.next_month)
        asked.append(exists().where(open_session, ~TrainingSession.is_permanent, days))
    return asked


def _order(criteria: Criteria) -> list[ColumnElement[Any]]:
    by_title: list[ColumnElement[Any]] = []
    if not criteria.wanted.is_empty:
        by_title.append(_says(criteria.wanted.title_query).desc())
    by_distance = [_nearest(criteria.circle.centre).asc()] if criteria.circle else []
    return [*by_title, *by_distance, func.lower(func.unaccent(Training.title)), Training.id.asc()]


def _nearest(centre: Point) -> ColumnElement[Any]:
    km = distances.haversine(Action.latitude, Action.longitude, centre)
    return select(func.min(km)).where(Action.training_id == Training.id, _LIVING).scalar_subquery()


def _says(query: str) -> ColumnElement[bool]:
    return Training.search.op("@@", is_comparison=True)(cast(query, TSQUERY))
