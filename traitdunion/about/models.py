"""What people write by the contact page."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData


class Subject(StrEnum):
    """What a message is about; the values are stored."""

    QUESTION = "question"
    ERROR = "error"
    ACCESSIBILITY = "accessibility"
    PRIVACY = "privacy"
    SECURITY = "security"

    @property
    def label(self) -> str:
        """What people choose."""
        return _LABELS[self]


_LABELS = {
    Subject.QUESTION: "Une question",
    Subject.ERROR: "Une erreur dans une offre ou une formation",
    Subject.ACCESSIBILITY: "Une difficulté à utiliser le site (accessibilité)",
    Subject.PRIVACY: "Mes données personnelles",
    Subject.SECURITY: "Une faille de sécurité",
}


class ContactMessage(Base):
    """A message to whoever runs the service."""

    __tablename__ = "contact_messages"
    __table_args__ = (
        CheckConstraint(f"subject IN ({', '.join(repr(subject.value) for subject in Subject)})", name="subject"),
        CheckConstraint("body <> ''", name="body"),
        Index("ix_contact_messages_sent_at", "sent_at"),
        {
            "info": {
                "personal": PersonalData(
                    purpose="Lire le message que vous envoyez par la page de contact, et vous répondre.",
                    kept_for="12 mois après l’envoi",
                    then=Fate.ERASED,
                    legal_basis=LegalBasis.PUBLIC_TASK,
                )
            }
        },
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    territory: Mapped[str]
    """Key of the territory on whose site it was written."""
    subject: Mapped[str]
    """A value of `Subject`."""
    body: Mapped[str]
    reply_to: Mapped[str | None]
    """E-mail address or telephone number, as typed; None when no answer is wanted."""
    sent_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When an operator said that it needs nothing more."""
