"""People who come to an organisation without a referent: who answers for it is told, once, with the next digest."""

from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.notifications import digests
from traitdunion.prescribers import members
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import CaseloadEntry
from traitdunion.prescribers.referral_letters import short_name

_HOW = {
    Origin.HANDED_ON: "vous arrive d’un autre organisme",
    Origin.CHOSEN: "a choisi votre organisme",
    Origin.ROUTED: "vous arrive, selon son adresse et sa situation",
}


def tell(session: Session, entry: CaseloadEntry, *, now: datetime) -> None:
    """Tells each administrator who came and how; nothing where somebody follows the person already."""
    how = _HOW.get(Origin(entry.origin))
    if entry.prescriber_id is not None or how is None:
        return
    line = f"{short_name(entry.person)} {how}\u00a0: désignez un référent."
    path = f"/prescripteur/{entry.organisation_id}/personnes/{entry.person_id}"
    for member in members.administrators(session, entry.organisation_id):
        if member.person is not None:
            key = _key(entry, member.person.id)
            digests.add(session, to=member.person.address, key=key, line=line, path=path, now=now)


def settle(session: Session, entry: CaseloadEntry) -> None:
    """Somebody took the person on: what was not told yet needs not be."""
    for member in members.administrators(session, entry.organisation_id):
        if member.person is not None:
            digests.settle(session, _key(entry, member.person.id))


def _key(entry: CaseloadEntry, person_id: int) -> str:
    return f"arrival:{entry.id}:{person_id}"
