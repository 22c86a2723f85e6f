"""Another organisation prescribes: a party changes, so that what was signed is signed again."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, changes, letters, lifecycle, prefilling, snapshot
from traitdunion.agreements.kinds import Act, Actor, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.signing import letters as signing_letters
from traitdunion.core.clock import PARIS
from traitdunion.core.errors import Refused
from traitdunion.prescribers import caseload, delegations
from traitdunion.prescribers.models import Organisation


class CannotTransfer(Refused):
    """The other organisation may not prescribe, or prescribes already."""


def transfer(
    session: Session,
    agreement: Agreement,
    to: Organisation,
    *,
    word: str,
    actor: Actor,
    by: int | None,
    now: datetime,
) -> None:
    """The agreement, which is locked, goes to the other organisation, which is told why, as are person and company.

    Raises CannotTransfer, NotPossible, NeedsWord.
    """
    today = now.astimezone(PARIS).date()
    if agreement.organisation_id == to.id:
        raise CannotTransfer("Cet organisme prescrit déjà cette convention.")
    if not delegations.may_prescribe(to, on=today):
        raise CannotTransfer("Cet organisme ne peut pas signer de convention en ce moment.")
    was_draft = agreement.status == Status.DRAFT
    former = agreement.organisation.name if agreement.organisation else None
    details = {"from": former, "to": to.name}
    lifecycle.step(session, agreement, Act.TRANSFER, actor=actor, by=by, word=word, now=now, details=details)
    entry = caseload.get(session, to.id, agreement.person_id) if agreement.person_id else None
    body = prefilling.prescriber(to, on=today)
    terms = replace(
        agreements.terms_of(agreement), prescriber=body, accompanying=body, referent=prefilling.referent(entry)
    )
    agreement.organisation = to
    if was_draft:
        agreements.version_of(agreement).terms = snapshot.to_json(terms)
    else:
        changes.renew_version(agreement, terms, is_material=True, why=f"Confiée à {to.name}.", now=now)
        changes.clear_signatures(session, agreement, now=now)
        session.flush()  # links to sign bear the ids of the parties
        signing_letters.ask_all(session, agreement, now=now)
    letters.transferred(session, agreement, word=word, now=now)
