"""Offers, where they come from, and what each ingestion did."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData

_ALIVE = "withdrawn_at IS NULL AND duplicate_of_id IS NULL"
_EMPLOYERS = PersonalData(
    purpose="Montrer les offres d’emploi publiées et leur contact, tels que leur source les diffuse.",
    kept_for="12 mois après le retrait de l’offre",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


class RunState(StrEnum):
    """What became of a run; the values are stored."""

    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"  # read to the end, yet the source did not show everything: nothing is withdrawn
    HELD = "held"  # the slice fell by more than half: withdrawals wait for `flask offers confirm`
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class OfferSource(Base):
    """Who publishes offers."""

    __tablename__ = "offer_sources"
    __table_args__ = {"info": {"personal": None}}

    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    is_crawled: Mapped[bool]
    is_fictitious: Mapped[bool]
    """Invented for the demonstration: marked as such on every page, never indexed."""


class Offer(Base):
    """A job offer, as its source shows it; unique by (source, source id)."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("rome_code ~ '^[A-N][0-9]{4}$'", name="rome_code"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        CheckConstraint("level IN (0, 3, 4, 5, 6, 7)", name="level"),
        CheckConstraint("duplicate_of_id <> id", name="duplicate"),
        Index("ix_offers_profile_key", "profile_key", postgresql_where=text(_ALIVE)),
        Index("ix_offers_rome_code", "rome_code", postgresql_where=text(_ALIVE)),
        Index("ix_offers_department_longitude", "department", "longitude", postgresql_where=text(_ALIVE)),
        Index(
            "ix_offers_employer_key_commune_code",
            "employer_key",
            "commune_code",
            postgresql_where=text("withdrawn_at IS NULL AND employer_key IS NOT NULL"),
        ),
        Index("ix_offers_duplicate_of_id", "duplicate_of_id", postgresql_where=text("duplicate_of_id IS NOT NULL")),
        {"info": {"personal": _EMPLOYERS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("offer_sources.name"))
    source_id: Mapped[str]
    title: Mapped[str]
    title_key: Mapped[str]
    """The title normalised by `matching.titles`: by it duplicates and profiles are found."""
    description: Mapped[str]
    """Plain text, as the source gave it; never HTML."""
    rome_code: Mapped[str | None]
    job_title: Mapped[str | None]
    """The ROME job title (appellation) the source gives, when it does."""
    profile_key: Mapped[str]
    """The same for offers that are matched alike; `pathways` keeps the matches by it."""
    company_name: Mapped[str | None]
    employer_key: Mapped[str | None]
    """The company's name normalised; None when the source hides it: such an offer is never grouped."""
    contract_type: Mapped[str | None]
    """France Travail's code: CDI, CDD, MIS…"""
    contract_label: Mapped[str | None]
    is_work_study: Mapped[bool]
    commune_code: Mapped[str | None]
    """INSEE code; no foreign key, since communes merge and are replaced as a whole."""
    department: Mapped[str | None]
    place_label: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    is_place_approximate: Mapped[bool]
    """The coordinates are the commune's centre."""
    experience: Mapped[str | None]
    level: Mapped[int | None] = mapped_column(SmallInteger)
    """European level asked (0 none, 3 CAP … 7 and more); None when nothing is asked or said."""
    salary_label: Mapped[str | None]
    hours_label: Mapped[str | None]
    positions: Mapped[int]
    partner: Mapped[str | None]
    """The site that gave the offer to the source, when it is not the source itself."""
    url: Mapped[str | None]
    """Where to read the offer and apply, at the source; http or https only."""
    published_at: Mapped[datetime | None]
    updated_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    duplicate_of_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id", ondelete="SET NULL"))
    """The offer under which this one is shown."""
    content_hash: Mapped[bytes]
    search: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    """Stems of `matching.titles`: A title and job title, B occupation and company, C place, D description.

    `search` looks them up in a table of its own, which triggers keep.
    """
    record: Mapped[dict[str, Any]] = mapped_column(JSONB, deferred=True)
    """What the source sent, whole: shown in part, never searched."""

    duplicates: Mapped[list["Offer"]] = relationship(viewonly=True, order_by="Offer.id")

    @property
    def is_withdrawn(self) -> bool:
        """Its source no longer shows it."""
        return self.withdrawn_at is not None


class OfferSighting(Base):
    """The last time a source showed an offer: the one row that a crawl rewrites for an unchanged offer."""

    __tablename__ = "offer_sightings"
    __table_args__ = (Index("ix_offer_sightings_slice", "slice"), {"info": {"personal": None}})

    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True)
    slice: Mapped[str]
    run_id: Mapped[int] = mapped_column(ForeignKey("ingestion_runs.id"))
    seen_at: Mapped[datetime]


class IngestionRun(Base):
    """One crawl of a slice, or one import of a file, with its counts."""

    __tablename__ = "ingestion_runs"
    __table_args__ = (
        CheckConstraint(f"state IN ({', '.join(repr(state.value) for state in RunState)})", name="state"),
        Index("ix_ingestion_runs_source_slice", "source", "slice", "id"),
        {"info": {"personal": None}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("offer_sources.name"))
    slice: Mapped[str]
    """The département of a crawl; for a file, its name."""
    state: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    seen: Mapped[int] = mapped_column(server_default="0")
    new: Mapped[int] = mapped_column(server_default="0")
    changed: Mapped[int] = mapped_column(server_default="0")
    unchanged: Mapped[int] = mapped_column(server_default="0")
    withdrawn: Mapped[int] = mapped_column(server_default="0")
    refused: Mapped[int] = mapped_column(server_default="0")
    duplicates: Mapped[int] = mapped_column(server_default="0")
    message: Mapped[str | None]


class RejectedRecord(Base):
    """A record that could not be read, raw, with its reason; kept once, replayed by `flask offers replay`."""

    __tablename__ = "rejected_records"
    __table_args__ = (UniqueConstraint("source", "raw_hash"), {"info": {"personal": _EMPLOYERS}})

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("offer_sources.name"))
    slice: Mapped[str]
    raw_hash: Mapped[bytes]
    line: Mapped[int | None] = mapped_column(BigInteger)
    reason: Mapped[str]
    raw: Mapped[bytes]
    rejected_at: Mapped[datetime]


class TitleWord(Base):
    """A word of an offer's title and its stem: what a typing error in a search is compared with."""

    __tablename__ = "title_words"
    __table_args__ = (
        Index("ix_title_words_word_similar", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
        {"info": {"personal": None}},
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    stem: Mapped[str]
