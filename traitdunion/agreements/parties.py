"""Who an agreement binds: the names are the terms', the addresses are kept beside them."""

from collections.abc import Mapping
from dataclasses import dataclass

from traitdunion.agreements import agreements
from traitdunion.agreements.guard.cases import Named
from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.models import Agreement, AgreementParty
from traitdunion.agreements.snapshot import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where a party signs; `person_id` is its account, where it has one."""

    email: str | None = None
    phone: str | None = None
    person_id: int | None = None


def settle(agreement: Agreement, terms: Terms, reaches: Mapping[PartyRole, Reach] | None = None) -> None:
    """The parties that the terms name, and no other; an address that is not given anew stays as it was."""
    for role in PartyRole:
        names = _names(terms, role)
        known = agreements.party(agreement, role)
        if names is None:
            if known is not None:
                agreement.parties.remove(known)
            continue
        found = known or AgreementParty(role=role.value)
        found.given_name, found.family_name, found.function = names
        if reaches and role in reaches:
            reach = reaches[role]
            found.email, found.phone, found.person_id = reach.email, reach.phone, reach.person_id
        if known is None:
            agreement.parties.append(found)


def named(agreement: Agreement) -> tuple[Named, ...]:
    """As the guard reads them."""
    return tuple(
        Named(role=PartyRole(one.role), name=one.name or PartyRole(one.role).label, email=one.email, phone=one.phone)
        for one in agreement.parties
    )


def _names(terms: Terms, role: PartyRole) -> tuple[str, str, str | None] | None:
    host, person = terms.host, terms.beneficiary
    match role:
        case PartyRole.BENEFICIARY:
            return person.given_name, person.family_name, None
        case PartyRole.COMPANY:
            return host.signatory.given_name, host.signatory.family_name, host.signatory.function
        case PartyRole.TUTOR:
            return host.tutor.given_name, host.tutor.family_name, host.tutor.function
        case PartyRole.REPRESENTATIVE:
            one = terms.representative
            return (one.given_name, one.family_name, one.link) if one else None
        case PartyRole.EMPLOYER:
            return ("", person.employer.name, None) if person.employer else None
