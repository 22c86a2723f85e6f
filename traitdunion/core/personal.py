"""The words in which every model declares what personal data it holds (RGPD, articles 5, 6, 13 and 30)."""

from dataclasses import dataclass
from enum import StrEnum


class LegalBasis(StrEnum):
    """Article 6(1) of the RGPD."""

    PUBLIC_TASK = "mission d’intérêt public"
    CONTRACT = "exécution d’un contrat"
    LEGAL_OBLIGATION = "obligation légale"
    CONSENT = "consentement"


class Fate(StrEnum):
    """What becomes of the data once the delay is over."""

    ERASED = "effacé"
    ANONYMISED = "rendu anonyme"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """A line of the privacy register; texts are French, since people read them in the privacy policy."""

    purpose: str
    kept_for: str
    then: Fate
    legal_basis: LegalBasis
