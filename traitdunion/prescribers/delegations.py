"""The right to prescribe (article L. 5135-2 of the Code du travail): by kind, or by a delegation, and until when.

An expired delegation blocks new agreements; those that run were signed with the right of their day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto

from babel.dates import format_date
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts import audit
from traitdunion.core import months
from traitdunion.core.errors import Refused
from traitdunion.notifications import digests, messages
from traitdunion.prescribers import members
from traitdunion.prescribers.kinds import OrganisationKind, OrganisationState
from traitdunion.prescribers.models import Delegation, Organisation

SOON = timedelta(days=92)
"""Before its last day, pages say that a delegation ends."""
_TOLD_AFTER = timedelta(days=31)
_LONGEST = 10  # years


class DelegationRefused(Refused):
    """The delegation cannot be kept as it is said; the sentence says why."""


class Right(Enum):
    """Why an organisation may prescribe on a day, or may not."""

    BY_LAW = auto()
    DELEGATED = auto()
    ENDS_SOON = auto()
    ENDED = auto()
    UNCONFIRMED = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The right of an organisation on a day, and the sentence that its members read."""

    right: Right
    sentence: str
    delegation: Delegation | None = None

    @property
    def may_prescribe(self) -> bool:
        """New agreements may be made."""
        return self.right in {Right.BY_LAW, Right.DELEGATED, Right.ENDS_SOON}


def may_prescribe(organisation: Organisation, *, on: date) -> bool:
    """Whether the organisation may sign new agreements that day: it is active, and has the right."""
    return organisation.is_active and standing(organisation, on=on).may_prescribe


def standing(organisation: Organisation, *, on: date) -> Standing:
    """The right that day, whatever the state of the organisation."""
    if OrganisationKind(organisation.kind).prescribes_by_right:
        sentence = "Votre organisme prescrit de plein droit (article L.\u00a05135-2 du Code du travail)."
        return Standing(right=Right.BY_LAW, sentence=sentence)
    confirmed = [one for one in organisation.delegations if one.confirmed_at is not None]
    if found := current(organisation, on=on):
        right = Right.ENDS_SOON if found.ends_on - on <= SOON and not _is_renewed(confirmed, found) else Right.DELEGATED
        sentence = f"Délégation n°\u00a0{found.number} de {found.delegator_name}, jusqu’au {_day(found.ends_on)}."
        return Standing(right=right, sentence=sentence, delegation=found)
    waiting = next((one for one in organisation.delegations if one.confirmed_at is None and one.ends_on >= on), None)
    if waiting is not None:
        sentence = "Notre équipe vérifie votre délégation\u00a0: jusque-là, aucune nouvelle convention n’est possible."
        return Standing(right=Right.UNCONFIRMED, sentence=sentence, delegation=waiting)
    ended = next((one for one in confirmed if one.ends_on < on), None)
    if ended is not None:
        sentence = (
            f"Votre délégation s’est terminée le {_day(ended.ends_on)}\u00a0: les conventions signées continuent, "
            "mais aucune nouvelle n’est possible."
        )
        return Standing(right=Right.ENDED, sentence=sentence, delegation=ended)
    sentence = "Sans délégation, votre organisme ne peut pas signer de convention\u00a0: ajoutez-la."
    return Standing(right=Right.NONE, sentence=sentence)


def current(organisation: Organisation, *, on: date) -> Delegation | None:
    """The confirmed delegation that holds that day; of several, the one that ends last."""
    holding = [
        one for one in organisation.delegations if one.confirmed_at is not None and one.starts_on <= on <= one.ends_on
    ]
    return max(holding, key=lambda one: one.ends_on, default=None)


def has_right(*, on: date) -> ColumnElement[bool]:
    """The same as `may_prescribe`, for the queries of many organisations."""
    by_law = [kind.value for kind in OrganisationKind if kind.prescribes_by_right]
    holds = exists().where(
        Delegation.organisation_id == Organisation.id,
        Delegation.confirmed_at.is_not(None),
        Delegation.starts_on <= on,
        Delegation.ends_on >= on,
    )
    return (Organisation.state == OrganisationState.ACTIVE.value) & or_(Organisation.kind.in_(by_law), holds)


