"""Agreements, their versions, parties, signatures, documents and history.

What an agreement says lives in its versions, so that it outlasts the booking, the account and the company it came from.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.accounts.models import Person
from traitdunion.agreements.kinds import Act, Actor, PartyRole, SignatureChannel, Status
from traitdunion.companies.models import Company
from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData
from traitdunion.immersions.models import Booking
from traitdunion.prescribers.models import Organisation

MOST_TRIES = 5
"""Codes typed for one that was sent."""

_KEPT = "5 ans après la fin de l’immersion si la convention est validée, 2 ans sinon\u00a0; 30 jours pour un brouillon"

_TERMS = PersonalData(
    purpose="Établir la convention de votre immersion, et prouver qui l’a signée et quand.",
    kept_for=_KEPT,
    then=Fate.ERASED,
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
)
_CODES = PersonalData(
    purpose="Vérifier que c’est bien vous qui signez, par un code envoyé à votre adresse ou à votre téléphone.",
    kept_for="24 heures",
    then=Fate.ERASED,
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Agreement(Base):
    """One immersion's legal text, from its draft to the end of its life."""

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint(_one_of("status", Status), name="status"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(status = 'DRAFT') <= (submitted_at IS NULL)", name="submitted"),
        CheckConstraint("(status = 'ACCEPTED_BY_VALIDATOR') <= (validated_at IS NOT NULL)", name="validated"),
        CheckConstraint("status <> 'REJECTED' OR coalesce(justification, '') <> ''", name="justification"),
        CheckConstraint("renewed_from_id IS NULL OR booking_id IS NULL", name="renewal"),
        # A booking that is moved after all is validated leads to another agreement.
        Index(
            "uq_agreements_booking_id",
            "booking_id",
            unique=True,
            postgresql_where=text("status NOT IN ('REJECTED', 'CANCELLED', 'DEPRECATED')"),
        ),
        Index("ix_agreements_booking_id", "booking_id", postgresql_where=text("booking_id IS NOT NULL")),
        # Renewed once; a renewal that came to nothing may be made again.
        Index(
            "uq_agreements_renewed_from_id",
            "renewed_from_id",
            unique=True,
            postgresql_where=text("status NOT IN ('REJECTED', 'CANCELLED', 'DEPRECATED')"),
        ),
        Index("ix_agreements_renewed_from_id", "renewed_from_id", postgresql_where=text("renewed_from_id IS NOT NULL")),
        Index("ix_agreements_person_id_first_day", "person_id", "first_day"),
        Index("ix_agreements_company_id_last_day", "company_id", "last_day"),
        Index("ix_agreements_organisation_id_status", "organisation_id", "status"),
        Index("ix_agreements_status_first_day", "status", "first_day"),
        {"info": {"personal": _TERMS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code: Mapped[str]
    """Printed on the document, to verify it; no secret opens with it alone."""
    booking_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("bookings.id", ondelete="SET NULL"))
    """None for a renewal, and once the booking is erased."""
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    """The beneficiary's account."""
    company_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("companies.id", ondelete="SET NULL"))
    organisation_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("prescriber_organisations.id", ondelete="SET NULL")
    )
    """Which prescribes; None while nobody does."""
    status: Mapped[str]
    """A `Status`; changed by `lifecycle` alone."""
    justification: Mapped[str | None]
    """Why it was refused, cancelled or abandoned."""
    version: Mapped[int] = mapped_column(SmallInteger)
    """Number of the version that holds."""
    first_day: Mapped[date]
    """Those of the version that holds, like the next one: written with it, so that overlaps are found."""
    last_day: Mapped[date]
    renewed_from_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("agreements.id", ondelete="RESTRICT"))
    sequence: Mapped[int]
    """How often it changed: what somebody read at another count is judged again."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    """When the draft became ready to sign."""
    validated_at: Mapped[datetime | None]

    booking: Mapped[Booking | None] = relationship()
    person: Mapped[Person | None] = relationship()
    company: Mapped[Company | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    renewed_from: Mapped["Agreement | None"] = relationship(remote_side="Agreement.id")
    versions: Mapped[list["AgreementVersion"]] = relationship(
        back_populates="agreement", passive_deletes=True, order_by="AgreementVersion.number"
    )
    parties: Mapped[list["AgreementParty"]] = relationship(
        back_populates="agreement", cascade="all, delete-orphan", passive_deletes=True, order_by="AgreementParty.id"
    )
    events: Mapped[list["AgreementEvent"]] = relationship(
        back_populates="agreement", passive_deletes=True, order_by="AgreementEvent.sequence"
    )
    signatures: Mapped[list["Signature"]] = relationship(
        back_populates="agreement", passive_deletes=True, order_by="Signature.id"
    )


class AgreementVersion(Base):
    """What the agreement says from one change to the next (`snapshot.Terms`)."""

    __tablename__ = "agreement_versions"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(hash IS NULL) = (frozen_at IS NULL)", name="frozen"),
        CheckConstraint("octet_length(hash) = 32", name="hash"),
        {"info": {"personal": _TERMS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreements.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(SmallInteger)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """`snapshot.to_json`; written anew at each step while it is a draft, never once frozen."""
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the canonical bytes (`snapshot.digest`); None while it is a draft."""
    is_material: Mapped[bool]
    """It cleared the signatures of the one before; a correction did not."""
    why: Mapped[str | None]
    """What changed, in words that the parties read."""
    created_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]

    agreement: Mapped[Agreement] = relationship(back_populates="versions")


