"""The steps of a draft: what each asks, whether it is done, and what is left to put right before signing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, drafting, surroundings
from traitdunion.agreements.guard.findings import Finding
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.prefilling import is_minor
from traitdunion.agreements.snapshot import Terms
from traitdunion.spaces.person.agreement_forms import (
    EmergencyForm,
    ObjectiveForm,
    PersonForm,
    RepresentativeForm,
    StepForm,
)

FORMS: dict[str, type[StepForm]] = {
    "vous": PersonForm,
    "objectif": ObjectiveForm,
    "urgence": EmergencyForm,
    "representant": RepresentativeForm,
}
"""By the word in the address, in the order in which they are asked."""
TITLES = {
    "vous": "Qui vous êtes",
    "objectif": "Votre objectif",
    "urgence": "En cas d’urgence",
    "representant": "Votre représentant légal",
}
WORDS = ",".join(FORMS)
_OF_RULES = {
    **dict.fromkeys(("name", "birth_date", "home", "situation", "rsa", "employer", "youngest", "own_company"), "vous"),
    **dict.fromkeys(("objective", "goals", "assessment"), "objectif"),
    "emergency": "urgence",
    "representative": "representant",
}
"""Where a finding is put right."""


_WANTED = {
    "name": "votre nom",
    "birth_date": "votre date de naissance",
    "home": "votre adresse",
    "situation": "votre situation",
    "rsa": "le RSA, oui ou non",
    "employer": "votre employeur",
    "objective": "à quoi sert l’immersion",
    "goals": "ce que vous voulez découvrir",
    "assessment": "comment savoir si c’est réussi",
    "emergency": "qui prévenir",
    "representative": "qui signe avec vous",
}
"""What a finding asks for, said to the person; the others are told in the guard's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of questions."""

    word: str
    title: str
    missing: tuple[Finding, ...]

    @property
    def told(self) -> list[str]:
        """What is missing, in a sentence; then what is wrong, each with its own."""
        wanted = [_WANTED[one.rule] for one in self.missing if one.rule in _WANTED]
        wrong = [one.sentence for one in self.missing if one.rule not in _WANTED]
        return [f"Il manque\u00a0: {', '.join(wanted)}.", *wrong] if wanted else wrong

    @property
    def is_done(self) -> bool:
        """Nothing is missing there."""
        return not self.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is done, what is missing, what else keeps from signing, and what the prescriber will answer."""

    terms: Terms
    steps: tuple[Step, ...]
    blocking: tuple[Finding, ...]
    """Beside what the steps ask."""
    warnings: tuple[Finding, ...]

    @property
    def next(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def is_ready(self) -> bool:
        """The parties may be asked to sign."""
        return self.next is None and not self.blocking


def progress(session: Session, agreement: Agreement, *, today: date) -> Progress:
    """Where the draft stands, as it would be saved today."""
    terms = drafting.with_prescriber(session, agreement, agreements.terms_of(agreement), today=today).terms
    found = surroundings.judge(session, agreement, terms, today=today)
    blocking = [one for one in found if one.is_blocking]
    words = words_of(terms)
    return Progress(
        terms=terms,
        steps=tuple(
            Step(
                word=word,
                title=TITLES[word],
                missing=tuple(one for one in blocking if _OF_RULES.get(one.rule) == word),
            )
            for word in words
        ),
        blocking=tuple(one for one in blocking if _OF_RULES.get(one.rule) not in words),
        warnings=tuple(one for one in found if not one.is_blocking),
    )


def words_of(terms: Terms) -> Sequence[str]:
    """The steps that are asked of this person."""
    young = is_minor(terms.beneficiary.birth_date, terms.first_day)
    return [word for word in FORMS if word != "representant" or young]


def titles_of(terms: Terms) -> dict[str, str]:
    """The titles of the steps of this person, by their words."""
    return {word: TITLES[word] for word in words_of(terms)}
