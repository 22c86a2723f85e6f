"""Changing an agreement that is out to be signed: a material change clears the signatures, a correction keeps them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, differences, lifecycle, parties, snapshot, surroundings
from traitdunion.agreements.differences import Difference
from traitdunion.agreements.kinds import Act, Actor, PartyRole
from traitdunion.agreements.models import Agreement, AgreementParty, AgreementVersion, SignatureCode
from traitdunion.agreements.parties import Reach
from traitdunion.agreements.signing import letters as signing_letters
from traitdunion.agreements.snapshot import Terms
from traitdunion.core.clock import PARIS
from traitdunion.core.errors import Refused


class NoSuchParty(Refused):
    """The agreement names nobody of that role."""


def change(
    session: Session,
    agreement: Agreement,
    terms: Terms,
    *,
    actor: Actor,
    by: int | None,
    now: datetime,
    reaches: Mapping[PartyRole, Reach] | None = None,
) -> list[Difference]:
    """A new version of an agreement that is locked; the same terms again change nothing.

    A material one clears the signatures, and everybody is asked again. Returns what changed. Raises Blocked,
    NotPossible.
    """
    found = differences.between(agreements.terms_of(agreement), terms)
    if not found:
        return []
    is_material = any(one.is_material for one in found)
    act = Act.CHANGE if is_material else Act.CORRECT
    lifecycle.allow(agreement, act, actor=actor)
    if is_material:
        surroundings.check(session, agreement, terms, today=now.astimezone(PARIS).date())
    renew_version(agreement, terms, is_material=is_material, why=_why(found), now=now)
    parties.settle(agreement, terms, reaches)
    if is_material:
        clear_signatures(session, agreement, now=now)
    lifecycle.step(session, agreement, act, actor=actor, by=by, now=now, details={"changed": [o.what for o in found]})
    if is_material:
        session.flush()  # links to sign bear the ids of the parties
        signing_letters.ask_all(session, agreement, now=now)
    return found


def revise(
    session: Session,
    agreement: Agreement,
    terms: Terms,
    reaches: Mapping[PartyRole, Reach],
    *,
    actor: Actor,
    by: int | None,
    now: datetime,
) -> list[Difference]:
    """A change of the text and of addresses together, as a page of questions gives them. Raises as both."""
    newcomers = {role: reach for role, reach in reaches.items() if agreements.party(agreement, role) is None}
    found = change(session, agreement, terms, actor=actor, by=by, now=now, reaches=newcomers)
    for role, reach in reaches.items():
        party = agreements.party(agreement, role)
        if party is not None and (party.email, party.phone) != (reach.email, reach.phone):
            correct_address(session, agreement, role, email=reach.email, phone=reach.phone, actor=actor, by=by, now=now)
            found.append(Difference(f"l’adresse\u00a0: {role.label.lower()}", is_material=False))
    return found


def correct_address(
    session: Session,
    agreement: Agreement,
    role: PartyRole,
    *,
    email: str | None,
    phone: str | None,
    actor: Actor,
    by: int | None,
    now: datetime,
) -> AgreementParty:
    """A party's address and telephone are put right, in an agreement that is locked: no version, no signature lost.

    The codes that went to the former address die; who has yet to sign is asked again, there. Raises NoSuchParty,
    Blocked, NotPossible.
    """
    party = agreements.party(agreement, role)
    if party is None:
        raise NoSuchParty("Cette convention ne nomme personne à ce titre.")
    if (party.email, party.phone) == (email, phone):
        return party
    party.email, party.phone = email, phone
    surroundings.check(session, agreement, agreements.terms_of(agreement), today=now.astimezone(PARIS).date())
    details = {"changed": [f"l’adresse\u00a0: {role.label.lower()}"]}
    lifecycle.step(session, agreement, Act.CORRECT, actor=actor, by=by, now=now, details=details)
    session.execute(delete(SignatureCode).where(SignatureCode.party_id == party.id))
    if party in signing_letters.awaited(agreement) and agreement.validated_at is None:
        key = f"agreement:{agreement.id}:{agreement.sequence}:sign:{party.id}"
        signing_letters.ask(session, party, key=key, now=now)
    return party


def renew_version(agreement: Agreement, terms: Terms, *, is_material: bool, why: str, now: datetime) -> None:
    """Writes the next version, frozen; its number is the agreement's."""
    stored = snapshot.to_json(terms)
    agreement.version += 1
    agreement.versions.append(
        AgreementVersion(
            number=agreement.version,
            terms=stored,
            hash=snapshot.digest(stored),
            is_material=is_material,
            why=why,
            created_at=now,
            frozen_at=now,
        )
    )
    agreement.first_day, agreement.last_day = terms.first_day, terms.last_day


def clear_signatures(session: Session, agreement: Agreement, *, now: datetime) -> None:
    """What was signed is kept as history, and holds no more."""
    for signature in agreement.signatures:
        signature.cleared_at = signature.cleared_at or now
    session.flush()  # before anybody signs again: one standing signature of each role


def _why(found: list[Difference]) -> str:
    """« Changé : les tâches, le lieu. »."""
    return f"Changé\u00a0: {', '.join(one.what for one in found)}."
