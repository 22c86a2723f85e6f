"""What comes next for a person who is followed, and who has the ball: pure rules over facts, computed from no table.

The first rule that applies wins: what is under way, then what was last answered, then what is missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from traitdunion.core import clock
from traitdunion.immersions.models import Actor, BookingState
from traitdunion.prescribers.kinds import DeclineReason, ReferralState


class Ball(StrEnum):
    """Who has to do something; prescribers filter by the values, in the order of what waits for them."""

    PRESCRIBER = "a-vous"
    PERSON = "a-la-personne"
    COMPANY = "a-l-entreprise"
    NOBODY = "rien"

    @property
    def label(self) -> str:
        """What prescribers read."""
        return {
            Ball.PRESCRIBER: "À vous",
            Ball.PERSON: "À la personne",
            Ball.COMPANY: "À l’entreprise",
            Ball.NOBODY: "Rien à faire",
        }[self]


class Kind(StrEnum):
    """What comes next; the values are those of the filter."""

    TAKE = "accueillir"
    PROJECT = "projet"
    PROPOSE = "proposer"
    GIVE_SHEET = "fiche"
    ANSWER = "reponse-personne"
    TAKE_PLACE = "place-offerte"
    COMPANY_ANSWER = "reponse-entreprise"
    WAIT = "attente"
    COMING = "a-venir"
    UNDER_WAY = "en-cours"
    RECORD = "venue"
    COMPLETE = "convention-a-completer"
    SIGN = "convention-a-signer"
    VALIDATE = "convention-a-valider"
    REVIEW = "bilan"
    AGAIN = "reprendre"

    @property
    def label(self) -> str:
        """What prescribers read."""
        return _LABELS[self]


_LABELS = {
    Kind.TAKE: "Désigner un référent",
    Kind.PROJECT: "Préciser son projet",
    Kind.PROPOSE: "Proposer une immersion",
    Kind.GIVE_SHEET: "Lui remettre la fiche",
    Kind.ANSWER: "Répond à une proposition",
    Kind.TAKE_PLACE: "Prend la place qui s’est libérée",
    Kind.COMPANY_ANSWER: "Répond à la demande",
    Kind.WAIT: "En liste d’attente",
    Kind.COMING: "Immersion à venir",
    Kind.UNDER_WAY: "Immersion en cours",
    Kind.RECORD: "Dit si la personne est venue",
    Kind.COMPLETE: "Convention à compléter",
    Kind.SIGN: "Convention à signer",
    Kind.VALIDATE: "Convention à valider",
    Kind.REVIEW: "Faire le point après l’immersion",
    Kind.AGAIN: "Reprendre avec la personne",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingFacts:
    """A booking of the person; instants are aware."""

    state: BookingState
    about: str
    """« Boulanger, Boulangerie Martin »."""
    starts_at: datetime
    ends_at: datetime
    expires_at: datetime | None = None
    offered_until: datetime | None = None
    cancelled_by: Actor | None = None
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFacts:
    """A referral to the person, by this organisation."""

    state: ReferralState
    expires_at: datetime
    created_at: datetime
    settled_at: datetime | None = None
    decline_reason: DeclineReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementFacts:
    """What an agreement that this organisation prescribes waits for, and from whom."""

    kind: Kind
    """COMPLETE, SIGN or VALIDATE."""
    ball: Ball
    starts_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a person who is followed."""

    since: datetime
    """When the organisation began to follow them."""
    has_referent: bool
    has_project: bool
    is_reachable: bool
    """By e-mail or SMS."""
    noted_at: datetime | None = None
    """The last note of the organisation: what it answers to is dealt with."""
    bookings: Sequence[BookingFacts] = ()
    referrals: Sequence[ReferralFacts] = ()
    agreements: Sequence[AgreementFacts] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What comes next. `by`: until when, or when it begins; `since`: since when it waits."""

    kind: Kind
    ball: Ball
    since: datetime
    by: datetime | None = None
    why: str = ""
    """In the words of the service: « l’entreprise a refusé »."""
    about: str = ""
    """Job and company, in theirs."""

    @property
    def urgency(self) -> tuple[int, float, float]:
        """By which lists are sorted: what waits for the prescriber first, by deadline, then what waits longest."""
        return _TURNS[self.ball], self.by.timestamp() if self.by else float("inf"), self.since.timestamp()


_FIRST = (
    Kind.VALIDATE,
    Kind.TAKE_PLACE,
    Kind.COMPANY_ANSWER,
    Kind.UNDER_WAY,
    Kind.COMPLETE,
    Kind.SIGN,
    Kind.COMING,
    Kind.ANSWER,
    Kind.GIVE_SHEET,
    Kind.RECORD,
    Kind.WAIT,
)
"""Of several things under way, the one that is told."""
_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_TURNS = {Ball.PRESCRIBER: 0, Ball.PERSON: 1, Ball.COMPANY: 2, Ball.NOBODY: 3}


def next_step(facts: Facts, *, now: datetime) -> Step:
    """The step, whatever the facts."""
    return _under_way(facts, now=now) or _answered(facts) or _missing(facts)


def when(step: Step, *, today: date) -> str:
    """« avant le 3 déc. », « le 3 déc. », « depuis 12 jours »; babel's words for 500 people would cost 30 ms."""
    if step.by is None:
        days = (today - step.since.astimezone(clock.PARIS).date()).days
        return f"depuis {days}\u00a0jours" if days > 1 else "depuis hier" if days == 1 else "depuis aujourd’hui"
    day = step.by.astimezone(clock.PARIS).date()
    if step.kind is Kind.UNDER_WAY:
        return "jusqu’à aujourd’hui" if day == today else f"jusqu’au {_short(day)}"
    if step.ball is Ball.NOBODY:
        return "aujourd’hui" if day == today else f"le {_short(day)}"
    return "avant ce soir" if day == today else f"avant le {_short(day)}"


