"""The words of agreements whose values are stored: statuses, roles, objectives, acts."""

from enum import StrEnum


class Status(StrEnum):
    """Where an agreement is in its life (`lifecycle.py` has the table); the values are stored.

    Those in capitals are Immersion facilitée's own, letter for letter, so that agreements can be exchanged
    (`shared/src/convention/convention.dto.ts`). A draft is ours alone and is never sent.
    """

    DRAFT = "DRAFT"
    READY_TO_SIGN = "READY_TO_SIGN"
    PARTIALLY_SIGNED = "PARTIALLY_SIGNED"
    IN_REVIEW = "IN_REVIEW"
    ACCEPTED_BY_COUNSELLOR = "ACCEPTED_BY_COUNSELLOR"
    ACCEPTED_BY_VALIDATOR = "ACCEPTED_BY_VALIDATOR"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"
    DEPRECATED = "DEPRECATED"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            "DRAFT": "À compléter",
            "READY_TO_SIGN": "À signer",
            "PARTIALLY_SIGNED": "Signée en partie",
            "IN_REVIEW": "À l’étude chez l’organisme",
            "ACCEPTED_BY_COUNSELLOR": "Examinée, à valider",
            "ACCEPTED_BY_VALIDATOR": "Validée",
            "REJECTED": "Refusée",
            "CANCELLED": "Annulée",
            "DEPRECATED": "Abandonnée",
        }[self.value]

    @property
    def is_final(self) -> bool:
        """Nothing becomes of it any more."""
        return self in {Status.REJECTED, Status.CANCELLED, Status.DEPRECATED}

    @property
    def is_validated(self) -> bool:
        """The immersion may take place under it."""
        return self is Status.ACCEPTED_BY_VALIDATOR


class PartyRole(StrEnum):
    """What somebody is to an agreement; the values are stored."""

    BENEFICIARY = "beneficiary"
    REPRESENTATIVE = "representative"
    EMPLOYER = "employer"
    COMPANY = "company"
    TUTOR = "tutor"

    @property
    def label(self) -> str:
        """What people read."""
        return {
            "beneficiary": "La personne en immersion",
            "representative": "Son représentant légal",
            "employer": "Son employeur actuel",
            "company": "L’entreprise d’accueil",
            "tutor": "La personne qui accueille",
        }[self.value]

    @property
    def signs(self) -> bool:
        """The tutor is named, and signs nothing as such."""
        return self is not PartyRole.TUTOR


class Actor(StrEnum):
    """Who acts on an agreement; the values are stored. The first four are the parties that sign."""

    BENEFICIARY = "beneficiary"
    REPRESENTATIVE = "representative"
    EMPLOYER = "employer"
    COMPANY = "company"
    COUNSELLOR = "counsellor"
    VALIDATOR = "validator"
    OPERATOR = "operator"
    SERVICE = "service"
    """Its jobs, and what follows from another act."""


class Act(StrEnum):
    """What is done to an agreement; the values are stored in its history."""

    DRAFT = "draft"  # made from a booking, or to renew another
    FILL = "fill"  # a step of the draft saved
    SUBMIT = "submit"  # complete, and frozen for the parties to sign
    CHANGE = "change"  # materially: everybody signs again
    CORRECT = "correct"  # an address, a typing error: signatures stand
    SIGN = "sign"
    SIGN_LAST = "sign_last"
    EXAMINE = "examine"  # the first of two steps, in organisations that have two
    VALIDATE = "validate"
    REJECT = "reject"
    CANCEL = "cancel"  # once validated
    ABANDON = "abandon"  # before that
    TRANSFER = "transfer"  # to another prescriber organisation
    RENEW = "renew"  # noted on the agreement that is renewed
    ASK = "ask"  # a party is asked what to put right
    ANSWER = "answer"

    @property
    def label(self) -> str:
        """What is read in the history."""
        return {
            "draft": "Convention préparée",
            "fill": "Convention complétée",
            "submit": "Prête à signer",
            "change": "Modifiée\u00a0: à signer de nouveau",
            "correct": "Corrigée, signatures gardées",
            "sign": "Signée",
            "sign_last": "Signée par la dernière partie",
            "examine": "Examinée",
            "validate": "Validée",
            "reject": "Refusée",
            "cancel": "Annulée",
            "abandon": "Abandonnée",
            "transfer": "Confiée à un autre organisme",
            "renew": "Renouvelée",
            "ask": "Précision demandée",
            "answer": "Précision donnée",
        }[self.value]


class Objective(StrEnum):
    """The three objects of article L. 5135-1; the values are stored, the labels are the law's words."""

    DISCOVER = "discover"
    CONFIRM = "confirm"
    RECRUIT = "recruit"

    @property
    def label(self) -> str:
        """As the agreement says it."""
        return {
            "discover": "Découvrir un métier ou un secteur d’activité",
            "confirm": "Confirmer un projet professionnel",
            "recruit": "Initier une démarche de recrutement",
        }[self.value]


class SignatureChannel(StrEnum):
    """Where a signing code went; the values are stored."""

    EMAIL = "email"
    SMS = "sms"

    @property
    def label(self) -> str:
        """What people read."""
        return {"email": "e-mail", "sms": "SMS"}[self.value]
