"""For what a person has in view, the immersions that come before an open funded session: ranked, and each explained.

The score is the sum of the reasons that are shown, so that whoever reads them knows why one comes before another.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from traitdunion.core import clock
from traitdunion.immersions import alternatives, dates, eligibility
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.pathways import trying
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.trainings.levels import Level
from traitdunion.trainings.models import TrainingSession

WALK_KM = 5
"""How far one goes without a car, where nobody said how to come."""
_MOST = 6
_MOST_OF_COMPANY = 2
_LOOKED_AT = 60
"""Slots and sessions that are compared: the first to come."""
_NO_HURRY = 90
"""Days between the immersion and the deadline from where on earlier is no better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person has in view. `near` None: anywhere; `level`, `has_licence` and `birth_date` None: not known."""

    occupation_code: str
    near: Point | None
    radius_km: int
    level: int | None
    has_licence: bool | None
    birth_date: date | None


class ReasonKind(StrEnum):
    """What a reason is about."""

    JOB = "job"
    SESSION = "session"
    LEVEL = "level"
    DISTANCE = "distance"
    WITHOUT_CAR = "without_car"
    AT_ONCE = "at_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a slot is suggested, and what that weighs."""

    kind: ReasonKind
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A slot with a free place. `session` is the one it comes before, with action and training; None: there is none."""

    slot: Slot
    km: float | None
    session: TrainingSession | None
    reasons: Sequence[Reason]

    @property
    def score(self) -> float:
        """The sum of its reasons."""
        return sum(reason.weight for reason in self.reasons)


def suggest(
    session: Session, wish: Wish, *, person_id: int, region_code: str, now: datetime, most: int = _MOST
) -> list[Suggestion]:
    """The best slots for the wish that the person may book, best first; none that overlaps what they have booked.

    Two of a company at most: other days of it can be chosen from its page.
    """
    today = now.astimezone(clock.PARIS).date()
    codes = trying.with_kin(session, wish.occupation_code)
    slots = [slot for slot in _slots(session, wish, codes, person_id=person_id, now=now) if _suits(slot, wish)]
    if not slots:
        return []
    sessions = trying.open_sessions(
        session, codes, level=wish.level, region_code=region_code, today=today, most=_LOOKED_AT
    )
    found = [_suggestion(slot, sessions, wish) for slot in slots]
    return _varied(sorted(found, key=lambda one: (-one.score, one.slot.first_day, one.slot.id)))[:most]


def explain(slot: Slot, after: TrainingSession | None, wish: Wish, *, km: float | None) -> list[Reason]:
    """Why the slot is good for the wish, the weightiest kinds first; pure."""
    is_same = slot.occupation_code == wish.occupation_code
    reasons = [
        Reason(
            kind=ReasonKind.JOB,
            weight=1.0 if is_same else 0.6,
            sentence="C’est le métier visé." if is_same else "C’est un métier très proche.",
        )
    ]
    if after is not None:
        reasons += _of_session(slot, after, wish)
    if km is not None:
        weight = round(0.5 * max(0.0, 1 - km / wish.radius_km), 3)
        said = "À moins d’un kilomètre." if km < 1 else f"À {round(km)}\u00a0km."
        reasons.append(Reason(kind=ReasonKind.DISTANCE, weight=weight, sentence=said))
    if wish.has_licence is False:
        how = f"Sans voiture\u00a0: {slot.transport.rstrip('.')}." if slot.transport else None
        said = how or "Assez près pour y aller sans voiture."
        reasons.append(Reason(kind=ReasonKind.WITHOUT_CAR, weight=0.2, sentence=said))
    if slot.accepts_at_once:
        reasons.append(Reason(kind=ReasonKind.AT_ONCE, weight=0.1, sentence="L’entreprise a déjà dit oui."))
    return reasons


def _of_session(slot: Slot, after: TrainingSession, wish: Wish) -> list[Reason]:
    deadline, training = after.enrolment_deadline, after.action.training
    if deadline is None:
        reasons = [Reason(kind=ReasonKind.SESSION, weight=0.7, sentence="On entre en formation toute l’année.")]
    else:
        days = (deadline - slot.last_day).days
        left = f"{days}\u00a0jours" if days > 1 else "un jour"
        reasons = [
            Reason(
                kind=ReasonKind.SESSION,
                # The sooner one has tried, the more time is left to decide: from 1 to 1.3.
                weight=round(1 + 0.3 * min(days, _NO_HURRY) / _NO_HURRY, 3),
                sentence=f"Finit {left} avant la clôture des inscriptions.",
            )
        ]
    if wish.level is not None and training.entry_level is not None and training.entry_level > wish.level:
        label = Level(training.entry_level).label
        sentence = f"La formation souhaite le niveau {label}, sans l’exiger."
        reasons.append(Reason(kind=ReasonKind.LEVEL, weight=-0.3, sentence=sentence))
    return reasons


def _suggestion(slot: Slot, sessions: Sequence[TrainingSession], wish: Wish) -> Suggestion:
    km = distances.kilometres(wish.near, Point(slot.latitude, slot.longitude)) if wish.near else None
    after = next((one for one in sessions if _is_before(slot, one)), None)
    return Suggestion(slot=slot, km=km, session=after, reasons=explain(slot, after, wish, km=km))


def _varied(found: Sequence[Suggestion]) -> list[Suggestion]:
    seen: Counter[int] = Counter()
    kept = []
    for one in found:
        seen[one.slot.company_id] += 1
        if seen[one.slot.company_id] <= _MOST_OF_COMPANY:
            kept.append(one)
    return kept


def _is_before(slot: Slot, after: TrainingSession) -> bool:
    deadline = after.enrolment_deadline
    return deadline is None or slot.last_day < deadline


def _suits(slot: Slot, wish: Wish) -> bool:
    """The person is old enough on the first day."""
    if wish.birth_date is None:
        return True
    youngest = eligibility.YOUNGEST if slot.minors_welcome else eligibility.ADULT
    return dates.age_on(wish.birth_date, slot.first_day) >= youngest


def _slots(session: Session, wish: Wish, codes: Collection[str], *, person_id: int, now: datetime) -> Sequence[Slot]:
    query = (
        select(Slot)
        .join(Slot.company)
        .options(contains_eager(Slot.company))
        .where(
            Slot.state == SlotState.PUBLISHED.value,
            alternatives.shown(),
            alternatives.bookable(now),
            Slot.occupation_code.in_(codes),
            ~alternatives.overlaps(person_id),
        )
    )
    if wish.near is not None:
        query = query.where(distances.within(Slot.latitude, Slot.longitude, wish.near, wish.radius_km))
    if wish.has_licence is False and wish.near is not None:
        walk = distances.within(Slot.latitude, Slot.longitude, wish.near, WALK_KM)
        query = query.where(or_(Slot.transport.is_not(None), walk))
    return session.scalars(query.order_by(Slot.first_day, Slot.starts_at, Slot.id).limit(_LOOKED_AT)).all()