def declare(
    session: Session,
    organisation: Organisation,
    *,
    delegator: OrganisationKind,
    delegator_name: str,
    number: str,
    starts_on: date,
    ends_on: date,
    now: datetime,
) -> Delegation:
    """Keeps what the organisation says of its delegation; it gives the right once confirmed. Raises DelegationRefused.

    The same number from the same body again corrects what was said of it, and waits again.
    """
    if not delegator.may_delegate:
        raise DelegationRefused("Cet organisme ne peut pas déléguer la prescription.")
    if ends_on < starts_on:
        raise DelegationRefused("La délégation finit avant d’avoir commencé.")
    if ends_on < now.date():
        raise DelegationRefused("Cette délégation est déjà terminée.")
    if ends_on.year - starts_on.year > _LONGEST:
        raise DelegationRefused("Vérifiez les dates\u00a0: plus de dix ans les séparent.")
    known = [one for one in organisation.delegations if (one.number, one.delegator_kind) == (number, delegator.value)]
    found = known[0] if known else Delegation(organisation=organisation, number=number, created_at=now)
    if known and (found.starts_on, found.ends_on) == (starts_on, ends_on):
        return found
    found.delegator_kind, found.delegator_name = delegator.value, delegator_name
    found.starts_on, found.ends_on, found.confirmed_at = starts_on, ends_on, None
    session.add(found)
    return found


def confirm(session: Session, delegation: Delegation, *, by: int | None, now: datetime) -> None:
    """An operator saw the proof; a second time changes nothing."""
    if delegation.confirmed_at is None:
        delegation.confirmed_at = now
        audit.record(session, by=by, act="delegation.confirm", subject="delegations", subject_id=delegation.id, now=now)


def get(session: Session, organisation_id: int, delegation_id: int) -> Delegation | None:
    """That delegation of that organisation."""
    query = select(Delegation).options(joinedload(Delegation.organisation))
    return session.scalar(query.where(Delegation.id == delegation_id, Delegation.organisation_id == organisation_id))


def unconfirmed(session: Session) -> Sequence[Delegation]:
    """Those that wait for an operator, of organisations that were accepted; the oldest first."""
    query = select(Delegation).join(Delegation.organisation).options(joinedload(Delegation.organisation))
    waits = Delegation.confirmed_at.is_(None), Organisation.state == OrganisationState.ACTIVE.value
    return session.scalars(query.where(*waits).order_by(Delegation.id)).all()


def remind(session: Session, *, today: date, now: datetime) -> None:
    """Tells administrators three months before the last day, one month before, and the day after; each once.

    Run every day; after an outage the step that holds then is told, not those that went by.
    """
    near = Delegation.ends_on.between(today - _TOLD_AFTER, months.after(today, 3))
    query = select(Delegation).join(Delegation.organisation).options(joinedload(Delegation.organisation))
    query = query.where(
        near, Delegation.confirmed_at.is_not(None), Organisation.state == OrganisationState.ACTIVE.value
    )
    for one in session.scalars(query.order_by(Delegation.id)).all():
        organisation = one.organisation
        if OrganisationKind(organisation.kind).prescribes_by_right or _is_renewed(organisation.delegations, one):
            continue
        _tell(session, one, today=today, now=now)


def _tell(session: Session, delegation: Delegation, *, today: date, now: datetime) -> None:
    organisation, ends_on = delegation.organisation, delegation.ends_on
    path = f"/prescripteur/{organisation.id}/organisme"
    step = "over" if ends_on < today else "one-month" if ends_on <= months.after(today, 1) else "three-months"
    for member in members.administrators(session, organisation.id):
        if member.person is None:
            continue
        key = f"delegation:{delegation.id}:{ends_on}:{step}:{member.person.id}"
        if step == "over":
            messages.write(
                session,
                to=member.person.address,
                kind="delegation_over",
                key=key,
                values={"organisation": organisation, "delegation": delegation, "path": path},
                now=now,
            )
            continue
        line = f"La délégation de {organisation.name} se termine le {_day(ends_on)}\u00a0: préparez la suivante."
        digests.add(session, to=member.person.address, key=key, line=line, path=path, answer_by=ends_on, now=now)


def _is_renewed(others: Sequence[Delegation], delegation: Delegation) -> bool:
    """Another, confirmed, takes over no later than the day after."""
    next_day = delegation.ends_on + timedelta(days=1)
    return any(
        one.confirmed_at is not None and one.starts_on <= next_day and one.ends_on > delegation.ends_on
        for one in others
    )


def _day(day: date) -> str:
    return format_date(day, "d MMMM y", locale="fr")
