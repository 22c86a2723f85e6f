"""Prescriber organisations, their members, the people they follow, what they propose, and what people consented to."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.accounts.models import Person
from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData
from traitdunion.immersions.models import Booking, Slot
from traitdunion.prescribers.kinds import (
    AreaKind,
    ConsentMeans,
    DeclineReason,
    OrganisationKind,
    OrganisationState,
    Origin,
    PrescriberState,
    ReferralState,
)

_ORGANISATIONS = PersonalData(
    purpose="Savoir quels organismes prescrivent, où les joindre, et qui de notre équipe les a acceptés.",
    kept_for="3 ans après leur fermeture",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_MEMBERS = PersonalData(
    purpose="Savoir qui parle au nom d’un organisme, et inviter ses collègues par e-mail.",
    kept_for="tant que vous en êtes membre, puis 24 mois\u00a0; 14 jours pour une invitation sans réponse",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_CASELOAD = PersonalData(
    purpose="Permettre à l’organisme qui vous suit de préparer avec vous vos immersions, selon votre projet.",
    kept_for="24 mois après la fin du suivi",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_REFERRALS = PersonalData(
    purpose="Vous proposer des immersions, et transmettre votre réponse à l’organisme qui vous suit.",
    kept_for="24 mois",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_CONSENTS = PersonalData(
    purpose="Prouver que vous avez permis à un organisme de réserver à votre place, et que vous pouvez revenir dessus.",
    kept_for="24 mois après son retrait ou la fin du suivi",
    then=Fate.ERASED,
    legal_basis=LegalBasis.CONSENT,
)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Organisation(Base):
    """An organisation that prescribes immersions, or asked to."""

    __tablename__ = "prescriber_organisations"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name"),
        CheckConstraint(_one_of("kind", OrganisationKind), name="kind"),
        CheckConstraint(_one_of("state", OrganisationState), name="state"),
        CheckConstraint("siret ~ '^[0-9]{14}$'", name="siret"),
        CheckConstraint("validation_steps IN (1, 2)", name="validation_steps"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("ix_prescriber_organisations_state", "state"),
        Index(
            "ix_prescriber_organisations_created_by_id",
            "created_by_id",
            postgresql_where=text("created_by_id IS NOT NULL"),
        ),
        Index(
            "ix_prescriber_organisations_decided_by_id",
            "decided_by_id",
            postgresql_where=text("decided_by_id IS NOT NULL"),
        ),
        {"info": {"personal": _ORGANISATIONS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    """An `OrganisationKind`."""
    siret: Mapped[str | None]
    legal_form: Mapped[str | None]
    address: Mapped[str | None]
    """Street and number."""
    postcode: Mapped[str]
    city: Mapped[str]
    email: Mapped[str | None]
    """Where people and companies write to it."""
    phone: Mapped[str | None]
    """E.164."""
    proof: Mapped[str | None]
    """What was given to be accepted: a number, an address of a page, a sentence."""
    state: Mapped[str]
    """An `OrganisationState`."""
    validation_steps: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    """1: one member validates an agreement; 2: a member examines it, another validates it."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    decision_word: Mapped[str | None]
    """What the operator wrote with the decision."""
    created_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    areas: Mapped[list["Area"]] = relationship(back_populates="organisation", passive_deletes=True)
    delegations: Mapped[list["Delegation"]] = relationship(
        back_populates="organisation", passive_deletes=True, order_by="Delegation.ends_on.desc()"
    )

    @property
    def is_active(self) -> bool:
        """Accepted by an operator, and not closed since."""
        return self.state == OrganisationState.ACTIVE


