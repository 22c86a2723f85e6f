"""What a search field proposes while the person types, gathered beforehand."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base

REFERENCE = ""
"""Stands for a département where the name is ROME's rather than that of offers."""


class SuggestedJob(Base):
    """A name of a job: as the offers of a département write it most, or as ROME does. Derived: made anew as a whole."""

    __tablename__ = "suggested_jobs"
    __table_args__ = (
        CheckConstraint("offers >= 0", name="offers"),
        Index("ix_suggested_jobs_words", "words", postgresql_using="gin", postgresql_ops={"words": "gin_trgm_ops"}),
        {"info": {"personal": None}},
    )

    department: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The name normalised by `matching.titles`: what is the same job is proposed once."""
    label: Mapped[str]
    words: Mapped[str]
    """The words of the key and of the label, folded, each after a space: what is typed begins some of them."""
    offers: Mapped[int]
    """Living ones of that name there; 0 for ROME's names."""
