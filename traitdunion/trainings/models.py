"""Trainings, their actions and sessions, who gives them, and what each import did."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    case,
    func,
    null,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData
from traitdunion.trainings.drafts import Enrolment

_LIVING = text("withdrawn_at IS NULL")
_CONTACTS = PersonalData(
    purpose="Dire à qui s’adresser pour s’inscrire à une formation, tel que son organisme le publie.",
    kept_for="12 mois après le retrait de la formation",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_REJECTED = PersonalData(
    purpose="Relire, une fois l’erreur corrigée, une formation qui n’a pas pu l’être ; elle peut nommer un contact.",
    kept_for="12 mois après l’import",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
NOT_TAKING = (Enrolment.CLOSED.value, Enrolment.SUSPENDED.value)


class TrainingOrganisation(Base):
    """Who answers for trainings, as catalogues name it."""

    __tablename__ = "training_organisations"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("siret"),
        CheckConstraint("siret ~ '^[0-9]{14}$'", name="siret"),
        {"info": {"personal": None}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str]
    """What it is known by: its SIRET, else its folded name."""
    siret: Mapped[str | None]
    name: Mapped[str]


class Training(Base):
    """A training of a catalogue; unique by (source, source id)."""

    __tablename__ = "trainings"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("title <> ''", name="title"),
        CheckConstraint("entry_level IN (0, 3, 4, 5, 6, 7)", name="entry_level"),
        CheckConstraint("exit_level IN (0, 3, 4, 5, 6, 7)", name="exit_level"),
        Index("ix_trainings_organisation_id", "organisation_id"),
        Index("ix_trainings_search", "search", postgresql_using="gin"),
        Index("ix_trainings_rome_codes", "rome_codes", postgresql_using="gin"),
        Index("ix_trainings_region_code", "region_code", postgresql_where=text("is_funded AND withdrawn_at IS NULL")),
        {"info": {"personal": None}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str]
    """The catalogue's name, given at import."""
    source_id: Mapped[str]
    """The catalogue's; "~…" where it has none: worked out of organisation and title."""
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("training_organisations.id"))
    title: Mapped[str]
    objective: Mapped[str | None]
    """Plain text, as published, like content and results; never HTML."""
    content: Mapped[str | None] = mapped_column(deferred=True)
    results: Mapped[str | None] = mapped_column(deferred=True)
    rome_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """As published: v3 and v4 mixed."""
    formacodes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    certifications: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """RNCP320, RS5000, CERTIFINFO:80735."""
    entry_level: Mapped[int | None] = mapped_column(SmallInteger)
    """A value of `levels.Level`; compulsory or only wished for, as the next column says."""
    is_entry_level_required: Mapped[bool]
    exit_level: Mapped[int | None] = mapped_column(SmallInteger)
    is_certifying: Mapped[bool | None]
    aim: Mapped[int | None] = mapped_column(SmallInteger)
    """LHEO objectif-general-formation (dict-AIS): 6 certification, 7 professionalisation, 8 preparation…"""
    url: Mapped[str | None]
    is_funded: Mapped[bool]
    """An action that is still offered carries funder 2, the Conseil régional."""
    region_code: Mapped[str | None]
    """INSEE code of the région of its first place."""
    first_seen_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    """Of what is written here; sessions change without it."""
    withdrawn_at: Mapped[datetime | None]
    """Its catalogue, imported as complete, no longer shows it."""
    content_hash: Mapped[bytes]
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    """Stems of `matching.titles`: A title, B organisation, C objective, D content and results."""

    organisation: Mapped[TrainingOrganisation | None] = relationship()
    actions: Mapped[list["Action"]] = relationship(back_populates="training", order_by="Action.id")

    @property
    def is_withdrawn(self) -> bool:
        """No catalogue shows it any more."""
        return self.withdrawn_at is not None

    @property
    def living_actions(self) -> list["Action"]:
        """The places where it is still offered."""
        return [action for action in self.actions if action.withdrawn_at is None]


