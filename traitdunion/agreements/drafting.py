"""The draft: made with the booking, completed step by step, then frozen for the parties to sign."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, letters, lifecycle, parties, prefilling, snapshot, surroundings
from traitdunion.agreements.guard.findings import Finding
from traitdunion.agreements.kinds import Act, Actor, PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementVersion
from traitdunion.agreements.parties import Reach
from traitdunion.agreements.signing import letters as signing_letters
from traitdunion.agreements.snapshot import Terms
from traitdunion.companies import members
from traitdunion.core.clock import PARIS
from traitdunion.immersions.models import Booking
from traitdunion.prescribers import caseload, routing
from traitdunion.prescribers.models import Organisation

_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a code: none that is read as another."""
_LENGTH = 10


def draft(session: Session, booking: Booking, *, now: datetime) -> Agreement:
    """The draft of an accepted booking, with all that is known; the person is told what is missing."""
    today = now.astimezone(PARIS).date()
    person, company = booking.person, booking.slot.company
    entry = routing.assigned(session, person, now=now)
    last = _last(session, person.id)
    speakers = members.people(session, company.id)
    signatory = speakers[0] if speakers else None
    terms = prefilling.terms(
        booking, entry, signatory=signatory, last=agreements.terms_of(last) if last else None, today=today
    )
    agreement = Agreement(
        code=new_code(),
        booking_id=booking.id,
        person=person,
        company=company,
        organisation=entry.organisation if entry else None,
        status=Status.DRAFT.value,
        version=1,
        first_day=terms.first_day,
        last_day=terms.last_day,
        sequence=0,
        created_at=now,
        changed_at=now,
    )
    stored = snapshot.to_json(terms)
    agreement.versions.append(AgreementVersion(number=1, terms=stored, is_material=True, created_at=now))
    reaches = {PartyRole.BENEFICIARY: Reach(email=person.email, phone=person.phone, person_id=person.id)}
    if signatory is not None:
        reaches[PartyRole.COMPANY] = Reach(email=signatory.email, phone=signatory.phone, person_id=signatory.id)
    known = agreements.party(last, PartyRole.REPRESENTATIVE) if last and terms.representative else None
    if known is not None:
        reaches[PartyRole.REPRESENTATIVE] = Reach(email=known.email, phone=known.phone, person_id=known.person_id)
    parties.settle(agreement, terms, reaches)
    session.add(agreement)
    lifecycle.note(session, agreement, Act.DRAFT, actor=Actor.SERVICE, by=None, before=None, now=now)
    session.flush()  # links in letters bear its id
    letters.drafted(session, agreement, now=now)
    return agreement


def fill(
    session: Session,
    agreement: Agreement,
    terms: Terms,
    *,
    reaches: Mapping[PartyRole, Reach] | None = None,
    actor: Actor,
    by: int | None,
    now: datetime,
) -> None:
    """Keeps a step of the draft, which is locked; the same again changes nothing. Raises NotPossible."""
    version = agreements.version_of(agreement)
    stored, before = snapshot.to_json(terms), _said(agreement)
    parties.settle(agreement, terms, reaches)
    if stored == version.terms and _said(agreement) == before:
        return
    lifecycle.step(session, agreement, Act.FILL, actor=actor, by=by, now=now)
    version.terms = stored
    agreement.first_day, agreement.last_day = terms.first_day, terms.last_day


@dataclass(frozen=True, slots=True)
class Prescribed:
    """The terms with the organisation that signs for the person now."""

    terms: Terms
    organisation: Organisation | None


def with_prescriber(session: Session, agreement: Agreement, terms: Terms, *, today: date) -> Prescribed:
    """A draft follows the person's choice of an organisation, until it is signed; nothing is written."""
    entry = caseload.prescribing(session, agreement.person_id) if agreement.person_id else None
    if entry is None:
        return Prescribed(terms, agreement.organisation)
    body = prefilling.prescriber(entry.organisation, on=today)
    followed = replace(terms, prescriber=body, accompanying=body, referent=prefilling.referent(entry))
    return Prescribed(followed, entry.organisation)


def adapted(agreement: Agreement, terms: Terms) -> Terms:
    """What follows from what was just said: breaks and a representative for somebody under 18, none for an adult."""
    booking = agreement.booking
    if booking is not None:
        hours = prefilling.days(booking.slot, birth_date=terms.beneficiary.birth_date)
        if tuple(day.on for day in hours) == tuple(day.on for day in terms.days):
            terms = replace(terms, days=hours)
    if not prefilling.is_minor(terms.beneficiary.birth_date, terms.first_day):
        terms = replace(terms, representative=None)
    return terms


def submit(session: Session, agreement: Agreement, *, actor: Actor, by: int | None, now: datetime) -> list[Finding]:
    """Freezes the draft, which is locked, and asks each party to sign; returns the warnings, which the prescriber
    answers. Raises Blocked, NotPossible.
    """
    today = now.astimezone(PARIS).date()
    prescribed = with_prescriber(session, agreement, agreements.terms_of(agreement), today=today)
    lifecycle.allow(agreement, Act.SUBMIT, actor=actor)
    agreement.organisation, terms = prescribed.organisation, prescribed.terms
    warnings = surroundings.check(session, agreement, terms, today=today)
    told = {"warnings": [one.rule for one in warnings]}
    lifecycle.step(session, agreement, Act.SUBMIT, actor=actor, by=by, now=now, details=told)
    version = agreements.version_of(agreement)
    version.terms = snapshot.to_json(terms)
    version.hash, version.frozen_at = snapshot.digest(version.terms), now
    session.flush()  # links to sign bear the ids of the parties
    signing_letters.ask_all(session, agreement, now=now)
    return list(warnings)


def new_code() -> str:
    """Ten signs that people read and type without mistaking one for another: 50 bits."""
    return "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))


def _last(session: Session, person_id: int) -> Agreement | None:
    """The person's latest agreement: nobody is asked twice for the same."""
    query = select(Agreement).where(Agreement.person_id == person_id)
    return session.scalar(query.order_by(Agreement.id.desc()).limit(1))


def _said(agreement: Agreement) -> list[tuple[str | None, ...]]:
    """What is kept of the parties."""
    return [(one.role, one.name, one.function, one.email, one.phone) for one in agreement.parties]