class AgreementParty(Base):
    """Somebody whom an agreement binds or names, with the address they sign at."""

    __tablename__ = "agreement_parties"
    __table_args__ = (
        UniqueConstraint("agreement_id", "role"),
        CheckConstraint(_one_of("role", PartyRole), name="role"),
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email"),
        CheckConstraint("phone ~ '^\\+[0-9]{6,15}$'", name="phone"),
        Index("ix_agreement_parties_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        {"info": {"personal": _TERMS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreements.id", ondelete="CASCADE"))
    role: Mapped[str]
    """A `PartyRole`."""
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    """The party's account, where there is one."""
    given_name: Mapped[str]
    family_name: Mapped[str]
    function: Mapped[str | None]
    """« Gérante »; of a representative, what they are to the beneficiary: « sa mère »."""
    email: Mapped[str | None]
    phone: Mapped[str | None]
    """E.164."""

    agreement: Mapped[Agreement] = relationship(back_populates="parties")

    @property
    def name(self) -> str:
        """What others read."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def signs(self) -> bool:
        """Whether the agreement waits for this party's signature."""
        return PartyRole(self.role).signs


class SignatureCode(Base):
    """A code that was sent to a party, to sign one version."""

    __tablename__ = "signature_codes"
    __table_args__ = (
        CheckConstraint(_one_of("channel", SignatureChannel), name="channel"),
        CheckConstraint(f"tries BETWEEN 0 AND {MOST_TRIES}", name="tries"),
        Index("ix_signature_codes_party_id", "party_id"),
        Index("ix_signature_codes_version_id", "version_id"),
        Index("ix_signature_codes_asked_at", "asked_at"),
        {"info": {"personal": _CODES}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    party_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreement_parties.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreement_versions.id", ondelete="CASCADE"))
    """What the party read before asking for the code: another version asks for another code."""
    channel: Mapped[str]
    """A `SignatureChannel`."""
    masked_address: Mapped[str]
    """« c…e@exemple.fr », « … 12 34 »."""
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the code, with the row's party."""
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    party: Mapped[AgreementParty] = relationship()
    version: Mapped[AgreementVersion] = relationship()


class Signature(Base):
    """A party signed a version; each signature bears the hash of the one before it."""

    __tablename__ = "signatures"
    __table_args__ = (
        CheckConstraint(_one_of("role", PartyRole), name="role"),
        CheckConstraint(_one_of("channel", SignatureChannel), name="channel"),
        CheckConstraint("octet_length(terms_hash) = 32", name="terms_hash"),
        CheckConstraint("octet_length(previous_hash) = 32", name="previous_hash"),
        CheckConstraint("octet_length(hash) = 32", name="hash"),
        # One standing signature of each role; those that a change cleared stay, as history.
        Index(
            "uq_signatures_standing",
            "agreement_id",
            "role",
            unique=True,
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index("ix_signatures_agreement_id", "agreement_id"),
        Index("ix_signatures_version_id", "version_id"),
        Index("ix_signatures_party_id", "party_id", postgresql_where=text("party_id IS NOT NULL")),
        {"info": {"personal": _TERMS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreements.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreement_versions.id", ondelete="CASCADE"))
    """The version that was read and signed; corrections since then do not change it."""
    party_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("agreement_parties.id", ondelete="SET NULL"))
    role: Mapped[str]
    """A `PartyRole`."""
    name: Mapped[str]
    """As the signed version says it."""
    channel: Mapped[str]
    """A `SignatureChannel`."""
    masked_address: Mapped[str]
    signed_at: Mapped[datetime]
    terms_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """That of the version."""
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the signature of this agreement before this one; None for the first."""
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    """Of all the above, so that none can be altered or taken away unseen."""
    cleared_at: Mapped[datetime | None]
    """When a material change made it void."""

    agreement: Mapped[Agreement] = relationship(back_populates="signatures")
    version: Mapped[AgreementVersion] = relationship()
    party: Mapped[AgreementParty | None] = relationship()


class AgreementEvent(Base):
    """Something that was done to an agreement: who, what, from which status to which, and why."""

    __tablename__ = "agreement_events"
    __table_args__ = (
        UniqueConstraint("agreement_id", "sequence"),
        CheckConstraint(_one_of("act", Act), name="act"),
        CheckConstraint(_one_of("actor", Actor), name="actor"),
        CheckConstraint(_one_of("before", Status), name="before"),
        CheckConstraint(_one_of("after", Status), name="after"),
        Index("ix_agreement_events_by_id", "by_id", postgresql_where=text("by_id IS NOT NULL")),
        {"info": {"personal": _TERMS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreements.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    """The agreement's, after it."""
    act: Mapped[str]
    """An `Act`."""
    actor: Mapped[str]
    """An `Actor`."""
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    """The account, where the actor has one."""
    before: Mapped[str | None]
    """A `Status`; None for the first event."""
    after: Mapped[str]
    """A `Status`."""
    version: Mapped[int] = mapped_column(SmallInteger)
    """The one that holds after it."""
    word: Mapped[str | None]
    """The justification, or what was written to the parties."""
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What else the history shows: fields changed, warnings answered, organisations."""
    at: Mapped[datetime]

    agreement: Mapped[Agreement] = relationship(back_populates="events")
    by: Mapped[Person | None] = relationship()


class AgreementDocument(Base):
    """A document that was made of a version and its signatures; its bytes are made again, and compared."""

    __tablename__ = "agreement_documents"
    __table_args__ = (
        UniqueConstraint("version_id", "input_hash"),
        CheckConstraint("octet_length(input_hash) = 32", name="input_hash"),
        CheckConstraint("octet_length(pdf_hash) = 32", name="pdf_hash"),
        Index("ix_agreement_documents_agreement_id", "agreement_id"),
        {"info": {"personal": None}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    agreement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreements.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("agreement_versions.id", ondelete="CASCADE"))
    input_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of what the document was made from: the template, the terms, the signatures."""
    pdf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the PDF's bytes."""
    size: Mapped[int]
    """In bytes."""
    generator: Mapped[str]
    """« typst 0.15.0 »: another version may give other bytes."""
    made_at: Mapped[datetime]

    agreement: Mapped[Agreement] = relationship()
    version: Mapped[AgreementVersion] = relationship()
