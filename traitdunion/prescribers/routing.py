"""Which organisation signs a person's agreements, from where the person lives and who follows them, and why.

Pure rules over the organisations of the area: the kind that goes with the person's situation first, then those that
follow everybody. The person may choose another one of the area, or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts.models import Person, Status
from traitdunion.core.clock import PARIS
from traitdunion.core.errors import Refused
from traitdunion.immersions import happenings
from traitdunion.immersions.models import Booking, BookingState
from traitdunion.prescribers import areas, caseload, delegations
from traitdunion.prescribers.kinds import OrganisationKind, Origin
from traitdunion.prescribers.models import Area, CaseloadEntry, Organisation

_YOUNG = 26
"""Missions locales follow those of 16 to 25 (article L. 5314-2 of the Code du travail)."""
_EVERYBODY = (
    OrganisationKind.FRANCE_TRAVAIL,
    OrganisationKind.CONSEIL_DEPARTEMENTAL,
    OrganisationKind.CEP,
    OrganisationKind.SIAE,
    OrganisationKind.PUBLIC_SERVICE,
    OrganisationKind.CHAMBER,
    OrganisationKind.OTHER,
)
_NAMES = {
    OrganisationKind.FRANCE_TRAVAIL: "une agence France Travail",
    OrganisationKind.MISSION_LOCALE: "une Mission locale",
    OrganisationKind.CAP_EMPLOI: "un Cap emploi",
    OrganisationKind.CEP: "un conseil en évolution professionnelle",
}


_NOBODY = "La personne n’a voulu d’aucun organisme."


class ChoiceRefused(Refused):
    """That organisation does not follow people there, or may not sign for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An organisation, and why this one, in a French sentence addressed to the person."""

    organisation: Organisation
    reason: str


def proposed(session: Session, person: Person, *, today: date) -> Proposal | None:
    """The organisation that goes with where the person lives and who follows them; None without postcode or match."""
    return choose(choices(session, person, today=today), person, today=today)


def choices(session: Session, person: Person, *, today: date) -> Sequence[Organisation]:
    """Those whose area holds the person's postcode and that may sign today; the narrowest area first."""
    if not person.postcode:
        return []
    size = select(func.count()).where(Area.organisation_id == Organisation.id).scalar_subquery()
    here = select(Area.organisation_id).where(areas.holds(person.postcode))
    query = select(Organisation).options(joinedload(Organisation.delegations))
    query = query.where(Organisation.id.in_(here), delegations.has_right(on=today))
    return session.scalars(query.order_by(size, Organisation.id)).unique().all()


def choose(found: Sequence[Organisation], person: Person, *, today: date) -> Proposal | None:
    """The first of the kind that the person's situation calls for, else of a kind that follows everybody."""
    wanted, why = _wanted(person, today=today)
    first = next((one for one in found if one.kind == wanted), None)
    if first is not None:
        return Proposal(organisation=first, reason=f"{why} Cet organisme suit les personnes du {person.postcode}.")
    others = [kind for kind in (*_EVERYBODY, *_also(person, today=today)) if kind != wanted]
    for kind in others:
        other = next((one for one in found if one.kind == kind), None)
        if other is not None:
            missing = _NAMES.get(wanted, wanted.label)
            reason = (
                f"Aucun organisme comme {missing} n’est encore inscrit pour le {person.postcode}\u00a0: "
                "celui-ci suit aussi les personnes de votre commune."
            )
            return Proposal(organisation=other, reason=reason)
    return None


def assigned(session: Session, person: Person, *, now: datetime) -> CaseloadEntry | None:
    """The entry of the organisation that signs for the person; made by the rules where there is none yet.

    None when nothing fits: the person is asked to say where they live, or to choose.
    """
    known = caseload.prescribing(session, person.id)
    if known is not None or wants_nobody(session, person):
        return known
    found = proposed(session, person, today=now.astimezone(PARIS).date())
    if found is None:
        return None
    entry = caseload.follow(
        session, organisation=found.organisation, person=person, origin=Origin.ROUTED, by=None, now=now
    )
    if not entry.prescribes:
        caseload.prescribe(session, entry, now=now)
    return entry


