"""The life of a slot: one table of what may happen to it, in which state, and what it becomes.

draft ──publish──▶ published ◀──free/fill──▶ full
                      │  ▲                     │
                   freeze confirm           freeze
                      ▼  │                     │
                     frozen ◀──────────────────┘
any of them ──close──▶ closed (its days are over)      ──cancel──▶ cancelled (the company gives it up)
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from traitdunion.core.errors import Refused
from traitdunion.immersions.models import SlotState


class Act(StrEnum):
    """What happens to a slot."""

    PUBLISH = "publish"  # by a member
    FILL = "fill"  # the last place was taken
    FREE = "free"  # a place is free again
    FREEZE = "freeze"  # nobody confirmed it in time
    CONFIRM = "confirm"  # by a member: it still holds
    CLOSE = "close"  # its days are over
    CANCEL = "cancel"  # by a member, the operator, or because the establishment closed


_BEFORE_ITS_END = (SlotState.DRAFT, SlotState.PUBLISHED, SlotState.FULL, SlotState.FROZEN)

TRANSITIONS: Mapping[tuple[SlotState, Act], SlotState] = MappingProxyType(
    {
        (SlotState.DRAFT, Act.PUBLISH): SlotState.PUBLISHED,
        (SlotState.PUBLISHED, Act.FILL): SlotState.FULL,
        (SlotState.FULL, Act.FREE): SlotState.PUBLISHED,
        (SlotState.PUBLISHED, Act.FREEZE): SlotState.FROZEN,
        (SlotState.FULL, Act.FREEZE): SlotState.FROZEN,
        (SlotState.PUBLISHED, Act.CONFIRM): SlotState.PUBLISHED,
        (SlotState.FULL, Act.CONFIRM): SlotState.FULL,
        # Published, even where it was full: whoever confirms fills it again when no place is free.
        (SlotState.FROZEN, Act.CONFIRM): SlotState.PUBLISHED,
        # Its bookings stand while it is frozen, and may be cancelled.
        (SlotState.FROZEN, Act.FILL): SlotState.FROZEN,
        (SlotState.FROZEN, Act.FREE): SlotState.FROZEN,
        **{(state, Act.CLOSE): SlotState.CLOSED for state in _BEFORE_ITS_END},
        **{(state, Act.CANCEL): SlotState.CANCELLED for state in _BEFORE_ITS_END},
    }
)

_REFUSALS = {
    Act.PUBLISH: "Cette immersion est déjà publiée, ou elle n’a plus lieu.",
    Act.CONFIRM: "Cette immersion n’est pas publiée\u00a0: il n’y a rien à confirmer.",
    Act.CANCEL: "Cette immersion n’a déjà plus lieu.",
    Act.CLOSE: "Cette immersion est déjà terminée.",
}


class ActRefused(Refused):
    """The slot's state does not allow it."""


def after(state: str, act: Act) -> SlotState:
    """What the slot becomes. Raises ActRefused."""
    found = TRANSITIONS.get((SlotState(state), act))
    if found is None:
        raise ActRefused(_REFUSALS.get(act, "Cette immersion a changé entre-temps. Rechargez la page."))
    return found


def allows(state: str, act: Act) -> bool:
    """Whether a page offers it."""
    return (SlotState(state), act) in TRANSITIONS
