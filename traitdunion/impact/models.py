"""Bilans, verdicts and outcomes: one row each for an immersion, the outcome for an immersion and a month."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from traitdunion.core.db import Base
from traitdunion.core.personal import Fate, LegalBasis, PersonalData
from traitdunion.immersions.models import Booking
from traitdunion.impact.kinds import Choice, Contract, Obstacle, Presence, Reason, Situation, Speaker
from traitdunion.trainings.models import TrainingSession

_BILANS = PersonalData(
    purpose="Garder ce que l’entreprise dit de votre immersion, et votre mot sur ce bilan.",
    kept_for="24 mois après le dernier jour de l’immersion",
    then=Fate.ERASED,
    legal_basis=LegalBasis.LEGAL_OBLIGATION,
)
_VERDICTS = PersonalData(
    purpose="Savoir si l’immersion vous a aidé à choisir, et le montrer à l’organisme qui vous suit.",
    kept_for="24 mois après le dernier jour de l’immersion",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)
_OUTCOMES = PersonalData(
    purpose="Savoir, jusqu’à un an après une immersion, si une formation ou un emploi a suivi.",
    kept_for="24 mois après le dernier jour de l’immersion",
    then=Fate.ERASED,
    legal_basis=LegalBasis.PUBLIC_TASK,
)


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Bilan(Base):
    """What the company says of an immersion, and what the person answers to it."""

    __tablename__ = "bilans"
    __table_args__ = (
        CheckConstraint(_one_of("presence", Presence), name="presence"),
        CheckConstraint(_one_of("contract", Contract), name="contract"),
        CheckConstraint("(last_day_of_presence IS NOT NULL) <= (presence = 'PARTIALLY_COMPLETED')", name="last_day"),
        CheckConstraint("missed_hours >= 0", name="missed_hours"),
        CheckConstraint("(missed_hours IS NOT NULL) <= (presence = 'PARTIALLY_COMPLETED')", name="missed"),
        CheckConstraint("(contract IS NOT NULL) <= was_hired", name="hired"),
        CheckConstraint("(agrees IS NULL) = (agreed_at IS NULL)", name="agrees"),
        {"info": {"personal": _BILANS}},
    )

    booking_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    presence: Mapped[str]
    """A `Presence`."""
    last_day_of_presence: Mapped[date | None]
    missed_hours: Mapped[int | None] = mapped_column(SmallInteger)
    went_well: Mapped[str | None]
    """What went well, and what is left to learn, in the company's words."""
    was_hired: Mapped[bool]
    contract: Mapped[str | None]
    """A `Contract`."""
    agrees: Mapped[bool | None]
    """Whether the person agrees with the above; None until they say."""
    person_word: Mapped[str | None]
    agreed_at: Mapped[datetime | None]
    answered_at: Mapped[datetime]
    """First said: it may be put right for 7 days."""
    changed_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship()


class Verdict(Base):
    """What the person makes of the job after trying it."""

    __tablename__ = "verdicts"
    __table_args__ = (
        CheckConstraint(_one_of("choice", Choice), name="choice"),
        CheckConstraint(_one_of("reason", Reason), name="reason"),
        {"info": {"personal": _VERDICTS}},
    )

    booking_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    choice: Mapped[str]
    """A `Choice`."""
    reason: Mapped[str | None]
    """A `Reason`; None until it is tapped."""
    word: Mapped[str | None]
    answered_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship()


class Outcome(Base):
    """Where the person is some months after an immersion."""

    __tablename__ = "outcomes"
    __table_args__ = (
        CheckConstraint("month IN (0, 3, 6, 12)", name="month"),
        CheckConstraint(_one_of("situation", Situation), name="situation"),
        CheckConstraint(_one_of("obstacle", Obstacle), name="obstacle"),
        CheckConstraint(_one_of("speaker", Speaker), name="speaker"),
        CheckConstraint(
            "training_session_id IS NULL OR situation IN ('training_entered', 'training_planned')",
            name="training_session",
        ),
        CheckConstraint(
            "obstacle IS NULL OR situation NOT IN ('training_entered', 'training_planned')", name="no_obstacle"
        ),
        Index(
            "ix_outcomes_training_session_id",
            "training_session_id",
            postgresql_where=text("training_session_id IS NOT NULL"),
        ),
        Index("ix_outcomes_by_id", "by_id", postgresql_where=text("by_id IS NOT NULL")),
        {"info": {"personal": _OUTCOMES}},
    )

    booking_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("bookings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    month: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """0, 3, 6 or 12, after the end of the immersion."""
    situation: Mapped[str]
    """A `Situation`."""
    training_session_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("training_sessions.id", ondelete="SET NULL")
    )
    """The funded session that was or will be entered; None: another one, or not said."""
    training_title: Mapped[str | None]
    """As it was read then, or as typed: a catalogue forgets."""
    obstacle: Mapped[str | None]
    """An `Obstacle`; None: not said."""
    well_oriented: Mapped[bool | None]
    """« Avez-vous été bien orienté ? »; asked from 3 months on."""
    speaker: Mapped[str]
    """A `Speaker`."""
    by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("people.id", ondelete="SET NULL"))
    """The prescriber who answered."""
    answered_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    booking: Mapped[Booking] = relationship()
    training_session: Mapped[TrainingSession | None] = relationship()