def _short(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day}\u00a0{_MONTHS[day.month - 1]}"


def _under_way(facts: Facts, *, now: datetime) -> Step | None:
    """What somebody is expected to do, the most urgent kind first, the earliest of a kind first."""
    steps = [step for one in facts.bookings if (step := _during(one, now=now))]
    for sent in facts.referrals:
        if sent.state is ReferralState.PROPOSED and sent.expires_at > now:
            kind, ball = (Kind.ANSWER, Ball.PERSON) if facts.is_reachable else (Kind.GIVE_SHEET, Ball.PRESCRIBER)
            steps.append(Step(kind=kind, ball=ball, by=sent.expires_at, since=sent.created_at))
    for one in facts.agreements:
        if now < one.starts_at:
            # Whom nothing can be sent to completes and signs with the prescriber.
            ball = one.ball if one.ball is not Ball.PERSON or facts.is_reachable else Ball.PRESCRIBER
            steps.append(Step(kind=one.kind, ball=ball, by=one.starts_at, since=one.changed_at))
    return min(steps, key=lambda step: (_FIRST.index(step.kind), step.by or step.since), default=None)


def _during(booking: BookingFacts, *, now: datetime) -> Step | None:
    match booking.state:
        case BookingState.REQUESTED:
            return _of(booking, Kind.COMPANY_ANSWER, Ball.COMPANY, by=booking.expires_at)
        case BookingState.ACCEPTED:
            return _accepted(booking, now=now)
        case BookingState.WAITING if booking.offered_until is not None and now < booking.offered_until:
            return _of(booking, Kind.TAKE_PLACE, Ball.PERSON, by=booking.offered_until)
        case BookingState.WAITING if now < booking.starts_at:
            return _of(booking, Kind.WAIT, Ball.NOBODY, by=booking.starts_at)
    return None


def _accepted(booking: BookingFacts, *, now: datetime) -> Step:
    if now < booking.starts_at:
        return _of(booking, Kind.COMING, Ball.NOBODY, by=booking.starts_at)
    if now < booking.ends_at:
        return _of(booking, Kind.UNDER_WAY, Ball.NOBODY, by=booking.ends_at)
    return _of(booking, Kind.RECORD, Ball.COMPANY, since=booking.ends_at)


def _answered(facts: Facts) -> Step | None:
    """What the last answer asks of the prescriber, unless a note was written since."""
    steps = [step for one in facts.bookings if (step := _after_booking(one))]
    steps += [step for one in facts.referrals if (step := _after_referral(one))]
    last = max(steps, key=lambda step: step.since, default=None)
    if last is None or _is_over(facts, last.since) or (facts.noted_at is not None and facts.noted_at >= last.since):
        return None
    return last


def _is_over(facts: Facts, answered_at: datetime) -> bool:
    """Something was tried again since."""
    return any(one.created_at > answered_at for one in facts.referrals)


def _after_booking(booking: BookingFacts) -> Step | None:
    match booking.state:
        case BookingState.DONE:
            return _of(booking, Kind.REVIEW, Ball.PRESCRIBER, since=booking.ends_at)
        case BookingState.NO_SHOW:
            return _again(booking, "n’est pas venue")
        case BookingState.REFUSED:
            return _again(booking, "l’entreprise a refusé")
        case BookingState.EXPIRED:
            return _again(booking, "l’entreprise n’a pas répondu")
        case BookingState.CANCELLED:
            by_company = booking.cancelled_by is Actor.COMPANY
            return _again(booking, "l’entreprise a annulé" if by_company else "immersion annulée")
    return None


def _after_referral(referral: ReferralFacts) -> Step | None:
    why = {
        ReferralState.DECLINED: "a dit non",
        ReferralState.EXPIRED: "n’a pas répondu",
        ReferralState.GONE: "l’immersion proposée n’a plus lieu",
    }.get(referral.state)
    if why is None or referral.settled_at is None:
        return None
    if referral.decline_reason is not None:
        why = f"{why}\u00a0: {_lower(referral.decline_reason.label)}"
    return Step(kind=Kind.AGAIN, ball=Ball.PRESCRIBER, since=referral.settled_at, why=why)


def _missing(facts: Facts) -> Step:
    if not facts.has_referent:
        return Step(kind=Kind.TAKE, ball=Ball.PRESCRIBER, since=facts.since)
    kind = Kind.PROPOSE if facts.has_project else Kind.PROJECT
    return Step(kind=kind, ball=Ball.PRESCRIBER, since=max(facts.since, facts.noted_at or facts.since))


def _of(
    booking: BookingFacts, kind: Kind, ball: Ball, *, by: datetime | None = None, since: datetime | None = None
) -> Step:
    return Step(kind=kind, ball=ball, by=by, since=since or booking.changed_at, about=booking.about)


def _again(booking: BookingFacts, why: str) -> Step:
    return Step(kind=Kind.AGAIN, ball=Ball.PRESCRIBER, since=booking.changed_at, why=why, about=booking.about)


def _lower(label: str) -> str:
    return label[0].lower() + label[1:]