class Action(Base):
    """A training given at a place, under conditions of its own; unique by (training, source id)."""

    __tablename__ = "training_actions"
    __table_args__ = (
        UniqueConstraint("training_id", "source_id"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        CheckConstraint("mode IN (0, 1, 2)", name="mode"),
        CheckConstraint("price >= 0", name="price"),
        Index(
            "ix_training_actions_place",
            text("point(longitude, latitude)"),
            postgresql_using="gist",
            postgresql_where=_LIVING,
        ),
        Index("ix_training_actions_commune_code", "commune_code", postgresql_where=_LIVING),
        {"info": {"personal": _CONTACTS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"))
    source_id: Mapped[str]
    place_name: Mapped[str | None]
    address: Mapped[str | None]
    """Its lines, without postcode and city."""
    postcode: Mapped[str | None]
    city: Mapped[str | None]
    """The commune's name, or what the catalogue wrote where no commune was found."""
    commune_code: Mapped[str | None]
    """INSEE code of a commune found in `communes`; no foreign key, since that table is replaced as a whole."""
    department: Mapped[str | None]
    region_code: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_place_approximate: Mapped[bool]
    """The coordinates are the commune's centre."""
    mode: Mapped[int | None] = mapped_column(SmallInteger)
    """A value of `drafts.Mode`: 0 on site, 1 mixed, 2 at a distance."""
    is_permanent: Mapped[bool]
    """One enters at any time (LHEO modalites-entrees-sorties 1)."""
    price: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    """Euros, taxes included, for who pays it all."""
    hours: Mapped[int | None]
    hours_in_company: Mapped[int | None]
    funders: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """LHEO dict-financeurs; 2 is the Conseil régional."""
    funded_seats: Mapped[int | None]
    """Of all its funders and sessions."""
    audiences: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """LHEO code-public-vise: FORMACODE codes of publics."""
    accessibility: Mapped[str | None]
    trainer: Mapped[str | None]
    """Who teaches, where it is not the organisation that answers for the training."""
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None]
    contact_email: Mapped[str | None]
    url: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    content_hash: Mapped[bytes]

    training: Mapped[Training] = relationship(back_populates="actions")
    sessions: Mapped[list["TrainingSession"]] = relationship(
        back_populates="action", order_by="TrainingSession.starts_on.nulls_last(), TrainingSession.id"
    )


class TrainingSession(Base):
    """Dates on which an action takes people in; unique by (action, source id)."""

    __tablename__ = "training_sessions"
    __table_args__ = (
        UniqueConstraint("action_id", "source_id"),
        CheckConstraint(f"enrolment IN ({', '.join(repr(state.value) for state in Enrolment)})", name="enrolment"),
        CheckConstraint("seats >= 0", name="seats"),
        Index("ix_training_sessions_starts_on", "starts_on", postgresql_where=_LIVING),
        {"info": {"personal": _CONTACTS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("training_actions.id", ondelete="CASCADE"))
    source_id: Mapped[str]
    starts_on: Mapped[date | None]
    """None where the catalogue does not know, like the other days."""
    ends_on: Mapped[date | None]
    opens_on: Mapped[date | None]
    """Beginning of the enrolment window."""
    closes_on: Mapped[date | None]
    """End of the enrolment window."""
    enrolment: Mapped[str]
    """A value of `drafts.Enrolment`."""
    is_permanent: Mapped[bool]
    """One enters at any time: the days say from when to when the place is open at all."""
    seats: Mapped[int | None]
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None]
    contact_email: Mapped[str | None]
    address: Mapped[str | None]
    """Where to enrol, in one line."""
    url: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    """The catalogue shows the training, and no longer this session."""
    content_hash: Mapped[bytes]

    action: Mapped[Action] = relationship(back_populates="sessions")

    @hybrid_property
    def enrolment_deadline(self) -> date | None:
        """The last day to enrol: the end of the enrolment window; that unknown, the session's start.

        None for permanent entries, which have no deadline (`is_permanent` says so), and where no day is known.
        """
        return None if self.is_permanent else self.closes_on or self.starts_on

    @enrolment_deadline.inplace.expression
    @classmethod
    def _enrolment_deadline(cls) -> ColumnElement[date | None]:
        return case((cls.is_permanent, null()), else_=func.coalesce(cls.closes_on, cls.starts_on, type_=Date))

    def is_open(self, *, today: date) -> bool:
        """One may still enrol on that day; `trainings.is_open` says the same in SQL.

        A session of which no day is known is open only where its catalogue says so.
        """
        if self.withdrawn_at is not None or self.enrolment in NOT_TAKING:
            return False
        if self.ends_on is not None and self.ends_on < today:
            return False
        deadline = self.enrolment_deadline
        if deadline is not None:
            return deadline >= today
        return self.is_permanent or self.enrolment == Enrolment.OPEN


class TrainingImport(Base):
    """One import of a file, with its counts: records read, trainings new, changed and unchanged, records refused."""

    __tablename__ = "training_imports"
    __table_args__ = (Index("ix_training_imports_source", "source", "id"), {"info": {"personal": None}})

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str]
    file_name: Mapped[str]
    format: Mapped[str]
    started_at: Mapped[datetime]
    duration: Mapped[timedelta]
    read: Mapped[int]
    new: Mapped[int]
    changed: Mapped[int]
    """In their text, places or sessions."""
    unchanged: Mapped[int]
    refused: Mapped[int]
    withdrawn: Mapped[int]
    """Sessions that the catalogue no longer shows, and trainings, where the file was said to be complete."""
    message: Mapped[str | None]
    """Why the file was not read to its end; None when it was."""


class RejectedTraining(Base):
    """A record that could not be read, raw, with its reason; kept once, replayed by `flask trainings replay`."""

    __tablename__ = "rejected_trainings"
    __table_args__ = (UniqueConstraint("source", "raw_hash"), {"info": {"personal": _REJECTED}})

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str]
    format: Mapped[str]
    file_name: Mapped[str]
    line: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    raw: Mapped[bytes]
    """Bytes that the format reads again, alone."""
    raw_hash: Mapped[bytes]
    rejected_at: Mapped[datetime]
