"""What becomes of a company, and the questions about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from blinker import Signal
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.accounts import audit
from traitdunion.accounts.models import Person
from traitdunion.clients.recherche_entreprises import Establishment
from traitdunion.companies import domains, members
from traitdunion.companies.models import Company, CompanyMember, CompanyState, MemberState, Verification
from traitdunion.core.errors import Refused
from traitdunion.notifications import messages

taken_down = Signal()
"""Sent with a company that closed or was banned, `session`, `reason` (a French sentence) and `now`: whoever keeps its
slots cancels them."""


KEPT = timedelta(days=3 * 365)
FORGOTTEN = "Établissement fermé"


class CompanyRefused(Refused):
    """The establishment cannot be registered; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a person says of an establishment that the register does not show."""

    name: str
    address: str | None
    postcode: str
    city: str


def get(session: Session, company_id: int) -> Company | None:
    """The company with that id."""
    return session.get(Company, company_id)


def find(session: Session, siret: str) -> Company | None:
    """The company of that SIRET."""
    return session.scalar(select(Company).where(Company.siret == siret))


def of(session: Session, person_id: int) -> Sequence[Company]:
    """The companies that the person speaks for, by name."""
    query = select(Company).join(CompanyMember).where(CompanyMember.person_id == person_id)
    active = query.where(CompanyMember.state == MemberState.ACTIVE.value, Company.banned_at.is_(None))
    return session.scalars(active.order_by(Company.name, Company.id)).all()


def asked_by(session: Session, person_id: int) -> Sequence[Company]:
    """The companies that the person asks to join."""
    query = select(Company).join(CompanyMember).where(CompanyMember.person_id == person_id)
    return session.scalars(query.where(CompanyMember.state == MemberState.ASKING.value).order_by(Company.name)).all()


def of_member(session: Session, company_id: int, person_id: int) -> Company | None:
    """The company, if the person speaks for it."""
    query = select(Company).join(CompanyMember).where(Company.id == company_id, Company.banned_at.is_(None))
    active = CompanyMember.person_id == person_id, CompanyMember.state == MemberState.ACTIVE.value
    return session.scalar(query.where(*active))


def is_member(session: Session, company_id: int, person_id: int) -> bool:
    """The person speaks for the company."""
    return members.is_active(session, company_id, person_id)


def register(
    session: Session,
    siret: str,
    *,
    person: Person,
    found: Establishment | None,
    described: Described | None,
    now: datetime,
) -> tuple[Company, MemberState]:
    """The company of the SIRET, and what the person is to it: a member, or somebody who asks its members.

    `found` is what the register shows; without it, what the person describes, to be verified. Raises CompanyRefused.
    """
    if found is not None and not found.is_open:
        raise CompanyRefused("Cet établissement est fermé dans le registre des entreprises. Vérifiez le SIRET.")
    company = find(session, siret)
    if company is not None and company.banned_at is not None:
        raise CompanyRefused("Cet établissement ne peut pas être inscrit. Écrivez-nous par la page de contact.")
    if company is None:
        if found is None and described is None:
            raise CompanyRefused("Décrivez votre établissement\u00a0: le registre ne le montre pas.")
        company = _added(session, siret, found, described, now)
    elif found is not None:
        write_down(company, found, now=now)
    state = members.join(session, company, person, now=now)
    if state is MemberState.ACTIVE:
        vouch(session, company, person, now=now)
    return company, state


def write_down(company: Company, found: Establishment, *, now: datetime) -> None:
    """What the register shows replaces what we knew."""
    company.name, company.legal_name, company.naf = found.name, found.legal_name, found.naf
    if found.postcode:
        company.address, company.postcode, company.city = found.address, found.postcode, found.city
        company.commune_code = found.commune_code
        company.latitude, company.longitude = found.latitude, found.longitude
    company.state = CompanyState.ACTIVE.value
    company.checked_at = now


def vouch(session: Session, company: Company, person: Person, *, now: datetime) -> None:
    """Verifies the company when the member's address, or another establishment of theirs, is enough for it."""
    if company.is_verified or company.state != CompanyState.ACTIVE:
        return
    if person.seen_at is not None and domains.vouches(person.email, company.legal_name):
        verify(session, company, method=Verification.DOMAIN, by=person.id, now=now)
    elif _speaks_for_firm(session, company, person):
        verify(session, company, method=Verification.FIRM, by=person.id, now=now)


