"""Stored matches, what people say of them and what was decided of it; where people would like to try a job."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData

_VOICES = PersonalData(
    purpose="Ne compter qu’une fois par jour l’avis venu d’un même réseau sur une formation proposée.",
    kept_for="30 jours",
    then=Fate.ANONYMISED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


_INTERESTS = PersonalData(
    purpose="Vous prévenir quand une immersion est possible là où vous aimeriez essayer, et le dire à l’entreprise.",
    kept_for="12 mois, ou jusqu’à ce que vous le retiriez",
    then=Fate.ERASED,
    legal_basis=LegalBasis.CONSENT,
)


_KNOWLEDGE = PersonalData(
    purpose="Savoir, avant et après une immersion, si vous connaissez le métier, et le montrer à qui vous suit.",
    kept_for="24 mois",
    then=Fate.ERASED,
    legal_basis=LegalBasis.CONSENT,
)


class Moment(StrEnum):
    """When a person says how well they know a job."""

    BEFORE = "before"
    AFTER = "after"


class Kind(StrEnum):
    """What is said of a match: it goes well, or it does not go at all."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Voice(StrEnum):
    """Who says it."""

    ANONYMOUS = "anonymous"
    JOB_SEEKER = "job_seeker"
    PRESCRIBER = "prescriber"
    OPERATOR = "operator"


class Author(StrEnum):
    """Who decided: several voices that agree, or one whose word counts at once."""

    AGREEMENT = "agreement"
    PRESCRIBER = "prescriber"
    OPERATOR = "operator"


def _among(column: str, words: type[StrEnum]) -> CheckConstraint:
    said = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({said})", name=column)


class MatchedProfile(Base):
    """A profile of offers whose matches are stored, and with which version of the matching and of the trainings."""

    __tablename__ = "matched_profiles"
    __table_args__ = {"info": {"personal": None}}

    key: Mapped[str] = mapped_column(primary_key=True)
    matched_at: Mapped[datetime]
    version: Mapped[str]


