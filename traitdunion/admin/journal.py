"""The audit as operators read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.accounts.models import AuditEntry, Person
from traitdunion.core import db
from traitdunion.core.clock import PARIS

SIZE = 50
"""Entries of a page."""

_ACTS = {
    "ban": "a exclu",
    "lift ban": "a laissé revenir",
    "grant operator": "a donné le droit d’administrer",
    "revoke operator": "a retiré le droit d’administrer",
    "company.verify": "a vérifié",
    "company.ban": "a exclu",
    "company.unban": "a laissé revenir",
    "decide match": "a tranché un rapprochement",
    "draw matches": "a complété le tirage",
    "slot.freeze": "a suspendu",
    "slot.cancel": "a annulé",
    "person.merge": "a réuni deux fiches en une",
    "close message": "a clos",
    "caseload.read": "a lu le dossier de",
    "caseload.correct": "a corrigé la fiche de",
    "caseload.export": "a téléchargé les personnes suivies par",
    "consent.record": "a noté l’accord pour réserver à la place de",
    "consent.withdraw": "a retiré l’accord pour réserver à la place de",
    "organisation.approve": "a accepté",
    "organisation.refuse": "a refusé",
    "organisation.close": "a fermé",
    "delegation.confirm": "a confirmé",
    "prescriber.promote": "a fait administrer l’organisme par",
    "prescriber.demote": "a retiré l’administration de l’organisme à",
    "prescriber.leave": "a enregistré le départ de",
}
_SUBJECTS = {
    "people": "la personne",
    "bans": "l’adresse",
    "companies": "l’entreprise",
    "trainings": "formation",
    "drawn_matches": "mois",
    "slots": "l’immersion",
    "contact_messages": "le message",
    "prescriber_organisations": "l’organisme",
    "delegations": "la délégation",
    "prescribers": "le membre",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry with the name of who acted: None for the command line, or for somebody who was erased since."""

    entry: AuditEntry
    name: str | None

    @property
    def at(self) -> str:
        """When, in France: « 21/11/2026 à 14:05 »."""
        return f"{self.entry.at.astimezone(PARIS):%d/%m/%Y à %H:%M}"

    @property
    def act(self) -> str:
        """What was done, as one says it; an act that has no words yet is named as it is kept."""
        return _ACTS.get(self.entry.act, self.entry.act)

    @property
    def subject(self) -> str:
        """To what."""
        return f"{_SUBJECTS.get(self.entry.subject, self.entry.subject)} n°\u00a0{self.entry.subject_id}"


def page(session: Session, *, before: int | None = None) -> Sequence[Line]:
    """The entries that came before that one (its id), the latest first; the very latest when None."""
    query = select(AuditEntry, Person).outerjoin(Person, Person.id == AuditEntry.by_id)
    if before is not None and before <= db.LARGEST_ID:
        query = query.where(AuditEntry.id < before)
    rows = session.execute(query.order_by(AuditEntry.id.desc()).limit(SIZE))
    return [Line(entry=entry, name=person.name if person else None) for entry, person in rows]
