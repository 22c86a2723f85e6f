"""Who speaks for a company: invited by e-mail, asking to join, active."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts import people as accounts
from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company, CompanyMember, MemberState
from traitdunion.core import tokens
from traitdunion.core.errors import Refused
from traitdunion.notifications import messages
from traitdunion.notifications.messages import Address

INVITATION = "company-invitation"
VALID = timedelta(days=14)
_MOST_INVITED = 20


class MemberRefused(Refused):
    """Cannot be done with this member; the sentence says why."""


def people(session: Session, company_id: int) -> Sequence[Person]:
    """Those who speak for the company now."""
    query = select(Person).join(CompanyMember, CompanyMember.person_id == Person.id)
    active = CompanyMember.company_id == company_id, CompanyMember.state == MemberState.ACTIVE.value
    return session.scalars(query.where(*active, Person.banned_at.is_(None)).order_by(Person.id)).all()


def of_company(session: Session, company_id: int) -> Sequence[CompanyMember]:
    """Everybody on the list, those who wait included, the first come first."""
    query = select(CompanyMember).options(joinedload(CompanyMember.person))
    return session.scalars(query.where(CompanyMember.company_id == company_id).order_by(CompanyMember.id)).all()


def get(session: Session, company_id: int, member_id: int) -> CompanyMember | None:
    """That member of that company."""
    query = select(CompanyMember).options(joinedload(CompanyMember.person), joinedload(CompanyMember.company))
    return session.scalar(query.where(CompanyMember.id == member_id, CompanyMember.company_id == company_id))


def join(session: Session, company: Company, person: Person, *, now: datetime) -> MemberState:
    """Active at once where nobody is; else the person asks, and the members are told. What they are already stands."""
    known = session.scalar(
        select(CompanyMember.state).where(CompanyMember.company_id == company.id, CompanyMember.person_id == person.id)
    )
    if known is not None:
        return MemberState(known)
    # Of two people who join an empty company at once, the second waits here for the first.
    session.get_one(Company, company.id, with_for_update={"key_share": True})
    those = people(session, company.id)
    state = MemberState.ASKING if those else MemberState.ACTIVE
    row = {"company_id": company.id, "person_id": person.id, "state": state.value, "created_at": now}
    member_id = session.scalar(insert(CompanyMember).values(row).on_conflict_do_nothing().returning(CompanyMember.id))
    for one in those if member_id is not None else ():
        messages.write(
            session,
            to=one.address,
            kind="company_join_asked",
            key=f"company-join-asked:{member_id}:{one.id}",
            values={"company": company, "person": person},
            now=now,
        )
    return state


def invite(session: Session, company: Company, email: str, *, by: Person, now: datetime) -> None:
    """Sends an invitation; another one to the same address goes at most once a day. Raises MemberRefused."""
    known = accounts.find(session, email=email)
    if known is not None and is_active(session, company.id, known.id):
        raise MemberRefused("Cette personne est déjà membre.")
    invited = CompanyMember.company_id == company.id, CompanyMember.state == MemberState.INVITED.value
    if (session.scalar(select(func.count()).where(*invited)) or 0) >= _MOST_INVITED:
        raise MemberRefused(f"{_MOST_INVITED}\u00a0invitations attendent déjà une réponse\u00a0: retirez-en une.")
    row = {
        "company_id": company.id,
        "email": email,
        "state": MemberState.INVITED.value,
        "invited_by_id": by.id,
        "created_at": now,
    }
    added = insert(CompanyMember).values(row)
    again = added.on_conflict_do_update(
        constraint="uq_company_members_company_id_email", set_={"created_at": now, "invited_by_id": by.id}
    )
    member_id = session.scalars(again.returning(CompanyMember.id)).one()
    messages.write(
        session,
        to=Address(email=email),
        kind="company_invitation",
        key=f"company-invitation:{member_id}:{now:%Y-%m-%d}",
        values={"company": company, "by": by, "token": tokens.sign(INVITATION, [member_id]), "days": VALID.days},
        now=now,
    )


def invitation(session: Session, token: str) -> CompanyMember:
    """The invitation of a link. Raises tokens.TokenRefused when it was answered or withdrawn, or is too old."""
    (member_id,) = tokens.read(INVITATION, token, VALID)
    query = select(CompanyMember).options(joinedload(CompanyMember.company)).where(CompanyMember.id == int(member_id))
    found = session.scalar(query.where(CompanyMember.state == MemberState.INVITED.value))
    if found is None:
        raise tokens.TokenRefused("Cette invitation a déjà servi, ou elle a été retirée.")
    return found


def accept(session: Session, invited: CompanyMember, *, person_id: int | None, now: datetime) -> Person:
    """The invited person, or whoever is signed in and holds the link, becomes a member."""
    found = accounts.get(session, person_id) if person_id else None
    person = found or accounts.get_or_create(session, email=invited.email, now=now)
    # They may have asked to join in the meantime.
    session.execute(
        delete(CompanyMember).where(
            CompanyMember.company_id == invited.company_id, CompanyMember.person_id == person.id
        )
    )
    invited.person_id, invited.email, invited.state = person.id, None, MemberState.ACTIVE.value
    return person


def admit(session: Session, member: CompanyMember, *, now: datetime) -> None:
    """Says yes to who asks. Raises MemberRefused."""
    if member.state != MemberState.ASKING or member.person is None:
        raise MemberRefused("Cette demande a déjà reçu une réponse.")
    member.state = MemberState.ACTIVE.value
    messages.write(
        session,
        to=member.person.address,
        kind="company_joined",
        key=f"company-joined:{member.id}",
        values={"company": member.company},
        now=now,
    )


def remove(session: Session, member: CompanyMember) -> None:
    """Takes away a member, an invitation or a request. Raises MemberRefused for the last active member."""
    if member.state == MemberState.ACTIVE:
        # Two members who take each other away at once wait here for one another.
        session.get_one(Company, member.company_id, with_for_update={"key_share": True})
        if len(people(session, member.company_id)) <= 1:
            raise MemberRefused("Vous êtes le dernier membre\u00a0: invitez d’abord quelqu’un d’autre.")
    session.delete(member)


def is_active(session: Session, company_id: int, person_id: int) -> bool:
    """The person speaks for the company."""
    query = select(CompanyMember.id).where(
        CompanyMember.company_id == company_id,
        CompanyMember.person_id == person_id,
        CompanyMember.state == MemberState.ACTIVE.value,
    )
    return session.scalar(query) is not None


def forget_invitations(session: Session, *, now: datetime) -> None:
    """Erases the invitations that nobody answered in time."""
    session.execute(
        delete(CompanyMember).where(
            CompanyMember.state == MemberState.INVITED.value, CompanyMember.created_at < now - VALID
        )
    )