class Area(Base):
    """A commune or a postcode whose people an organisation follows."""

    __tablename__ = "prescriber_areas"
    __table_args__ = (
        CheckConstraint(_one_of("kind", AreaKind), name="kind"),
        CheckConstraint("code ~ '^[0-9AB]{5}$'", name="code"),
        Index("ix_prescriber_areas_kind_code", "kind", "code"),
        {"info": {"personal": None}},
    )

    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("prescriber_organisations.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(primary_key=True)
    """An `AreaKind`."""
    code: Mapped[str] = mapped_column(primary_key=True)
    """INSEE code of the commune, or postcode; no foreign key, since communes merge and are replaced as a whole."""

    organisation: Mapped[Organisation] = relationship(back_populates="areas")


class Delegation(Base):
    """The right to prescribe that another body gave to an organisation, from a day to another (L. 5135-2)."""

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint(
            "delegator_kind IN ('france_travail', 'mission_locale', 'cap_emploi', 'conseil_departemental')",
            name="delegator_kind",
        ),
        CheckConstraint("number <> ''", name="number"),
        CheckConstraint("starts_on <= ends_on", name="days"),
        Index("ix_delegations_organisation_id", "organisation_id"),
        Index("ix_delegations_ends_on", "ends_on"),
        {"info": {"personal": None}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("prescriber_organisations.id", ondelete="CASCADE")
    )
    delegator_kind: Mapped[str]
    """An `OrganisationKind` that may delegate."""
    delegator_name: Mapped[str]
    number: Mapped[str]
    """Of the delegation agreement."""
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """Its last day."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When an operator saw its proof: until then it gives no right."""

    organisation: Mapped[Organisation] = relationship(back_populates="delegations")


class Prescriber(Base):
    """A person who speaks for an organisation, or is invited to."""

    __tablename__ = "prescribers"
    __table_args__ = (
        UniqueConstraint("organisation_id", "person_id"),
        UniqueConstraint("organisation_id", "email"),
        CheckConstraint(_one_of("state", PrescriberState), name="state"),
        CheckConstraint("(state = 'invited') = (email IS NOT NULL)", name="email"),
        CheckConstraint("(state = 'invited') = (person_id IS NULL)", name="person"),
        CheckConstraint("(state = 'left') = (left_at IS NOT NULL)", name="left"),
        Index("ix_prescribers_person_id", "person_id"),
        Index("ix_prescribers_invited_by_id", "invited_by_id", postgresql_where=text("invited_by_id IS NOT NULL")),
        {"info": {"personal": _MEMBERS, "merging": {"state": ("active", "left", "invited")}}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("prescriber_organisations.id", ondelete="CASCADE")
    )
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    email: Mapped[str | None]
    """Where the invitation went; forgotten once it is answered."""
    state: Mapped[str]
    """A `PrescriberState`."""
    is_administrator: Mapped[bool] = mapped_column(server_default=false())
    """Invites, changes what the organisation says of itself."""
    role: Mapped[str | None]
    """Function, as agreements and people read it: « conseillère en insertion »."""
    invited_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    calendar_opened_at: Mapped[datetime | None]
    """When the secret address of their calendar was made; None while there is none."""

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])

    @property
    def name(self) -> str:
        """What people and colleagues read."""
        return self.person.name if self.person else self.email or ""


