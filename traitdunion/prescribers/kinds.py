"""The words of prescribers whose values are stored: kinds, states, origins, reasons."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What a prescriber organisation is; the values are stored.

    Article L. 5135-2 of the Code du travail names those that prescribe by right; the others need a delegation.
    """

    FRANCE_TRAVAIL = "france_travail"
    MISSION_LOCALE = "mission_locale"
    CAP_EMPLOI = "cap_emploi"
    SIAE = "siae"
    CONSEIL_DEPARTEMENTAL = "conseil_departemental"
    CEP = "cep"
    CHAMBER = "chamber"
    PUBLIC_SERVICE = "public_service"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What people choose and read."""
        return {
            "france_travail": "Agence France Travail",
            "mission_locale": "Mission locale",
            "cap_emploi": "Cap emploi",
            "siae": "Structure d’insertion par l’activité économique",
            "conseil_departemental": "Conseil départemental",
            "cep": "Opérateur du conseil en évolution professionnelle",
            "chamber": "Chambre consulaire",
            "public_service": "Employeur public",
            "other": "Autre organisme",
        }[self.value]

    @property
    def prescribes_by_right(self) -> bool:
        """Named by article L. 5135-2: no delegation is needed."""
        return self in _BY_RIGHT

    @property
    def may_delegate(self) -> bool:
        """Its right to prescribe may be delegated to another organisation."""
        return self in _DELEGATORS


_BY_RIGHT = frozenset(
    {
        OrganisationKind.FRANCE_TRAVAIL,
        OrganisationKind.MISSION_LOCALE,
        OrganisationKind.CAP_EMPLOI,
        OrganisationKind.SIAE,
        OrganisationKind.CONSEIL_DEPARTEMENTAL,
        OrganisationKind.CEP,
    }
)
_DELEGATORS = frozenset(
    {
        OrganisationKind.FRANCE_TRAVAIL,
        OrganisationKind.MISSION_LOCALE,
        OrganisationKind.CAP_EMPLOI,
        OrganisationKind.CONSEIL_DEPARTEMENTAL,
    }
)


class OrganisationState(StrEnum):
    """What operators decided of an organisation; the values are stored."""

    WAITING = "waiting"
    ACTIVE = "active"
    REFUSED = "refused"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """What members and operators read."""
        return {"waiting": "à examiner", "active": "active", "refused": "refusée", "closed": "fermée"}[self.value]


class AreaKind(StrEnum):
    """How a part of an organisation's area is named; the values are stored."""

    COMMUNE = "commune"
    POSTCODE = "postcode"


class PrescriberState(StrEnum):
    """The values are stored."""

    INVITED = "invited"  # by an administrator, at an e-mail address
    ACTIVE = "active"
    LEFT = "left"  # kept, so that what they did bears a name


class Origin(StrEnum):
    """How a person came to a caseload; the values are stored."""

    CREATED = "created"
    IMPORTED = "imported"
    ROUTED = "routed"
    CHOSEN = "chosen"
    HANDED_ON = "handed_on"

    @property
    def label(self) -> str:
        """What prescribers read."""
        return {
            "created": "ajoutée par un conseiller",
            "imported": "ajoutée par un fichier",
            "routed": "proposée selon son adresse et sa situation",
            "chosen": "a choisi votre organisme",
            "handed_on": "confiée par un autre organisme",
        }[self.value]


class ReferralState(StrEnum):
    """Where a referral is in its life; the values are stored."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # by the prescriber, or since the organisation no longer follows the person
    GONE = "gone"  # none of the slots can be booked any more

    @property
    def label(self) -> str:
        """What prescribers read."""
        return {
            "proposed": "Attend sa réponse",
            "accepted": "Acceptée",
            "declined": "Refusée",
            "expired": "Sans réponse",
            "withdrawn": "Retirée",
            "gone": "N’a plus lieu",
        }[self.value]


class DeclineReason(StrEnum):
    """Why a person says no to a referral, in one tap; the values are stored."""

    DATES = "dates"
    TOO_FAR = "too_far"
    OTHER_JOB = "other_job"
    HEALTH_OR_FAMILY = "health_or_family"
    FOUND_WORK = "found_work"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What the person chooses."""
        return {
            "dates": "Les dates ne me vont pas",
            "too_far": "C’est trop loin pour moi",
            "other_job": "Ce métier ne m’intéresse pas",
            "health_or_family": "Ma santé ou ma famille ne le permettent pas en ce moment",
            "found_work": "J’ai trouvé un travail ou une formation",
            "other": "Autre raison",
        }[self.value]


class ConsentMeans(StrEnum):
    """How a person consented; the values are stored."""

    SPOKEN = "spoken"
    SIGNED = "signed"
    MESSAGE = "message"

    @property
    def label(self) -> str:
        """What prescribers choose."""
        return {
            "spoken": "De vive voix",
            "signed": "Par écrit, sur un papier signé",
            "message": "Par un e-mail ou un SMS de sa part",
        }[self.value]
