"""Why an offer and a training go together: values from which the score and the French sentence are both made."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ReasonKind(StrEnum):
    """What an offer and a training have in common, or what was noticed while comparing them."""

    SAME_OCCUPATION = "same_occupation"
    """The training prepares for the ROME code that the offer bears."""
    LIKELY_OCCUPATION = "likely_occupation"
    """The training prepares for an occupation that the titles tell: one side bears no code, or a wrong one."""
    NEAR_OCCUPATION = "near_occupation"
    """A mobility of ROME leads from the offer's occupation (first code) to one of the training's (second)."""
    TITLE = "title"
    """The two titles share telling words."""
    SKILLS = "skills"
    """The skills that the offer asks for share telling words with the training's title."""
    LEVEL = "level"
    """How well the training's level suits the level that the offer asks for: 1 well, 0 not at all."""
    TITLE_OVER_CODE = "title_over_code"
    """The offer's code contradicts its title, and the title was followed. Says so; counts for nothing."""
    CONFIRMED = "confirmed"
    """People said that the training leads to this work: the match is certain, whatever else was found."""
    REFUSED = "refused"
    """People said that it does not: there is no match, whatever else was found."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: `strength` in 0–1, the words in common as written in the training's title, the ROME codes meant."""

    kind: ReasonKind
    strength: float
    words: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


WEIGHTS = {
    ReasonKind.SAME_OCCUPATION: 0.80,
    ReasonKind.LIKELY_OCCUPATION: 0.80,
    ReasonKind.NEAR_OCCUPATION: 0.30,
    ReasonKind.TITLE: 0.50,
    ReasonKind.SKILLS: 0.10,
}
"""How far a reason of full strength, alone, makes a match certain. Tuned by cross-validation (`make bench`)."""

LEVEL_LOSS = 0.15
"""Share of the score that a level which does not suit at all takes away."""

_SAID_BY_PEOPLE = {ReasonKind.CONFIRMED: 1.0, ReasonKind.REFUSED: 0.0}
"""What people said stands over what was computed."""


def score(reasons: Iterable[Reason]) -> float:
    """How surely the two go together, 0–1, from the reasons alone: each takes a share of the doubt away."""
    doubt, suits = 1.0, 1.0
    for reason in reasons:
        if reason.kind in _SAID_BY_PEOPLE:
            return _SAID_BY_PEOPLE[reason.kind]
        if reason.kind is ReasonKind.LEVEL:
            suits = reason.strength
        else:
            doubt *= 1.0 - WEIGHTS.get(reason.kind, 0.0) * reason.strength
    return round((1.0 - doubt) * (1.0 - LEVEL_LOSS * (1.0 - suits)), 6)
