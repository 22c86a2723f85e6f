"""The one thing that a company has to do next, in the words of its page."""

from collections.abc import Sequence
from dataclasses import dataclass

from traitdunion.companies.models import Company, CompanyCode, CompanyMember, CompanyState, MemberState
from traitdunion.immersions import wording
from traitdunion.immersions.models import Booking, Slot, SlotState


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A sentence, and where to do it: an endpoint of the space, or None when there is only to wait."""

    sentence: str
    action: str | None = None
    endpoint: str | None = None
    anchor: str | None = None


def next_step(
    company: Company,
    *,
    slots: Sequence[Slot],
    requests: Sequence[Booking],
    members: Sequence[CompanyMember],
    letter: CompanyCode | None,
) -> Step:
    """What is most urgent: people first, then what keeps slots from being shown, then new slots."""
    if company.state == CompanyState.CLOSED:
        sentence = (
            "Le registre dit que cet établissement est fermé. Vous avez déménagé\u202f? Inscrivez le nouveau SIRET."
        )
        return Step(sentence=sentence, action="Inscrire un établissement", endpoint="company_space.registration_page")
    return _of_people(requests, members) or _of_slots(slots) or _of_company(company, letter) or _of_more(slots)


def _of_people(requests: Sequence[Booking], members: Sequence[CompanyMember]) -> Step | None:
    if requests:
        until = min(booking.expires_at for booking in requests if booking.expires_at)
        count = "une demande" if len(requests) == 1 else f"{len(requests)}\u00a0demandes"
        sentence = f"Répondez à {count} avant le {wording.instant(until)}."
        return Step(sentence=sentence, action="Voir", endpoint="company_space.company_page", anchor="demandes")
    asking = [member.person for member in members if member.state == MemberState.ASKING]
    if asking and asking[0] is not None:
        sentence = f"{asking[0].name} demande à rejoindre l’établissement."
        return Step(sentence=sentence, action="Répondre", endpoint="company_space.members_page")
    return None


def _of_slots(slots: Sequence[Slot]) -> Step | None:
    if not slots:
        sentence = "Proposez une première immersion\u00a0: une heure, une demi-journée ou quelques jours."
        return Step(sentence=sentence, action="Proposer une immersion", endpoint="company_slots.new_page")
    frozen = [slot for slot in slots if slot.state == SlotState.FROZEN]
    if frozen:
        sentence = (
            f"{frozen[0].title}, {wording.days(frozen[0])}\u00a0: dites si elle a toujours lieu, elle est en pause."
        )
        return Step(sentence=sentence, action="Voir", endpoint="company_space.company_page", anchor="immersions")
    if all(slot.state in {SlotState.DRAFT, SlotState.CANCELLED} for slot in slots):
        sentence = "Votre immersion est un brouillon\u00a0: relisez-la, puis publiez-la."
        return Step(sentence=sentence, action="Voir", endpoint="company_space.company_page", anchor="immersions")
    return None


def _of_company(company: Company, letter: CompanyCode | None) -> Step | None:
    if company.state == CompanyState.UNVERIFIED:
        sentence = "Nous vérifions votre établissement dans le registre\u00a0: vos immersions se montreront ensuite."
        return Step(sentence=sentence)
    if company.is_verified:
        return None
    if letter is not None and letter.printed_at is not None:
        sentence = "La lettre est partie\u00a0: tapez son code, et vos immersions se montrent."
        return Step(sentence=sentence, action="Taper le code", endpoint="company_space.verification_page")
    if letter is not None:
        sentence = "La lettre avec votre code part bientôt à l’adresse de l’établissement."
        return Step(sentence=sentence, action="Voir", endpoint="company_space.verification_page")
    sentence = "Faites vérifier l’établissement\u00a0: jusque-là, personne ne voit vos immersions."
    return Step(sentence=sentence, action="Vérifier", endpoint="company_space.verification_page")


def _of_more(slots: Sequence[Slot]) -> Step:
    shown = sum(slot.state == SlotState.PUBLISHED for slot in slots)
    told = "Rien ne vous attend." if shown else "Vous n’avez plus de place à proposer."
    return Step(sentence=told, action="Proposer une immersion", endpoint="company_slots.new_page")
