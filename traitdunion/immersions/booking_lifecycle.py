"""The life of a booking: one table of what may become of it, by which act, and who may do it.

requested → accepted → done or no-show; waiting → (a freed place is offered) → accepted or requested;
ways out: refused, cancelled, expired.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from traitdunion.core.errors import Refused
from traitdunion.immersions.models import Actor, BookingState


class Act(StrEnum):
    """What is done to a booking."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    CANCEL = "cancel"
    EXPIRE = "expire"
    OFFER = "offer"  # a freed place, to the first who waits
    TAKE = "take"  # the offered place, in a slot that accepts at once
    ASK = "ask"  # for the offered place, in a slot whose company answers
    MOVE = "move"  # to another slot, where it stands accepted
    MOVE_ASKING = "move_asking"  # to another slot, whose company answers
    ATTEND = "attend"
    MISS = "miss"


class Step(NamedTuple):
    """What becomes of it, and who may do that."""

    to: BookingState
    who: frozenset[Actor]


_P, _C, _S = Actor.PERSON, Actor.COMPANY, Actor.SERVICE
_REQUESTED, _ACCEPTED, _WAITING = BookingState.REQUESTED, BookingState.ACCEPTED, BookingState.WAITING

STEPS: Mapping[tuple[BookingState, Act], Step] = {
    (_REQUESTED, Act.ACCEPT): Step(_ACCEPTED, frozenset({_C})),
    (_REQUESTED, Act.REFUSE): Step(BookingState.REFUSED, frozenset({_C})),
    (_REQUESTED, Act.CANCEL): Step(BookingState.CANCELLED, frozenset({_P, _C, _S})),
    (_REQUESTED, Act.EXPIRE): Step(BookingState.EXPIRED, frozenset({_S})),
    (_REQUESTED, Act.MOVE): Step(_ACCEPTED, frozenset({_P, _C})),
    (_REQUESTED, Act.MOVE_ASKING): Step(_REQUESTED, frozenset({_P})),
    (_ACCEPTED, Act.CANCEL): Step(BookingState.CANCELLED, frozenset({_P, _C, _S})),
    (_ACCEPTED, Act.MOVE): Step(_ACCEPTED, frozenset({_P, _C})),
    (_ACCEPTED, Act.MOVE_ASKING): Step(_REQUESTED, frozenset({_P})),
    (_ACCEPTED, Act.ATTEND): Step(BookingState.DONE, frozenset({_C})),
    (_ACCEPTED, Act.MISS): Step(BookingState.NO_SHOW, frozenset({_C})),
    (_WAITING, Act.OFFER): Step(_WAITING, frozenset({_S})),
    (_WAITING, Act.TAKE): Step(_ACCEPTED, frozenset({_P})),
    (_WAITING, Act.ASK): Step(_REQUESTED, frozenset({_P})),
    (_WAITING, Act.CANCEL): Step(BookingState.CANCELLED, frozenset({_P, _S})),
    (_WAITING, Act.EXPIRE): Step(BookingState.EXPIRED, frozenset({_S})),
    # A mistake is put right.
    (BookingState.DONE, Act.MISS): Step(BookingState.NO_SHOW, frozenset({_C})),
    (BookingState.NO_SHOW, Act.ATTEND): Step(BookingState.DONE, frozenset({_C})),
}


class NotPossible(Refused):
    """The act does not go with the state of the booking; the sentence says what the state is."""


_SAID = {
    BookingState.REQUESTED: "Cette demande attend la réponse de l’entreprise.",
    BookingState.ACCEPTED: "Cette réservation est déjà confirmée.",
    BookingState.WAITING: "Cette personne est en liste d’attente.",
    BookingState.REFUSED: "L’entreprise a déjà refusé cette demande.",
    BookingState.CANCELLED: "Cette réservation est déjà annulée.",
    BookingState.EXPIRED: "Cette demande est restée sans réponse\u00a0: elle n’est plus valable.",
    BookingState.DONE: "Cette immersion est déjà notée comme faite.",
    BookingState.NO_SHOW: "Cette immersion est déjà notée comme manquée.",
}


def after(state: BookingState, act: Act, *, by: Actor) -> BookingState:
    """The state after the act; raises NotPossible when it does not go with the state, or is not theirs to do."""
    step = STEPS.get((state, act))
    if step is None or by not in step.who:
        raise NotPossible(_SAID[state])
    return step.to


def holds_place(state: BookingState, *, is_offered: bool) -> bool:
    """Whether a booking in that state holds a place; one that waits does while a place is offered to it."""
    return state in {
        BookingState.REQUESTED,
        BookingState.ACCEPTED,
        BookingState.DONE,
        BookingState.NO_SHOW,
    } or (state is BookingState.WAITING and is_offered)
