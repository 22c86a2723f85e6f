"""Who speaks for a prescriber organisation: invited by e-mail, active, administrators, those who left.

An invitation opens the space to its address alone, whoever holds the link: the space shows people's files.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts import audit
from traitdunion.accounts import people as accounts
from traitdunion.accounts.models import Person
from traitdunion.core import tokens
from traitdunion.core.errors import Refused
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address
from traitdunion.prescribers.kinds import OrganisationState, PrescriberState
from traitdunion.prescribers.models import CaseloadEntry, Organisation, Prescriber

INVITATION = "prescriber-invitation"
VALID = timedelta(days=14)
KEPT = timedelta(days=730)
"""After leaving: so that what they did bears a name."""
_MOST_INVITED = 50
_ACTIVE = PrescriberState.ACTIVE.value


class MemberRefused(Refused):
    """Cannot be done with this member; the sentence says why."""


def of(session: Session, person_id: int) -> Sequence[Prescriber]:
    """What the person speaks for now: memberships of active organisations, the first joined first."""
    return _of(session, person_id, OrganisationState.ACTIVE)


def of_waiting(session: Session, person_id: int) -> Sequence[Prescriber]:
    """The same, of organisations that an operator has not decided on yet."""
    return _of(session, person_id, OrganisationState.WAITING)


def find(session: Session, organisation_id: int, person_id: int) -> Prescriber | None:
    """The person as a member of that active organisation; None for everybody else."""
    return next((one for one in of(session, person_id) if one.organisation_id == organisation_id), None)


def is_member(session: Session, organisation_id: int, person_id: int) -> bool:
    """The person speaks for that active organisation."""
    return find(session, organisation_id, person_id) is not None


def get(session: Session, organisation_id: int, prescriber_id: int) -> Prescriber | None:
    """That member of that organisation, invited, active or gone."""
    query = _with_person().where(Prescriber.id == prescriber_id, Prescriber.organisation_id == organisation_id)
    return session.scalar(query)


def active(session: Session, organisation_id: int) -> Sequence[Prescriber]:
    """Those who speak for the organisation now, the first come first."""
    known = Prescriber.organisation_id == organisation_id, Prescriber.state == _ACTIVE
    query = _with_person().join(Prescriber.person).where(*known, Person.banned_at.is_(None))
    return session.scalars(query.order_by(Prescriber.id)).all()


def administrators(session: Session, organisation_id: int) -> Sequence[Prescriber]:
    """Those among them who answer for the organisation: reminders go to them."""
    return [one for one in active(session, organisation_id) if one.is_administrator]


def invited(session: Session, organisation_id: int) -> Sequence[Prescriber]:
    """The invitations that wait for an answer, the first sent first."""
    waits = Prescriber.state == PrescriberState.INVITED.value
    query = select(Prescriber).where(Prescriber.organisation_id == organisation_id, waits)
    return session.scalars(query.order_by(Prescriber.id)).all()


def add(
    session: Session,
    organisation: Organisation,
    person: Person,
    *,
    is_administrator: bool,
    role: str | None = None,
    now: datetime,
) -> Prescriber:
    """Makes the person an active member; who was one, or left, is one again."""
    row = {
        "organisation_id": organisation.id,
        "person_id": person.id,
        "state": _ACTIVE,
        "is_administrator": is_administrator,
        "role": role,
        "created_at": now,
    }
    back = {"state": _ACTIVE, "left_at": None, "is_administrator": Prescriber.is_administrator | is_administrator}
    added = insert(Prescriber).values(row)
    again = added.on_conflict_do_update(constraint="uq_prescribers_organisation_id_person_id", set_=back)
    return session.scalars(again.returning(Prescriber), execution_options={"populate_existing": True}).one()


def invite(
    session: Session,
    organisation: Organisation,
    email: str,
    *,
    role: str | None = None,
    is_administrator: bool = False,
    by: Person,
    now: datetime,
) -> None:
    """Sends an invitation; another one to the same address goes at most once a day. Raises MemberRefused."""
    known = accounts.find(session, email=email)
    if known is not None and is_member(session, organisation.id, known.id):
        raise MemberRefused("Cette personne est déjà membre.")
    if len(invited(session, organisation.id)) >= _MOST_INVITED:
        raise MemberRefused(f"{_MOST_INVITED}\u00a0invitations attendent déjà une réponse\u00a0: retirez-en une.")
    row = {
        "organisation_id": organisation.id,
        "email": email,
        "state": PrescriberState.INVITED.value,
        "role": role,
        "is_administrator": is_administrator,
        "invited_by_id": by.id,
        "created_at": now,
    }
    added = insert(Prescriber).values(row)
    again = added.on_conflict_do_update(
        constraint="uq_prescribers_organisation_id_email",
        set_={"created_at": now, "invited_by_id": by.id, "role": role},
    )
    prescriber_id = session.scalars(again.returning(Prescriber.id)).one()
    messages.write(
        session,
        to=Address(email=email),
        kind="prescriber_invitation",
        key=f"prescriber-invitation:{prescriber_id}:{now:%Y-%m-%d}",
        values={
            "organisation": organisation,
            "by": by,
            "token": tokens.sign(INVITATION, [prescriber_id]),
            "days": VALID.days,
        },
        now=now,
    )


def invitation(session: Session, token: str) -> Prescriber:
    """The invitation of a link. Raises tokens.TokenRefused when it was answered or withdrawn, or is too old."""
    (prescriber_id,) = tokens.read(INVITATION, token, VALID)
    query = select(Prescriber).options(joinedload(Prescriber.organisation)).where(Prescriber.id == int(prescriber_id))
    found = session.scalar(query.where(Prescriber.state == PrescriberState.INVITED.value))
    if found is None:
        raise tokens.TokenRefused("Cette invitation a déjà servi, ou elle a été retirée.")
    return found


def accept(session: Session, invited: Prescriber, *, now: datetime) -> Prescriber:
    """Whoever owns the invited address becomes a member: the link alone opens nothing."""
    person = accounts.get_or_create(session, email=invited.email, now=now)
    organisation, role, is_administrator = invited.organisation, invited.role, invited.is_administrator
    session.delete(invited)
    session.flush()  # its place is taken by the member, maybe one who comes back
    member = add(session, organisation, person, is_administrator=is_administrator, role=role, now=now)
    member.invited_by_id = invited.invited_by_id
    return member


def withdraw(session: Session, invited: Prescriber) -> None:
    """Takes an invitation back. Raises MemberRefused when it was answered."""
    if invited.state != PrescriberState.INVITED:
        raise MemberRefused("Cette invitation a déjà reçu une réponse.")
    session.delete(invited)


def make_administrator(session: Session, prescriber: Prescriber, *, by: Person, now: datetime) -> None:
    """Lets a member invite, and change what the organisation says of itself. Raises MemberRefused."""
    if prescriber.state != PrescriberState.ACTIVE:
        raise MemberRefused("Seul un membre peut administrer l’organisme.")
    if not prescriber.is_administrator:
        prescriber.is_administrator = True
        _tell_audit(session, prescriber, "prescriber.promote", by=by, now=now)


def unmake_administrator(session: Session, prescriber: Prescriber, *, by: Person, now: datetime) -> None:
    """Takes that right away again. Raises MemberRefused for the last administrator."""
    if prescriber.is_administrator:
        _keep_an_administrator(session, prescriber)
        prescriber.is_administrator = False
        _tell_audit(session, prescriber, "prescriber.demote", by=by, now=now)


def leave(session: Session, prescriber: Prescriber, *, to: Prescriber | None, by: Person, now: datetime) -> int:
    """The member leaves; the people they followed go to `to`, or wait for a referent when nobody is left.

    Returns how many people changed hands. Raises MemberRefused without a colleague to take them, where there is one.
    """
    if prescriber.state != PrescriberState.ACTIVE:
        raise MemberRefused("Cette personne n’est plus membre.")
    others = _others(session, prescriber)
    if to is not None and to.id not in {one.id for one in others}:
        raise MemberRefused("Choisissez un collègue de l’organisme pour reprendre ces personnes.")
    if to is None and others and count_followed(session, prescriber):
        raise MemberRefused("Choisissez qui reprend les personnes suivies.")
    if others:
        _keep_an_administrator(session, prescriber)
    prescriber.state, prescriber.left_at, prescriber.is_administrator = PrescriberState.LEFT.value, now, False
    moved = session.scalars(
        update(CaseloadEntry)
        .where(CaseloadEntry.prescriber_id == prescriber.id, CaseloadEntry.ended_at.is_(None))
        .values(prescriber_id=to.id if to else None, changed_at=now)
        .returning(CaseloadEntry.id)
    ).all()
    _tell_audit(session, prescriber, "prescriber.leave", by=by, now=now, handed=len(moved), to=to.id if to else None)
    return len(moved)


def count_followed(session: Session, prescriber: Prescriber) -> int:
    """People whose referent the member is."""
    living = CaseloadEntry.prescriber_id == prescriber.id, CaseloadEntry.ended_at.is_(None)
    return session.scalar(select(func.count()).select_from(CaseloadEntry).where(*living)) or 0


def forget(session: Session, *, now: datetime) -> None:
    """Erases the invitations that nobody answered in time, and those who left long ago."""
    late = Prescriber.state == PrescriberState.INVITED.value, Prescriber.created_at < now - VALID
    session.execute(delete(Prescriber).where(*late))
    session.execute(delete(Prescriber).where(Prescriber.left_at < now - KEPT))


def _of(session: Session, person_id: int, state: OrganisationState) -> Sequence[Prescriber]:
    query = _with_person().join(Prescriber.organisation)
    known = Prescriber.person_id == person_id, Prescriber.state == _ACTIVE, Organisation.state == state.value
    return session.scalars(query.where(*known).order_by(Prescriber.created_at, Prescriber.id)).all()


def _others(session: Session, prescriber: Prescriber) -> Sequence[Prescriber]:
    # Two members who leave at once wait here for one another.
    session.get_one(Organisation, prescriber.organisation_id, with_for_update={"key_share": True})
    return [one for one in active(session, prescriber.organisation_id) if one.id != prescriber.id]


def _keep_an_administrator(session: Session, prescriber: Prescriber) -> None:
    if prescriber.is_administrator and not any(one.is_administrator for one in _others(session, prescriber)):
        raise MemberRefused("Nommez d’abord quelqu’un d’autre pour administrer l’organisme.")


def _tell_audit(
    session: Session, prescriber: Prescriber, act: str, *, by: Person, now: datetime, **details: int | None
) -> None:
    audit.record(
        session,
        by=by.id,
        act=act,
        subject="prescribers",
        subject_id=prescriber.id,
        details={"organisation": prescriber.organisation_id, **details},
        now=now,
    )


def _with_person() -> Select[Prescriber]:
    return select(Prescriber).options(joinedload(Prescriber.person), joinedload(Prescriber.organisation))
