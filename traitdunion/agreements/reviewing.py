"""The prescriber's review: what is unusual stands first, each warning is answered in writing, then one or two members
say yes.

The guard judges once more on the day of the decision: what was signed two weeks ago may begin too soon today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from traitdunion.agreements import agreements, letters, lifecycle, surroundings
from traitdunion.agreements.guard import judging
from traitdunion.agreements.guard.findings import Finding
from traitdunion.agreements.kinds import Act, Actor, PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementEvent
from traitdunion.core.clock import PARIS
from traitdunion.core.errors import Refused
from traitdunion.immersions.models import Booking
from traitdunion.prescribers import delegations
from traitdunion.prescribers.models import Prescriber
from traitdunion.territories import distances
from traitdunion.territories.distances import Point
from traitdunion.territories.models import Commune

FAR_KM = 50
"""From home to the place, from where a prescriber looks twice."""
MINE = (Status.IN_REVIEW.value, Status.ACCEPTED_BY_COUNSELLOR.value)
"""What waits for the organisation."""
_SHOWN = (*MINE, Status.DRAFT.value, Status.READY_TO_SIGN.value, Status.PARTIALLY_SIGNED.value)


class NoRight(Refused):
    """The organisation may not sign new agreements that day."""


class SameMember(Refused):
    """Two steps are two people."""


class Unanswered(Refused):
    """A warning was left without a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An agreement as the prescriber weighs it."""

    agreement: Agreement
    findings: tuple[Finding, ...]
    """Of the guard, as of today."""
    notable: tuple[str, ...]
    """What no rule says and one likes to know: far from home, the same company again."""

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What keeps it from being validated."""
        return tuple(one for one in self.findings if one.is_blocking)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is to be answered."""
        return tuple(one for one in self.findings if not one.is_blocking)

    @property
    def weight(self) -> int:
        """How unusual it is."""
        return 100 * len(self.blocking) + 10 * len(self.warnings) + len(self.notable)


def queue(session: Session, organisation_id: int, *, today: date) -> list[Review]:
    """What waits for the organisation: the most unusual first, then the first to begin."""
    found = [review(session, one, today=today) for one in _of(session, organisation_id, MINE)]
    return sorted(found, key=lambda one: (-one.weight, one.agreement.first_day, one.agreement.id))


def under_way(session: Session, organisation_id: int, *, today: date) -> Sequence[Agreement]:
    """Those that others have to complete or sign, and those that are validated and not over, the first first."""
    waiting = [status for status in _SHOWN if status not in MINE]
    found = [*_of(session, organisation_id, waiting), *_of(session, organisation_id, [Status.ACCEPTED_BY_VALIDATOR])]
    return sorted((one for one in found if one.last_day >= today), key=lambda one: (one.first_day, one.id))


def review(session: Session, agreement: Agreement, *, today: date) -> Review:
    """What is to be weighed."""
    terms = agreements.terms_of(agreement)
    around = surroundings.around(session, agreement, terms, today=today)
    notable = []
    far = _distance(session, agreement)
    if far is not None and far > FAR_KM:
        notable.append(f"Le lieu est à {far:.0f}\u00a0km de chez la personne.")
    if around.days_in_company:
        days = around.days_in_company
        notable.append(f"Déjà {days}\u00a0jour{'s' if days > 1 else ''} dans cette entreprise en 12\u00a0mois.")
    return Review(agreement=agreement, findings=judging.judge(terms, around), notable=tuple(notable))


def answered(agreement: Agreement) -> Mapping[str, str]:
    """The warnings of the version that holds which the first of two members answered, by rule."""
    given: dict[str, str] = {}
    for event in agreement.events:
        if event.act == Act.EXAMINE and event.version == agreement.version:
            given |= event.details.get("answers", {})
    return given


def accept(
    session: Session,
    agreement_id: int,
    *,
    by: Prescriber,
    answers: Mapping[str, str],
    now: datetime,
    seen: int | None,
) -> Agreement:
    """The member examines it, or validates it, whichever comes next; the parties receive what is validated.

    `answers` to the warnings, by rule. Raises NoRight, SameMember, Blocked, Unanswered, NotPossible, Overtaken.
    """
    agreement = lifecycle.lock(session, agreement_id, seen=seen)
    today = now.astimezone(PARIS).date()
    right = delegations.standing(by.organisation, on=today)
    if not delegations.may_prescribe(by.organisation, on=today):
        raise NoRight(right.sentence)
    act, actor = _next(agreement)
    lifecycle.allow(agreement, act, actor=actor)
    if act is Act.VALIDATE and by.person_id in _examiners(agreement):
        raise SameMember("Vous l’avez examinée\u00a0: une autre personne de votre organisme la valide.")
    warnings = surroundings.check(session, agreement, agreements.terms_of(agreement), today=today)
    said = {**answered(agreement), **{rule: word.strip() for rule, word in answers.items() if word.strip()}}
    missing = [one for one in warnings if one.rule not in said]
    if missing:
        raise Unanswered(f"Dites pourquoi vous passez outre\u00a0: {missing[0].sentence}")
    details = {"answers": {one.rule: said[one.rule] for one in warnings}}
    lifecycle.step(session, agreement, act, actor=actor, by=by.person_id, now=now, details=details)
    return agreement


def ask(
    session: Session, agreement_id: int, role: PartyRole, *, by: Prescriber, word: str, now: datetime, seen: int | None
) -> None:
    """Asks a party to say what is to be put right; it answers by a link. Raises NotPossible, NeedsWord, Overtaken."""
    agreement = lifecycle.lock(session, agreement_id, seen=seen)
    event = lifecycle.step(
        session,
        agreement,
        Act.ASK,
        actor=Actor.COUNSELLOR,
        by=by.person_id,
        word=word,
        now=now,
        details={"role": role.value},
    )
    session.flush()
    letters.precision_asked(session, agreement, role, event, now=now)


def answer(session: Session, event: AgreementEvent, *, word: str, now: datetime) -> None:
    """What the party says; the organisation reads it. Raises NotPossible, NeedsWord."""
    agreement = lifecycle.lock(session, event.agreement_id)
    role = PartyRole(event.details["role"])
    actor = Actor.COMPANY if role is PartyRole.TUTOR else Actor(role.value)
    details = {"role": role.value, "to": event.sequence}
    given = lifecycle.step(session, agreement, Act.ANSWER, actor=actor, by=None, word=word, now=now, details=details)
    session.flush()
    letters.precision_given(session, agreement, event, given, now=now)


def answer_to(agreement: Agreement, event: AgreementEvent) -> AgreementEvent | None:
    """What was answered to the question; None while nothing was."""
    given = (one for one in agreement.events if one.act == Act.ANSWER and one.details.get("to") == event.sequence)
    return next(given, None)


def _next(agreement: Agreement) -> tuple[Act, Actor]:
    in_two_steps = agreement.organisation is not None and agreement.organisation.validation_steps == 2
    if in_two_steps and agreement.status == Status.IN_REVIEW:
        return Act.EXAMINE, Actor.COUNSELLOR
    return Act.VALIDATE, Actor.VALIDATOR


def _examiners(agreement: Agreement) -> set[int | None]:
    return {one.by_id for one in agreement.events if one.act == Act.EXAMINE and one.version == agreement.version}


def _of(session: Session, organisation_id: int, statuses: Sequence[str]) -> Sequence[Agreement]:
    query = (
        select(Agreement)
        .options(
            selectinload(Agreement.versions),
            selectinload(Agreement.parties),
            joinedload(Agreement.organisation),
            joinedload(Agreement.person),
            joinedload(Agreement.booking).joinedload(Booking.slot),
        )
        .where(Agreement.organisation_id == organisation_id, Agreement.status.in_(statuses))
        .order_by(Agreement.first_day, Agreement.id)
    )
    return session.scalars(query).all()


def _distance(session: Session, agreement: Agreement) -> float | None:
    """From the person's commune to the place, in km as the crow flies; None where one is not known."""
    person, booking = agreement.person, agreement.booking
    if person is None or booking is None or not person.postcode:
        return None
    of_postcode = select(Commune).where(Commune.postcodes.contains([person.postcode]))
    home = session.scalar(of_postcode.order_by(Commune.population.desc()).limit(1))
    if home is None:
        return None
    slot = booking.slot
    return distances.kilometres(Point(home.latitude, home.longitude), Point(slot.latitude, slot.longitude))
