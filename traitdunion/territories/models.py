"""Communes of France, with the municipal districts of Paris, Lyon and Marseille."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base
from traitdunion.territories.distances import Point


class CommuneKind(StrEnum):
    """The values are stored."""

    COMMUNE = "commune"
    ARRONDISSEMENT = "arrondissement"  # a district; its city is there too, as a whole


class Commune(Base):
    """A commune or a municipal district. The table is replaced as a whole: nothing has a foreign key on it."""

    __tablename__ = "communes"
    __table_args__ = (
        CheckConstraint("code ~ '^[0-9][0-9AB][0-9]{3}$'", name="code"),
        CheckConstraint("kind IN ('commune', 'arrondissement')", name="kind"),
        CheckConstraint("population >= 0", name="population"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        Index("ix_communes_search_key", "search_key", postgresql_ops={"search_key": "text_pattern_ops"}),
        Index(
            "ix_communes_telling_words",
            "telling_words",
            postgresql_using="gin",
            postgresql_ops={"telling_words": "gin_trgm_ops"},
        ),
        Index("ix_communes_search_keys", "search_keys", postgresql_using="gin"),
        Index("ix_communes_postcodes", "postcodes", postgresql_using="gin"),
        Index("ix_communes_department", "department"),
        Index("ix_communes_population", text("population DESC"), "code"),
        {"info": {"personal": None}},
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    """INSEE's; looks like a postcode and is none."""
    name: Mapped[str]
    kind: Mapped[str]
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    population: Mapped[int]
    """Legal population; 0 where nobody lives, or where it is not counted."""
    department: Mapped[str]
    region: Mapped[str]
    latitude: Mapped[float]
    """Of the centroid, like the longitude; degrees, WGS 84."""
    longitude: Mapped[float]
    search_key: Mapped[str]
    """`names.key` of the name."""
    search_keys: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The same, and those of the communes that joined it, by whose names people still call them."""
    telling_words: Mapped[str]
    """`names.telling_words` of the name: what a misspelling is compared with."""
    former_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """INSEE codes of the communes that joined it."""

    @property
    def centre(self) -> Point:
        """The centroid."""
        return Point(self.latitude, self.longitude)

    @property
    def label(self) -> str:
        """« Name (département) »; `communes.resolve` reads it back."""
        return f"{self.name} ({self.department})"
