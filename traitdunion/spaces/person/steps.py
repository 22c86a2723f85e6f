"""What comes next in a booking, and whose turn it is, in the words of the person's page."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from traitdunion.immersions import dates, wording
from traitdunion.immersions.models import Booking, BookingState


class Turn(StrEnum):
    """Who has to do something."""

    MINE = "À vous"
    COMPANY = "À l’entreprise"
    NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What comes next, by when (None: nothing to wait for)."""

    turn: Turn
    sentence: str
    by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A booking with its next step."""

    booking: Booking
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The bookings of a person: what is to come, the most urgent first, and what is over, the latest first."""

    ahead: list[Planned]
    over: list[Booking]


def plan(bookings: list[Booking], *, now: datetime) -> Plan:
    """Sorts the bookings: first what the person has to do, then the earliest day."""
    ahead, over = [], []
    for booking in bookings:
        step = next_step(booking, now=now)
        if step is None:
            over.append(booking)
        else:
            ahead.append(Planned(booking=booking, step=step))
    return Plan(ahead=sorted(ahead, key=_urgency), over=over)


def next_step(booking: Booking, *, now: datetime) -> Step | None:
    """What comes next; None when nothing does any more."""
    slot = booking.slot
    if booking.state == BookingState.REQUESTED and booking.expires_at:
        until = wording.instant(booking.expires_at)
        return Step(turn=Turn.COMPANY, sentence=f"réponse avant le {until}.", by=booking.expires_at)
    if booking.state == BookingState.WAITING and booking.offered_until and booking.offered_until > now:
        until = wording.instant(booking.offered_until)
        sentence = f"une place s’est libérée, prenez-la avant le {until}."
        return Step(turn=Turn.MINE, sentence=sentence, by=booking.offered_until)
    if booking.state == BookingState.WAITING:
        end = dates.waiting_ends(slot)
        sentence = f"La liste d’attente est ouverte jusqu’au {wording.instant(end)}."
        return Step(turn=Turn.NOBODY, sentence=sentence, by=end)
    if booking.state == BookingState.ACCEPTED and now < dates.ends(slot):
        sentence = f"Rendez-vous {'le ' if slot.first_day == slot.last_day else ''}{wording.days(slot)}."
        return Step(turn=Turn.NOBODY, sentence=sentence, by=dates.starts(slot))
    return None


def _urgency(planned: Planned) -> tuple[bool, date, int]:
    return planned.step.turn is not Turn.MINE, planned.booking.first_day, planned.booking.id
