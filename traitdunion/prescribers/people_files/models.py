"""Files of people that wait for their sender's word, or were kept a few days ago."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData

_FILES = PersonalData(
    purpose="Montrer à un organisme ce que donnera la liste de personnes qu’il envoie, avant d’en rien garder.",
    kept_for="7 jours",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


class PeopleFile(Base):
    """A file as it was sent; what becomes of its lines is worked out each time it is shown."""

    __tablename__ = "people_files"
    __table_args__ = (
        Index("ix_people_files_organisation_id", "organisation_id"),
        Index("ix_people_files_prescriber_id", "prescriber_id"),
        Index("ix_people_files_created_at", "created_at"),
        {"info": {"personal": _FILES}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("prescriber_organisations.id", ondelete="CASCADE")
    )
    prescriber_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("prescribers.id", ondelete="CASCADE"))
    """Who sent it; nobody else sees it."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    """When its good lines were kept; None while it waits."""
    kept: Mapped[int | None]
    """How many people were added."""
    refused: Mapped[str | None]
    """The other lines, each with why, as a file."""
