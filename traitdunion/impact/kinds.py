"""The words of bilans, verdicts and outcomes whose values are stored."""

from enum import StrEnum


class Presence(StrEnum):
    """Whether the person came; letter for letter Immersion facilitée's (`shared/src/assessment/assessment.dto.ts`)."""

    COMPLETED = "COMPLETED"
    PARTIALLY_COMPLETED = "PARTIALLY_COMPLETED"
    DID_NOT_SHOW = "DID_NOT_SHOW"

    @property
    def label(self) -> str:
        """What the company chooses."""
        return {
            "COMPLETED": "Oui, jusqu’au bout",
            "PARTIALLY_COMPLETED": "En partie",
            "DID_NOT_SHOW": "Non, la personne n’est pas venue",
        }[self.value]

    @property
    def said(self) -> str:
        """What a prescriber reads of the person."""
        return {
            "COMPLETED": "venue jusqu’au bout",
            "PARTIALLY_COMPLETED": "venue en partie",
            "DID_NOT_SHOW": "pas venue",
        }[self.value]


class Contract(StrEnum):
    """With which contract the company hired; Immersion facilitée's list."""

    CDI = "cdi"
    LONG_CDD = "long_cdd"
    SHORT_CDD = "short_cdd"
    WORK_STUDY = "work_study"
    AIDED = "aided"
    INSERTION = "insertion"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What the company chooses."""
        return {
            "cdi": "CDI",
            "long_cdd": "CDD de 6\u00a0mois ou plus",
            "short_cdd": "CDD de moins de 6\u00a0mois",
            "work_study": "Alternance",
            "aided": "Contrat aidé",
            "insertion": "Contrat d’insertion",
            "other": "Autre contrat",
        }[self.value]


class Choice(StrEnum):
    """The verdict itself."""

    CONFIRM = "confirm"
    NUANCE = "nuance"
    ABANDON = "abandon"

    @property
    def label(self) -> str:
        """What the person taps."""
        return {
            "confirm": "Je confirme ce métier",
            "nuance": "Je nuance",
            "abandon": "J’abandonne ce métier",
        }[self.value]

    @property
    def meaning(self) -> str:
        """What stands below, so that nobody hesitates."""
        return {
            "confirm": "C’est bien ce que je veux faire.",
            "nuance": "J’hésite, ou j’ai besoin d’essayer autrement.",
            "abandon": "Ce n’est pas pour moi\u00a0: mieux vaut le savoir avant de se former.",
        }[self.value]

    @property
    def said(self) -> str:
        """What a prescriber reads of the person."""
        return {
            "confirm": "confirme ce métier",
            "nuance": "nuance",
            "abandon": "abandonne ce métier",
        }[self.value]


class Reason(StrEnum):
    """What counted most in the verdict."""

    WORK = "work"
    EFFORT = "effort"
    HOURS = "hours"
    TEAM = "team"
    JOURNEY = "journey"
    PROSPECTS = "prospects"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What the person taps."""
        return {
            "work": "Le travail lui-même",
            "effort": "L’effort\u00a0: fatigue, gestes, postures",
            "hours": "Les horaires",
            "team": "L’équipe, l’ambiance",
            "journey": "Le trajet",
            "prospects": "Le salaire, l’avenir",
            "other": "Autre chose",
        }[self.value]


class Situation(StrEnum):
    """Where the person is after the immersion."""

    TRAINING_ENTERED = "training_entered"
    TRAINING_PLANNED = "training_planned"
    JOB = "job"
    OTHER_PROJECT = "other_project"
    NONE = "none"

    @property
    def label(self) -> str:
        """What the person taps."""
        return {
            "training_entered": "Je suis entré ou entrée en formation",
            "training_planned": "Je vais entrer en formation",
            "job": "J’ai un emploi",
            "other_project": "J’ai un autre projet",
            "none": "Rien de cela pour l’instant",
        }[self.value]

    @property
    def said(self) -> str:
        """What a prescriber reads, and chooses."""
        return {
            "training_entered": "Entrée en formation",
            "training_planned": "Entrée en formation prévue",
            "job": "En emploi",
            "other_project": "Autre projet",
            "none": "Rien de cela pour l’instant",
        }[self.value]

    @property
    def is_training(self) -> bool:
        """Which session is asked next; else, why not."""
        return self in {Situation.TRAINING_ENTERED, Situation.TRAINING_PLANNED}


class Obstacle(StrEnum):
    """Why no training was entered."""

    NOT_MY_JOB = "not_my_job"
    REFUSED = "refused"
    NO_PLACE = "no_place"
    TOO_FAR = "too_far"
    MONEY = "money"
    HEALTH_OR_FAMILY = "health_or_family"
    NO_NEED = "no_need"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What the person taps."""
        return {
            "not_my_job": "Ce métier n’est pas pour moi",
            "refused": "Ma candidature n’a pas été retenue",
            "no_place": "Plus de place, ou pas de session bientôt",
            "too_far": "Trop loin, pas de transport",
            "money": "Question d’argent",
            "health_or_family": "Santé ou famille",
            "no_need": "Je n’en ai pas besoin pour travailler",
            "other": "Autre raison",
        }[self.value]


class Speaker(StrEnum):
    """Who answered for an outcome."""

    PERSON = "person"
    PRESCRIBER = "prescriber"


MONTHS = (0, 3, 6, 12)
"""After the end of the immersion, an outcome is asked for."""
