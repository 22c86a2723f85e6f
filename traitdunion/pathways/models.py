"""Stored matches."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger
from sqlalchemy.dialects.postgresql import JSONB, REAL
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base


class MatchedProfile(Base):
    """A profile of offers whose matches are stored, and with which version of the matching and of the trainings."""

    __tablename__ = "matched_profiles"
    __table_args__ = {"info": {"personal": None}}

    key: Mapped[str] = mapped_column(primary_key=True)
    matched_at: Mapped[datetime]
    version: Mapped[str]


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
