"""What comes next in an agreement, and whose turn it is, in the words of the person's pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from traitdunion.agreements.kinds import PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters as signing_letters

_OVER = {
    Status.REJECTED: "La convention est refusée.",
    Status.CANCELLED: "La convention est annulée.",
    Status.DEPRECATED: "La convention est abandonnée.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What comes next; `label` is that of the link to the agreement."""

    agreement: Agreement
    is_mine: bool
    sentence: str
    label: str


def next_step(agreement: Agreement) -> NextStep:
    """Of any agreement, over or not."""
    status = Status(agreement.status)
    if status is Status.DRAFT:
        return _step(agreement, "complétez votre convention, en trois minutes.", "Compléter ma convention", mine=True)
    if status in {Status.READY_TO_SIGN, Status.PARTIALLY_SIGNED}:
        if any(party.role == PartyRole.BENEFICIARY for party in signing_letters.awaited(agreement)):
            return _step(agreement, "signez votre convention.", "Signer ma convention", mine=True)
        return _step(agreement, "Vous avez signé. Il manque d’autres signatures.", "Voir ma convention")
    if status in {Status.IN_REVIEW, Status.ACCEPTED_BY_COUNSELLOR}:
        return _step(agreement, "Tout le monde a signé. L’organisme relit la convention.", "Voir ma convention")
    if status is Status.ACCEPTED_BY_VALIDATOR:
        return _step(agreement, "Votre convention est validée.", "Voir ma convention")
    return _step(agreement, _OVER[status], "Voir pourquoi")


def by_booking(agreements: Iterable[Agreement]) -> dict[int, NextStep]:
    """The next step of each booking's agreement, the living one where it had several; by the booking's id."""
    found: dict[int, NextStep] = {}
    for agreement in sorted(agreements, key=lambda one: (not Status(one.status).is_final, one.id)):
        if agreement.booking_id is not None:
            found[agreement.booking_id] = next_step(agreement)
    return found


def _step(agreement: Agreement, sentence: str, label: str, *, mine: bool = False) -> NextStep:
    return NextStep(agreement=agreement, is_mine=mine, sentence=sentence, label=label)
