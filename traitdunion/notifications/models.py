"""Messages, their attachments, and the addresses they go to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData


class Channel(StrEnum):
    """How a message travels."""

    EMAIL = "email"
    SMS = "sms"

    @property
    def label(self) -> str:
        """What people call it."""
        return "E-mail" if self is Channel.EMAIL else "SMS"


class Topic(StrEnum):
    """Why a message is written; the values are stored."""

    NECESSARY = "necessary"
    """Answers what the person asked for, or what the person must know: cannot be refused."""
    REMINDER = "reminder"
    SUGGESTION = "suggestion"
    DIGEST = "digest"
    """What a professional has to answer or to know, as often as they said (`Frequency`)."""


class Frequency(StrEnum):
    """How often an address is told what is not necessary (`digests`); the values are stored."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"
    NOTHING = "nothing"

    @property
    def label(self) -> str:
        """What people choose."""
        return {
            "now": "Tout de suite, un message à la fois",
            "day": "Une fois par jour, le matin",
            "week": "Une fois par semaine, le lundi matin",
            "nothing": "Jamais\u00a0: je regarde mon espace",
        }[self.value]


class State(StrEnum):
    """Where a message is; the values are stored."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    """The other side said that it will never take it."""
    EXPIRED = "expired"
    """It could not be delivered while it was of use."""


_SENT = PersonalData(
    purpose="Vous envoyer les e-mails et SMS de vos démarches, et savoir s’ils sont arrivés.",
    kept_for="6 mois après l’envoi",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


def _one_of(values: type[StrEnum]) -> str:
    return ", ".join(repr(value.value) for value in values)


class MessageAddress(Base):
    """Where messages go, and what its owner wants of them."""

    __tablename__ = "message_addresses"
    __table_args__ = (
        CheckConstraint(f"channel IN ({_one_of(Channel)})", name="channel"),
        CheckConstraint(f"frequency IN ({_one_of(Frequency)})", name="frequency"),
        Index("uq_message_addresses_value", "value", unique=True),
        {
            "info": {
                "personal": PersonalData(
                    purpose="Vous écrire à l’adresse ou au numéro que vous avez donnés, selon ce que vous acceptez.",
                    kept_for="6 mois après le dernier message ; 3 ans si vous avez refusé des messages",
                    then=Fate.ERASED,
                    legal_basis=LegalBasis.PUBLIC_TASK,
                )
            }
        },
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str]
    """A value of `Channel`."""
    value: Mapped[str]
    """E-mail address in lower case, or telephone number in E.164."""
    accepts_reminders: Mapped[bool] = mapped_column(default=True)
    accepts_suggestions: Mapped[bool] = mapped_column(default=True)
    frequency: Mapped[str] = mapped_column(server_default=text("'day'"))
    """A `Frequency`: how often professionals are told what they have to answer or to know."""
    bounced_at: Mapped[datetime | None]
    """When it was last refused for good; None again once a message arrives."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    """When its owner last said what is accepted."""


class Message(Base):
    """One e-mail or SMS."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint(f"channel IN ({_one_of(Channel)})", name="channel"),
        CheckConstraint(f"topic IN ({_one_of(Topic)})", name="topic"),
        CheckConstraint(f"state IN ({_one_of(State)})", name="state"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled_at"),
        Index("uq_messages_key", "key", unique=True),
        Index("ix_messages_address_id", "address_id"),
        Index("ix_messages_written_at", "written_at"),
        Index("ix_messages_waiting", "id", postgresql_where=text("state = 'waiting'")),
        {"info": {"personal": _SENT}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str]
    """Names the cause: the same one never writes twice."""
    kind: Mapped[str]
    """Name of its template, in `templates/messages/`."""
    channel: Mapped[str]
    """A value of `Channel`."""
    topic: Mapped[str]
    """A value of `Topic`."""
    address_id: Mapped[int] = mapped_column(ForeignKey("message_addresses.id", ondelete="CASCADE"))
    name: Mapped[str]
    """Of the person, as the letter greets; may be empty."""
    territory: Mapped[str]
    """Key of the territory in whose name it is written."""
    message_id: Mapped[str]
    """The header `Message-ID`, with its angle brackets; the same at each attempt."""
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    """None for an SMS."""
    state: Mapped[str]
    """A value of `State`."""
    answer: Mapped[str | None]
    """The other side's code when it refused (« 550 5.1.1 »): never its words, which repeat the address."""
    written_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """From when it is of no use any more (a code that is valid for 20 minutes)."""
    settled_at: Mapped[datetime | None]
    """When it was sent, refused or given up."""

    address: Mapped[MessageAddress] = relationship()
    attachments: Mapped[list["MessageAttachment"]] = relationship(order_by="MessageAttachment.position")


class MessageAttachment(Base):
    """A file that goes with an e-mail."""

    __tablename__ = "message_attachments"
    __table_args__ = {"info": {"personal": _SENT}}

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    media_type: Mapped[str]
    """With its parameters: `text/calendar; method=REQUEST`."""
    content: Mapped[bytes] = mapped_column(LargeBinary)


class DigestItem(Base):
    """Something to tell a professional with the next digest."""

    __tablename__ = "digest_items"
    __table_args__ = (
        CheckConstraint("line <> ''", name="line"),
        CheckConstraint("path LIKE '/%'", name="path"),
        Index("uq_digest_items_key", "key", unique=True),
        Index("ix_digest_items_address_id", "address_id"),
        Index("ix_digest_items_waiting", "id", postgresql_where=text("told_at IS NULL")),
        Index("ix_digest_items_told_at", "told_at"),
        {
            "info": {
                "personal": PersonalData(
                    purpose="Réunir en un message ce qu’un professionnel doit savoir ou faire.",
                    kept_for="30 jours après l’envoi",
                    then=Fate.ERASED,
                    legal_basis=LegalBasis.PUBLIC_TASK,
                )
            }
        },
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    address_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("message_addresses.id", ondelete="CASCADE"))
    key: Mapped[str]
    """Names the cause and whom it is told to: the same one is never told twice."""
    name: Mapped[str]
    """Of the person, as the letter greets; may be empty."""
    line: Mapped[str]
    """A French sentence."""
    path: Mapped[str]
    """The page where one sees to it: `/prescripteur/3`."""
    answer_by: Mapped[date | None]
    """The last day to answer; None: only to be known."""
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
