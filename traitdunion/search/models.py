"""What the search reads: one narrow row for each offer that may be found."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base


class OfferEntry(Base):
    """A living offer, shown under no other, as the search needs it.

    Triggers of `offers`, `matches` and `trainings` keep it, in the transaction of each change, as an index would be
    kept: nothing of ours writes it, but `entries.repair`. Apart from `offers`, whose rows are four times as long and
    would be read one by one wherever many are counted.
    """

    __tablename__ = "offer_entries"
    __table_args__ = (
        Index("ix_offer_entries_terms", "terms", postgresql_using="gin"),
        Index("ix_offer_entries_place", text("point(longitude, latitude)"), postgresql_using="gist"),
        Index("ix_offer_entries_updated_at", text("updated_at DESC NULLS LAST"), text("offer_id DESC")),
        Index("ix_offer_entries_department_x", "department", "x"),
        Index("ix_offer_entries_rome_code", "rome_code"),
        Index("ix_offer_entries_profile_key", "profile_key"),
        Index(
            "ix_offer_entries_contract_type_is_work_study_level",
            "contract_type",
            "is_work_study",
            "level",
        ),
        {"info": {"personal": None}},
    )

    offer_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    updated_at: Mapped[datetime | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    x: Mapped[float | None]
    """With `y` and `z`, the place on a sphere of radius 1: how near another is costs three products."""
    y: Mapped[float | None]
    z: Mapped[float | None]
    department: Mapped[str | None]
    contract_type: Mapped[str | None]
    is_work_study: Mapped[bool]
    level: Mapped[int | None] = mapped_column(SmallInteger)
    rome_code: Mapped[str | None]
    profile_key: Mapped[str]
    funded_in: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """The régions that fund a training for it; None for none."""
    terms: Mapped[str] = mapped_column(TSVECTOR, deferred=True)
    """The stems of `offers.search`, and those of the title once more behind `=`."""