def change(session: Session, person: Person, organisation_id: int | None, *, now: datetime) -> CaseloadEntry | None:
    """The person chooses who signs for them, among those of the area, or nobody (None). Raises ChoiceRefused.

    Who follows the person already goes on; an organisation that only the rules had named, and where nobody took the
    person on yet, no longer does.
    """
    former = caseload.prescribing(session, person.id)
    if organisation_id is None:
        _leave(session, person, now=now)
        return None
    if former is not None and former.organisation_id == organisation_id:
        return former
    offered = {one.id: one for one in choices(session, person, today=now.astimezone(PARIS).date())}
    followed = {one.organisation_id: one.organisation for one in caseload.of_person(session, person.id)}
    chosen = offered.get(organisation_id) or followed.get(organisation_id)
    if chosen is None:
        raise ChoiceRefused("Cet organisme ne suit pas les personnes de votre commune. Choisissez-en un autre.")
    if former is not None and _is_untouched(former):
        caseload.end(session, former, word="La personne a choisi un autre organisme.", now=now)
    entry = caseload.follow(session, organisation=chosen, person=person, origin=Origin.CHOSEN, by=None, now=now)
    caseload.prescribe(session, entry, now=now)
    return entry


def wants_nobody(session: Session, person: Person) -> bool:
    """The person said that no organisation is to sign: none is proposed until they choose one."""
    query = select(CaseloadEntry.ended_at, CaseloadEntry.prescribes, CaseloadEntry.end_word)
    latest = CaseloadEntry.ended_at.desc().nulls_first(), CaseloadEntry.prescribes.desc()
    found = session.execute(query.where(CaseloadEntry.person_id == person.id).order_by(*latest).limit(1)).first()
    if found is None:
        return False
    return not found.prescribes if found.ended_at is None else found.end_word == _NOBODY


def _leave(session: Session, person: Person, *, now: datetime) -> None:
    for entry in caseload.of_person(session, person.id):
        if _is_untouched(entry):
            caseload.end(session, entry, word=_NOBODY, now=now)
    signs = CaseloadEntry.person_id == person.id, CaseloadEntry.prescribes
    session.execute(update(CaseloadEntry).where(*signs).values(prescribes=False, changed_at=now))


def _is_untouched(entry: CaseloadEntry) -> bool:
    """Only the rules put the person there, and nobody took them on."""
    return entry.origin == Origin.ROUTED and entry.prescriber_id is None


@happenings.changed.connect
def _route(booking: Booking, *, session: Session, now: datetime, **_: object) -> None:
    """Whoever books has an organisation that will sign, where one fits."""
    if booking.state in {BookingState.REQUESTED, BookingState.ACCEPTED}:
        assigned(session, booking.person, now=now)


def _wanted(person: Person, *, today: date) -> tuple[OrganisationKind, str]:
    """The kind that goes with the person's situation, and the sentence that says it."""
    kinds = {
        Status.FRANCE_TRAVAIL: (OrganisationKind.FRANCE_TRAVAIL, "Vous êtes inscrit à France Travail."),
        Status.MISSION_LOCALE: (OrganisationKind.MISSION_LOCALE, "Vous êtes suivi par une Mission locale."),
        Status.CAP_EMPLOI: (OrganisationKind.CAP_EMPLOI, "Vous êtes suivi par un Cap emploi."),
        Status.EMPLOYEE: (
            OrganisationKind.CEP,
            "Vous êtes salarié\u00a0: le conseil en évolution professionnelle est gratuit.",
        ),
    }
    if person.status in kinds:
        return kinds[Status(person.status)]
    if _is_young(person, today=today):
        return OrganisationKind.MISSION_LOCALE, "Vous avez moins de 26\u00a0ans."
    return (
        OrganisationKind.FRANCE_TRAVAIL,
        "Votre situation ne désigne pas d’organisme\u00a0: France Travail suit tous.",
    )


def _also(person: Person, *, today: date) -> Sequence[OrganisationKind]:
    return [OrganisationKind.MISSION_LOCALE] if _is_young(person, today=today) else []


def _is_young(person: Person, *, today: date) -> bool:
    born = person.birth_date
    if born is None:
        return False
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return age < _YOUNG
