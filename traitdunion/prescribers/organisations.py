"""Prescriber organisations: asked for with a proof, accepted or refused by an operator, described by their members."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts import audit
from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.notifications import messages
from traitdunion.prescribers import caseload, delegations, members
from traitdunion.prescribers.kinds import OrganisationKind, OrganisationState
from traitdunion.prescribers.models import CaseloadEntry, Organisation

KEPT = timedelta(days=3 * 365)
_MOST_WAITING = 3
"""Requests of one person that nobody answered yet."""


class OrganisationRefused(Refused):
    """Cannot be done with this organisation; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an organisation says of itself."""

    name: str
    kind: OrganisationKind
    siret: str | None
    legal_form: str | None
    address: str | None
    postcode: str
    city: str
    email: str | None
    phone: str | None


def ask(session: Session, details: Details, *, proof: str, by: Person, now: datetime) -> Organisation:
    """Keeps the request, which an operator answers; whoever asks will administer it. Raises OrganisationRefused."""
    # Of two clicks at once, the second waits here for the first, and finds its organisation.
    session.get_one(Person, by.id, with_for_update={"key_share": True})
    mine = members.of_waiting(session, by.id)
    same = next((one.organisation for one in mine if one.organisation.name == details.name), None)
    if same is not None:
        return same
    if len(mine) >= _MOST_WAITING:
        raise OrganisationRefused("Vos demandes précédentes attendent encore une réponse.")
    if known := _known(session, details):
        raise OrganisationRefused(
            f"{known.name} est déjà inscrit\u00a0: demandez une invitation à un collègue qui l’administre, "
            "ou écrivez-nous par la page Contact."
        )
    organisation = Organisation(state=OrganisationState.WAITING.value, created_by_id=by.id, proof=proof, created_at=now)
    describe(organisation, details)
    session.add(organisation)
    session.flush()  # its member needs its id
    members.add(session, organisation, by, is_administrator=True, now=now)
    return organisation


def describe(organisation: Organisation, details: Details) -> None:
    """Writes what is said in place of what was said before."""
    organisation.name, organisation.kind = details.name, details.kind.value
    organisation.siret, organisation.legal_form = details.siret, details.legal_form
    organisation.address, organisation.postcode, organisation.city = details.address, details.postcode, details.city
    organisation.email, organisation.phone = details.email, details.phone


def approve(session: Session, organisation: Organisation, *, word: str | None, by: int | None, now: datetime) -> None:
    """An operator accepts it, and the delegation that came with the request; a second time changes nothing."""
    if organisation.is_active:
        return
    for one in organisation.delegations:
        delegations.confirm(session, one, by=by, now=now)
    _decide(session, organisation, OrganisationState.ACTIVE, "organisation.approve", word=word, by=by, now=now)


def refuse(session: Session, organisation: Organisation, *, word: str, by: int | None, now: datetime) -> None:
    """An operator says no, and why; a second time changes nothing. Raises OrganisationRefused once it is active."""
    if organisation.state == OrganisationState.REFUSED:
        return
    if organisation.state != OrganisationState.WAITING:
        raise OrganisationRefused("Cet organisme a déjà été accepté\u00a0: fermez-le.")
    _decide(session, organisation, OrganisationState.REFUSED, "organisation.refuse", word=word, by=by, now=now)


def close(session: Session, organisation: Organisation, *, word: str, by: int | None, now: datetime) -> None:
    """It follows nobody any more, and its members lose its space; a second time changes nothing."""
    if organisation.state != OrganisationState.ACTIVE:
        return
    living = CaseloadEntry.organisation_id == organisation.id, CaseloadEntry.ended_at.is_(None)
    # In the order in which all lock people. Who follows them elsewhere signs from now on.
    for entry in session.scalars(select(CaseloadEntry).where(*living).order_by(CaseloadEntry.person_id)).all():
        caseload.end(session, entry, word="L’organisme a fermé.", now=now)
    _decide(session, organisation, OrganisationState.CLOSED, "organisation.close", word=word, by=by, now=now)


def get(session: Session, organisation_id: int) -> Organisation | None:
    """That organisation, whatever its state, with its delegations."""
    return session.get(Organisation, organisation_id, options=[joinedload(Organisation.delegations)])


def listed(session: Session, *, state: OrganisationState | None = None) -> Sequence[Organisation]:
    """Those in that state, or all: who waits first, then by name."""
    query = select(Organisation).options(joinedload(Organisation.delegations))
    if state is not None:
        query = query.where(Organisation.state == state.value)
    waits = (Organisation.state == OrganisationState.WAITING.value).desc()
    name = func.lower(func.unaccent(Organisation.name))
    return session.scalars(query.order_by(waits, name, Organisation.id)).unique().all()


def count_waiting(session: Session) -> int:
    """Requests that an operator has not answered."""
    waits = Organisation.state == OrganisationState.WAITING.value
    return session.scalar(select(func.count()).select_from(Organisation).where(waits)) or 0


def forget(session: Session, *, now: datetime) -> None:
    """Erases those that were refused or closed three years ago, with all that hangs on them."""
    gone = Organisation.state.in_((OrganisationState.REFUSED.value, OrganisationState.CLOSED.value))
    session.execute(delete(Organisation).where(gone, Organisation.decided_at < now - KEPT))


def _known(session: Session, details: Details) -> Organisation | None:
    """Another of the same SIRET and name, or of the same name and postcode: an establishment may host two of them."""
    same_name = func.lower(func.unaccent(Organisation.name)) == func.lower(func.unaccent(details.name))
    same_place = Organisation.postcode == details.postcode
    is_same = same_name & (same_place | (Organisation.siret == details.siret) if details.siret else same_place)
    alive = Organisation.state.in_((OrganisationState.WAITING.value, OrganisationState.ACTIVE.value))
    return session.scalars(select(Organisation).where(alive, or_(is_same)).limit(1)).first()


def _decide(
    session: Session,
    organisation: Organisation,
    state: OrganisationState,
    act: str,
    *,
    word: str | None,
    by: int | None,
    now: datetime,
) -> None:
    told = members.active(session, organisation.id)
    organisation.state = state.value
    organisation.decided_at, organisation.decided_by_id, organisation.decision_word = now, by, word or None
    details = {"word": word} if word else {}
    audit.record(
        session,
        by=by,
        act=act,
        subject="prescriber_organisations",
        subject_id=organisation.id,
        details=details,
        now=now,
    )
    for one in told:
        if one.person is not None:
            messages.write(
                session,
                to=one.person.address,
                kind="organisation_decided",
                key=f"organisation-decided:{organisation.id}:{one.id}:{now.isoformat()}",
                values={"organisation": organisation, "state": state.value, "word": word},
                now=now,
            )
