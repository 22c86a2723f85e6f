"""Occupations, their job titles and mobilities, where they came from, and the model learned of them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Identity, Integer, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base


class MobilityKind(StrEnum):
    """What ROME 3 says of a mobility; the values are stored."""

    CLOSE = "close"  # practised at once, or nearly
    EVOLUTION = "evolution"  # after a training or some years


class Origin(StrEnum):
    """Where an edition came from; the values are stored."""

    FACTS = "facts"  # the labels that come with the software; parents are guessed
    OFFICIAL = "official"


class Occupation(Base):
    """A ROME code, of either version."""

    __tablename__ = "occupations"
    __table_args__ = (
        CheckConstraint("code ~ '^[A-Z][0-9]{4}$'", name="code"),
        CheckConstraint("parent_code ~ '^[A-Z][0-9]{4}$'", name="parent_code"),
        CheckConstraint("in_v3 OR in_v4", name="version"),
        {"info": {"personal": None}},
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    """As in ROME 4, else as in ROME 3."""
    label_v3: Mapped[str | None]
    """ROME 3 named fields ("Plâtrerie"), ROME 4 names people ("Plâtrier / Plâtrière")."""
    parent_code: Mapped[str]
    """The ROME 3 code it descends from; its own for a ROME 3 code. Guessed where only the facts are loaded."""
    in_v3: Mapped[bool]
    in_v4: Mapped[bool]
    sector_label: Mapped[str | None]
    """Grand domaine, one of 14."""
    domain_label: Mapped[str | None]
    """Domaine professionnel, one of 110."""

    @property
    def sector_code(self) -> str:
        """The letter of the grand domaine."""
        return self.code[0]

    @property
    def domain_code(self) -> str:
        """The letter and two digits of the domaine professionnel."""
        return self.code[:3]


class JobTitle(Base):
    """One of the names of an occupation (appellation)."""

    __tablename__ = "job_titles"
    __table_args__ = {"info": {"personal": None}}

    ogr_code: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    label: Mapped[str]
    """In both genders: "Boulanger / Boulangère"."""
    short_label: Mapped[str]
    occupation_code: Mapped[str] = mapped_column(index=True)
    parent_code: Mapped[str]
    """The ROME 3 occupation of this very title, which is not always the parent of its occupation."""
    is_rare: Mapped[bool]
    """Still recognised, no longer proposed (peu usité)."""
    in_v3: Mapped[bool]
    in_v4: Mapped[bool]


class Mobility(Base):
    """From an occupation one may go to another; in one direction, and within one version."""

    __tablename__ = "mobilities"
    __table_args__ = (
        CheckConstraint("version IN (3, 4)", name="version"),
        CheckConstraint(f"kind IN ({', '.join(repr(kind.value) for kind in MobilityKind)})", name="kind"),
        {"info": {"personal": None}},
    )

    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    from_code: Mapped[str] = mapped_column(primary_key=True)
    to_code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str | None]
    """ROME 3 only."""
    rank: Mapped[int | None] = mapped_column(SmallInteger)
    """ROME 4 only: 1 is the nearest."""


class RomeImport(Base):
    """One edition that was put in place, with its counts; the latest row of a version is the one in force."""

    __tablename__ = "rome_imports"
    __table_args__ = (
        CheckConstraint("version IN (3, 4)", name="version"),
        CheckConstraint(f"origin IN ({', '.join(repr(origin.value) for origin in Origin)})", name="origin"),
        {"info": {"personal": None}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger)
    edition: Mapped[str]
    """The publisher's number: 4.60."""
    origin: Mapped[str]
    source: Mapped[str]
    """The file, folder or address it was read from."""
    published_on: Mapped[date | None]
    imported_at: Mapped[datetime]
    occupations: Mapped[int]
    job_titles: Mapped[int]
    mobilities: Mapped[int]


class LearnedModel(Base):
    """The model in force on every machine: one row."""

    __tablename__ = "learned_models"
    __table_args__ = (CheckConstraint("is_only", name="is_only"), {"info": {"personal": None}})

    is_only: Mapped[bool] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    """`matching.occupations.VERSION` of who learned it: another version cannot read it, and learns anew."""
    digest: Mapped[str]
    """Of its bytes; names its parts, and the file that each machine keeps of it."""
    size: Mapped[int] = mapped_column(BigInteger)
    """Bytes."""
    learned_at: Mapped[datetime]


class LearnedModelPart(Base):
    """A few megabytes of the model's file; stored as they are, since arrays hardly compress."""

    __tablename__ = "learned_model_parts"
    __table_args__ = (CheckConstraint("number >= 0", name="number"), {"info": {"personal": None}})

    digest: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
