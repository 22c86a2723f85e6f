"""People, the ways they sign in, bans, and what operators did."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData
from traitdunion.notifications.messages import Address

_ACCOUNT = PersonalData(
    purpose="Tenir votre compte\u00a0: vous reconnaître, vous écrire, réserver en votre nom.",
    kept_for="2 ans après votre dernière connexion, ou après la fin de votre suivi par un organisme",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_SIGNING_IN = PersonalData(
    purpose="Vous envoyer un lien et un code de connexion, et garder ce que vous demandiez jusque-là.",
    kept_for="24 heures",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_SIGNED_IN = PersonalData(
    purpose="Vous garder connecté, et vous montrer les appareils qui le sont.",
    kept_for="30 jours sans visite, 90 jours au plus",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_AUDIT = PersonalData(
    purpose="Savoir qui, parmi ceux qui administrent le service, a fait quoi, et quel organisme a lu votre dossier.",
    kept_for="1 an",
    then=Fate.ERASED,
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
)
_BAN = PersonalData(
    purpose="Tenir à l’écart une personne ou une adresse qui a nui au service (empreinte de l’adresse seulement).",
    kept_for="3 ans",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


class Status(StrEnum):
    """Who follows a job seeker; the values are stored."""

    FRANCE_TRAVAIL = "france_travail"
    MISSION_LOCALE = "mission_locale"
    CAP_EMPLOI = "cap_emploi"
    EMPLOYEE = "employee"
    OTHER = "other"

    @property
    def label(self) -> str:
        """What people choose."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.FRANCE_TRAVAIL: "Inscrit à France Travail",
    Status.MISSION_LOCALE: "Suivi par une Mission locale",
    Status.CAP_EMPLOI: "Suivi par un Cap emploi",
    Status.EMPLOYEE: "Salarié",
    Status.OTHER: "Autre situation",
}


class Person(Base):
    """Somebody: job seeker, member of a company, operator; one person may be all of them."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("phone"),
        CheckConstraint("email = lower(email) AND email LIKE '%_@_%'", name="email"),
        CheckConstraint("phone ~ '^\\+[0-9]{6,15}$'", name="phone"),
        CheckConstraint(f"status IN ({', '.join(repr(status.value) for status in Status)})", name="status"),
        CheckConstraint("level IN (0, 3, 4, 5, 6, 7, 8)", name="level"),
        Index("ix_people_name_key", "name_key"),
        Index(
            "ix_people_ageless",
            "name_key",
            postgresql_using="gin",
            postgresql_ops={"name_key": "gin_trgm_ops"},
            postgresql_where=text("birth_date IS NULL"),
        ),
        Index("ix_people_birth_date", "birth_date", postgresql_where=text("birth_date IS NOT NULL")),
        {"info": {"personal": _ACCOUNT}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    given_name: Mapped[str] = mapped_column(server_default=text("''"))
    family_name: Mapped[str] = mapped_column(server_default=text("''"))
    """Both are empty until the person says them."""
    email: Mapped[str | None]
    """Lower case. Whom a prescriber follows may have neither an e-mail nor a telephone."""
    phone: Mapped[str | None]
    """E.164."""
    birth_date: Mapped[date | None]
    postcode: Mapped[str | None]
    status: Mapped[str | None]
    """A value of `Status`."""
    level: Mapped[int | None]
    """Of the highest diploma, in France's 8 levels; 0 is none."""
    training_wish: Mapped[str | None]
    """What the person would like to train for, in their words."""
    is_operator: Mapped[bool] = mapped_column(server_default=false())
    """Runs the service."""
    banned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    name_key: Mapped[str] = mapped_column(
        Computed("name_key(given_name, family_name)", persisted=True), nullable=True, deferred=True
    )
    """Both names in lower case, without accents nor hyphens: by it a person is found whose name was misspelt."""
    seen_at: Mapped[datetime | None]
    """Last sign-in; None when nobody ever proved the address (an invited person)."""

    @property
    def name(self) -> str:
        """What others read; a neutral word until the person says a name."""
        return f"{self.given_name} {self.family_name}".strip() or "Personne sans nom"

    @property
    def address(self) -> Address:
        """Where to write to the person; nothing leaves for who has neither an e-mail nor a telephone."""
        return Address(email=self.email, phone=self.phone, name=self.name if self.given_name else "")


class SignInRequest(Base):
    """A link and a code that were sent to an address; either works once."""

    __tablename__ = "sign_in_requests"
    __table_args__ = (
        UniqueConstraint("link"),
        CheckConstraint("(email IS NULL) <> (phone IS NULL)", name="address"),
        Index("ix_sign_in_requests_browser", "browser"),
        Index("ix_sign_in_requests_asked_at", "asked_at"),
        {"info": {"personal": _SIGNING_IN}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    email: Mapped[str | None]
    phone: Mapped[str | None]
    link: Mapped[bytes] = mapped_column(LargeBinary)
    """Fingerprint of the secret in the link."""
    code: Mapped[bytes] = mapped_column(LargeBinary)
    """Fingerprint of the code and of `link` together: two requests with the same code do not look alike."""
    browser: Mapped[bytes] = mapped_column(LargeBinary)
    """Fingerprint of the secret in the cookie of the browser that asked."""
    pending_kind: Mapped[str | None]
    pending_values: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What waits for the proof (`accounts.sign_in.Pending`); emptied once done."""
    path: Mapped[str | None]
    """Page to show once signed in."""
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(Base):
    """A browser that is signed in as a person."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        UniqueConstraint("secret"),
        Index("ix_sign_ins_person_id", "person_id"),
        Index("ix_sign_ins_used_at", "used_at"),
        {"info": {"personal": _SIGNED_IN}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Fingerprint of the secret in the browser's cookie."""
    device: Mapped[str]
    """In words that its owner recognises: « Firefox sur Android »."""
    provider: Mapped[str | None]
    """Key of the OpenID provider that vouched for the person; None for a link or a code."""
    id_token: Mapped[str | None]
    """What that provider asks back to end its own session."""
    created_at: Mapped[datetime]
    used_at: Mapped[datetime]
    """Last visit, to the hour."""

    person: Mapped[Person] = relationship()


class ProvidedIdentity(Base):
    """How an OpenID provider names a person."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("provider", "subject"),
        Index("ix_identities_person_id", "person_id"),
        {"info": {"personal": _ACCOUNT}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    provider: Mapped[str]
    subject: Mapped[str]
    """`sub`: never given to another person by that provider (OpenID Connect Core, section 2)."""
    created_at: Mapped[datetime]


class AuditEntry(Base):
    """Something an operator, or the command line, did."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_at", "at"),
        Index("ix_audit_entries_subject_subject_id", "subject", "subject_id"),
        {"info": {"personal": _AUDIT}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    """None: the command line."""
    act: Mapped[str]
    subject: Mapped[str]
    """Table of what it was done to."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime]


class Ban(Base):
    """A person, or an address, that is shut out."""

    __tablename__ = "bans"
    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR address IS NOT NULL", name="whom"),
        Index("ix_bans_person_id", "person_id"),
        Index("ix_bans_address", "address"),
        {"info": {"personal": _BAN}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    address: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Fingerprint of an e-mail address or a telephone number: it stays shut out when its person is erased."""
    reason: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