class CaseloadEntry(Base):
    """A person whom an organisation follows, and the person's project as both see it."""

    __tablename__ = "caseload_entries"
    __table_args__ = (
        CheckConstraint(_one_of("origin", Origin), name="origin"),
        CheckConstraint("occupation_code ~ '^[A-Z][0-9]{4}$'", name="occupation_code"),
        CheckConstraint("radius_km BETWEEN 1 AND 200", name="radius_km"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        CheckConstraint("(ended_at IS NULL) OR NOT prescribes", name="ended"),
        # Followed once by one organisation; one organisation at most signs for a person.
        Index(
            "uq_caseload_entries_living",
            "organisation_id",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("uq_caseload_entries_prescribes", "person_id", unique=True, postgresql_where=text("prescribes")),
        Index("ix_caseload_entries_organisation_id", "organisation_id"),
        Index("ix_caseload_entries_person_id", "person_id"),
        Index("ix_caseload_entries_prescriber_id", "prescriber_id"),
        Index(
            "ix_caseload_entries_handed_from_id", "handed_from_id", postgresql_where=text("handed_from_id IS NOT NULL")
        ),
        {"info": {"personal": _CASELOAD}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("prescriber_organisations.id", ondelete="CASCADE")
    )
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="CASCADE"))
    prescriber_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("prescribers.id", ondelete="SET NULL"))
    """The referent; None while nobody took the person on."""
    origin: Mapped[str]
    """An `Origin`."""
    prescribes: Mapped[bool] = mapped_column(server_default=false())
    """It is this organisation that signs the person's agreements."""
    handed_from_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("caseload_entries.id", ondelete="SET NULL")
    )
    """The entry of the organisation that handed the person on."""
    handed_word: Mapped[str | None]
    """What it wrote to the next one."""
    project: Mapped[str | None]
    """The job in view, as typed: « boulangère »."""
    occupation_code: Mapped[str | None]
    """Its ROME code, as chosen; no foreign key, as for offers."""
    place: Mapped[str | None]
    """Around which place, as typed."""
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_km: Mapped[int | None] = mapped_column(SmallInteger)
    has_licence: Mapped[bool | None]
    """Drives a car; None: not said."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    """Of the entry or of its referent: what has not moved for long is seen."""
    ended_at: Mapped[datetime | None]
    end_word: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship()
    person: Mapped[Person] = relationship()
    prescriber: Mapped[Prescriber | None] = relationship()


class CaseloadNote(Base):
    """What a prescriber notes for the colleagues of the organisation; people may ask to read it (RGPD, article 15)."""

    __tablename__ = "caseload_notes"
    __table_args__ = (
        CheckConstraint("text <> ''", name="text"),
        Index("ix_caseload_notes_entry_id", "entry_id"),
        Index("ix_caseload_notes_prescriber_id", "prescriber_id"),
        {"info": {"personal": _CASELOAD}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("caseload_entries.id", ondelete="CASCADE"))
    prescriber_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("prescribers.id", ondelete="SET NULL"))
    """Who wrote it."""
    text: Mapped[str]
    created_at: Mapped[datetime]

    prescriber: Mapped[Prescriber | None] = relationship()


class Referral(Base):
    """One or more slots proposed to a person by the prescriber who follows them; the person takes one, or says no."""

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("batch", "entry_id"),  # a form that is sent twice proposes once
        CheckConstraint(_one_of("state", ReferralState), name="state"),
        CheckConstraint(_one_of("decline_reason", DeclineReason), name="decline_reason"),
        CheckConstraint("(booking_id IS NOT NULL) <= (state = 'accepted')", name="booking"),
        CheckConstraint("(state = 'proposed') = (settled_at IS NULL)", name="settled"),
        Index("ix_referrals_entry_id", "entry_id"),
        Index("ix_referrals_prescriber_id", "prescriber_id"),
        Index("ix_referrals_booking_id", "booking_id", postgresql_where=text("booking_id IS NOT NULL")),
        Index("ix_referrals_consent_id", "consent_id", postgresql_where=text("consent_id IS NOT NULL")),
        Index("ix_referrals_expires_at", "expires_at", postgresql_where=text("state = 'proposed'")),
        {"info": {"personal": _REFERRALS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    batch: Mapped[uuid.UUID] = mapped_column(Uuid)
    """The same for those that were sent together."""
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("caseload_entries.id", ondelete="CASCADE"))
    prescriber_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("prescribers.id", ondelete="SET NULL"))
    """Who proposes."""
    code: Mapped[str]
    """Short, to type from a sheet of paper, with the birth date."""
    word: Mapped[str | None]
    """What the prescriber wrote to the person."""
    state: Mapped[str]
    """A `ReferralState`."""
    decline_reason: Mapped[str | None]
    """A `DeclineReason`."""
    answer_word: Mapped[str | None]
    """What the person answered."""
    booking_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("bookings.id", ondelete="SET NULL"))
    """What it led to."""
    consent_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("consents.id", ondelete="SET NULL"))
    """With which the prescriber accepted in the person's place; None: the person answered."""
    created_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    """Until when it may be answered."""
    settled_at: Mapped[datetime | None]

    entry: Mapped[CaseloadEntry] = relationship()
    prescriber: Mapped[Prescriber | None] = relationship()
    booking: Mapped[Booking | None] = relationship()
    consent: Mapped["Consent | None"] = relationship()
    choices: Mapped[list["ReferralSlot"]] = relationship(
        back_populates="referral", passive_deletes=True, order_by="ReferralSlot.position"
    )


class ReferralSlot(Base):
    """A slot among those that a referral proposes."""

    __tablename__ = "referral_slots"
    __table_args__ = (
        UniqueConstraint("referral_id", "position"),
        Index("ix_referral_slots_slot_id", "slot_id"),
        {"info": {"personal": None}},
    )

    referral_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("referrals.id", ondelete="CASCADE"), primary_key=True
    )
    slot_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("slots.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    """In the order in which the prescriber would advise them, from 1."""

    referral: Mapped[Referral] = relationship(back_populates="choices")
    slot: Mapped[Slot] = relationship()


class Consent(Base):
    """What a person allowed an organisation to do in their place; it may be withdrawn at any time (RGPD, article 7)."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint(_one_of("means", ConsentMeans), name="means"),
        CheckConstraint("text <> ''", name="text"),
        Index("uq_consents_living", "entry_id", unique=True, postgresql_where=text("withdrawn_at IS NULL")),
        Index("ix_consents_entry_id", "entry_id"),
        Index("ix_consents_prescriber_id", "prescriber_id"),
        {"info": {"personal": _CONSENTS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    entry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("caseload_entries.id", ondelete="CASCADE"))
    prescriber_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("prescribers.id", ondelete="SET NULL"))
    """Who recorded it."""
    text: Mapped[str]
    """The very words that the person was read or shown."""
    means: Mapped[str]
    """A `ConsentMeans`."""
    given_on: Mapped[date]
    created_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    entry: Mapped[CaseloadEntry] = relationship()
    prescriber: Mapped[Prescriber | None] = relationship()