class MatchingState(Base):
    """With what matches are computed now: one row."""

    __tablename__ = "matching_state"
    __table_args__ = (CheckConstraint("is_only", name="is_only"), {"info": {"personal": None}})

    is_only: Mapped[bool] = mapped_column(primary_key=True)
    generation: Mapped[str]
    """Fingerprint of the rules, the model and the reference."""
    version: Mapped[str]
    """Borne by the profiles whose matches are up to date."""
    catalogue: Mapped[str]
    """Fingerprint of the funded trainings."""
    subjects: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Of the trainings when the generation began: they say which words are rare."""


class MatchedTraining(Base):
    """A training as the stored matches know it; without foreign key, since it also tells which ones went."""

    __tablename__ = "matched_trainings"
    __table_args__ = {"info": {"personal": None}}

    training_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    fingerprint: Mapped[str]
    """Of all that the matching reads of it."""
    family: Mapped[str]
    """Fingerprint of what it shares with those that are matched as one with it."""


class StoredMatch(Base):
    """A training for a profile, with the reasons from which its score was computed."""

    __tablename__ = "matches"
    __table_args__ = (
        CheckConstraint("rank >= 1", name="rank"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        Index("ix_matches_training_id", "training_id"),
        {"info": {"personal": None}},
    )

    profile_key: Mapped[str] = mapped_column(ForeignKey("matched_profiles.key", ondelete="CASCADE"), primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"), primary_key=True)
    rank: Mapped[int] = mapped_column(SmallInteger)
    score: Mapped[float] = mapped_column(REAL)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """`[{"kind", "strength", "words", "codes"}, …]`: the values of `matching.trainings.Reason`."""


class Correction(Base):
    """What one voice said of a training for a profile; one voice counts once for each network and day."""

    __tablename__ = "corrections"
    __table_args__ = (
        UniqueConstraint("profile_key", "training_id", "network", "given_on"),
        _among("kind", Kind),
        _among("voice", Voice),
        Index("ix_corrections_training_id", "training_id"),
        {"info": {"personal": _VOICES}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    profile_key: Mapped[str]
    """No foreign key: what was said of a profile outlives the offers that bear it today."""
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"))
    kind: Mapped[str]
    voice: Mapped[str]
    network: Mapped[bytes | None] = mapped_column(LargeBinary)
    """`core.limits.network` of the address, or the fingerprint of the account; erased after a month."""
    given_on: Mapped[date]
    """In France."""
    created_at: Mapped[datetime]


class DrawnMatch(Base):
    """A match drawn at random among those shown in a month, to be reviewed: what the precision is measured on."""

    __tablename__ = "drawn_matches"
    __table_args__ = (
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        Index("ix_drawn_matches_training_id", "training_id"),
        {"info": {"personal": None}},
    )

    month: Mapped[date] = mapped_column(primary_key=True)
    """Its first day, in France."""
    profile_key: Mapped[str] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[float] = mapped_column(REAL)
    """When it was drawn."""


class MatchDecision(Base):
    """The verdict on a training for a profile: it stands over whatever the matching computes."""

    __tablename__ = "match_decisions"
    __table_args__ = (
        _among("verdict", Kind),
        _among("author", Author),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
        Index("ix_match_decisions_training_id", "training_id"),
        {"info": {"personal": None}},
    )

    profile_key: Mapped[str] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("trainings.id", ondelete="CASCADE"), primary_key=True)
    verdict: Mapped[str]
    author: Mapped[str]
    decided_at: Mapped[datetime]
    score: Mapped[float | None] = mapped_column(REAL)
    """What the matching alone gave the pair when it was first decided; None when it had not proposed it."""


class Interest(Base):
    """Somebody would like to try the job of an offer or of a training, where no slot lets them yet.

    What it was about is kept with it: offers go, and their companies may come.
    """

    __tablename__ = "interests"
    __table_args__ = (
        UniqueConstraint("person_id", "offer_id"),
        UniqueConstraint("person_id", "training_id"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        Index("ix_interests_offer_id", "offer_id", postgresql_where=sqlalchemy.text("offer_id IS NOT NULL")),
        Index("ix_interests_training_id", "training_id", postgresql_where=sqlalchemy.text("training_id IS NOT NULL")),
        Index(
            "ix_interests_employer_key", "employer_key", postgresql_where=sqlalchemy.text("employer_key IS NOT NULL")
        ),
        Index("ix_interests_waiting", "id", postgresql_where=sqlalchemy.text("told_at IS NULL")),
        {"info": {"personal": _INTERESTS}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id", ondelete="SET NULL"))
    training_id: Mapped[int | None] = mapped_column(ForeignKey("trainings.id", ondelete="SET NULL"))
    title: Mapped[str]
    """Of the offer or of the training."""
    employer_key: Mapped[str | None]
    """As in `offers`: by it the company is found when it comes."""
    company_name: Mapped[str | None]
    occupation_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    department: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    word: Mapped[str | None]
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When the person was told of a slot."""


class JobKnowledge(Base):
    """How well a person says they know a job, before they try it and after: once each, the last word counts."""

    __tablename__ = "job_knowledge"
    __table_args__ = (
        CheckConstraint("occupation_code ~ '^[A-Z][0-9]{4}$'", name="occupation_code"),
        _among("moment", Moment),
        CheckConstraint("score BETWEEN 0 AND 10", name="score"),
        {"info": {"personal": _KNOWLEDGE}},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    occupation_code: Mapped[str] = mapped_column(primary_key=True)
    """Of the slot that was booked; no foreign key, as for slots."""
    moment: Mapped[str] = mapped_column(primary_key=True)
    """A `Moment`."""
    score: Mapped[int] = mapped_column(SmallInteger)
    """From 0, not at all, to 10, very well."""
    answered_at: Mapped[datetime]
