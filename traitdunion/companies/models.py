"""Companies, their members, and the codes sent to them by letter."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.accounts.models import Person
from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData

_ESTABLISHMENTS = PersonalData(
    purpose="Savoir quelle entreprise accueille, où, et qui l’a vérifiée. Une entreprise peut porter votre nom.",
    kept_for="3 ans après sa fermeture",
    then=Fate.ANONYMISED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_MEMBERS = PersonalData(
    purpose="Savoir qui parle au nom d’une entreprise, et inviter vos collègues par e-mail.",
    kept_for="tant que vous êtes membre\u00a0; 14 jours pour une invitation sans réponse",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_CODES = PersonalData(
    purpose="Vérifier, par un code envoyé par courrier à l’entreprise, que vous en faites partie.",
    kept_for="60 jours",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


class CompanyState(StrEnum):
    """What the register of companies says; the values are stored."""

    ACTIVE = "active"
    CLOSED = "closed"
    UNVERIFIED = "unverified"  # the register did not answer, or does not show it: asked again every day

    @property
    def label(self) -> str:
        """What members and operators read."""
        return {"active": "en activité", "closed": "fermé", "unverified": "à vérifier"}[self.value]


class Verification(StrEnum):
    """How we know that members speak for a company; the values are stored."""

    DOMAIN = "domain"
    FIRM = "firm"
    CODE = "code"
    OPERATOR = "operator"

    @property
    def label(self) -> str:
        """What members and operators read."""
        return {
            "domain": "par l’adresse e-mail d’un membre",
            "firm": "par un autre établissement de l’entreprise",
            "code": "par un code envoyé par courrier",
            "operator": "par notre équipe",
        }[self.value]


class MemberState(StrEnum):
    """The values are stored."""

    INVITED = "invited"  # by another member, at an e-mail address
    ASKING = "asking"  # to join a company that has members
    ACTIVE = "active"


class Company(Base):
    """An establishment, as the register of companies knows it, or as its member described it in the meantime."""

    __tablename__ = "companies"
    __table_args__ = (
        UniqueConstraint("siret"),
        CheckConstraint("siret ~ '^[0-9]{14}$'", name="siret"),
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint("state IN ('active', 'closed', 'unverified')", name="state"),
        CheckConstraint("verification IN ('domain', 'firm', 'code', 'operator')", name="verification"),
        CheckConstraint("(verified_at IS NULL) = (verification IS NULL)", name="verified"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        Index("ix_companies_siren", text("left(siret, 9)")),
        Index("ix_companies_state_checked_at", "state", "checked_at"),
        Index("ix_companies_verified_by_id", "verified_by_id", postgresql_where=text("verified_by_id IS NOT NULL")),
        {"info": {"personal": _ESTABLISHMENTS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    siret: Mapped[str]
    name: Mapped[str]
    """What people call it: its sign, else its legal name."""
    legal_name: Mapped[str | None]
    naf: Mapped[str | None]
    """Main activity, « 10.71C »."""
    address: Mapped[str | None]
    """Street and number; the postcode and the commune stand apart."""
    postcode: Mapped[str | None]
    commune_code: Mapped[str | None]
    """INSEE code; no foreign key, since communes merge and are replaced as a whole."""
    city: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    state: Mapped[str]
    """A `CompanyState`."""
    checked_at: Mapped[datetime | None]
    """When the register last answered; None while it never did."""
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    """The operator, or the member whose address or code it was."""
    verification: Mapped[str | None]
    """A `Verification`."""
    banned_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    members: Mapped[list["CompanyMember"]] = relationship(back_populates="company", passive_deletes=True)

    @property
    def siren(self) -> str:
        """The nine digits of the firm."""
        return self.siret[:9]

    @property
    def is_verified(self) -> bool:
        """Its members have shown that they speak for it."""
        return self.verified_at is not None

    @property
    def is_shown(self) -> bool:
        """Its slots may be shown to everybody."""
        return self.is_verified and self.state == CompanyState.ACTIVE and self.banned_at is None


class CompanyMember(Base):
    """A person who speaks for a company, asks to, or is invited to."""

    __tablename__ = "company_members"
    __table_args__ = (
        UniqueConstraint("company_id", "person_id"),
        UniqueConstraint("company_id", "email"),
        CheckConstraint("state IN ('invited', 'asking', 'active')", name="state"),
        CheckConstraint("(state = 'invited') = (email IS NOT NULL)", name="email"),
        CheckConstraint("(state = 'invited') = (person_id IS NULL)", name="person"),
        Index("ix_company_members_person_id", "person_id"),
        Index("ix_company_members_invited_by_id", "invited_by_id", postgresql_where=text("invited_by_id IS NOT NULL")),
        {"info": {"personal": _MEMBERS, "merging": {"state": ("active", "asking", "invited")}}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    company_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("companies.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    email: Mapped[str | None]
    """Where the invitation went; forgotten once it is answered."""
    state: Mapped[str]
    """A `MemberState`."""
    invited_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    company: Mapped[Company] = relationship(back_populates="members")
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class CompanyCode(Base):
    """A code asked for by a member: the operator prints it in a letter, and only its fingerprint is kept."""

    __tablename__ = "company_codes"
    __table_args__ = (
        CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts"),
        CheckConstraint("(fingerprint IS NULL) = (printed_at IS NULL)", name="printed"),
        Index("ix_company_codes_person_id", "person_id"),
        {"info": {"personal": _CODES}},
    )

    company_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[bytes | None]
    """None until the letter is printed; another printing replaces it."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Codes typed since the letter was printed."""
    asked_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]

    company: Mapped[Company] = relationship()
    person: Mapped[Person] = relationship()