def verify(session: Session, company: Company, *, method: Verification, by: int | None, now: datetime) -> None:
    """Its members are believed from now on; those of a company that the operator verified are told.

    The operator's word stands for the register's too, where that does not show the establishment.
    """
    if company.is_verified:
        return
    company.verified_at, company.verified_by_id, company.verification = now, by, method.value
    if method is not Verification.OPERATOR:
        return
    if company.state == CompanyState.UNVERIFIED:
        company.state = CompanyState.ACTIVE.value
    audit.record(session, by=by, act="company.verify", subject="companies", subject_id=company.id, now=now)
    for one in members.people(session, company.id):
        messages.write(
            session,
            to=one.address,
            kind="company_verified",
            key=f"company-verified:{company.id}:{one.id}",
            values={"company": company},
            now=now,
        )


def close(session: Session, company: Company, *, now: datetime) -> None:
    """The register says that the establishment closed: its slots are cancelled, its members told."""
    company.checked_at = now
    if company.state == CompanyState.CLOSED:
        return
    company.state = CompanyState.CLOSED.value
    taken_down.send(company, session=session, reason="L’établissement a fermé.", now=now)
    for one in members.people(session, company.id):
        messages.write(
            session,
            to=one.address,
            kind="company_closed",
            key=f"company-closed:{company.id}:{one.id}:{now:%Y-%m-%d}",
            values={"company": company},
            now=now,
        )


def ban(session: Session, company: Company, *, reason: str = "", by: int | None, now: datetime) -> None:
    """An operator shuts the company out: its slots are cancelled, its members lose their space.

    The reason is for the audit alone.
    """
    if company.banned_at is None:
        company.banned_at = now
        details = {"reason": reason} if reason else {}
        audit.record(
            session, by=by, act="company.ban", subject="companies", subject_id=company.id, details=details, now=now
        )
        taken_down.send(company, session=session, reason="", now=now)


def unban(session: Session, company: Company, *, by: int | None, now: datetime) -> None:
    """An operator lets the company in again; its former slots stay cancelled."""
    if company.banned_at is not None:
        company.banned_at = None
        audit.record(session, by=by, act="company.unban", subject="companies", subject_id=company.id, now=now)


def forget(session: Session, *, now: datetime) -> None:
    """Leaves nothing of those that closed three years ago but their number and where they were: a sole trader's name
    is a person's."""
    old = Company.state == CompanyState.CLOSED.value, Company.checked_at < now - KEPT
    gone = select(Company.id).where(*old)
    session.execute(delete(CompanyMember).where(CompanyMember.company_id.in_(gone)))
    session.execute(
        update(Company)
        .where(*old, Company.name != FORGOTTEN)
        .values(name=FORGOTTEN, legal_name=None, address=None, latitude=None, longitude=None, verified_by_id=None)
    )


def _added(
    session: Session, siret: str, found: Establishment | None, described: Described | None, now: datetime
) -> Company:
    row = {"siret": siret, "name": siret, "state": CompanyState.UNVERIFIED.value, "created_at": now}
    session.execute(insert(Company).values(row).on_conflict_do_nothing())
    # Of two people who register it at once, the second waits here for the first.
    company = session.scalars(select(Company).where(Company.siret == siret).with_for_update()).one()
    if found is not None:
        write_down(company, found, now=now)
    elif described is not None and company.checked_at is None:
        company.name, company.address = described.name, described.address
        company.postcode, company.city = described.postcode, described.city
    return company


def _speaks_for_firm(session: Session, company: Company, person: Person) -> bool:
    """The person is an active member of another verified establishment of the same firm."""
    query = select(Company.id).join(CompanyMember).where(func.left(Company.siret, 9) == company.siren)
    theirs = CompanyMember.person_id == person.id, CompanyMember.state == MemberState.ACTIVE.value
    known = Company.id != company.id, Company.verified_at.is_not(None), Company.banned_at.is_(None)
    return session.scalar(query.where(*theirs, *known).limit(1)) is not None
